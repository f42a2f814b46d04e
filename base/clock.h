// Time: points, durations and the one text form of them (RFC 3339).
//
// Article and record times are WallTime; waiting and deadlines use SteadyTime. Decisions of the alert policy depend on
// record time only, never on a clock. RFC 3339 is parsed by hand: libstdc++ has no std::chrono::parse before GCC 14.
#ifndef WIREWATCH_BASE_CLOCK_H_
#define WIREWATCH_BASE_CLOCK_H_

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace wirewatch {

using WallTime = std::chrono::sys_time<std::chrono::microseconds>;
using SteadyTime = std::chrono::steady_clock::time_point;

WallTime WallNow();
// What this thread has had of a processor.
std::chrono::nanoseconds ThreadCpuTime();
inline SteadyTime SteadyNow() { return std::chrono::steady_clock::now(); }

// "2026-11-23T09:30:00Z", with ".123456" only where there are fractions of a second.
std::string FormatRfc3339(WallTime time);

// Reads RFC 3339 (section 5.6) with any offset, and, because publishers write them: a blank instead of 'T', "+0100"
// without a colon, a time without an offset (taken as UTC), and a date alone (midnight UTC). Anything else: nullopt.
std::optional<WallTime> ParseRfc3339(std::string_view text);

// "250ms", "5s", "10m", "48h", "2d", up to 10,000 days. Anything else: nullopt.
inline constexpr std::chrono::days kLongestDuration{10'000};
std::optional<std::chrono::milliseconds> ParseDuration(std::string_view text);

// The text that ParseDuration reads back: "90s", "2d"; in the largest unit of which it is a whole number.
// REQUIRES: not negative.
std::string FormatDuration(std::chrono::milliseconds duration);

}  // namespace wirewatch

#endif  // WIREWATCH_BASE_CLOCK_H_
