// Match: what the article matcher found for one topic in one article. Self-contained: it needs neither the article nor
// the rule set, because later a kafka topic stands between the match and the alert policy.
#ifndef WIREWATCH_PIPELINE_MATCH_MATCH_H_
#define WIREWATCH_PIPELINE_MATCH_MATCH_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/span.h"
#include "pipeline/decode/article.h"
#include "pipeline/records/record.h"
#include "rules/engine/match.h"
#include "rules/engine/rule_set.h"
#include "rules/pack/pack.h"
#include "rules/text/document.h"

namespace wirewatch {

// What an alert tells about its article. Of bounded size, whatever the article: what is longer than its limit is cut,
// and kCutMark stands where the rest was.
struct ArticleFacts {
  std::string id, version, title, url, source, language, country, section;
  std::string content_hash;  // of title, summary and body: another one is another text
  std::optional<WallTime> published_at;
  PublicationStatus status = PublicationStatus::kUsable;
  std::optional<WallTime> embargoed_until;
  std::optional<int> urgency;
};

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
  std::optional<WallTime> recorded;  // written to its stream (Kafka's record timestamp)
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

// Limits, in bytes. A match stays well below a megabyte, which is what brokers take by default.
inline constexpr std::size_t kMaxSpanText = 1'024;
inline constexpr std::size_t kMaxTitleFact = 4'096;
inline constexpr std::size_t kMaxFact = 1'024;  // of every other text
inline constexpr std::string_view kCutMark = "\u2026";

// The headers by which distributed traces are joined (W3C Trace Context, level 1: traceparent, tracestate), as far as
// they are valid: a traceparent that is not, or comes twice, is dropped, and tracestate with it; of tracestate what
// goes beyond 32 members or 512 bytes is dropped from its end (section 3.3.1).
std::vector<RecordHeader> TraceOf(const std::vector<RecordHeader>& headers);

ArticleFacts FactsOf(const Article& article);

// Whether this version says of itself that it is not the first: it is canceled, or its version is given and neither 0
// nor 1.
bool IsRevision(const Article& article);

// The self-contained form of what the matcher found. `facts` are those of `article`.
Match Describe(const TopicMatch& found, const RuleSet& rule_set, const Article& article,
               std::shared_ptr<const ArticleFacts> facts, StepTimes times);

// One line of JSON without a newline: what `wirewatch match` prints.
std::string ToJson(const Match& match);

}  // namespace wirewatch

#endif  // WIREWATCH_PIPELINE_MATCH_MATCH_H_
