// What a regular expression costs to compile, estimated from its text: so that one which would take minutes and
// gigabytes is refused at once, with its place, and on every machine alike.
//
// Hyperscan makes an automaton of the expression, in which every repeat is written out, and compares its parts with
// each other many times. One walk over the text counts the states and what multiplies the work on them: alternatives,
// loops without end, long pieces, and alternatives between two loops, which become a deterministic automaton. The
// weights were measured with Hyperscan 5.4.0 over some 150 expressions (docs/engine.md, "What a regular expression may
// cost"); most take between a tenth and twice of what is estimated.
#ifndef WIREWATCH_RULES_LANGUAGE_REGEX_COST_H_
#define WIREWATCH_RULES_LANGUAGE_REGEX_COST_H_

#include <string_view>

namespace wirewatch {

struct RegexCost {
  double states = 0;
  double branches = 0;  // places where it goes on in several ways, and one
  double work = 0;      // 1 took about 0.3 s of a core of 2023 to compile, and up to 10 MB while it was compiled
};

// Of any text; of what Hyperscan does not take the figures say nothing. Linear in the text.
RegexCost EstimateRegexCost(std::string_view regex, bool ignore_case);

// More than that is refused: work of one regular expression, and states of all of a rule set, which are compiled in
// shards of at most so much work (regex_lane.h).
inline constexpr double kMostRegexWork = 20;
inline constexpr double kMostRegexStates = 3'000'000;

}  // namespace wirewatch

#endif  // WIREWATCH_RULES_LANGUAGE_REGEX_COST_H_
