// Tell: what people are told, on stderr.
#ifndef WIREWATCH_CLI_TERMINAL_TELL_H_
#define WIREWATCH_CLI_TERMINAL_TELL_H_

#include <string_view>

namespace wirewatch {

// Writes `text` to stderr as it is. Where nothing can be written (a full disk, a terminal that was closed) it is lost:
// the work and its exit code matter more than what is said about them, so this neither fails nor throws, as fmt::print
// does.
void Tell(std::string_view text);

}  // namespace wirewatch

#endif  // WIREWATCH_CLI_TERMINAL_TELL_H_
