// StopSignal: raised once, by any thread; wakes who waits in poll().
#ifndef WIREWATCH_BASE_IO_STOP_SIGNAL_H_
#define WIREWATCH_BASE_IO_STOP_SIGNAL_H_

#include <atomic>
#include <chrono>

#include "base/result.h"
#include "base/unique_fd.h"

namespace wirewatch {

// A reader that takes nothing for so long is trouble: a sink says so, and waits on.
inline constexpr std::chrono::milliseconds kReaderPatience{5000};

// What a wait in poll() ended with.
enum class Waited { kReady, kTimeout, kStopped };

// Threads: all of it is thread-safe.
class StopSignal {
 public:
  // A signal that cannot be made (no more file descriptors) is noticed a little later instead of at once.
  StopSignal();

  void Raise();
  bool raised() const { return raised_.load(std::memory_order_acquire); }

  // Waits until `events` (POLLIN, POLLOUT) can be done with `fd`; -1: for nothing. kStopped goes before kReady.
  Waited WaitFor(int fd, short events, std::chrono::milliseconds longest) const;

 private:
  const UniqueFd event_;
  std::atomic<bool> raised_{false};
};

}  // namespace wirewatch

#endif  // WIREWATCH_BASE_IO_STOP_SIGNAL_H_
