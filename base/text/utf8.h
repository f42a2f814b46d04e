// UTF-8 (Unicode 15, table 3-7): bytes to code points and back. The one place that knows its form, but for the oracle
// (rules/reference/reference_matcher.h), which is to be right by itself.
#ifndef WIREWATCH_BASE_TEXT_UTF8_H_
#define WIREWATCH_BASE_TEXT_UTF8_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace wirewatch {

inline constexpr char32_t kReplacement = 0xFFFD;  // stands for what is no character

// What can stand in a text: a Unicode scalar value other than NUL, which C libraries downstream take for an end.
constexpr bool IsCharacter(char32_t c) { return c != 0 && c < 0x110000 && (c < 0xD800 || c > 0xDFFF); }

// A byte that goes on with a character, not one that begins it.
constexpr bool IsUtf8Tail(char c) { return (static_cast<unsigned char>(c) & 0xC0) == 0x80; }

// Bytes of the character that begins with `first`; of a byte that begins none: 1.
constexpr std::size_t CharacterSize(char first) {
  const auto byte = static_cast<unsigned char>(first);
  return byte < 0xC0 ? 1 : byte < 0xE0 ? 2 : byte < 0xF0 ? 3 : 4;
}

// Writes `c`, or U+FFFD where it is no character, at `out` (room for 4 bytes); the number of bytes.
constexpr std::size_t EncodeUtf8(char32_t c, char* out) {
  if (!IsCharacter(c)) c = kReplacement;
  const auto tail = [c](int shift) { return static_cast<char>(0x80 | ((c >> shift) & 0x3F)); };
  if (c < 0x80) {
    out[0] = static_cast<char>(c);
    return 1;
  }
  if (c < 0x800) {
    out[0] = static_cast<char>(0xC0 | (c >> 6));
    out[1] = tail(0);
    return 2;
  }
  if (c < 0x10000) {
    out[0] = static_cast<char>(0xE0 | (c >> 12));
    out[1] = tail(6);
    out[2] = tail(0);
    return 3;
  }
  out[0] = static_cast<char>(0xF0 | (c >> 18));
  out[1] = tail(12);
  out[2] = tail(6);
  out[3] = tail(0);
  return 4;
}

// Appends `c` as EncodeUtf8 writes it.
inline void AppendUtf8(char32_t c, std::string& text) {
  char bytes[4];
  text.append(bytes, EncodeUtf8(c, bytes));
}

struct DecodedUtf8 {
  char32_t code_point = kReplacement;
  std::uint32_t size = 1;  // bytes, at least 1

  // A byte that begins no character. (U+FFFD that is written out has three.)
  bool invalid() const { return code_point == kReplacement && size == 1; }
};

// The character at `at`, which is not ASCII; what is not UTF-8 is read byte by byte as U+FFFD.
// REQUIRES: at < text.size().
[[gnu::always_inline]] inline DecodedUtf8 DecodeNonAscii(std::string_view text, std::size_t at) {
  constexpr DecodedUtf8 kInvalid;
  const std::size_t left = text.size() - at;
  const auto byte = [&](std::size_t i) { return static_cast<std::uint32_t>(static_cast<unsigned char>(text[at + i])); };
  const auto continues = [&](std::size_t i) { return (byte(i) & 0xC0) == 0x80; };
  const std::uint32_t first = byte(0);
  if (first < 0xE0) {
    if (first < 0xC2 || left < 2 || !continues(1)) return kInvalid;
    return {(first & 0x1F) << 6 | (byte(1) & 0x3F), 2};
  }
  if (first < 0xF0) {
    if (left < 3 || !continues(1) || !continues(2)) return kInvalid;
    const char32_t c = (first & 0x0F) << 12 | (byte(1) & 0x3F) << 6 | (byte(2) & 0x3F);
    if (c < 0x800 || (0xD800 <= c && c < 0xE000)) return kInvalid;
    return {c, 3};
  }
  if (first > 0xF4 || left < 4 || !continues(1) || !continues(2) || !continues(3)) return kInvalid;
  const char32_t c = (first & 0x07) << 18 | (byte(1) & 0x3F) << 12 | (byte(2) & 0x3F) << 6 | (byte(3) & 0x3F);
  if (c < 0x10000 || c > 0x10FFFF) return kInvalid;
  return {c, 4};
}

