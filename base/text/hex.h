// Hexadecimal digits, as JSON, URLs and digests write them.
#ifndef WIREWATCH_BASE_TEXT_HEX_H_
#define WIREWATCH_BASE_TEXT_HEX_H_

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace wirewatch {

// The value of a hex digit of either case; -1: `c` is none.
constexpr int HexDigit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

// The byte that the two hex digits at `at` are; nothing: two digits do not stand there.
constexpr std::optional<char> HexByteAt(std::string_view text, std::size_t at) {
  if (at + 1 >= text.size()) return std::nullopt;
  const int high = HexDigit(text[at]), low = HexDigit(text[at + 1]);
  if (high < 0 || low < 0) return std::nullopt;
  return static_cast<char>(high * 16 + low);
}

// Appends the two digits of a byte, in lower case.
inline void AppendHex(unsigned char byte, std::string& out) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  out += kDigits[byte >> 4];
  out += kDigits[byte & 15];
}

}  // namespace wirewatch

#endif  // WIREWATCH_BASE_TEXT_HEX_H_
