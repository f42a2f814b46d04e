#include "cli/pipeline_run.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <optional>
#include <string>
#include <thread>
#include <utility>

#include "base/clock.h"
#include "cli/config_input.h"
#include "cli/progress.h"
#include "cli/signals.h"
#include "cli/tell.h"
#include "pipeline/article.h"

namespace wirewatch {
namespace {

double PerSecond(double records, std::chrono::duration<double> took) { return records / std::max(took.count(), 1e-3); }

std::string ProgressLine(const Source& source, const Metrics& metrics, std::chrono::duration<double> so_far) {
  const double read = metrics.records_read.Value();
  std::string line;
  if (const std::optional<ReadProgress> progress = source.Progress(); progress && progress->bytes_total > 0) {
    line = fmt::format("{:.0f} %, ",
                       100.0 * static_cast<double>(progress->bytes_done) / static_cast<double>(progress->bytes_total));
  }
  return line + fmt::format("{} articles, {} articles/s, {} matched", Grouped(read), Grouped(PerSecond(read, so_far)),
                            Grouped(metrics.records_matched.Value()));
}

}  // namespace

double PipelineRun::PerSecond(const Metrics& metrics) const {
  return wirewatch::PerSecond(metrics.records_read.Value(), took);
}

PipelineRun RunPipelines(const std::vector<Pipeline*>& pipelines, const Source& source, const Metrics& metrics,
                         std::function<void()> reload) {
  const auto stop_all = [&] {
    for (Pipeline* const pipeline : pipelines) pipeline->RequestStop();
  };
  std::atomic<bool> interrupted = false;
  const SignalThread signals(
      [&] {
        interrupted = true;
        stop_all();
      },
      std::move(reload));
  const SteadyTime begin = SteadyNow();
  // Alerts or matches on the same terminal tell enough.
  const Progress progress(isatty(STDOUT_FILENO) == 0,
                          [&] { return ProgressLine(source, metrics, SteadyNow() - begin); });
  PipelineRun run;
  std::vector<Status> ended(pipelines.size());
  const auto run_one = [&](std::size_t i) {
    ended[i] = pipelines[i]->Run();
    if (!ended[i]) stop_all();
  };
  std::vector<std::thread> others;
  for (std::size_t i = 1; i < pipelines.size(); ++i) others.emplace_back(run_one, i);
  run_one(0);
  for (std::thread& other : others) other.join();
  run.took = SteadyNow() - begin;
  run.interrupted = interrupted;
  for (std::size_t i = 0; i < pipelines.size(); ++i) {
    if (run.status) run.status = ended[i];
    run.gave_up |= pipelines[i]->gave_up();
  }
  return run;
}

bool TellOfInput(const PipelineRun& run, Metrics& metrics, const InputLook& look) {
  std::vector<std::string> unreadable;
  for (std::size_t i = 0; i < kArticleFieldCount; ++i) {
    const std::string_view name = Name(static_cast<ArticleField>(i));
    const double times = metrics.UnreadableFields(name).Value();
    if (times > 0) unreadable.push_back(fmt::format("{} of {}", name, Grouped(times)));
  }
  if (!unreadable.empty()) {
    Tell(fmt::format("could not be read and counts as not given: {} articles\n", fmt::join(unreadable, ", ")));
  }
  const double read = metrics.records_read.Value();
  const bool none = read > 0 && metrics.records_dead_lettered.Value() == read && run.status && !run.interrupted;
  if (none) Tell(fmt::format("wirewatch: not one record of the input is an article: {}\n", look.Describe()));
  return none;
}

ExitCode Finish(const Status& status) {
  if (status) return kOk;
  PrintError(status.error());
  return ExitCodeOf(status.error());
}

void FinishAtOnce(const Status& status) {
  const ExitCode code = Finish(status);
  std::fflush(nullptr);
  _exit(code);
}

}  // namespace wirewatch
