#include "cli/terminal/standard_output.h"

#include <fmt/format.h>
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <climits>
#include <cstddef>
#include <cstring>

namespace wirewatch {

Status WriteToStandardOutput(std::string_view text, const StopSignal& stop, std::string_view what) {
  while (!text.empty()) {
    const Waited waited = stop.WaitFor(STDOUT_FILENO, POLLOUT, std::chrono::seconds(1));
    if (waited == Waited::kStopped) {
      return Error{ErrorCode::kTimeout, fmt::format("stdout: its reader took no more; {} are missing", what)};
    }
    if (waited != Waited::kReady) continue;
    // A pipe that poll() calls writable takes PIPE_BUF bytes without blocking; of more nobody knows.
    const ssize_t written = write(STDOUT_FILENO, text.data(), std::min<std::size_t>(text.size(), PIPE_BUF));
    if (written >= 0) {
      text.remove_prefix(static_cast<std::size_t>(written));
    } else if (errno != EINTR && errno != EAGAIN) {
      return Error{ErrorCode::kIo, fmt::format("stdout: {} cannot be written: {}", what, std::strerror(errno))};
    }
  }
  return {};
}

Status PrintReport(std::string_view text, StopSwitch& stop, std::string_view what) {
  StopSignal stop_writing;
  if (!stop.stopped()) stop.OnStop([&] { stop_writing.Raise(); });
  Status written = WriteToStandardOutput(text, stop_writing, fmt::format("parts of the {}", what));
  stop.OnStop([] {});  // what it named is gone soon
  return written;
}

}  // namespace wirewatch
