#include "cli/wiring/assembly.h"

#include <fmt/format.h>

#include <chrono>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/log.h"
#include "cli/wiring/all_metrics.h"
#include "connectors/registry.h"
#include "monitoring/http/endpoints.h"
#include "monitoring/http/http_metrics.h"
#include "monitoring/http/router.h"
#include "pipeline/deliver/deliver_sink.h"

namespace wirewatch {
namespace {

constexpr log::Module kLog("cli");

}  // namespace

Assembly::Assembly(const Config& config) : config_(config), signals_(stop_, [this] { Reload(); }) {
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

Status Assembly::AddDelivery() {
  if (!config_.delivers_here) return {};
  // Whoever looks whether the process lives must hear that it does, while it waits for the store.
  if (Status started = StartServer(false); !started) return started;
  auto opened = DeliveryParts::Open(config_, metrics_, health_, stop_);
  server_.reset();
  if (!opened) return std::move(opened).error();
  delivery_ = *std::move(opened);
  return {};
}

Status Assembly::AddServer() {
  if (Status started = StartServer(delivery_ != nullptr && config_.deliver.api); !started) return started;
  if (server_ != nullptr) {
    kLog.Info("metrics and health on port {port}: /metrics /healthz /readyz", {{"port", server_->port()}});
  }
  return {};
}

Status Assembly::StartServer(bool with_api) {
  if (!config_.monitoring.listen) return {};
  Router router = MonitoringEndpoints(metrics_, health_);
  if (with_api) {
    if (Status added = delivery_->AddRoutes(router); !added) return added;
  }
  auto started = HttpServer::Start(*config_.monitoring.listen, std::move(router), {}, HttpMetrics{metrics_});
  if (!started) return std::move(started).error();
  server_ = *std::move(started);
  return {};
}

Status Assembly::AddRules() {
  auto loaded = LoadRules(config_.rules.packs, metrics_, config_.rules.pattern_cache, stop_, kOk);
  if (!loaded) return std::move(loaded).error();
  rules_ = *std::move(loaded);
  std::unique_ptr<DeadLetterSink> letters;
  if (config_.rules.live.oracle_one_in > 0) {
    auto made = MakeDeadLetterSink(config_, metrics_);
    if (!made) return std::move(made).error();
    letters = *std::move(made);
  }
  notices_ = std::make_unique<DemotionNotices>([this] { return MakeNoticeSinks(); });
  live_rules_ = std::make_unique<LiveRules>(
      config_.rules.live, std::move(letters), [this](const Demotion& demotion) { notices_->Tell(demotion); }, metrics_);
  return {};
}

Result<DemotionNotices::Sinks> Assembly::MakeNoticeSinks() {
  DemotionNotices::Sinks sinks;
  for (const ConnectorConfig& sink : config_.sinks) {
    auto made = MakeAlertSink(sink, config_, metrics_);
    if (!made) return std::move(made).error();
    sinks.push_back(*std::move(made));
  }
  if (delivery_ != nullptr && !config_.alerts_from) {
    sinks.push_back(std::make_unique<DeliverSink>(delivery_->MakeDispatcher()));
  }
  return sinks;
}

PipelineRun Assembly::Run() {
  complete_ = true;
  if (rules_) rules_->Watch(config_.rules.reload_interval, health_.AddLoop("rules", std::chrono::seconds(60)));
  if (delivery_) delivery_->Start();
  LetReload(rules_.get(), delivery_.get());
  std::vector<PipelineBase*> pipelines;
  for (const RunningStep& step : steps_) pipelines.push_back(step.pipeline.get());
  PipelineRun run = RunPipelines(pipelines, steps_.front().source, first(), stop_);
  LetReload(nullptr, nullptr);
  if (live_rules_) live_rules_->Save();
  if (!run.gave_up) notices_.reset();  // no worker is left: nobody tells more, and what was told is to be delivered
  if (delivery_) EndDelivery(run);
  return run;
}

void Assembly::EndDelivery(PipelineRun& run) {
  if (run.status && !run.interrupted) {
    delivery_->SendDue(stop_);
    run.interrupted = stop_.stopped();
  }
  // Most of the time for a stop was for the steps; what is sent answers within seconds, or hangs.
  const Status stopped = delivery_->Stop(SteadyNow() + config_.pipeline.pipeline.drain_timeout / 4);
  if (stopped) return;
  kLog.Warn("messages: {what}", {{"what", stopped.error().message}});
  run.gave_up = true;
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
void Assembly::Reload() {
  const std::lock_guard lock(reloaded_mutex_);
  if (reloaded_ != nullptr) reloaded_->RequestReload();
  if (reloaded_delivery_ != nullptr) reloaded_delivery_->RequestReload();
}

void Assembly::LetReload(RuleStore* rules, DeliveryParts* delivery) {
  const std::lock_guard lock(reloaded_mutex_);
  reloaded_ = rules;
  reloaded_delivery_ = delivery;
}

}  // namespace wirewatch
