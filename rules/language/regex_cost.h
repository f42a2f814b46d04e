// What a regular expression costs to compile, estimated from its text. So one that would take minutes and gigabytes is
// refused at once, with its place, and equally on every machine.
//
// Hyperscan makes an automaton of the expression, with every repeat written out, and compares its parts with each other
// many times. The estimate walks over the text once. It counts the states and what multiplies the work on them:
// alternatives, loops without end, long pieces, and alternatives between two loops, which become a deterministic
// automaton. The weights were measured with Hyperscan 5.4.0 over some 150 expressions (docs/engine.md, "What a regular
// expression may cost"); most take between a tenth and twice of what is estimated.
#ifndef WIREWATCH_RULES_LANGUAGE_REGEX_COST_H_
#define WIREWATCH_RULES_LANGUAGE_REGEX_COST_H_

#include <string_view>

namespace wirewatch {

struct RegexCost {
  double states = 0;
  double branches = 0;  // places where the expression can go on in several ways, plus one
  double work = 0;      // 1 took about 0.3 s of a core of 2023 to compile, and up to 10 MB while it was compiled
};

// Takes any text. For one that Hyperscan refuses the result means nothing. Time: linear.
RegexCost EstimateRegexCost(std::string_view regex, bool ignore_case);

// Limits: the work of one regular expression, and the states of all regular expressions of a rule set. The latter are
// compiled in shards, each of bounded work (regex_lane.h).
inline constexpr double kMostRegexWork = 20;
inline constexpr double kMostRegexStates = 3'000'000;

}  // namespace wirewatch

#endif  // WIREWATCH_RULES_LANGUAGE_REGEX_COST_H_
