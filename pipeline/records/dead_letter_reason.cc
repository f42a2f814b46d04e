#include "pipeline/records/dead_letter_reason.h"

#include <fmt/format.h>

#include <cstddef>
#include <iterator>

namespace wirewatch {
namespace {

struct Row {
  std::string_view name;
  std::string_view record;  // "is over a limit": what is the matter with the record; Markdown
};

// In the order of the enumerators.
constexpr Row kRows[] = {
    {"empty", "has no bytes, or blanks only"},
    {"too-large", "is over `decode.max_record_bytes`, or one of its fields is over `decode.max_text_bytes`"},
    {"too-deep", "is nested deeper than `decode.max_depth`"},
    {"invalid-utf8", "has bytes that are not UTF-8"},
    {"invalid-json", "is not JSON, or is cut off"},
    {"wrong-type",
     "is JSON and not an object; or has no text to search, and a title, summary or body that could not be read"},
    {"no-text", "has neither a title nor a summary nor a body to search"},
    {"engine-error", "could not be matched"},
    {"own-output", "is an alert or a match of wirewatch"},
    {"unreadable", "cannot be read by any client here: [poison records](#poison-records)"},
    {"quarantined", "[ends the process](#a-record-that-ends-the-process)"},
    {"oracle-mismatch",
     "went its ordinary way, but [the reference matcher does not agree](shadow.md#the-live-oracle) with the engine "
     "about it"},
    {"invalid-match", "stands in `matches` and is none"},
    {"match-refused", "led to a match that a sink will never take, such as one larger than its kafka topic allows"},
    {"alert-refused", "led to an alert that a sink will never take, such as one larger than its kafka topic allows"},
    {"embargoed",
     "has an alert that nothing could hold until its [embargo](#corrections-withdrawals-and-embargoes) ends"},
    {"invalid-alert", "stands where alerts are read, and is none"},
};
static_assert(std::size(kRows) == kDeadLetterReasons);

}  // namespace

std::string_view Name(DeadLetterReason reason) { return kRows[static_cast<std::size_t>(reason)].name; }

std::string DeadLetterReference() {
  std::string text = "| reason | the record |\n|---|---|\n";
  for (const Row& row : kRows) text += fmt::format("| `{}` | {} |\n", row.name, row.record);
  return text;
}

}  // namespace wirewatch
