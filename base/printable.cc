#include "base/printable.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <iterator>

namespace wirewatch {
namespace {

struct Decoded {
  char32_t code_point = 0;
  std::size_t size = 0;  // bytes; 0: not UTF-8
};

// Unicode 15, table 3-7: no overlong forms, no surrogates.
Decoded Decode(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned lead = byte(0);
  if (lead < 0x80) return {lead, 1};
  const std::size_t size = lead < 0xC2 ? 0 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : lead < 0xF5 ? 4 : 0;
  if (size == 0 || size > text.size()) return {};
  const unsigned low = lead == 0xE0 ? 0xA0 : lead == 0xF0 ? 0x90 : 0x80;
  const unsigned high = lead == 0xED ? 0x9F : lead == 0xF4 ? 0x8F : 0xBF;
  if (byte(1) < low || byte(1) > high) return {};
  char32_t code_point = lead & (0x7Fu >> size);
  for (std::size_t i = 1; i < size; ++i) {
    if ((byte(i) & 0xC0) != 0x80) return {};
    code_point = (code_point << 6) | (byte(i) & 0x3F);
  }
  return {code_point, size};
}

bool IsControl(char32_t c) { return c < 0x20 || (c >= 0x7F && c < 0xA0); }

// Unicode's Bidi_Control, and the separators of lines and paragraphs.
bool ChangesLayout(char32_t c) {
  return c == 0x061C || c == 0x200E || c == 0x200F || (c >= 0x2028 && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069);
}

bool IsPlain(char c) { return c >= 0x20 && c < 0x7F; }

}  // namespace

std::string Printable(std::string_view text) {
  if (std::all_of(text.begin(), text.end(), IsPlain)) return std::string(text);
  std::string line;
  line.reserve(text.size() + 16);
  while (!text.empty()) {
    const Decoded decoded = Decode(text);
    const std::size_t size = std::max<std::size_t>(decoded.size, 1);
    if (decoded.size == 0) {
      fmt::format_to(std::back_inserter(line), "\\x{:02X}", static_cast<unsigned char>(text[0]));
    } else if (IsControl(decoded.code_point)) {
      fmt::format_to(std::back_inserter(line), "\\x{:02X}", static_cast<unsigned>(decoded.code_point));
    } else if (ChangesLayout(decoded.code_point)) {
      fmt::format_to(std::back_inserter(line), "\\u{{{:04X}}}", static_cast<unsigned>(decoded.code_point));
    } else {
      line += text.substr(0, size);
    }
    text.remove_prefix(size);
  }
  return line;
}

}  // namespace wirewatch
