#include "base/text/printable.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "base/text/utf8.h"

namespace wirewatch {
namespace {

bool IsPlain(char c) { return c >= 0x20 && c < 0x7F; }

}  // namespace

std::string Printable(std::string_view text) {
  if (std::all_of(text.begin(), text.end(), IsPlain)) return std::string(text);
  std::string line;
  line.reserve(text.size() + 16);
  while (!text.empty()) {
    const DecodedUtf8 decoded = DecodeUtf8(text, 0);
    if (decoded.invalid()) {
      fmt::format_to(std::back_inserter(line), "\\x{:02X}", static_cast<unsigned char>(text[0]));
    } else if (IsControl(decoded.code_point)) {
      fmt::format_to(std::back_inserter(line), "\\x{:02X}", static_cast<unsigned>(decoded.code_point));
    } else if (IsLineSeparator(decoded.code_point) || TurnsDirection(decoded.code_point)) {
      fmt::format_to(std::back_inserter(line), "\\u{{{:04X}}}", static_cast<unsigned>(decoded.code_point));
    } else {
      line += text.substr(0, decoded.size);
    }
    text.remove_prefix(decoded.size);
  }
  return line;
}

}  // namespace wirewatch
