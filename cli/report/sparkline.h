// Sparkline: a row of numbers as a row of little bars, for a terminal.
#ifndef WIREWATCH_CLI_REPORT_SPARKLINE_H_
#define WIREWATCH_CLI_REPORT_SPARKLINE_H_

#include <cstdint>
#include <string>
#include <vector>

namespace wirewatch {

// One character for each number, the highest of them being a full bar; nothing is lower than the lowest bar, and 0 is a
// blank. `unicode`: blocks (U+2581 to U+2588); else ASCII.
std::string Sparkline(const std::vector<std::uint64_t>& numbers, bool unicode);

// Whether the locale of the environment is a UTF-8 one: LC_ALL, LC_CTYPE or LANG, the first that is set.
bool IsUtf8Locale();

}  // namespace wirewatch

#endif  // WIREWATCH_CLI_REPORT_SPARKLINE_H_
