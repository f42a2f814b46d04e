#include "rules/pack/rule_budget.h"

#include "base/text/numbers.h"

namespace wirewatch {

std::optional<std::chrono::nanoseconds> ParseCpuBudget(std::string_view text) {
  constexpr std::chrono::nanoseconds kMost = std::chrono::seconds(1);
  const bool is_milliseconds = text.ends_with("ms");
  if (!is_milliseconds && !text.ends_with("us")) return std::nullopt;
  const std::chrono::nanoseconds unit =
      is_milliseconds ? std::chrono::nanoseconds(std::chrono::milliseconds(1)) : std::chrono::microseconds(1);
  const auto number = ParseNumberIn<std::int64_t>(text.substr(0, text.size() - 2), 1, kMost / unit);
  return number ? std::optional(*number * unit) : std::nullopt;
}

std::optional<std::uint32_t> ParseHitBudget(std::string_view text) {
  constexpr std::uint32_t kMost = 10'000'000;
  if (!text.ends_with("/h")) return std::nullopt;
  return ParseNumberIn<std::uint32_t>(text.substr(0, text.size() - 2), 1, kMost);
}

}  // namespace wirewatch
