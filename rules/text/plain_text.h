// Text of strangers made safe for terminals, and laid out in columns with words marked.
#ifndef WIREWATCH_RULES_TEXT_PLAIN_TEXT_H_
#define WIREWATCH_RULES_TEXT_PLAIN_TEXT_H_

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/span.h"

namespace wirewatch {

// `text` on one line, without what a terminal acts on: control characters (C0, C1, DEL) and line separators become
// blanks, marks that turn the direction of writing are left out, bytes that are not UTF-8 become U+FFFD.
std::string PlainLine(std::string_view text);

struct TextLayout {
  std::size_t width = 100;        // columns of a line
  std::size_t indent = 0;         // columns, of every line
  std::string_view mark, unmark;  // put around marked text: "[" and "]", or colour
  bool mark_is_visible = true;    // takes columns, and stands once; colour is taken up again on the next line
};

// `text` as PlainLine makes it, in lines of at most `layout.width` columns (East Asian characters take two), each ended
// by a newline; broken at blanks, and between wide characters. `marks`: bytes of `text`, sorted, not overlapping.
std::string WrapMarked(std::string_view text, const std::vector<Span>& marks, const TextLayout& layout);

}  // namespace wirewatch

#endif  // WIREWATCH_RULES_TEXT_PLAIN_TEXT_H_
