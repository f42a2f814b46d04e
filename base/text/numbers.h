// Whole numbers from text.
#ifndef WIREWATCH_BASE_TEXT_NUMBERS_H_
#define WIREWATCH_BASE_TEXT_NUMBERS_H_

#include <charconv>
#include <concepts>
#include <optional>
#include <string_view>
#include <system_error>

namespace wirewatch {

// The number that the whole of `text` is: digits, with a '-' before them if Number has a sign. Nothing: it is another
// text, an empty one, or a number that Number cannot hold.
template <std::integral Number>
std::optional<Number> ParseNumber(std::string_view text) {
  Number number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

}  // namespace wirewatch

#endif  // WIREWATCH_BASE_TEXT_NUMBERS_H_
