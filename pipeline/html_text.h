// HTML text: the readable text of an HTML or XHTML fragment, with a newline between paragraphs.
#ifndef WIREWATCH_PIPELINE_HTML_TEXT_H_
#define WIREWATCH_PIPELINE_HTML_TEXT_H_

#include <string>
#include <string_view>

namespace wirewatch {

// Block elements and <br> part paragraphs, blanks collapse, character references are resolved; script, style and the like are
// left out. Broken markup gives what text can be had; never fails. The result is valid UTF-8 when `html` is.
std::string HtmlToText(std::string_view html);

// Whether a text is markup rather than plain text: it holds a tag such as "<p>".
bool LooksLikeHtml(std::string_view text);

}  // namespace wirewatch

#endif  // WIREWATCH_PIPELINE_HTML_TEXT_H_
