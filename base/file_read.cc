#include "base/file_read.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <cstring>

#include "base/clock.h"

namespace wirewatch {
namespace {

Error CannotRead(int number) {
  return {number == ENOENT || number == ENOTDIR ? ErrorCode::kNotFound : ErrorCode::kIo,
          fmt::format("cannot be read: {}", std::strerror(number))};
}

Error IsNoFile(mode_t mode) { return {ErrorCode::kInvalid, fmt::format("is {}; name a file", FileKind(mode))}; }

// O_NONBLOCK: a named pipe without a writer would be waited for. A terminal must not become the process's own.
Result<UniqueFd> Open(const std::string& path, struct stat& status) {
  UniqueFd fd(open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
  // Of a socket, which cannot be opened, open() says only that there is no such device.
  if (!fd && errno == ENXIO && stat(path.c_str(), &status) == 0) return IsNoFile(status.st_mode);
  if (!fd || fstat(fd.get(), &status) != 0) return CannotRead(errno);
  return fd;
}

std::string Limit(std::size_t bytes) {
  const bool mebibytes = bytes >= std::size_t{1} << 20;
  return mebibytes ? fmt::format("{} MiB", bytes >> 20) : fmt::format("{} bytes", bytes);
}

}  // namespace

std::string_view FileKind(mode_t mode) {
  if (S_ISREG(mode)) return "a file";
  if (S_ISDIR(mode)) return "a directory";
  if (S_ISFIFO(mode)) return "a named pipe";
  if (S_ISSOCK(mode)) return "a socket";
  return "a device";
}

Result<UniqueFd> OpenRegularFile(const std::string& path, struct stat* status) {
  struct stat own {};
  if (status == nullptr) status = &own;
  auto fd = Open(path, *status);
  if (fd && !S_ISREG(status->st_mode)) return IsNoFile(status->st_mode);
  return fd;
}

Result<std::string> ReadWholeFile(const std::string& path, const FileReading& reading, struct stat* status) {
  struct stat own {};
  if (status == nullptr) status = &own;
  auto fd = Open(path, *status);
  if (!fd) return std::move(fd).error();
  const bool pipe = S_ISFIFO(status->st_mode) && reading.pipe_wait;
  if (!S_ISREG(status->st_mode) && !pipe) return IsNoFile(status->st_mode);
  const SteadyTime deadline = SteadyNow() + reading.pipe_wait.value_or(std::chrono::milliseconds(0));
  std::string content;
  std::array<char, 64 << 10> block;
  while (true) {
    const ssize_t bytes = read(fd->get(), block.data(), block.size());
    if (bytes > 0) {
      content.append(block.data(), static_cast<std::size_t>(bytes));
      // A regular file may claim any size, and one of /proc claims none: only what is read counts.
      if (content.size() > reading.most_bytes) {
        return Error{ErrorCode::kTooLarge, fmt::format("larger than {}", Limit(reading.most_bytes))};
      }
    } else if (bytes == 0) {
      return content;
    } else if (errno == EAGAIN && pipe) {
      const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - SteadyNow()).count();
      pollfd waiting{fd->get(), POLLIN, 0};
      if (left <= 0 || poll(&waiting, 1, static_cast<int>(left)) == 0) {
        return Error{ErrorCode::kTimeout, fmt::format("its writer did not end it within {:.0f} s",
                                                      std::chrono::duration<double>(*reading.pipe_wait).count())};
      }
    } else if (errno != EINTR) {
      return CannotRead(errno);
    }
  }
}

}  // namespace wirewatch
