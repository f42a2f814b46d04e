#include "cli/wiring/assembly.h"

#include <fmt/format.h>

#include <chrono>

#include "base/log.h"
#include "cli/wiring/all_metrics.h"
#include "monitoring/http/endpoints.h"
#include "monitoring/http/http_metrics.h"

namespace wirewatch {
namespace {

constexpr log::Module kLog("cli");

}  // namespace

Assembly::Assembly(const Config& config) : config_(config), signals_(stop_, [this] { ReloadRules(); }) {
  DeclareAllMetrics(metrics_);
  // Before the listener is up, and until all checks are there: /readyz must not say yes in between. What takes long
  // are the rules.
  const bool compiles = config.matches_here;
  health_.AddReadiness(compiles ? "rules" : "start", [this, compiles] {
    return complete_ ? Status() : Status(Error{ErrorCode::kUnavailable, compiles ? "compiling" : "under way"});
  });
}

Status Assembly::AddQuarantine() {
  const QuarantineOptions& options = config_.pipeline.quarantine;
  if (options.path.empty()) return {};
  auto opened = Quarantine::Open(options, metrics_, [](std::string what) {
    FinishAtOnce(Error{ErrorCode::kInternal, fmt::format("the process ends: {}", what)});
  });
  if (!opened) return std::move(opened).error();
  quarantine_ = *std::move(opened);
  return {};
}

Status Assembly::AddServer() {
  if (!config_.monitoring.listen) return {};
  auto started =
      HttpServer::Start(*config_.monitoring.listen, MonitoringEndpoints(metrics_, health_), {}, HttpMetrics{metrics_});
  if (!started) return std::move(started).error();
  server_ = *std::move(started);
  kLog.Info("metrics and health on port {port}: /metrics /healthz /readyz", {{"port", server_->port()}});
  return {};
}

Status Assembly::AddRules() {
  auto loaded = LoadRules(config_.rules.packs, metrics_, config_.rules.pattern_cache, stop_, kOk);
  if (!loaded) return std::move(loaded).error();
  rules_ = *std::move(loaded);
  return {};
}

PipelineRun Assembly::Run() {
  complete_ = true;
  if (rules_) {
    rules_->Watch(config_.rules.reload_interval, health_.AddLoop("rules", std::chrono::seconds(60)));
    LetReload(rules_.get());
  }
  std::vector<PipelineBase*> pipelines;
  for (const RunningStep& step : steps_) pipelines.push_back(step.pipeline.get());
  PipelineRun run = RunPipelines(pipelines, steps_.front().source, first(), stop_);
  LetReload(nullptr);
  return run;
}

Result<ExitCode> Assembly::End(const PipelineRun& run, ExitCode code) {
  // What is compiled just now is not waited for: nobody will use it.
  const bool compiling = rules_ && !rules_->Stop();
  if (run.gave_up || (compiling && !run.status)) FinishAtOnce(run.status);
  if (compiling) LeaveAtOnce(code);
  if (!run.status) return run.status.error();
  return code;
}

// They stay there while they are told.
void Assembly::ReloadRules() {
  const std::lock_guard lock(reloaded_mutex_);
  if (reloaded_ != nullptr) reloaded_->RequestReload();
}

void Assembly::LetReload(RuleStore* rules) {
  const std::lock_guard lock(reloaded_mutex_);
  reloaded_ = rules;
}

}  // namespace wirewatch
