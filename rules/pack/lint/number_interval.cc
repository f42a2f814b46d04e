#include "rules/pack/lint/number_interval.h"

#include <algorithm>

#include "rules/language/attribute_value.h"
#include "rules/language/attributes.h"

namespace wirewatch {

Interval Of(Comparison comparison, std::int64_t number) {
  Interval interval;
  switch (comparison) {
    case Comparison::kIs: return {number, number};
    case Comparison::kLess: interval.most = number - 1; break;
    case Comparison::kAtMost: interval.most = number; break;
    case Comparison::kMore: interval.least = number + 1; break;
    case Comparison::kAtLeast: interval.least = number; break;
  }
  return interval;
}

std::optional<Comparison> Opposite(Comparison comparison) {
  switch (comparison) {
    case Comparison::kIs: return std::nullopt;
    case Comparison::kLess: return Comparison::kAtLeast;
    case Comparison::kAtMost: return Comparison::kMore;
    case Comparison::kMore: return Comparison::kAtMost;
    case Comparison::kAtLeast: return Comparison::kLess;
  }
  return std::nullopt;
}

Interval Meet(Interval a, Interval b) { return {std::max(a.least, b.least), std::min(a.most, b.most)}; }

Interval DomainOf(Attribute attribute) {
  switch (attribute) {
    case Attribute::kUrgency: return {1, kMostUrgency};
    case Attribute::kWords: return {0, std::numeric_limits<std::int64_t>::max()};
    default: return {};
  }
}

std::int64_t NumberOf(const Expression& attribute) {
  return AttributeTest(attribute.attribute, attribute.comparison, attribute.value).number;
}

}  // namespace wirewatch
