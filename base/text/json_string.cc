#include "base/text/json_string.h"

#include <fmt/format.h>

#include <iterator>

#include "base/text/printable.h"
#include "base/text/utf8.h"

namespace wirewatch {

void AppendJsonString(std::string_view text, std::string& out) {
  out += '"';
  for (std::size_t at = 0; at < text.size();) {
    const DecodedUtf8 decoded = DecodeUtf8(text, at);
    const char32_t c = decoded.code_point;
    if (c == '"' || c == '\\') {
      out += '\\';
      out += static_cast<char>(c);
    } else if (c == '\n') {
      out += "\\n";
    } else if (c == '\t') {
      out += "\\t";
    } else if (IsControl(c) || IsLineSeparator(c) || TurnsDirection(c)) {
      fmt::format_to(std::back_inserter(out), "\\u{:04x}", static_cast<unsigned>(c));
    } else if (decoded.invalid()) {
      AppendUtf8(kReplacement, out);
    } else {
      out += text.substr(at, decoded.size);
    }
    at += decoded.size;
  }
  out += '"';
}

}  // namespace wirewatch
