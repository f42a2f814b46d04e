// Labels as people keep them, in one of these forms; which one it is shows in the first line. docs/quality.md has an
// example of each.
//
//   table    a header `id TOPIC TOPIC ...` and a grade 0, 1 or 2 in each cell, or nothing or - where there is none;
//            tabs between them, or commas (RFC 4180)
//   list     a header with article_id (or id), topic and label, a line for each grade; tabs or commas
//   NDJSON   {"article_id": "...", "topic": "...", "label": 2}
//   feedback what `wirewatch feedback export` prints, as NDJSON or CSV: useful is a 2, not-useful a 0; a duplicate says
//            nothing of the rules. Where readers disagree it is a 1
#ifndef WIREWATCH_CLI_WIRING_LABELS_FILE_H_
#define WIREWATCH_CLI_WIRING_LABELS_FILE_H_

#include <cstddef>
#include <string>
#include <string_view>

#include "base/result.h"
#include "pipeline/archive/labels.h"

namespace wirewatch {

struct LabelsFile {
  Labels labels;
  std::size_t disagreements = 0;  // of readers
  std::size_t left_out = 0;       // lines of feedback that say nothing of a topic: duplicates, and alerts without one
};

// kInvalid: with the line and what to do; two grades of one article and topic are a mistake, too.
Result<LabelsFile> ParseLabels(std::string_view text);
// kNotFound, kIo, kTooLarge; errors name the file. kInvalid: as ParseLabels.
Result<LabelsFile> ReadLabels(const std::string& file);

}  // namespace wirewatch

#endif  // WIREWATCH_CLI_WIRING_LABELS_FILE_H_