// As DecodeNonAscii, of any character.
inline DecodedUtf8 DecodeUtf8(std::string_view text, std::size_t at) {
  const auto first = static_cast<unsigned char>(text[at]);
  return first < 0x80 ? DecodedUtf8{first, 1} : DecodeNonAscii(text, at);
}

// All characters of `text`.
inline std::u32string DecodeUtf8(std::string_view text) {
  std::u32string characters;
  for (std::size_t at = 0; at < text.size();) {
    const DecodedUtf8 decoded = DecodeUtf8(text, at);
    characters += decoded.code_point;
    at += decoded.size;
  }
  return characters;
}

struct PlacedCharacter {
  char32_t value = kReplacement;
  std::uint32_t begin = 0, end = 0;  // bytes
};

// The same, each with its place in `text`.
inline std::vector<PlacedCharacter> CharactersOf(std::string_view text) {
  std::vector<PlacedCharacter> characters;
  for (std::uint32_t at = 0; at < text.size();) {
    const DecodedUtf8 decoded = DecodeUtf8(text, at);
    characters.push_back({decoded.code_point, at, at + decoded.size});
    at += decoded.size;
  }
  return characters;
}

// The longest beginning of `text`, which is UTF-8, of at most `bytes` bytes that ends with a whole character.
constexpr std::string_view BeginningOf(std::string_view text, std::size_t bytes) {
  if (text.size() <= bytes) return text;
  while (bytes > 0 && IsUtf8Tail(text[bytes])) --bytes;
  return text.substr(0, bytes);
}

// Bytes of the last character of `text`, which is UTF-8.
// REQUIRES: !text.empty().
constexpr std::size_t LastCharacterSize(std::string_view text) {
  std::size_t size = 1;
  while (size < text.size() && IsUtf8Tail(text[text.size() - size])) ++size;
  return size;
}

// `text`, which need not be UTF-8, without the bytes of a character that is cut at its end.
constexpr std::string_view WithoutCutCharacter(std::string_view text) {
  for (std::size_t tails = 0; tails < 3 && tails < text.size(); ++tails) {
    const std::size_t begin = text.size() - 1 - tails;
    if (IsUtf8Tail(text[begin])) continue;
    return CharacterSize(text[begin]) > tails + 1 ? text.substr(0, begin) : text;
  }
  return text;
}

// How many of the bytes at `at`, where no whole character begins, are the beginning of one: at least 1.
constexpr std::size_t BrokenCharacterSize(std::string_view text, std::size_t at) {
  const std::string_view rest = text.substr(at, 4);
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(rest[i]); };
  const unsigned lead = byte(0);
  if (lead < 0xC2 || lead > 0xF4 || rest.size() < 2) return 1;
  const unsigned low = lead == 0xE0 ? 0xA0 : lead == 0xF0 ? 0x90 : 0x80;
  const unsigned high = lead == 0xED ? 0x9F : lead == 0xF4 ? 0x8F : 0xBF;
  if (byte(1) < low || byte(1) > high) return 1;
  return lead >= 0xF0 && rest.size() > 2 && IsUtf8Tail(rest[2]) ? 3 : 2;
}

// Of UTF-8.
inline std::size_t CountCharacters(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) { return !IsUtf8Tail(c); }));
}

// Where the first byte stands that is not part of valid UTF-8 (Unicode 15, table 3-7); text.size(): nowhere. For
// messages: scalar.
inline std::size_t FirstInvalidUtf8(std::string_view text) {
  std::size_t at = 0;
  while (at < text.size()) {
    const DecodedUtf8 decoded = DecodeUtf8(text, at);
    if (decoded.invalid()) break;
    at += decoded.size;
  }
  return at;
}

}  // namespace wirewatch

#endif  // WIREWATCH_BASE_TEXT_UTF8_H_
