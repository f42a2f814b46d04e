#include "connectors/stdio/stream_output.h"

#include <fmt/format.h>
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <utility>

#include "base/backoff.h"
#include "base/io/io_error.h"
#include "base/log.h"

namespace wirewatch {
namespace {

constexpr log::Module kLog("stdio");

constexpr std::chrono::milliseconds kFirstRetry{100}, kLongestRetry{5000};

}  // namespace

StreamOutput::StreamOutput(int fd, std::string name, Counter retries, std::chrono::milliseconds patience)
    : fd_(fd), name_(std::move(name)), patience_(patience), retries_(retries) {}

StreamOutput::Outcome StreamOutput::Write(std::string_view text) {
  Backoff backoff(kFirstRetry, kLongestRetry);
  while (!text.empty()) {
    // A pipe that poll() calls writable takes PIPE_BUF bytes without blocking; of more nobody knows.
    const Waited waited = stop_.WaitFor(fd_, POLLOUT, patience_);
    if (waited == Waited::kStopped) return Outcome::kStopped;
    if (waited == Waited::kTimeout) {
      SetTrouble(Error{ErrorCode::kUnavailable, "its reader takes nothing"});
      continue;
    }
    const ssize_t written = write(fd_, text.data(), std::min<std::size_t>(text.size(), PIPE_BUF));
    if (written >= 0) {
      text.remove_prefix(static_cast<std::size_t>(written));
      SetTrouble(std::nullopt);
      continue;
    }
    if (errno == EINTR || errno == EAGAIN) continue;
    if (errno == EPIPE || errno == EBADF) {
      SetTrouble(Error{ErrorCode::kIo, errno == EPIPE ? "its reader has gone (broken pipe)" : "it is closed"});
      return Outcome::kGone;
    }
    retries_.Increment();
    SetTrouble(IoError("cannot be written", errno));
    stop_.WaitFor(-1, 0, backoff.Next());
  }
  return Outcome::kWritten;
}

Status StreamOutput::Ready() const {
  const std::lock_guard lock(mutex_);
  if (trouble_) return *trouble_;
  return {};
}

void StreamOutput::SetTrouble(std::optional<Error> trouble) {
  const std::lock_guard lock(mutex_);
  // Not of a reader that takes nothing: where the log goes to the same reader, it would wait for it, and not be
  // stopped.
  const auto logged = [](const std::optional<Error>& error) { return error && error->code != ErrorCode::kUnavailable; };
  if (logged(trouble) && (!trouble_ || trouble_->message != trouble->message)) {
    kLog.Error("{stream}: {error}", {{"stream", name_}, {"error", trouble->message}});
  }
  if (!trouble && logged(trouble_)) kLog.Info("{stream}: can be written again", {{"stream", name_}});
  trouble_ = std::move(trouble);
}

}  // namespace wirewatch
