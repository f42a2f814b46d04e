// Paragraphs of hard-wrapped text: the end of a line inside a paragraph is a blank, as a reader takes it.
//
// Agencies' wires (ANPA-1312, IPTC 7901), mail and <pre> blocks break lines at a column of some 60 to 80. A newline in
// a Document ends a paragraph, so these are taken away before one is made. Most feeds send a paragraph a line: their
// texts stay as they are. The rule (docs/articles.md, "Hard-wrapped text"; chosen by measuring 110,000 articles):
//
// - The margin of a text is the length of its longest line, in columns: a character is one, a wide one (Han, kana,
//   Hangul) two. The longest two lines of a hundred, lines of one word, and lines of more than 100 columns do not
//   count.
// - A line is *full* when the first word of the next line would have gone over the margin.
// - The end of a line is *open* when no stop or colon stands there and the next line begins with a lower-case letter or
//   with a letter of a script without case.
// - Feeds often take the indent of a paragraph's first line away. So an open line counts as full when four columns more
//   would make it full.
// - A text is hard-wrapped when its margin is 40 to 100 columns, no more than a line in 20 is longer, and at least
//   seven of ten open ends of lines (those of half the margin and more) are of full lines.
// - In such a text the newline behind a full line becomes a blank, unless the next line begins a paragraph, which its
//   missing indent shows. The newline behind an open first line becomes a blank, too: the dateline was cut from it.
// - Never: beside an empty line; before a line that is indented more than the one before; before the mark or number of
//   a list's entry; beside a line with a tab or three blanks in it (a table) or with > or | in front.
#ifndef WIREWATCH_RULES_TEXT_PARAGRAPHS_H_
#define WIREWATCH_RULES_TEXT_PARAGRAPHS_H_

#include <cstddef>
#include <string>

namespace wirewatch {

// Replaces each newline that ends no paragraph by a blank, so that no byte moves; "\r\n" by two. `text` counts from
// `begin` on. A hyphen before a newline stays: most stand in compounds, whose parts are words of their own. Time is
// linear, memory constant. Bytes that are no UTF-8 stay what they are.
void JoinWrappedLines(std::string& text, std::size_t begin = 0);

}  // namespace wirewatch

#endif  // WIREWATCH_RULES_TEXT_PARAGRAPHS_H_
