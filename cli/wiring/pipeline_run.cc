#include "cli/wiring/pipeline_run.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <utility>

#include "base/clock.h"
#include "base/log.h"
#include "base/text/printable.h"
#include "cli/terminal/progress.h"
#include "cli/terminal/tell.h"
#include "pipeline/decode/article.h"
#include "pipeline/match/match_metrics.h"

namespace wirewatch {
namespace {

constexpr log::Module kLog("cli");

double PerSecond(double records, std::chrono::duration<double> took) { return records / std::max(took.count(), 1e-3); }

std::string ProgressLine(const Source& source, const ReadBy& first, std::chrono::duration<double> so_far) {
  const double read = first.step.read.Value();
  std::optional<double> share;
  if (const std::optional<ReadProgress> progress = source.Progress(); progress && progress->bytes_total > 0) {
    share = static_cast<double>(progress->bytes_done) / static_cast<double>(progress->bytes_total);
  }
  return fmt::format("{}, {} {}, {} {}/s, {} matched", ProgressBar(share, so_far), Grouped(read), first.what,
                     Grouped(PerSecond(read, so_far)), first.what, Grouped(first.step.matched.Value()));
}

void PrintError(const Error& error) {
  std::string text = "wirewatch: ";
  std::string_view rest = error.message;
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find('\n'), rest.size());
    text +=
        (error.code == ErrorCode::kInvalid ? std::string(rest.substr(0, end)) : Printable(rest.substr(0, end))) + "\n";
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  Tell(text);
}

}  // namespace

std::string PipelineRun::PerSecond(double records) const { return Grouped(wirewatch::PerSecond(records, took)); }

PipelineRun RunPipelines(const std::vector<PipelineBase*>& pipelines, const Source& source, const ReadBy& first,
                         StopSwitch& stop) {
  const auto stop_all = [&] {
    for (PipelineBase* const pipeline : pipelines) pipeline->RequestStop();
  };
  stop.OnStop(stop_all);
  const SteadyTime begin = SteadyNow();
  // Alerts or matches on the same terminal tell enough.
  const bool wanted = !first.prints_meanwhile || isatty(STDOUT_FILENO) == 0;
  const Progress progress(wanted, [&] { return ProgressLine(source, first, SteadyNow() - begin); });
  PipelineRun run;
  std::mutex mutex;  // of run.status: the first failure, which the others may only follow from
  const auto run_one = [&](std::size_t i) {
    Status ended = pipelines[i]->Run();
    if (ended) return;
    {
      const std::lock_guard lock(mutex);
      if (run.status) run.status = std::move(ended);
    }
    stop_all();
  };
  std::vector<std::thread> others;
  for (std::size_t i = 1; i < pipelines.size(); ++i) others.emplace_back(run_one, i);
  run_one(0);
  for (std::thread& other : others) other.join();
  run.took = SteadyNow() - begin;
  run.interrupted = stop.stopped();
  stop.OnStop([] {});  // what it named is gone soon
  for (const PipelineBase* const pipeline : pipelines) run.gave_up |= pipeline->gave_up();
  return run;
}

bool TellOfInput(const PipelineRun& run, MetricsRegistry& metrics, const InputLook& look) {
  const MatchMetrics counted{metrics};
  std::vector<std::string> unreadable;
  for (std::size_t i = 0; i < kArticleFieldCount; ++i) {
    const std::string_view name = Name(static_cast<ArticleField>(i));
    const double times = counted.unreadable_fields.With(name).Value();
    if (times > 0) unreadable.push_back(fmt::format("{} of {}", name, Grouped(times)));
  }
  if (!unreadable.empty()) {
    Tell(fmt::format("could not be read and counts as not given: {} articles\n", fmt::join(unreadable, ", ")));
  }
  const double read = counted.step.read.Value();
  const bool none = read > 0 && counted.step.dead_lettered.Value() == read && run.status && !run.interrupted;
  if (none) Tell(fmt::format("wirewatch: not one record of the input is an article: {}\n", Printable(look.Describe())));
  return none;
}

ExitCode Finish(const Result<ExitCode>& done) {
  if (done) return *done;
  PrintError(done.error());
  return ExitCodeOf(done.error());
}

void FinishAtOnce(const Status& status) { LeaveAtOnce(status ? kOk : Finish(status.error())); }

void LeaveAtOnce(ExitCode code) {
  std::fflush(nullptr);
  _exit(code);
}

Result<std::unique_ptr<RuleStore>> LoadRules(std::vector<std::filesystem::path> paths, MetricsRegistry& metrics,
                                             std::filesystem::path pattern_cache, StopSwitch& stop,
                                             ExitCode when_stopped) {
  std::optional<Result<std::unique_ptr<RuleStore>>> loaded;
  std::atomic<bool> done = false;
  std::thread thread([&] {
    loaded = RuleStore::Create(std::move(paths), metrics, std::move(pattern_cache));
    done = true;
    stop.Wake();
  });
  // The thread uses what stands here: it is left behind only together with the process.
  if (!stop.WaitFor(done)) {
    kLog.Info("stopped before the rules were compiled: nothing was read");
    LeaveAtOnce(when_stopped);
  }
  thread.join();
  return *std::move(loaded);
}

}  // namespace wirewatch
