#include "pipeline/decode/article_date.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <string>
#include <utility>

#include "base/text/ascii.h"

namespace wirewatch {
namespace {

using std::chrono::microseconds;
using std::chrono::minutes;

constexpr std::size_t kLongestDate = 100;  // bytes; JavaScript's with the zone in words has some 70

bool IsDigits(std::string_view text) { return !text.empty() && std::all_of(text.begin(), text.end(), IsAsciiDigit); }

std::optional<int> Number(std::string_view digits) {
  int number = 0;
  if (digits.size() > 4 || !IsDigits(digits)) return std::nullopt;
  std::from_chars(digits.data(), digits.data() + digits.size(), number);
  return number;
}

// What has been read of a date so far.
struct Parts {
  std::optional<int> year, month, day;
  std::optional<microseconds> time;  // of the day
  std::optional<minutes> offset;     // east of UTC
  bool afternoon = false, morning = false;

  std::optional<WallTime> Join() const {
    if (!year || !month || !day) return std::nullopt;
    const std::chrono::year_month_day date{std::chrono::year(*year), std::chrono::month(static_cast<unsigned>(*month)),
                                           std::chrono::day(static_cast<unsigned>(*day))};
    if (!date.ok()) return std::nullopt;
    microseconds of_day = time.value_or(microseconds(0));
    if (afternoon || morning) {
      const auto hour = std::chrono::duration_cast<std::chrono::hours>(of_day).count();
      if (!time || hour < 1 || hour > 12) return std::nullopt;
      if (hour == 12) of_day -= std::chrono::hours(12);
      if (afternoon) of_day += std::chrono::hours(12);
    }
    return WallTime(std::chrono::sys_days(date)) + of_day - offset.value_or(minutes(0));
  }
};

// "10:00", "9:05:07.25"; hours and minutes apart by a colon.
std::optional<microseconds> ReadTime(std::string_view text) {
  std::array<int, 3> parts{};
  std::size_t count = 0;
  while (count < parts.size()) {
    const std::size_t digits = std::min(text.find_first_not_of("0123456789"), text.size());
    const auto number = digits <= 2 ? Number(text.substr(0, digits)) : std::nullopt;
    if (!number || (count > 0 && digits != 2)) return std::nullopt;
    parts[count++] = *number;
    text.remove_prefix(digits);
    if (text.empty() || text.front() != ':') break;
    text.remove_prefix(1);
  }
  if (count < 2 || parts[0] > 23 || parts[1] > 59 || parts[2] > 60) return std::nullopt;  // 60: a leap second
  std::int64_t fraction = 0;
  if (!text.empty()) {
    if (count < 3 || (text.front() != '.' && text.front() != ',') || !IsDigits(text.substr(1))) return std::nullopt;
    std::string six(text.substr(1, 6));
    six.resize(6, '0');
    std::from_chars(six.data(), six.data() + six.size(), fraction);
  }
  return std::chrono::hours(parts[0]) + minutes(parts[1]) + std::chrono::seconds(parts[2]) + microseconds(fraction);
}

// "+0100", "+01:00", "+01", and so with '-'.
std::optional<minutes> ReadOffset(std::string_view text) {
  if (text.empty() || (text.front() != '+' && text.front() != '-')) return std::nullopt;
  const int sign = text.front() == '-' ? -1 : 1;
  text.remove_prefix(1);
  std::string digits(text);
  if (digits.size() == 5 && digits[2] == ':') digits.erase(2, 1);
  if (!IsDigits(digits) || (digits.size() != 2 && digits.size() != 4)) return std::nullopt;
  const int hours = *Number(std::string_view(digits).substr(0, 2));
  const int rest = digits.size() == 4 ? *Number(std::string_view(digits).substr(2)) : 0;
  if (hours > 23 || rest > 59) return std::nullopt;
  return sign * (std::chrono::hours(hours) + minutes(rest));
}

// Only zones that mean one thing: BST, IST or CST outside of mail mean several.
std::optional<minutes> ReadZone(std::string_view text) {
  constexpr std::pair<std::string_view, int> kZones[] = {
      {"z", 0},    {"ut", 0},   {"utc", 0},  {"gmt", 0},  {"est", -5}, {"edt", -4},
      {"cst", -6}, {"cdt", -5}, {"mst", -7}, {"mdt", -6}, {"pst", -8}, {"pdt", -7},
      {"wet", 0},  {"west", 1}, {"cet", 1},  {"cest", 2}, {"eet", 2},  {"eest", 3},
  };
  if (const auto offset = ReadOffset(text)) return offset;
  const std::string lower = AsciiLowerCase(text);
  for (const auto& [name, hours] : kZones) {
    if (lower == name) return std::chrono::hours(hours);
  }
  for (const std::string_view base : {"utc", "gmt"}) {  // "GMT+0100"
    if (lower.starts_with(base)) return ReadOffset(std::string_view(lower).substr(base.size()));
  }
  return std::nullopt;
}

// 1 to 12, from at least three letters of the name: "Mar", "Sept", "March", also with a full stop.
std::optional<int> ReadMonth(std::string_view text) {
  constexpr std::string_view kMonths[] = {"january", "february", "march",     "april",   "may",      "june",
                                          "july",    "august",   "september", "october", "november", "december"};
  if (text.ends_with('.')) text.remove_suffix(1);
  const std::string lower = AsciiLowerCase(text);
  for (int i = 0; i < 12; ++i) {
    if (lower.size() >= 3 && kMonths[i].starts_with(lower)) return i + 1;
  }
  return std::nullopt;
}

bool IsWeekday(std::string_view text) {
  constexpr std::string_view kDays[] = {"monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"};
  if (text.ends_with('.')) text.remove_suffix(1);
  const std::string lower = AsciiLowerCase(text);
  return lower.size() >= 3 &&
         std::any_of(std::begin(kDays), std::end(kDays), [&](std::string_view day) { return day.starts_with(lower); });
}

// Takes up to `most` digits from the front.
std::optional<int> TakeNumber(std::string_view& text, std::size_t least, std::size_t most) {
  std::size_t digits = 0;
  while (digits < most && digits < text.size() && IsAsciiDigit(text[digits])) ++digits;
  if (digits < least) return std::nullopt;
  const auto number = Number(text.substr(0, digits));
  text.remove_prefix(digits);
  return number;
}

bool TakeSeparator(std::string_view& text) {
  if (text.empty() || std::string_view("-/.").find(text.front()) == std::string_view::npos) return false;
  text.remove_prefix(1);
  return true;
}

void SkipBlanks(std::string_view& text) { text.remove_prefix(std::min(text.find_first_not_of(' '), text.size())); }

// Behind a date: a time and a zone. True: all of it was read.
bool ReadTimeAndZone(std::string_view text, Parts& parts) {
  if (text.empty()) return true;
  if (text.front() != 'T' && text.front() != 't' && text.front() != ' ') return false;
  text.remove_prefix(1);
  SkipBlanks(text);
  const std::size_t end = std::min(text.find_first_not_of("0123456789:.,"), text.size());
  std::string time(text.substr(0, end));
  if (time.size() >= 4 && time.find(':') == std::string::npos) {  // 100000
    if (time.size() >= 6) time.insert(4, 1, ':');
    time.insert(2, 1, ':');
  }
  parts.time = ReadTime(time);
  if (!parts.time) return false;
  text.remove_prefix(end);
  SkipBlanks(text);
  for (const auto& [name, half] : {std::pair("am", &parts.morning), std::pair("pm", &parts.afternoon)}) {
    if (!AsciiLowerCase(text).starts_with(name)) continue;
    *half = true;
    text.remove_prefix(2);
    SkipBlanks(text);
    break;
  }
  if (text.empty()) return true;
  parts.offset = ReadZone(text);
  return parts.offset.has_value();
}

std::optional<WallTime> ReadYearFirst(std::string_view text) {
  Parts parts;
  parts.year = TakeNumber(text, 4, 4);
  if (!parts.year || *parts.year < 1000) return std::nullopt;
  const bool separated = TakeSeparator(text);
  parts.month = TakeNumber(text, separated ? 1 : 2, 2);
  if (separated != TakeSeparator(text)) return std::nullopt;
  parts.day = TakeNumber(text, separated ? 1 : 2, 2);
  if (!parts.month || !parts.day) return std::nullopt;
  if (!separated && IsDigits(text) && (text.size() == 4 || text.size() == 6)) {  // 20260301100000
    return ReadTimeAndZone('T' + std::string(text), parts) ? parts.Join() : std::nullopt;
  }
  return ReadTimeAndZone(text, parts) ? parts.Join() : std::nullopt;
}

// A token of a date with the month in words. False: it has no place in one.
bool ReadToken(std::string_view token, Parts& parts) {
  if (token.find(':') != std::string_view::npos && IsAsciiDigit(token.front())) {
    for (const auto& [name, half] : {std::pair("am", &parts.morning), std::pair("pm", &parts.afternoon)}) {
      if (!AsciiLowerCase(token).ends_with(name)) continue;
      *half = true;
      token.remove_suffix(2);
    }
    if (parts.time) return false;
    parts.time = ReadTime(token);
    return parts.time.has_value();
  }
  if (IsAsciiDigit(token.front())) {
    const std::string lower = AsciiLowerCase(token);
    for (const std::string_view ordinal : {"st", "nd", "rd", "th"}) {
      if (lower.ends_with(ordinal)) token.remove_suffix(ordinal.size());
    }
    const auto number = Number(token);
    if (!number) return false;
    if (token.size() == 4 && !parts.year) {
      parts.year = number;
    } else if (token.size() <= 2 && !parts.day) {
      parts.day = number;
    } else if (token.size() == 2 && !parts.year) {  // RFC 5322, 4.3
      parts.year = *number + (*number < 50 ? 2000 : 1900);
    } else {
      return false;
    }
    return true;
  }
  if (const auto month = ReadMonth(token); month && !parts.month) {
    parts.month = month;
    return true;
  }
  const std::string lower = AsciiLowerCase(token);
  if (IsWeekday(token) || lower == "at" || lower == "of") return true;
  if (lower == "am" || lower == "a.m.") return parts.morning = true;
  if (lower == "pm" || lower == "p.m.") return parts.afternoon = true;
  if (parts.offset) return false;
  parts.offset = ReadZone(token);
  return parts.offset.has_value();
}

std::optional<WallTime> ReadWords(std::string_view text) {
  std::string plain(text.substr(0, text.find('(')));  // a comment: "(Coordinated Universal Time)"
  for (std::size_t i = 0; i < plain.size(); ++i) {
    const bool beside_letter =
        (i > 0 && IsAsciiLetter(plain[i - 1])) || (i + 1 < plain.size() && IsAsciiLetter(plain[i + 1]));
    const bool in_date = plain[i] == '-' && beside_letter &&
                         plain.compare(std::max<std::size_t>(i, 3) - 3, 3, "GMT") != 0 &&
                         plain.compare(std::max<std::size_t>(i, 3) - 3, 3, "UTC") != 0;
    if (plain[i] == ',' || in_date) plain[i] = ' ';
  }
  Parts parts;
  std::string_view left = plain;
  for (SkipBlanks(left); !left.empty(); SkipBlanks(left)) {
    const std::string_view token = left.substr(0, left.find(' '));
    left.remove_prefix(token.size());
    if (!ReadToken(token, parts)) return std::nullopt;
  }
  return parts.Join();
}

// The units differ by a thousand, so that no number is of two of them between 1980 and 2100.
std::optional<WallTime> ReadEpoch(std::string_view text) {
  const bool number = text.find_first_not_of("0123456789.eE+") == std::string_view::npos && IsAsciiDigit(text.back());
  if (!number) return std::nullopt;
  constexpr std::int64_t kFirst = 315'532'800, kLast = 4'102'444'800;  // seconds
  if (IsDigits(text)) {
    std::int64_t whole = 0;
    if (std::from_chars(text.data(), text.data() + text.size(), whole).ec != std::errc()) return std::nullopt;
    for (const std::int64_t in_second : {1, 1000, 1'000'000, 1'000'000'000}) {
      const std::int64_t second = whole / in_second;
      if (second < kFirst || second >= kLast) continue;
      const std::int64_t rest = whole % in_second;
      return WallTime(std::chrono::seconds(second) +
                      microseconds(in_second > 1'000'000 ? rest / 1000 : rest * (1'000'000 / in_second)));
    }
    return std::nullopt;
  }
  long double real = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), real);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  for (const long double in_second : {1.0L, 1000.0L}) {
    const long double seconds = real / in_second;
    if (seconds < kFirst || seconds >= kLast) continue;
    return WallTime(microseconds(std::llround(seconds * 1'000'000)));
  }
  return std::nullopt;
}

}  // namespace

std::optional<WallTime> ReadDate(std::string_view text) {
  if (const auto time = ParseRfc3339(text)) return time;
  if (text.size() < 6 || text.size() > kLongestDate) return std::nullopt;
  if (const auto time = ReadEpoch(text)) return time;
  if (const auto time = ReadYearFirst(text)) return time;
  const bool words = std::any_of(text.begin(), text.end(), IsAsciiLetter);
  return words ? ReadWords(text) : std::nullopt;
}

}  // namespace wirewatch
