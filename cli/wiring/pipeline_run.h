// What `run`, `match` and `stories` share: a pipeline that runs to its end, or to a signal, with a line of progress.
#ifndef WIREWATCH_CLI_WIRING_PIPELINE_RUN_H_
#define WIREWATCH_CLI_WIRING_PIPELINE_RUN_H_

#include <chrono>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "cli/terminal/exit_code.h"
#include "cli/terminal/signals.h"
#include "monitoring/metrics.h"
#include "pipeline/decode/format_guess.h"
#include "pipeline/flow/flow_metrics.h"
#include "pipeline/flow/pipeline.h"
#include "pipeline/match/rule_store.h"
#include "pipeline/records/source.h"

namespace wirewatch {

struct PipelineRun {
  Status status;
  std::chrono::duration<double> took{};
  bool interrupted = false;  // by SIGINT or SIGTERM, before the end of the input
  bool gave_up = false;      // PipelineBase::gave_up(): to be ended by FinishAtOnce, before anything is destroyed

  // Of records, "12,345".
  std::string PerSecond(double records) const;
};

// What the first step of a run reads, for people.
struct ReadBy {
  const StepMetrics& step;
  std::string_view what;         // "articles"
  bool prints_meanwhile = true;  // what follows from it, to stdout
};

// Runs the pipelines, one or more, to the end of them all; when one fails the others are stopped, and all by `stop`.
// `source`, `first`: of the first, asked for how far it is.
PipelineRun RunPipelines(const std::vector<PipelineBase*>& pipelines, const Source& source, const ReadBy& first,
                         StopSwitch& stop);

// Loads and compiles packs while signals are heard. Told to stop meanwhile it ends the process, with `when_stopped`:
// nothing has been read yet, and a compile that is under way cannot be interrupted.
// Errors: as RuleStore::Create.
Result<std::unique_ptr<RuleStore>> LoadRules(std::vector<std::filesystem::path> paths, MetricsRegistry& metrics,
                                             std::filesystem::path pattern_cache, StopSwitch& stop,
                                             ExitCode when_stopped);

// After the counts, what people must know about the input: which fields could not be read, and how often; and, if not
// one record of an input that was read to its end is an article, what it looks like. True: that is so.
bool TellOfInput(const PipelineRun& run, MetricsRegistry& metrics, const InputLook& look);

// The end of a verb: its exit code for the shell. An error is told on stderr: "wirewatch: MESSAGE".
ExitCode Finish(const Result<ExitCode>& done);

// Tells an error in the same way, and ends the process without destructors, those of static objects included.
[[noreturn]] void FinishAtOnce(const Status& status);
[[noreturn]] void LeaveAtOnce(ExitCode code);

}  // namespace wirewatch

#endif  // WIREWATCH_CLI_WIRING_PIPELINE_RUN_H_
