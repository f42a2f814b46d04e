// CountArchive: how many articles of an archive match, topic by topic. Nothing is printed but progress, on stderr.
#ifndef WIREWATCH_CLI_WIRING_ARCHIVE_COUNTS_H_
#define WIREWATCH_CLI_WIRING_ARCHIVE_COUNTS_H_

#include <cstdint>
#include <optional>

#include "base/result.h"
#include "cli/terminal/signals.h"
#include "cli/wiring/config_input.h"
#include "cli/wiring/match_counts.h"
#include "cli/wiring/pipeline_run.h"

namespace wirewatch {

struct ArchiveCounts {
  std::optional<MatchCounts> counts;  // by topic; of all of the input unless run.interrupted
  std::uint64_t articles = 0;         // read
  std::uint64_t dead_letters = 0;     // records that are no articles: they are only counted
  PipelineRun run;
};

// `input`: packs, inputs, and decode count. Errors: what is in the way of a start, or of reading to the end.
Result<ArchiveCounts> CountArchive(const QuickConfig& input, StopSwitch& stop);

}  // namespace wirewatch

#endif  // WIREWATCH_CLI_WIRING_ARCHIVE_COUNTS_H_
