// Checks of the text of an expression before it is lexed, and of the text of each term.
#ifndef WIREWATCH_RULES_LANGUAGE_TERM_CHECK_H_
#define WIREWATCH_RULES_LANGUAGE_TERM_CHECK_H_

#include <cstddef>
#include <optional>
#include <string_view>

#include "base/span.h"
#include "rules/language/expression.h"

namespace wirewatch {

// The mistake of a text that is too long, is not UTF-8 or has control characters; nothing: it has none.
std::optional<ExpressionError> CheckText(std::string_view text);

// The mistake of a term without a word, or with too few letters beside its wildcards; nothing: it has none. `place` is
// the term's; `at`: where its text begins in the expression.
std::optional<ExpressionError> CheckTerm(const Term& term, Span place, std::size_t at);

// The bytes [begin, begin + size) of an expression.
inline Span PlaceAt(std::size_t begin, std::size_t size) {
  return {static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(begin + size)};
}

}  // namespace wirewatch

#endif  // WIREWATCH_RULES_LANGUAGE_TERM_CHECK_H_
