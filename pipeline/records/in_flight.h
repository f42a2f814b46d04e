// InFlight: the bound on the work between a source and its last acknowledgement, by count and by bytes.
#ifndef WIREWATCH_PIPELINE_RECORDS_IN_FLIGHT_H_
#define WIREWATCH_PIPELINE_RECORDS_IN_FLIGHT_H_

#include <condition_variable>
#include <cstddef>
#include <mutex>

#include "base/clock.h"

namespace wirewatch {

// Threads: all of it is thread-safe.
class InFlight {
 public:
  InFlight(std::size_t max_records, std::size_t max_bytes) : max_records_(max_records), max_bytes_(max_bytes) {}

  // False: no room came before `deadline`. A record over all bounds is let in when it is alone.
  bool Enter(std::size_t bytes, SteadyTime deadline) {
    std::unique_lock lock(mutex_);
    const bool room = changed_.wait_until(
        lock, deadline, [&] { return records_ == 0 || (records_ < max_records_ && bytes_ + bytes <= max_bytes_); });
    if (!room) return false;
    ++records_;
    bytes_ += bytes;
    return true;
  }
  void Leave(std::size_t bytes) {
    const std::lock_guard lock(mutex_);
    --records_;
    bytes_ -= bytes;
    changed_.notify_all();
  }
  // False: something was still under way at `deadline`.
  bool WaitUntilEmpty(SteadyTime deadline) {
    std::unique_lock lock(mutex_);
    return changed_.wait_until(lock, deadline, [&] { return records_ == 0; });
  }

  std::size_t records() const {
    const std::lock_guard lock(mutex_);
    return records_;
  }
  std::size_t bytes() const {
    const std::lock_guard lock(mutex_);
    return bytes_;
  }

 private:
  const std::size_t max_records_, max_bytes_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::size_t records_ = 0, bytes_ = 0;
};

}  // namespace wirewatch

#endif  // WIREWATCH_PIPELINE_RECORDS_IN_FLIGHT_H_
