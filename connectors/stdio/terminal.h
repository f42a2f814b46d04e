// What is known of the terminal behind a file descriptor, if there is one.
#ifndef WIREWATCH_CONNECTORS_STDIO_TERMINAL_H_
#define WIREWATCH_CONNECTORS_STDIO_TERMINAL_H_

#include <cstddef>

namespace wirewatch {

bool IsTerminal(int fd);

// A terminal, and neither NO_COLOR (https://no-color.org) nor TERM=dumb says no.
bool WantsColour(int fd);

// In columns, as it is now; 100 for all but terminals, which have no width.
std::size_t TerminalWidth(int fd);

}  // namespace wirewatch

#endif  // WIREWATCH_CONNECTORS_STDIO_TERMINAL_H_
