// Whole numbers from text.
#ifndef WIREWATCH_BASE_TEXT_NUMBERS_H_
#define WIREWATCH_BASE_TEXT_NUMBERS_H_

#include <charconv>
#include <concepts>
#include <optional>
#include <string_view>
#include <system_error>
#include <type_traits>

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

// As ParseNumber; nothing also of a number that is not from `least` to `most`.
template <std::integral Number>
std::optional<Number> ParseNumberIn(std::string_view text, std::type_identity_t<Number> least,
                                    std::type_identity_t<Number> most) {
  const auto number = ParseNumber<Number>(text);
  return number && *number >= least && *number <= most ? number : std::nullopt;
}

}  // namespace wirewatch

#endif  // WIREWATCH_BASE_TEXT_NUMBERS_H_
