// The lints of a rule, one a file. Only for this folder; rule_lint.h has the way in.
#ifndef WIREWATCH_RULES_PACK_LINT_LINTS_H_
#define WIREWATCH_RULES_PACK_LINT_LINTS_H_

#include <string>
#include <vector>

#include "rules/language/expression.h"

namespace wirewatch {

// What is looked at: the `match` of a rule, or the `unless` of a topic.
struct LintedExpression {
  const Expression& expression;
  const Expression* unless;                   // that of the rule's topic; null: none, or it is looked at itself
  const std::vector<std::string>& languages;  // of the topic
  bool is_unless;
};

// Appends what the lint finds. True: that is all there is to say, and later lints are not asked.
using Lint = bool (*)(const LintedExpression& linted, std::vector<ExpressionError>& findings);

bool LintRepeatedTerm(const LintedExpression& linted, std::vector<ExpressionError>& findings);
bool LintNoForms(const LintedExpression& linted, std::vector<ExpressionError>& findings);
bool LintNeverHolds(const LintedExpression& linted, std::vector<ExpressionError>& findings);
bool LintNearlyAlways(const LintedExpression& linted, std::vector<ExpressionError>& findings);
bool LintCoveredByUnless(const LintedExpression& linted, std::vector<ExpressionError>& findings);

// For messages: the expression, or "this part" if it is long.
std::string ShortText(const Expression& e);

}  // namespace wirewatch

#endif  // WIREWATCH_RULES_PACK_LINT_LINTS_H_
