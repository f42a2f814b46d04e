// MatchWatch: what is to be known of one Match beyond the topics that it finds: how long each rule took. For who bounds
// what rules may take (pipeline/match/rule_budgets.h).
#ifndef WIREWATCH_RULES_ENGINE_MATCH_WATCH_H_
#define WIREWATCH_RULES_ENGINE_MATCH_WATCH_H_

#include <chrono>
#include <vector>

#include "rules/engine/match.h"

namespace wirewatch {

struct RuleTime {
  RulePlace place;
  // Of the thread's processor, so that no other thread counts: of evaluating the expression, and of collecting its
  // spans where it holds. What rules share counts for the first of them that asks for it (where sentences end). Finding
  // terms, regular expressions among them, is no rule's own.
  std::chrono::nanoseconds took{};
};

struct MatchWatch {
  // Rules that are not looked at, sorted: as if they did not hold.
  std::vector<RulePlace> resting = {};
  // The rules that were looked at, and `unless` where it was, are appended to `times`. It costs two calls of the
  // kernel's clock for each, some 0.3 us.
  bool timed = false;
  std::vector<RuleTime> times = {};
};

}  // namespace wirewatch

#endif  // WIREWATCH_RULES_ENGINE_MATCH_WATCH_H_
