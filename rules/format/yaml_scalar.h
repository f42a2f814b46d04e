// How a text is written as a YAML scalar: as it is where that reads the same, else in quotes, else as a block.
#ifndef WIREWATCH_RULES_FORMAT_YAML_SCALAR_H_
#define WIREWATCH_RULES_FORMAT_YAML_SCALAR_H_

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace wirewatch {

// On one line. `in_brackets`: between [ ] or { }. `was_quoted`: words that other readers of YAML take for numbers or
// truth values are quoted if they were.
std::string ScalarLine(std::string_view text, bool in_brackets, bool was_quoted);
// In single quotes. REQUIRES: CanBeSingleQuoted.
std::string SingleQuoted(std::string_view text);
// One line without control characters.
bool CanBeSingleQuoted(std::string_view text);

// The lines of a block scalar, its header first (`|-`, `>-`), the others without indentation. Empty: no block means
// that text. A text of one line is folded at blanks to lines of at most `width` columns.
std::vector<std::string> BlockLines(std::string_view text, std::size_t width);

}  // namespace wirewatch

#endif  // WIREWATCH_RULES_FORMAT_YAML_SCALAR_H_
