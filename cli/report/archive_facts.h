// What a report says of the archive that it is about, and of the run that read it.
#ifndef WIREWATCH_CLI_REPORT_ARCHIVE_FACTS_H_
#define WIREWATCH_CLI_REPORT_ARCHIVE_FACTS_H_

#include <cstdint>
#include <string>
#include <vector>

#include "pipeline/archive/day_counts.h"

namespace wirewatch {

struct ArchiveFacts {
  std::vector<std::string> on;  // as it was given; none: stdin
  std::uint64_t read = 0, bytes = 0, articles = 0, left_out = 0, undated = 0, dead_lettered = 0;
  std::uint64_t late = 0;  // matches that came too late to be put into the order of their dates (AlertReplay::late)
  DayCounts days;          // of the articles
  double seconds = 0;
  bool complete = true;  // it was read to its end
};

// "deploy/sample-wire", "3 files and directories", "stdin".
std::string NameOf(const ArchiveFacts& archive);
// "167 articles of 2026-03-02 to 2026-03-07 (6 days with articles)".
std::string SpanOf(const ArchiveFacts& archive);

}  // namespace wirewatch

#endif  // WIREWATCH_CLI_REPORT_ARCHIVE_FACTS_H_
