// HalfWidth: a rule's text as if it had been typed in ASCII. East Asian keyboards type `（` where `(` is meant, and
// Arabic ones `،` for a comma; the lexer must not take such a character for punctuation, which does not count.
//
// What is taken for ASCII: the compatibility forms <wide>, <narrow>, <small> and <vertical> of one ASCII character
// (Unicode Character Database, UnicodeData.txt, field 5), and the commas and the asterisk that Unicode has for scripts
// of their own.
#ifndef WIREWATCH_RULES_TEXT_HALF_WIDTH_H_
#define WIREWATCH_RULES_TEXT_HALF_WIDTH_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/span.h"

namespace wirewatch {

class HalfWidth {
 public:
  // Borrows `original`. REQUIRES: it is valid UTF-8.
  explicit HalfWidth(std::string_view original);

  // The text to read. Other forms of the double quote stay as they are: the rule language has only the straight one.
  // Other forms of the slash stay, too, unless they stand in a word before a digit: `NEAR／5`.
  std::string_view text() const { return origins_.empty() ? original_ : std::string_view(text_); }

  // Bytes of the text as bytes of the original.
  Span Origin(std::size_t begin, std::size_t end) const {
    if (origins_.empty()) return {static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(end)};
    return {origins_[begin], origins_[end]};
  }
  std::string_view Original(std::size_t begin, std::size_t end) const { return Origin(begin, end).Of(original_); }

 private:
  const std::string_view original_;
  std::string text_;
  std::vector<std::uint32_t> origins_;  // of each byte of text_ and its end; empty: it is the original
};

// The ASCII character that `character` is another form of; 0: none.
char AsciiFormOf(char32_t character);

}  // namespace wirewatch

#endif  // WIREWATCH_RULES_TEXT_HALF_WIDTH_H_
