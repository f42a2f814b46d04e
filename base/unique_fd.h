// UniqueFd: ownership of a file descriptor.
#ifndef WIREWATCH_BASE_UNIQUE_FD_H_
#define WIREWATCH_BASE_UNIQUE_FD_H_

#include <unistd.h>

#include <utility>

namespace wirewatch {

class UniqueFd {
 public:
  UniqueFd() = default;
  explicit UniqueFd(int fd) : fd_(fd) {}
  ~UniqueFd() {
    if (fd_ >= 0) close(fd_);
  }
  UniqueFd(UniqueFd&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  UniqueFd& operator=(UniqueFd&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }

  int get() const { return fd_; }
  explicit operator bool() const { return fd_ >= 0; }

 private:
  int fd_ = -1;
};

}  // namespace wirewatch

#endif  // WIREWATCH_BASE_UNIQUE_FD_H_
