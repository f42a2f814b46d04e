// UTF-8: code points to bytes.
#ifndef WIREWATCH_PIPELINE_UTF8_H_
#define WIREWATCH_PIPELINE_UTF8_H_

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace wirewatch {

inline constexpr char32_t kReplacement = 0xFFFD;  // stands for what is no character

// What can stand in a text: a Unicode scalar value other than NUL, which C libraries downstream take for an end.
constexpr bool IsCharacter(char32_t c) { return c != 0 && c < 0x110000 && (c < 0xD800 || c > 0xDFFF); }

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

// Where the first byte stands that is not part of valid UTF-8 (Unicode 15, table 3-7); text.size(): nowhere. For
// messages: scalar.
constexpr std::size_t FirstInvalidUtf8(std::string_view text) {
  std::size_t at = 0;
  while (at < text.size()) {
    const auto lead = static_cast<unsigned char>(text[at]);
    const std::size_t tails = lead < 0x80   ? 0
                              : lead < 0xC2 ? 9
                              : lead < 0xE0 ? 1
                              : lead < 0xF0 ? 2
                              : lead < 0xF5 ? 3
                                            : 9;
    if (tails == 9 || at + tails >= text.size()) return at;
    for (std::size_t i = 1; i <= tails; ++i) {
      const auto tail = static_cast<unsigned char>(text[at + i]);
      const unsigned low = i > 1 ? 0x80 : lead == 0xE0 ? 0xA0 : lead == 0xF0 ? 0x90 : 0x80;
      const unsigned high = i > 1 ? 0xBF : lead == 0xED ? 0x9F : lead == 0xF4 ? 0x8F : 0xBF;
      if (tail < low || tail > high) return at;
    }
    at += tails + 1;
  }
  return at;
}

}  // namespace wirewatch

#endif  // WIREWATCH_PIPELINE_UTF8_H_
