// Numbers that an attribute compares, as intervals: `words: < 200`.
#ifndef WIREWATCH_RULES_PACK_LINT_NUMBER_INTERVAL_H_
#define WIREWATCH_RULES_PACK_LINT_NUMBER_INTERVAL_H_

#include <cstdint>
#include <limits>
#include <optional>

#include "rules/language/expression.h"

namespace wirewatch {

// Both ends included.
struct Interval {
  std::int64_t least = std::numeric_limits<std::int64_t>::min();
  std::int64_t most = std::numeric_limits<std::int64_t>::max();
  bool empty() const { return least > most; }
};

// The numbers that fulfil the comparison.
Interval Of(Comparison comparison, std::int64_t number);
// The numbers in both.
Interval Meet(Interval a, Interval b);
// The numbers that an article can have.
Interval DomainOf(Attribute attribute);
// What is true when `comparison` is not. Nothing for =, which leaves two intervals.
std::optional<Comparison> Opposite(Comparison comparison);
// The number that an attribute is compared with.
std::int64_t NumberOf(const Expression& attribute);

}  // namespace wirewatch

#endif  // WIREWATCH_RULES_PACK_LINT_NUMBER_INTERVAL_H_
