// Lints of a whole rule: one that no article can hold, and one that nearly every article holds.
//
// The first is a proof, never a guess: "never" is said only where the parts of a rule exclude each other whatever the
// article is. What is not found out counts as possible.
#ifndef WIREWATCH_RULES_PACK_LINT_RULE_LINT_H_
#define WIREWATCH_RULES_PACK_LINT_RULE_LINT_H_

#include <string>
#include <vector>

#include "rules/language/expression.h"

namespace wirewatch {

// The findings on a rule; places are those of `match`. `unless` may be null.
std::vector<ExpressionError> LintRule(const Expression& match, const Expression* unless,
                                      const std::vector<std::string>& languages);
// The findings on an `unless`.
std::vector<ExpressionError> LintUnless(const Expression& unless, const std::vector<std::string>& languages);

}  // namespace wirewatch

#endif  // WIREWATCH_RULES_PACK_LINT_RULE_LINT_H_
