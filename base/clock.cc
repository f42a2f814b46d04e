#include "base/clock.h"

#include <charconv>
#include <cstdint>
#include <cstdio>
#include <ctime>

#include "base/text/ascii.h"

namespace wirewatch {
namespace {

// Takes exactly `digits` decimal digits from the front of `text`.
inline bool TakeNumber(std::string_view& text, std::size_t digits, int& number) {
  if (text.size() < digits) return false;
  int value = 0;
  for (std::size_t i = 0; i < digits; ++i) {
    if (text[i] < '0' || text[i] > '9') return false;
    value = value * 10 + (text[i] - '0');
  }
  number = value;
  text.remove_prefix(digits);
  return true;
}

inline bool TakeCharacter(std::string_view& text, std::string_view choices) {
  for (const char choice : choices) {
    if (text.empty() || text.front() != choice) continue;
    text.remove_prefix(1);
    return true;
  }
  return false;
}

// ".5", ".123456789": the digits after the sixth are cut off. False when no digit follows the point.
bool TakeFraction(std::string_view& text, std::chrono::microseconds& fraction) {
  std::int64_t value = 0;
  std::int64_t scale = 1'000'000;
  std::size_t digits = 0;
  while (digits < text.size() && IsAsciiDigit(text[digits])) {
    if (scale > 1) {
      value = value * 10 + (text[digits] - '0');
      scale /= 10;
    }
    ++digits;
  }
  text.remove_prefix(digits);
  fraction = std::chrono::microseconds(value * scale);
  return digits > 0;
}

struct DurationUnit {
  std::string_view name;
  std::chrono::milliseconds length;
};
// Each a whole number of the one before.
constexpr DurationUnit kDurationUnits[] = {{"ms", std::chrono::milliseconds(1)},
                                           {"s", std::chrono::seconds(1)},
                                           {"m", std::chrono::minutes(1)},
                                           {"h", std::chrono::hours(1)},
                                           {"d", std::chrono::days(1)}};

}  // namespace

WallTime WallNow() { return std::chrono::time_point_cast<std::chrono::microseconds>(std::chrono::system_clock::now()); }

std::chrono::nanoseconds ThreadCpuTime() {
  timespec time{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec);
}

// By hand: every alert has several times, and printf would cost more than all else of its line.
std::string FormatRfc3339(WallTime time) {
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss clock(time - day);
  char room[40];
  char* at = room;
  const auto put = [&at](auto number, int digits, char behind) {
    for (int i = digits; i-- > 0; number /= 10) at[i] = static_cast<char>('0' + number % 10);
    at += digits;
    *at++ = behind;
  };
  if (const int year = static_cast<int>(date.year()); year >= 0 && year <= 9999) {
    put(year, 4, '-');
  } else {
    at += std::snprintf(at, 8, "%04d-", year);
  }
  put(static_cast<unsigned>(date.month()), 2, '-');
  put(static_cast<unsigned>(date.day()), 2, 'T');
  put(clock.hours().count(), 2, ':');
  put(clock.minutes().count(), 2, ':');
  put(clock.seconds().count(), 2, '.');
  if (clock.subseconds().count() != 0) {
    put(clock.subseconds().count(), 6, 'Z');
  } else {
    at[-1] = 'Z';
  }
  return {room, at};
}

std::optional<WallTime> ParseRfc3339(std::string_view text) {
  int year, month, day;
  if (!TakeNumber(text, 4, year) || !TakeCharacter(text, "-") || !TakeNumber(text, 2, month) ||
      !TakeCharacter(text, "-") || !TakeNumber(text, 2, day)) {
    return std::nullopt;
  }
  const std::chrono::year_month_day date{std::chrono::year(year), std::chrono::month(static_cast<unsigned>(month)),
                                         std::chrono::day(static_cast<unsigned>(day))};
  if (!date.ok()) return std::nullopt;
  WallTime time = std::chrono::sys_days(date);
  if (text.empty()) return time;

  int hour, minute, second = 0;
  std::chrono::microseconds fraction{0};
  if (!TakeCharacter(text, "Tt ") || !TakeNumber(text, 2, hour) || !TakeCharacter(text, ":") ||
      !TakeNumber(text, 2, minute)) {
    return std::nullopt;
  }
  if (TakeCharacter(text, ":")) {
    if (!TakeNumber(text, 2, second)) return std::nullopt;
    if (TakeCharacter(text, ".,") && !TakeFraction(text, fraction)) return std::nullopt;
  }
  if (hour > 23 || minute > 59 || second > 60) return std::nullopt;  // 60: a leap second
  time += std::chrono::hours(hour) + std::chrono::minutes(minute) + std::chrono::seconds(second) + fraction;
  if (text.empty()) return time;

  if (TakeCharacter(text, "Zz")) return text.empty() ? std::optional(time) : std::nullopt;
  const int sign = text.front() == '-' ? -1 : 1;
  int offset_hours, offset_minutes = 0;
  if (!TakeCharacter(text, "+-") || !TakeNumber(text, 2, offset_hours)) return std::nullopt;
  const bool colon = TakeCharacter(text, ":");
  if ((colon || !text.empty()) && !TakeNumber(text, 2, offset_minutes)) return std::nullopt;
  if (!text.empty() || offset_hours > 23 || offset_minutes > 59) return std::nullopt;
  return time - sign * (std::chrono::hours(offset_hours) + std::chrono::minutes(offset_minutes));
}

std::optional<std::chrono::milliseconds> ParseDuration(std::string_view text) {
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || number < 0) return std::nullopt;
  const std::string_view name(end, static_cast<std::size_t>(text.data() + text.size() - end));
  for (const DurationUnit& unit : kDurationUnits) {
    if (name != unit.name) continue;
    // Whoever adds it to a time must not overflow that.
    if (number > std::chrono::milliseconds(kLongestDuration) / unit.length) return std::nullopt;
    return number * unit.length;
  }
  return std::nullopt;
}

std::string FormatDuration(std::chrono::milliseconds duration) {
  if (duration.count() == 0) return "0s";
  const DurationUnit* unit = std::begin(kDurationUnits);
  while (unit + 1 != std::end(kDurationUnits) && duration % unit[1].length == duration.zero()) ++unit;
  return std::to_string(duration / unit->length) + std::string(unit->name);
}

}  // namespace wirewatch
