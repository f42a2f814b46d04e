// The value of --since: a time, or how long ago.
#ifndef WIREWATCH_CLI_TERMINAL_SINCE_H_
#define WIREWATCH_CLI_TERMINAL_SINCE_H_

#include <optional>
#include <string>

#include "base/clock.h"

namespace wirewatch {

// "2h", "7d", "2026-11-23T09:30:00Z". Nothing: it is neither.
std::optional<WallTime> ParseSince(const std::string& text);

// For VerbOption::Check: what is wrong with it; empty: nothing.
std::string CheckSince(const std::string& text);

}  // namespace wirewatch

#endif  // WIREWATCH_CLI_TERMINAL_SINCE_H_
