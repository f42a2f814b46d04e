// Lints of one term: written so that it is read, but hardly as it was meant.
#ifndef WIREWATCH_RULES_LANGUAGE_TERM_LINT_H_
#define WIREWATCH_RULES_LANGUAGE_TERM_LINT_H_

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/span.h"
#include "rules/language/expression.h"

namespace wirewatch {

// `quoted`: it stands in double quotes of its own. `place` is the term's, and `at` where its text begins.
void LintTerm(const Term& term, bool quoted, Span place, std::size_t at, std::vector<ExpressionError>& warnings);

// An entry of a list: as above, and what was meant as several entries.
void LintListEntry(const Term& term, bool quoted, Span place, std::size_t at, std::vector<ExpressionError>& warnings);

}  // namespace wirewatch

#endif  // WIREWATCH_RULES_LANGUAGE_TERM_LINT_H_
