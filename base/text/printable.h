// Text of strangers in one line of a log or a terminal.
#ifndef WIREWATCH_BASE_TEXT_PRINTABLE_H_
#define WIREWATCH_BASE_TEXT_PRINTABLE_H_

#include <string>
#include <string_view>

namespace wirewatch {

// C0, DEL and C1.
constexpr bool IsControl(char32_t c) { return c < 0x20 || (c >= 0x7F && c < 0xA0); }
// Of lines and of paragraphs, beside the control characters.
constexpr bool IsLineSeparator(char32_t c) { return c == 0x2028 || c == 0x2029; }
// Unicode's Bidi_Control.
constexpr bool TurnsDirection(char32_t c) {
  return c == 0x061C || c == 0x200E || c == 0x200F || (c >= 0x202A && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069);
}

// `text` on one line, with nothing in it that a terminal acts on or that looks like another line: control characters
// (C0, DEL, C1) and bytes that are not UTF-8 are written as \xNN, line separators and marks that turn the direction of
// writing as \u{202E}. Nothing is left out.
std::string Printable(std::string_view text);

}  // namespace wirewatch

#endif  // WIREWATCH_BASE_TEXT_PRINTABLE_H_
