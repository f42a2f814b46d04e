// Text of strangers in one line of a log or a terminal.
#ifndef WIREWATCH_BASE_PRINTABLE_H_
#define WIREWATCH_BASE_PRINTABLE_H_

#include <string>
#include <string_view>

namespace wirewatch {

// `text` on one line, with nothing in it that a terminal acts on or that looks like another line: control characters
// (C0, DEL, C1) and bytes that are not UTF-8 are written as \xNN, line separators and marks that turn the direction of
// writing as \u{202E}. Nothing is left out.
std::string Printable(std::string_view text);

}  // namespace wirewatch

#endif  // WIREWATCH_BASE_PRINTABLE_H_
