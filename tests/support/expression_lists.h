// The named lists that tests of the rule language refer to: @vendors and @banning.
#ifndef WIREWATCH_TESTS_SUPPORT_EXPRESSION_LISTS_H_
#define WIREWATCH_TESTS_SUPPORT_EXPRESSION_LISTS_H_

#include <string_view>
#include <vector>

#include "rules/language/expression.h"

namespace wirewatch {

inline Expression ListOf(const std::vector<std::string_view>& entries) {
  Expression list;
  list.kind = Expression::Kind::kOr;
  for (std::string_view entry : entries) list.children.push_back(ParseListEntry(entry).expression.value());
  return list;
}

inline const NamedLists& Lists() {
  static const NamedLists lists = {{"vendors", ListOf({"Huawei", "ZTE", "high-risk vendor*"})},
                                   {"banning", ListOf({"ban", "exclud*", "phase out"})}};
  return lists;
}

}  // namespace wirewatch

#endif  // WIREWATCH_TESTS_SUPPORT_EXPRESSION_LISTS_H_
