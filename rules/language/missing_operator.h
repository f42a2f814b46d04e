// Missing operator: two terms side by side with no operator between, and what their writer most likely meant.
#ifndef WIREWATCH_RULES_LANGUAGE_MISSING_OPERATOR_H_
#define WIREWATCH_RULES_LANGUAGE_MISSING_OPERATOR_H_

#include <cstddef>
#include <span>
#include <string_view>

#include "rules/language/expression.h"
#include "rules/language/expression_lexer.h"

namespace wirewatch {

struct MissingOperator {
  ExpressionError error;
  std::size_t end = 0;  // the tokens before it are part of this mistake
};

// `tokens`: of `text`, the last one kEnd. REQUIRES: tokens[at - 1] ends an operand and tokens[at] begins one.
MissingOperator FindMissingOperator(std::string_view text, std::span<const ExpressionToken> tokens, std::size_t at);

}  // namespace wirewatch

#endif  // WIREWATCH_RULES_LANGUAGE_MISSING_OPERATOR_H_
