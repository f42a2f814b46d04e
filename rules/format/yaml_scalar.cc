#include "rules/format/yaml_scalar.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>

#include "base/text/ascii.h"
#include "base/text/trim.h"
#include "base/text/utf8.h"
#include "rules/format/expression_layout.h"

namespace wirewatch {
namespace {

// Characters that cannot stand in a file as they are (yaml_text.h), or that nobody would see there.
bool NeedsEscape(char32_t c) {
  return (c < 0x20 && c != '\t') || (c >= 0x7F && c <= 0x9F) || c == 0x2028 || c == 0x2029 || c == 0xFEFF ||
         c == 0xFFFE || c == 0xFFFF;
}

template <typename Take>
void ForEachCharacter(std::string_view text, Take take) {
  for (std::size_t at = 0; at < text.size();) {
    const auto byte = static_cast<unsigned char>(text[at]);
    if (byte < 0x80) {
      take(static_cast<char32_t>(byte), text.substr(at, 1));
      ++at;
      continue;
    }
    const DecodedUtf8 decoded = DecodeUtf8(text, at);
    take(decoded.code_point, text.substr(at, decoded.size));
    at += decoded.size;
  }
}

// Of all but line breaks.
bool HasEscapes(std::string_view text) {
  bool found = false;
  ForEachCharacter(text, [&](char32_t c, std::string_view) { found = found || (c != '\n' && NeedsEscape(c)); });
  return found;
}

std::string DoubleQuoted(std::string_view text) {
  std::string quoted = "\"";
  ForEachCharacter(text, [&](char32_t c, std::string_view written) {
    if (c == '"' || c == '\\') {
      quoted += '\\';
      quoted += written;
    } else if (c == '\n') {
      quoted += "\\n";
    } else if (c == '\t') {
      quoted += "\\t";
    } else if (c == 0) {
      quoted += "\\0";
    } else if (NeedsEscape(c)) {
      quoted += c < 0x100 ? fmt::format("\\x{:02X}", static_cast<std::uint32_t>(c))
                          : fmt::format("\\u{:04X}", static_cast<std::uint32_t>(c));
    } else {
      quoted += written;
    }
  });
  return quoted + '"';
}

// What YAML 1.1 or 1.2 takes for something else than a text, and what begins as a number does.
bool LooksTyped(std::string_view text) {
  const std::string lower = AsciiLowerCase(text);
  for (const std::string_view word : {"true", "false", "yes", "no", "on", "off", "y", "n", "null", "~", ".inf", ".nan"}) {
    if (lower == word) return true;
  }
  const std::string_view digits = lower[0] == '+' || lower[0] == '-' || lower[0] == '.' ? std::string_view(lower).substr(1) : lower;
  return !digits.empty() && IsAsciiDigit(digits[0]) &&
         std::all_of(digits.begin(), digits.end(), [](char c) {
           return IsAsciiDigit(c) || std::string_view("._:-+exabcdf").find(c) != std::string_view::npos;
         });
}

bool CanBePlain(std::string_view text, bool in_brackets) {
  if (text.empty() || !CanBeSingleQuoted(text) || text.front() == ' ' || text.back() == ' ') return false;
  if (text == "~" || text == "null" || text == "Null" || text == "NULL" || text == "=") return false;
  if (std::string_view("-?:,[]{}#&*!|>'\"%@`").find(text.front()) != std::string_view::npos) return false;
  if (text.starts_with("---") || text.starts_with("...")) return false;
  if (text.find(": ") != std::string_view::npos || text.find(" #") != std::string_view::npos) return false;
  if (text.back() == ':' || text.find('\t') != std::string_view::npos) return false;
  if (in_brackets && (text.find_first_of(",[]{}:") != std::string_view::npos || text.back() == '?')) return false;
  return true;
}

}  // namespace

bool CanBeSingleQuoted(std::string_view text) {
  return text.find('\n') == std::string_view::npos && !HasEscapes(text);
}

std::string SingleQuoted(std::string_view text) {
  std::string quoted = "'";
  for (const char c : text) {
    if (c == '\'') quoted += '\'';
    quoted += c;
  }
  return quoted + '\'';
}

std::string ScalarLine(std::string_view text, bool in_brackets, bool was_quoted) {
  if (CanBePlain(text, in_brackets) && !(was_quoted && LooksTyped(text))) return std::string(text);
  if (!CanBeSingleQuoted(text)) return DoubleQuoted(text);
  const bool has_single = text.find('\'') != std::string_view::npos;
  const bool needs_escapes = text.find_first_of("\"\\") != std::string_view::npos;
  return has_single && !needs_escapes ? DoubleQuoted(text) : SingleQuoted(text);
}

std::vector<std::string> BlockLines(std::string_view text, std::size_t width) {
  if (text.empty() || HasEscapes(text) || text.find('\t') != std::string_view::npos) return {};
  if (IsBlank(text.front()) || text.ends_with("\n\n")) return {};
  std::vector<std::string> lines;
  if (text.find('\n') != std::string_view::npos) {
    const bool ends = text.back() == '\n';
    if (ends) text.remove_suffix(1);
    lines.emplace_back(ends ? "|" : "|-");
    while (true) {
      const std::size_t end = text.find('\n');
      const std::string_view line = text.substr(0, end);
      if (!line.empty() && (TrimmedEnd(line).empty() || line.back() == ' ')) return {};  // nobody would see it
      lines.emplace_back(line);
      if (end == std::string_view::npos) return lines;
      text.remove_prefix(end + 1);
    }
  }
  if (text.back() == ' ' || text.find("  ") != std::string_view::npos) return {};
  lines.emplace_back(">-");
  std::string line;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(' '), text.size());
    const std::string_view word = text.substr(0, end);
    if (line.empty()) {
      line = word;
    } else if (ColumnsOf(line) + 1 + ColumnsOf(word) <= width) {
      line += ' ';
      line += word;
    } else {
      lines.push_back(line);
      line = word;
    }
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  lines.push_back(line);
  return lines;
}

}  // namespace wirewatch
