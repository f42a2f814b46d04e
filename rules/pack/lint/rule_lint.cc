#include "rules/pack/lint/rule_lint.h"

#include <algorithm>
#include <iterator>

#include "rules/pack/lint/lints.h"

namespace wirewatch {
namespace {

// In the order in which they report.
constexpr Lint kLints[] = {LintRepeatedTerm, LintNoForms, LintNeverHolds, LintNearlyAlways, LintCoveredByUnless};

std::vector<ExpressionError> Run(const LintedExpression& linted) {
  std::vector<ExpressionError> findings;
  (void)std::any_of(std::begin(kLints), std::end(kLints), [&](Lint lint) { return lint(linted, findings); });
  return findings;
}

}  // namespace

std::string ShortText(const Expression& e) {
  std::string text = ToText(e);
  return text.size() <= 60 ? text : "this part";
}

std::vector<ExpressionError> LintRule(const Expression& match, const Expression* unless,
                                      const std::vector<std::string>& languages) {
  return Run({match, unless, languages, false});
}

std::vector<ExpressionError> LintUnless(const Expression& unless, const std::vector<std::string>& languages) {
  return Run({unless, nullptr, languages, true});
}

}  // namespace wirewatch
