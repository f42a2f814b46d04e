// Letters and digits of ASCII, whatever the locale. Every other byte, those of longer UTF-8 characters too, is none and
// stays as it is. What a blank is, each format says for itself.
#ifndef WIREWATCH_BASE_ASCII_H_
#define WIREWATCH_BASE_ASCII_H_

namespace wirewatch {

constexpr bool IsAsciiDigit(char c) { return c >= '0' && c <= '9'; }
constexpr bool IsAsciiLetter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
constexpr char AsciiLower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }
constexpr char AsciiUpper(char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; }

}  // namespace wirewatch

#endif  // WIREWATCH_BASE_ASCII_H_
