// TopicMatch: a topic's rules hold on a document, and the words that made them hold.
//
// The same from the engine (Matcher) and from the oracle (reference_matcher), compared with ==.
#ifndef WIREWATCH_RULES_ENGINE_MATCH_H_
#define WIREWATCH_RULES_ENGINE_MATCH_H_

#include <cstdint>
#include <vector>

#include "base/span.h"
#include "rules/pack/pack.h"
#include "rules/text/document.h"

namespace wirewatch {

// A place in the original text that a term of a rule was found at and that made the rule hold. Which places count:
// of a term or OR, every occurrence; of AND, those of both sides; of OF, those of the
// entries that hold; of {n,}, every occurrence; of NEAR and SAME, those that have a partner;
// of NOT NEAR and NOT SAME, those of the left side that have none; of NOT and of attributes, none.
struct MatchSpan {
  Field field = Field::kTitle;
  Span span;               // bytes of the original text of `field`
  std::uint32_t rule = 0;  // index into the topic's rules
  std::uint32_t term = 0;  // RuleSet::term

  auto operator<=>(const MatchSpan&) const = default;
};

struct TopicMatch {
  std::uint32_t topic = 0;                       // index into RuleSet::topics()
  TopicSeverity severity = TopicSeverity::kLow;  // the highest of the rules that hold
  std::uint32_t score = 0;                       // the highest of the rules that hold
  std::vector<std::uint32_t> rules;              // indices into the topic's rules, rising
  std::vector<MatchSpan> spans;                  // sorted, each once

  bool operator==(const TopicMatch&) const = default;
};

}  // namespace wirewatch

#endif  // WIREWATCH_RULES_ENGINE_MATCH_H_
