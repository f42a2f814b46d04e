// WriteAll: what write(2) does in pieces, whole.
#ifndef WIREWATCH_BASE_WRITE_ALL_H_
#define WIREWATCH_BASE_WRITE_ALL_H_

#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <string_view>

namespace wirewatch {

// Blocks until all of `bytes` is written, however often a signal comes between. False: not all is; errno says why.
inline bool WriteAll(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = write(fd, bytes.data(), bytes.size());
    if (written >= 0) {
      bytes.remove_prefix(static_cast<std::size_t>(written));
    } else if (errno != EINTR) {
      return false;
    }
  }
  return true;
}

}  // namespace wirewatch

#endif  // WIREWATCH_BASE_WRITE_ALL_H_
