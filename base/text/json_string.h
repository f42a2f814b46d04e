// A JSON string (RFC 8259, section 7) of any bytes, for those who write a line of JSON by hand: logs and HTTP answers.
#ifndef WIREWATCH_BASE_TEXT_JSON_STRING_H_
#define WIREWATCH_BASE_TEXT_JSON_STRING_H_

#include <string>
#include <string_view>

namespace wirewatch {

// Appends `text` with its quotation marks. What Printable (base/text/printable.h) escapes is escaped here too, as
// \uNNNN: nothing in the string acts on a terminal or looks like another line. A byte that is not UTF-8 becomes U+FFFD.
void AppendJsonString(std::string_view text, std::string& out);

}  // namespace wirewatch

#endif  // WIREWATCH_BASE_TEXT_JSON_STRING_H_
