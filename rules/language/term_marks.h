// The marks of a word of a term: ~ban (all its forms) and huawei~1 (letters wrong). What may have one, and the
// mistakes.
#ifndef WIREWATCH_RULES_LANGUAGE_TERM_MARKS_H_
#define WIREWATCH_RULES_LANGUAGE_TERM_MARKS_H_

#include <optional>
#include <string_view>

#include "rules/language/expression.h"

namespace wirewatch {

// Letters that a word needs to have one: of fewer, nearly every word has another one that is no form or misspelling.
inline constexpr std::size_t kMinLettersOfForms = 3, kMinLettersOneWrong = 4, kMinLettersTwoWrong = 8;

// A table has every text that is left of such a word when letters are left out.
inline constexpr std::size_t kMaxLettersWithWrong = 40;

// The mistake of a `~` in the text of a term of words; nothing: there is none. The place is relative to the text.
std::optional<ExpressionError> CheckMarks(std::string_view text);

}  // namespace wirewatch

#endif  // WIREWATCH_RULES_LANGUAGE_TERM_MARKS_H_
