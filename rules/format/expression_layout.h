// The one way to write an expression: one blank between its parts, prefixes and operators in their own spelling, no
// parentheses that hold nothing together. Terms, their quotes and all other parentheses stay as they are written.
#ifndef WIREWATCH_RULES_FORMAT_EXPRESSION_LAYOUT_H_
#define WIREWATCH_RULES_FORMAT_EXPRESSION_LAYOUT_H_

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace wirewatch {

// The expression on one line. REQUIRES: it parses.
std::string ExpressionLine(std::string_view text);

// The same in lines of at most `width` columns where that can be: broken before OR, else before AND, else before NEAR
// and SAME; what a group holds stands two columns further in.
std::vector<std::string> ExpressionLines(std::string_view text, std::size_t width);

// Whether two texts are one expression, but for blanks and parentheses that hold nothing together.
bool IsSameExpression(std::string_view a, std::string_view b);

// Columns of a terminal, near enough: characters of East Asian scripts take two.
std::size_t ColumnsOf(std::string_view text);

}  // namespace wirewatch

#endif  // WIREWATCH_RULES_FORMAT_EXPRESSION_LAYOUT_H_
