// HTML text: the readable text of an HTML or XHTML fragment, with a newline between paragraphs.
//
// A tokenizer of our own after the WHATWG standard (html.spec.whatwg.org, 13.2.5 Tokenization), because the text needs
// no tree and the markup comes from strangers: its time is linear in the input whatever the nesting. (libxml2's HTML
// parser seeks the partner of an unmatched end tag through all open elements: 0.7 MB of them cost it 21 s.)
// All functions are thread-safe and keep no state.
#ifndef WIREWATCH_PIPELINE_HTML_TEXT_H_
#define WIREWATCH_PIPELINE_HTML_TEXT_H_

#include <string>
#include <string_view>

namespace wirewatch {

// Block elements and <br> part paragraphs, blanks collapse, character references are resolved; script, style, head and
// the like are left out. An element that HTML does not know (NITF, custom ones) counts as a blank, so words on its two
// sides stay apart. Broken markup gives what text can be had; never fails. The result is valid UTF-8 when `html` is.
std::string HtmlToText(std::string_view html);

// Whether a text is markup rather than plain text: it holds an HTML tag such as "<p>", "</b>" or "<a href=". "a < b"
// and
// "<b and c>" are no tags.
bool LooksLikeHtml(std::string_view text);

// Appends `text` with its character references resolved ("AT&amp;T", "&#8217;", "&#x2019;"); what is no reference stays
// as it is ("AT&T"). Numbers 128 to 159 are read as windows-1252, as browsers do.
void AppendUnescapedHtml(std::string_view text, std::string& out);

}  // namespace wirewatch

#endif  // WIREWATCH_PIPELINE_HTML_TEXT_H_
