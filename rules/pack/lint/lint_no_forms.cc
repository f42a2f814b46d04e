#include <fmt/format.h>

#include <algorithm>

#include "rules/pack/lint/lints.h"
#include "rules/text/stems.h"

namespace wirewatch {
namespace {

void FindForms(const Expression& e, std::vector<ExpressionError>& findings) {
  const Term& term = e.term;
  const bool has_forms = e.kind == Expression::Kind::kTerm && term.kind == Term::Kind::kWords &&
                         (term.text.starts_with('~') || term.text.find(" ~") != std::string::npos);
  if (has_forms && std::none_of(findings.begin(), findings.end(), [&](const ExpressionError& finding) {
        return finding.place == e.place;  // of another entry of the same list
      })) {
    findings.push_back(
        {e.place, "no-forms",
         fmt::format("no language of this topic has forms of words here: {} is found as it is written", ShortText(e)),
         "leave out the ~, and write the forms that are meant, joined by OR"});
  }
  for (const Expression& child : e.children) FindForms(child, findings);
}

}  // namespace

bool LintNoForms(const LintedExpression& linted, std::vector<ExpressionError>& findings) {
  if (StemLanguagesOf(linted.languages) != BitOf(StemLanguage::kNone)) return false;
  std::vector<ExpressionError> found;
  FindForms(linted.expression, found);
  findings.insert(findings.end(), found.begin(), found.end());
  return false;
}

}  // namespace wirewatch
