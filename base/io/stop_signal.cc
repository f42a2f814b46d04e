#include "base/io/stop_signal.h"

#include <poll.h>
#include <sys/eventfd.h>

#include <algorithm>
#include <cstdint>

namespace wirewatch {

StopSignal::StopSignal() : event_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {}

void StopSignal::Raise() {
  raised_.store(true, std::memory_order_release);
  const std::uint64_t one = 1;
  // Fails only where there is no event, or where it is raised already.
  [[maybe_unused]] const ssize_t written = write(event_.get(), &one, sizeof one);
}

Waited StopSignal::WaitFor(int fd, short events, std::chrono::milliseconds longest) const {
  if (raised()) return Waited::kStopped;
  if (!event_) longest = std::min(longest, std::chrono::milliseconds(50));
  pollfd waiting[] = {{event_.get(), POLLIN, 0}, {fd, events, 0}};  // negative ones are left out
  const int ready = poll(waiting, 2, static_cast<int>(longest.count()));
  if (raised()) return Waited::kStopped;
  // An error or a hang-up is for the read or write to tell.
  return ready > 0 && waiting[1].revents != 0 ? Waited::kReady : Waited::kTimeout;
}

}  // namespace wirewatch
