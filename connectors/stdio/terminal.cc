#include "connectors/stdio/terminal.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <string_view>

namespace wirewatch {
namespace {

constexpr std::size_t kUsualWidth = 100, kLeastWidth = 20;

std::string_view Environment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? std::string_view() : value;
}

}  // namespace

bool IsTerminal(int fd) { return isatty(fd) != 0; }

bool WantsColour(int fd) { return IsTerminal(fd) && Environment("NO_COLOR").empty() && Environment("TERM") != "dumb"; }

std::size_t TerminalWidth(int fd) {
  winsize size{};
  if (ioctl(fd, TIOCGWINSZ, &size) != 0 || size.ws_col == 0) return kUsualWidth;
  return std::max<std::size_t>(size.ws_col, kLeastWidth);
}

}  // namespace wirewatch
