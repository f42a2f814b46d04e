// White space at the ends of a text. ASCII only. Two sets are in use; a format with a set of its own (HTML's, the lines
// of an article) keeps it in its own file.
#ifndef WIREWATCH_BASE_TEXT_TRIM_H_
#define WIREWATCH_BASE_TEXT_TRIM_H_

#include <string_view>

namespace wirewatch {

// White space of JSON and YAML: blank, tab, line feed, carriage return.
constexpr bool IsBlank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }
// That of C's isspace(): also vertical tab and form feed.
constexpr bool IsSpace(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

// `text` without the characters at its ends that `is_white` takes.
template <typename IsWhite>
constexpr std::string_view Trimmed(std::string_view text, IsWhite is_white) {
  while (!text.empty() && is_white(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_white(text.back())) text.remove_suffix(1);
  return text;
}
constexpr std::string_view Trimmed(std::string_view text) { return Trimmed(text, IsBlank); }
constexpr std::string_view TrimmedEnd(std::string_view text) {
  while (!text.empty() && IsBlank(text.back())) text.remove_suffix(1);
  return text;
}

}  // namespace wirewatch

#endif  // WIREWATCH_BASE_TEXT_TRIM_H_
