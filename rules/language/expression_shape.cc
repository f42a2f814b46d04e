#include "rules/language/expression_shape.h"

#include <algorithm>

namespace wirewatch {

const Expression* HoldsOnNothing(const Expression& expression) {
  switch (expression.kind) {
    case Expression::Kind::kTerm:
    case Expression::Kind::kAttribute:
    case Expression::Kind::kNear:
    case Expression::Kind::kSame:
    case Expression::Kind::kRepeated: return nullptr;
    case Expression::Kind::kNot: return HoldsOnNothing(expression.children[0]) ? nullptr : &expression;
    case Expression::Kind::kOr:
      for (const Expression& child : expression.children) {
        if (const Expression* part = HoldsOnNothing(child)) return part;
      }
      return nullptr;
    case Expression::Kind::kAnd: {
      const bool all = std::all_of(expression.children.begin(), expression.children.end(),
                                   [](const Expression& child) { return HoldsOnNothing(child) != nullptr; });
      return all ? &expression : nullptr;
    }
    case Expression::Kind::kAtLeast: {
      const auto without = std::count_if(expression.children.begin(), expression.children.end(),
                                         [](const Expression& child) { return HoldsOnNothing(child) != nullptr; });
      return static_cast<std::uint64_t>(without) >= expression.count ? &expression : nullptr;
    }
  }
  return nullptr;
}

std::uint32_t Depth(const Expression& expression) {
  std::uint32_t deepest = 0;
  for (const Expression& child : expression.children) deepest = std::max(deepest, Depth(child));
  return deepest + 1;
}

unsigned Regions(const Expression& expression) {
  if (expression.kind == Expression::Kind::kTerm) {
    const Scope scope = expression.term.scope;
    return (Includes(scope, Scope::kTitle) ? 0b1000 : 0) | (Includes(scope, Scope::kLead) ? 0b0110 : 0) |
           (Includes(scope, Scope::kBody) ? 0b0011 : 0);
  }
  unsigned regions = 0;
  for (const Expression& child : expression.children) regions |= Regions(child);
  return regions;
}

bool IsPairOperand(const Expression& expression) {
  if (expression.kind == Expression::Kind::kTerm) return true;
  return expression.kind == Expression::Kind::kOr &&
         std::all_of(expression.children.begin(), expression.children.end(), IsPairOperand);
}

}  // namespace wirewatch
