#include "connectors/bytes/fd_input.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include "base/io/io_error.h"
#include "base/text/printable.h"

namespace wirewatch {

Result<std::unique_ptr<FdInput>> FdInput::Open(const std::string& path, RecordFeed& feed) {
  // Not blocking: opening a named pipe would wait for its writer, and could not be stopped. A terminal must not become
  // the process's own.
  UniqueFd fd(open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
  if (!fd) return IoError(path, "cannot be opened", errno);
  return std::make_unique<FdInput>(std::move(fd), path, feed);
}

FdInput::FdInput(UniqueFd fd, std::string_view name, RecordFeed& feed)
    : fd_(std::move(fd)), name_(Printable(name)), feed_(feed) {
  struct stat status {};
  if (fstat(fd_.get(), &status) == 0 && S_ISREG(status.st_mode)) {
    size_ = static_cast<std::uint64_t>(status.st_size);
    posix_fadvise(fd_.get(), 0, 0, POSIX_FADV_SEQUENTIAL);
  } else {
    waits_ = true;
  }
}

Result<std::size_t> FdInput::Read(char* to, std::size_t size) {
  if (head_.empty()) return ReadFd(to, size);
  const std::size_t taken = std::min(size, head_.size());
  std::memcpy(to, head_.data(), taken);
  head_.erase(0, taken);
  return taken;
}

Result<std::string_view> FdInput::Peek(std::size_t size) {
  while (head_.size() < size) {
    char bytes[4];
    const auto read = ReadFd(bytes, size - head_.size());
    if (!read) return read.error();
    if (*read == 0) break;
    head_.append(bytes, *read);
  }
  return std::string_view(head_);
}

bool FdInput::Readable() const {
  pollfd waiting{fd_.get(), POLLIN, 0};
  return poll(&waiting, 1, 0) > 0;
}

Result<std::size_t> FdInput::ReadFd(char* to, std::size_t size) {
  while (true) {
    if (waits_ && !feed_.WaitReadable(fd_.get())) return std::size_t{0};
    const ssize_t bytes = read(fd_.get(), to, size);
    if (bytes >= 0) {
      position_ += static_cast<std::uint64_t>(bytes);
      return static_cast<std::size_t>(bytes);
    }
    if (errno == EINTR || (errno == EAGAIN && waits_)) continue;
    return IoError(name_, "cannot be read", errno);
  }
}

}  // namespace wirewatch
