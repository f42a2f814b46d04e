// Match: what the article matcher found for one topic in one article. Self-contained: it needs neither the article nor
// the rule set, because a kafka topic may stand between the match and the alert policy. describe.h makes it.
#ifndef WIREWATCH_PIPELINE_MATCH_MATCH_H_
#define WIREWATCH_PIPELINE_MATCH_MATCH_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/span.h"
#include "pipeline/match/article_facts.h"
#include "pipeline/records/record.h"
#include "rules/engine/facet_set.h"
#include "rules/pack/pack.h"
#include "rules/text/document.h"

namespace wirewatch {

struct MatchedSpan {
  Field field = Field::kTitle;
  Span span;            // bytes of the original text of the field
  std::string text;     // those bytes; of more than kMaxSpanText the first, and kCutMark: shorter than `span` then
  std::string rule;     // rule id
  std::string term;     // the term as an analyst writes it
  std::string snippet;  // the words around, one line
  Span in_snippet;      // where `text` stands in `snippet`
};

// When the article passed each step.
struct StepTimes {
  std::optional<WallTime> recorded;  // written to its stream (Kafka's record timestamp); else Outcome::time
  WallTime received;                 // read by this process
  WallTime matched;
};

struct Match {
  std::string topic;  // topic id
  std::string topic_title;
  TopicSeverity severity = TopicSeverity::kMedium;
  std::vector<std::string> tags;
  std::uint32_t score = 0;
  std::vector<std::string> rules;  // ids of the rules that hold
  std::string rule_set;            // hash
  // Never null; all matches of an article share them.
  std::shared_ptr<const ArticleFacts> article = std::make_shared<const ArticleFacts>();
  std::vector<MatchedSpan> spans;  // in reading order, at most kMaxSpans, with the first of every term
  std::size_t span_count = 0;      // of all
  Facets facets;                   // named in the article, and which of them near the spans
  StoryPolicy story;               // of the topic
  StepTimes times;
  std::vector<RecordHeader> trace;  // of the article's record (TraceOf)
};
inline constexpr std::size_t kMaxSpans = 100;

// A version of an article that is not its first, and which topics hold on it. For who has alerted on a version before
// it: a topic that is not listed holds no longer, and a canceled article is to be withdrawn whatever it matches.
struct Revision {
  std::shared_ptr<const ArticleFacts> article = std::make_shared<const ArticleFacts>();  // never null
  std::vector<std::string> topics;                                                       // ids of those that hold
  std::string rule_set;                                                                  // hash
  StepTimes times;
  std::vector<RecordHeader> trace;
};

// Limits, in bytes (those of the facts: article_facts.h).
inline constexpr std::size_t kMaxSpanText = 1'024;

// One line of JSON without a newline, behind what `lines` holds: what `wirewatch match` prints.
// `status`: of one by rules in shadow the key "status" says so.
enum class MatchStatus { kActive, kShadow };
void AppendJson(const Match& match, std::string& lines, MatchStatus status = MatchStatus::kActive);

}  // namespace wirewatch

#endif  // WIREWATCH_PIPELINE_MATCH_MATCH_H_
