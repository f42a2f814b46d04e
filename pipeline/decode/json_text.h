// JSON text: the scalars of JSON (RFC 8259) as text, where simdjson's own reading does not fit the wire.
//
// Strings: half an emoji ("\ud83d", from a text that was cut) and "\u0000" become U+FFFD here, where simdjson 3.0.1
// refuses the one and lets the other, and an unpaired low surrogate as invalid UTF-8, through.
#ifndef WIREWATCH_PIPELINE_DECODE_JSON_TEXT_H_
#define WIREWATCH_PIPELINE_DECODE_JSON_TEXT_H_

#include <cstddef>
#include <optional>
#include <string_view>

namespace wirewatch {

// Resolves the escapes of a string's inside (between its quotes). Writes at `out`, which has room for raw.size() bytes:
// no escape is shorter than what it stands for. The number of bytes written; nothing: an escape that JSON does not
// have. Valid UTF-8 without NUL when `raw` is.
std::optional<std::size_t> UnescapeJson(std::string_view raw, char* out);

// Whether `token` is a number, true, false or null as JSON writes them.
bool IsJsonNumber(std::string_view token);
bool IsJsonLiteral(std::string_view token);

}  // namespace wirewatch

#endif  // WIREWATCH_PIPELINE_DECODE_JSON_TEXT_H_
