// HTML text: the readable text of an HTML or XHTML fragment, as a reader sees it in a browser.
//
// A tokenizer of our own after the WHATWG standard (html.spec.whatwg.org, 13.2.5 Tokenization), because the text needs
// no tree, and the markup comes from strangers: its time is linear in the input whatever the nesting.
// Not libxml2: for each unmatched end tag it searches all open elements (0.7 MB of them took it 21 s), and it knows
// only HTML 4. Not gumbo, the only HTML 5 parser for C or C++ in Debian 12: its makers no longer maintain it. All
// functions are thread-safe and keep no state.
#ifndef WIREWATCH_PIPELINE_DECODE_HTML_TEXT_H_
#define WIREWATCH_PIPELINE_DECODE_HTML_TEXT_H_

#include <optional>
#include <string>
#include <string_view>

namespace wirewatch {

// The text of `html`:
// - A block element begins and ends a paragraph. <br> and a newline in <pre> end a line. Lines that were broken at a
//   margin are joined again (rules/text/paragraphs.h).
// - A run of blanks becomes one blank. Character references are resolved.
// - Left out: script and style (without an end tag up to the end of the text), head, noscript, template, svg, iframe,
//   hidden elements (`hidden`, display: none), the readings of ruby, comments, and a tag that the end of the text cuts.
// - <sup> with the number of a note is parted from its word ("Huawei<sup>1</sup>"), the exponent of a unit is not
//   (m<sup>2</sup>).
// - The content of CDATA is read as markup.
// - An element that HTML does not know (NITF, custom ones) counts as a blank, so the words on its two sides stay apart.
// Never fails: of broken markup it gives the text that can be read. The result is valid UTF-8 when `html` is.
std::string HtmlToText(std::string_view html);

// Whether a text is markup rather than plain text: it holds an HTML tag such as "<p>", "</b>" or "<a href=", a comment
// or CDATA. "a < b" and "<b and c>" are no tags.
bool LooksLikeHtml(std::string_view text);

// The markup of a text that was escaped once too often ("&lt;p&gt;One&lt;/p&gt;"); nothing for all others, such as
// "5 &lt; 7" and "use the &lt;b&gt; tag".
std::optional<std::string> UnescapedMarkup(std::string_view text);

// Appends `text` with its character references resolved ("AT&amp;T", "&#8217;", "&#x2019;"); what is no reference stays
// as it is ("AT&T"). Numbers 128 to 159 are read as windows-1252, as browsers do.
void AppendUnescapedHtml(std::string_view text, std::string& out);

}  // namespace wirewatch

#endif  // WIREWATCH_PIPELINE_DECODE_HTML_TEXT_H_
