// Expression shape: what the parser asks of a tree before it takes it.
#ifndef WIREWATCH_RULES_LANGUAGE_EXPRESSION_SHAPE_H_
#define WIREWATCH_RULES_LANGUAGE_EXPRESSION_SHAPE_H_

#include <cstdint>

#include "rules/language/expression.h"

namespace wirewatch {

// The smallest part that can hold although no term and no attribute is found, and with which the whole then holds;
// null: something is required.
const Expression* HoldsOnNothing(const Expression& expression);

// Levels of the tree, at least 1.
std::uint32_t Depth(const Expression& expression);

// Title, summary, first paragraph, rest of the body: a bit each where a term of `expression` may stand.
unsigned Regions(const Expression& expression);

// A term, or an OR of such.
bool IsPairOperand(const Expression& expression);

}  // namespace wirewatch

#endif  // WIREWATCH_RULES_LANGUAGE_EXPRESSION_SHAPE_H_
