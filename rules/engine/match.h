// TopicMatch: a topic of which rules hold on a document, and the words that made them hold.
//
// The engine (Matcher) and the oracle (reference_matcher) give equal ones: tests compare them with ==.
#ifndef WIREWATCH_RULES_ENGINE_MATCH_H_
#define WIREWATCH_RULES_ENGINE_MATCH_H_

#include <cstdint>
#include <vector>

#include "base/span.h"
#include "rules/pack/pack.h"
#include "rules/text/document.h"

namespace wirewatch {

// A place in the original text at which a term of a rule was found and that made the rule hold. Which places these are:
//   a term, OR, {n,}     every occurrence
//   AND                  those of both sides
//   OF                   those of the entries that hold
//   NEAR, SAME           those that have a partner
//   NOT NEAR, NOT SAME   those of the left side that have no partner
//   NOT, attributes      none
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

// A rule of a rule set.
struct RulePlace {
  // In the place of a rule: the `unless` of the topic.
  static constexpr std::uint32_t kUnless = ~std::uint32_t{0};

  std::uint32_t topic = 0;  // index into RuleSet::topics()
  std::uint32_t rule = 0;   // index into the topic's rules

  auto operator<=>(const RulePlace&) const = default;
};

}  // namespace wirewatch

#endif  // WIREWATCH_RULES_ENGINE_MATCH_H_
