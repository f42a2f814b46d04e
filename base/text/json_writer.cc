#include "base/text/json_writer.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>

#include "base/text/hex.h"
#include "base/text/printable.h"
#include "base/text/utf8.h"

namespace wirewatch {
namespace {

// What is written for a character of ASCII: itself, \u00XX, or a letter behind a backslash.
constexpr char kItself = 0, kHexEscape = 'u';
constexpr std::array<char, 128> kEscapes = [] {
  std::array<char, 128> escapes{};
  for (std::size_t c = 0; c < 0x20; ++c) escapes[c] = kHexEscape;
  escapes[0x7F] = kHexEscape;
  escapes['"'] = '"';
  escapes['\\'] = '\\';
  escapes['\b'] = 'b';
  escapes['\f'] = 'f';
  escapes['\n'] = 'n';
  escapes['\r'] = 'r';
  escapes['\t'] = 't';
  return escapes;
}();
constexpr std::size_t kHexEscapeBytes = 6;

constexpr std::uint64_t EightOf(unsigned char byte) { return 0x0101010101010101U * byte; }
constexpr std::uint64_t kHighBits = EightOf(0x80);

// High bits where a byte of `word`, all of them ASCII, is `byte`; or, above such a byte, wrongly: whether there is one
// is right.
constexpr std::uint64_t HasByte(std::uint64_t word, unsigned char byte) {
  const std::uint64_t zero_there = word ^ EightOf(byte);
  return (zero_there - EightOf(1)) & ~zero_there & kHighBits;
}

// Whether eight bytes are ASCII that is written as it is. Texts are mostly that.
bool IsPlain(const char* eight) {
  std::uint64_t word;
  std::memcpy(&word, eight, sizeof word);
  const std::uint64_t below_blank = (word - EightOf(0x20)) & ~word & kHighBits;
  return ((word & kHighBits) | below_blank | HasByte(word, '"') | HasByte(word, '\\') | HasByte(word, 0x7F)) == 0;
}

// Where the first byte from `at` on stands that is not written as it is; text.size(): nowhere.
[[gnu::always_inline]] inline std::size_t EndOfPlain(std::string_view text, std::size_t at) {
  while (at < text.size()) {
    while (text.size() - at >= 8 && IsPlain(text.data() + at)) at += 8;
    // In what is left of a text, or around what is not plain: byte by byte up to the next eight.
    const std::size_t end = std::min(at + 8, text.size());
    while (at < end) {
      const auto byte = static_cast<unsigned char>(text[at]);
      if (byte < 0x80) {
        if (kEscapes[byte] != kItself) return at;
        ++at;
        continue;
      }
      const DecodedUtf8 decoded = DecodeNonAscii(text, at);
      if (decoded.invalid() || IsControl(decoded.code_point)) return at;
      at += decoded.size;
    }
  }
  return at;
}

void AppendHexEscape(unsigned code, std::string& out) {
  out += "\\u00";
  AppendHex(static_cast<unsigned char>(code), out);
}

// What is not written as it is; the bytes that it has in `text`.
std::size_t AppendSpecial(std::string_view text, std::size_t at, std::string& out) {
  const auto byte = static_cast<unsigned char>(text[at]);
  if (byte < 0x80) {
    if (kEscapes[byte] == kHexEscape) {
      AppendHexEscape(byte, out);
    } else {
      const char escape[2] = {'\\', kEscapes[byte]};
      out.append(escape, sizeof escape);
    }
    return 1;
  }
  const DecodedUtf8 decoded = DecodeNonAscii(text, at);
  if (!decoded.invalid()) {
    AppendHexEscape(decoded.code_point, out);
    return decoded.size;
  }
  AppendUtf8(kReplacement, out);
  return BrokenCharacterSize(text, at);
}

}  // namespace

void AppendJsonEscaped(std::string_view text, std::string& out) {
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = EndOfPlain(text, at);
    out.append(text.data() + at, end - at);
    at = end == text.size() ? end : end + AppendSpecial(text, end, out);
  }
}

std::size_t JsonEscapedBytes(std::string_view text) {
  std::size_t bytes = 0;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = EndOfPlain(text, at);
    bytes += end - at;
    if (end == text.size()) break;
    const auto byte = static_cast<unsigned char>(text[end]);
    const bool is_ascii = byte < 0x80;
    bytes += is_ascii && kEscapes[byte] != kHexEscape ? 2 : kHexEscapeBytes;
    at = end + (is_ascii ? 1 : 2);
  }
  return bytes;
}

std::string JsonString(std::string_view text) {
  std::string quoted = "\"";
  AppendJsonEscaped(text, quoted);
  quoted += '"';
  return quoted;
}

// As nlohmann writes them, whose readers may compare: digits in front of the point up to 15, zeros behind it up to 4.
void JsonWriter::Double(double value) {
  if (!std::isfinite(value)) return Null();
  char text[32];
  char* end = std::to_chars(text, text + sizeof text, value, std::chars_format::scientific).ptr;  // -1.25e+03
  const char* const exponent = std::find(text, end, 'e') + 1;
  int power = 0;
  std::from_chars(exponent + (*exponent == '+' ? 1 : 0), end, power);
  if (value == 0) return Bare(std::signbit(value) ? "-0.0" : "0.0");
  if (power < -4 || power >= 15) {
    BeginValue();
    return void(out_.append(text, end));
  }
  end = std::to_chars(text, text + sizeof text, value, std::chars_format::fixed).ptr;
  BeginValue();
  out_.append(text, end);
  if (std::find(text, end, '.') == end) out_ += ".0";
}

}  // namespace wirewatch
