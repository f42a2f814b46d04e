// HTML text: the readable text of an HTML or XHTML fragment, as who reads it in a browser has it.
//
// A tokenizer of our own after the WHATWG standard (html.spec.whatwg.org, 13.2.5 Tokenization), because the text needs
// no tree and the markup comes from strangers: its time is linear in the input whatever the nesting. (libxml2's HTML
// parser seeks the partner of an unmatched end tag through all open elements: 0.7 MB of them cost it 21 s, and it knows
// HTML 4. Debian 12 has one parser of HTML 5 for C or C++, gumbo, which its makers have given up.)
// All functions are thread-safe and keep no state.
#ifndef WIREWATCH_PIPELINE_DECODE_HTML_TEXT_H_
#define WIREWATCH_PIPELINE_DECODE_HTML_TEXT_H_

#include <optional>
#include <string>
#include <string_view>

namespace wirewatch {

// Block elements part paragraphs, <br> and the newlines of <pre> part lines, of which those that were broken at a
// margin are joined again (rules/text/paragraphs.h); blanks collapse, character references are resolved. Left out are
// script and style (to the end, where they have none), head, noscript, template, svg, iframe, elements that are hidden
// (`hidden`, display: none), the readings of ruby, comments, and a tag in which the text was cut off. The number of a
// note in <sup> is apart from its word ("Huawei<sup>1</sup>"), a unit's is not (m<sup>2</sup>). What CDATA holds is
// markup. An element that HTML does not know (NITF, custom ones) counts as a blank, so words on its two sides stay
// apart. Broken markup gives what text can be had; never fails. The result is valid UTF-8 when `html` is.
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
