#include "rules/pack/lint/lints.h"
#include "rules/pack/lint/never_holds.h"

namespace wirewatch {

bool LintCoveredByUnless(const LintedExpression& linted, std::vector<ExpressionError>& findings) {
  if (linted.unless == nullptr || !NeverHolds({&linted.expression}, {linted.unless}, linted.languages)) return false;
  findings.push_back({linted.expression.place, "covered-by-unless",
                      "this rule never counts: the topic's 'unless' holds wherever it does",
                      "narrow the 'unless', or delete the rule"});
  return false;
}

}  // namespace wirewatch
