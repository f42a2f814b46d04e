#include "cli/terminal/since.h"

#include <fmt/format.h>

namespace wirewatch {

std::optional<WallTime> ParseSince(const std::string& text) {
  if (const auto ago = ParseDuration(text)) return WallNow() - *ago;
  return ParseRfc3339(text);
}

std::string CheckSince(const std::string& text) {
  if (ParseSince(text)) return "";
  return fmt::format("'{}' is neither a duration such as 2h nor a time such as 2026-11-23T09:30:00Z", text);
}

}  // namespace wirewatch
