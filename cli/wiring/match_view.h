// MatchView: other forms of what `wirewatch match` prints than NDJSON, and fewer matches than all.
#ifndef WIREWATCH_CLI_WIRING_MATCH_VIEW_H_
#define WIREWATCH_CLI_WIRING_MATCH_VIEW_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "pipeline/match/match.h"
#include "rules/pack/pack.h"

namespace wirewatch {

// Threads: one at a time.
class MatchView {
 public:
  virtual ~MatchView() = default;

  // The matches of one article, one or more, in the order of their topics. Appends to `out` what is to be printed now.
  virtual void Add(const std::vector<const Match*>& matches, std::string& out) = 0;
  // There are no more articles.
  virtual void End(std::string& out) = 0;
};

// A line of JSON each, as `match` prints it by itself.
std::unique_ptr<MatchView> MakeNdjsonView();

// As people read it: the text of an alert (connectors/stdio/alert_text.h). `width`: columns.
std::unique_ptr<MatchView> MakeTextView(bool colour, std::size_t width);

// RFC 4180, with a line of heads: topic, severity, score, rules, article_id, title, url, source, language,
// published_at, words. A cell that a spreadsheet would take for a formula begins with a single quote;
// control characters are blanks.
std::unique_ptr<MatchView> MakeCsvView();
// One cell of it.
std::string CsvCell(const std::string& text);

// What is wanted of a match.
struct MatchSelection {
  std::vector<std::string> topics;  // ids; none: any
  TopicSeverity min_severity = TopicSeverity::kLow;
  std::uint32_t min_score = 0;

  bool Takes(const Match& match) const;
};
// Hands on what the selection takes. `selection.topics` are known topics.
std::unique_ptr<MatchView> MakeSelectingView(MatchSelection selection, std::unique_ptr<MatchView> view);

// Hands on `count` of all matches at the end, chosen at random, each with the same chance, in their order. The same
// seed chooses the same of the same matches. Keeps so many in memory, and no more.
std::unique_ptr<MatchView> MakeSamplingView(std::size_t count, std::uint64_t seed, std::unique_ptr<MatchView> view);

}  // namespace wirewatch

#endif  // WIREWATCH_CLI_WIRING_MATCH_VIEW_H_
