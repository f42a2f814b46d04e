// What `run` and `match` share: a pipeline that runs to its end, or to a signal, with a line of progress.
#ifndef WIREWATCH_CLI_PIPELINE_RUN_H_
#define WIREWATCH_CLI_PIPELINE_RUN_H_

#include <chrono>
#include <functional>
#include <vector>

#include "base/result.h"
#include "cli/exit_code.h"
#include "monitoring/metrics.h"
#include "pipeline/format_guess.h"
#include "pipeline/pipeline.h"
#include "pipeline/source.h"

namespace wirewatch {

struct PipelineRun {
  Status status;
  std::chrono::duration<double> took{};
  bool interrupted = false;  // by SIGINT or SIGTERM, before the end of the input
  bool gave_up = false;      // Pipeline::gave_up(): to be ended by FinishAtOnce, before anything is destroyed

  // Of the records that were read.
  double PerSecond(const Metrics& metrics) const;
};

// Runs the pipelines, one or more, to the end of them all; when one fails the others are stopped. SIGINT and SIGTERM
// stop them, SIGHUP calls `reload`. `source`: of the first, asked for how far it is.
PipelineRun RunPipelines(const std::vector<Pipeline*>& pipelines, const Source& source, const Metrics& metrics,
                         std::function<void()> reload);

// After the counts, what people must know about the input: which fields could not be read, and how often; and, if not
// one record of an input that was read to its end is an article, what it looks like. True: that is so.
bool TellOfInput(const PipelineRun& run, Metrics& metrics, const InputLook& look);

// Tells an error on stderr, for the shell its exit code.
ExitCode Finish(const Status& status);

// The same, and ends the process without destructors, those of static objects included.
[[noreturn]] void FinishAtOnce(const Status& status);

}  // namespace wirewatch

#endif  // WIREWATCH_CLI_PIPELINE_RUN_H_
