// Letters and digits of ASCII, whatever the locale. Every other byte, those of longer UTF-8 characters too, is none and
// stays as it is. What a blank is, each format says for itself.
#ifndef WIREWATCH_BASE_TEXT_ASCII_H_
#define WIREWATCH_BASE_TEXT_ASCII_H_

#include <algorithm>
#include <string>
#include <string_view>

namespace wirewatch {

constexpr bool IsAscii(char c) { return static_cast<unsigned char>(c) < 0x80; }
constexpr bool IsAsciiDigit(char c) { return c >= '0' && c <= '9'; }
constexpr bool IsAsciiLetter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
constexpr char AsciiLower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }
constexpr char AsciiUpper(char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; }

inline bool IsAllAscii(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return IsAscii(c); });
}
inline std::string AsciiLowerCase(std::string_view text) {
  std::string lower(text);
  std::transform(lower.begin(), lower.end(), lower.begin(), AsciiLower);
  return lower;
}

// Comparisons that take the two cases of an ASCII letter for equal. `lower` has no ASCII letter in upper case.
inline bool EqualsInAnyCase(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](char x, char y) { return AsciiLower(x) == AsciiLower(y); });
}
inline bool BeginsInAnyCase(std::string_view text, std::string_view begin) {
  return EqualsInAnyCase(text.substr(0, begin.size()), begin);
}
inline bool ContainsInAnyCase(std::string_view text, std::string_view lower) {
  return std::search(text.begin(), text.end(), lower.begin(), lower.end(),
                     [](char x, char y) { return AsciiLower(x) == y; }) != text.end();
}

}  // namespace wirewatch

#endif  // WIREWATCH_BASE_TEXT_ASCII_H_
