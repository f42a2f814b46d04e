#include "cli/report/sparkline.h"

#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <string_view>

namespace wirewatch {

std::string Sparkline(const std::vector<std::uint64_t>& numbers, bool unicode) {
  constexpr std::string_view kBlocks[] = {" ",      "\u2581", "\u2582", "\u2583", "\u2584",
                                          "\u2585", "\u2586", "\u2587", "\u2588"};
  constexpr std::string_view kAscii[] = {" ", "_", ".", "-", ":", "=", "+", "*", "#"};
  constexpr std::uint64_t kSteps = 8;
  const std::uint64_t highest = numbers.empty() ? 0 : *std::max_element(numbers.begin(), numbers.end());
  std::string line;
  for (const std::uint64_t number : numbers) {
    const std::uint64_t step = number == 0 ? 0 : std::max<std::uint64_t>(1, (number * kSteps + highest / 2) / highest);
    line += (unicode ? kBlocks : kAscii)[step];
  }
  return line;
}

bool IsUtf8Locale() {
  for (const char* const name : {"LC_ALL", "LC_CTYPE", "LANG"}) {
    const char* const value = std::getenv(name);
    if (value == nullptr || *value == '\0') continue;
    std::string locale = value;
    std::transform(locale.begin(), locale.end(), locale.begin(),
                   [](char c) { return static_cast<char>(std::tolower(static_cast<unsigned char>(c))); });
    return locale.find("utf-8") != std::string::npos || locale.find("utf8") != std::string::npos;
  }
  return false;
}

}  // namespace wirewatch
