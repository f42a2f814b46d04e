// HTML elements: what each element of HTML means for the text of an article, and the names of tags.
#ifndef WIREWATCH_PIPELINE_DECODE_HTML_ELEMENTS_H_
#define WIREWATCH_PIPELINE_DECODE_HTML_ELEMENTS_H_

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace wirewatch {

// HTML's white space, which has no vertical tab.
constexpr bool IsHtmlBlank(char c) { return c == ' ' || c == '\n' || c == '\t' || c == '\r' || c == '\f'; }

// What an element means for the text around and in it.
enum class HtmlRole : std::uint8_t {
  kInline,     // nothing: the word goes on
  kBlock,      // parts paragraphs
  kLineBreak,  // parts lines
  kPre,        // a block whose newlines part lines
  kSup,        // inline; a reference mark is apart from its word
  kSkipped,    // its content is no text of the article
  kRaw,        // the same, and no end tag is needed: what follows is no text either
  kReading,    // how the characters of a ruby are read: no text between them
  kSeparator,  // parts words; also every element that is not in the table
};

struct HtmlElement {
  std::string_view name;
  HtmlRole role;
};

inline constexpr std::size_t kHtmlElements = 118;

// The element of that name in any case; null: not in the table.
const HtmlElement* FindHtmlElement(std::string_view name);

// Its number, below kHtmlElements. REQUIRES: FindHtmlElement gave it.
std::size_t IndexOf(const HtmlElement& element);

// The name that begins at `begin`: up to a blank, '/' or '>'.
std::string_view HtmlTagName(std::string_view text, std::size_t begin);

}  // namespace wirewatch

#endif  // WIREWATCH_PIPELINE_DECODE_HTML_ELEMENTS_H_
