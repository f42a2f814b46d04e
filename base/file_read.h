// Reading whole files that people name: packs, configurations, secrets.
//
// A path may stand for a named pipe, which nobody writes to, or for a device that never ends: opening the one and
// reading the other would hold the process up for ever. So nothing here waits, and nothing is read past its limit.
#ifndef WIREWATCH_BASE_FILE_READ_H_
#define WIREWATCH_BASE_FILE_READ_H_

#include <sys/stat.h>
#include <sys/types.h>

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/unique_fd.h"

namespace wirewatch {

// "a named pipe", "a socket", "a device", "a directory", "a file".
std::string_view FileKind(mode_t mode);

// A regular file, opened to be read without waiting; all else is refused. `status`, if given, is the file's.
// kNotFound, kIo: cannot be opened; kInvalid: it is no regular file. The path does not stand in the message.
Result<UniqueFd> OpenRegularFile(const std::string& path, struct stat* status = nullptr);

struct FileReading {
  std::size_t most_bytes = 64 << 20;
  // How long a pipe may take until its end is there: for what is read once, such as a configuration that a shell's
  // <(...) gives. Absent: a pipe is refused like every other thing that is no regular file.
  std::optional<std::chrono::milliseconds> pipe_wait = std::nullopt;
};

// The content of the file; `status`, if given, is the file's. Errors: those of OpenRegularFile; kTooLarge: it is
// larger; kTimeout: the pipe's end did not come. The path does not stand in the message.
Result<std::string> ReadWholeFile(const std::string& path, const FileReading& reading, struct stat* status = nullptr);

}  // namespace wirewatch

#endif  // WIREWATCH_BASE_FILE_READ_H_
