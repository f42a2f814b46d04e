// LineDiff: two texts line by line, as `diff -u` shows them.
#ifndef WIREWATCH_CLI_TERMINAL_LINE_DIFF_H_
#define WIREWATCH_CLI_TERMINAL_LINE_DIFF_H_

#include <string>
#include <string_view>

namespace wirewatch {

// Empty: they are equal. `name` is printed for both. `colour`: with ANSI colours. What steers a terminal in the texts
// is made visible only then. Memory: 4 bytes for each pair of lines between the first and the last that differ; over
// 16 million of them all lines between are shown as changed.
std::string LineDiff(std::string_view before, std::string_view after, std::string_view name, bool colour);

}  // namespace wirewatch

#endif  // WIREWATCH_CLI_TERMINAL_LINE_DIFF_H_
