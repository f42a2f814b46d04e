// BoundedQueue: values move between threads; its capacity is the back-pressure.
//
// Threads: any number of producers and consumers.
// Blocks:  PushUntil while full, PopUntil while empty. Close() wakes all: pushes are refused from then on, pops drain
//          what is left.
#ifndef WIREWATCH_BASE_BOUNDED_QUEUE_H_
#define WIREWATCH_BASE_BOUNDED_QUEUE_H_

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <mutex>
#include <optional>
#include <utility>

#include "base/clock.h"

namespace wirewatch {

template <typename T>
class BoundedQueue {
 public:
  explicit BoundedQueue(std::size_t capacity) : capacity_(capacity) {}

  // Moves from `value`, or false: the queue is closed, or was still full at `deadline`.
  bool PushUntil(T& value, SteadyTime deadline) {
    std::unique_lock lock(mutex_);
    const bool wakes = not_full_.wait_until(lock, deadline, [&] { return closed_ || values_.size() < capacity_; });
    if (!wakes || closed_) return false;
    values_.push_back(std::move(value));
    not_empty_.notify_one();
    return true;
  }

  // Nothing: closed and drained, or still empty at `deadline`; Drained() tells which.
  std::optional<T> PopUntil(SteadyTime deadline) {
    std::unique_lock lock(mutex_);
    not_empty_.wait_until(lock, deadline, [&] { return closed_ || !values_.empty(); });
    if (values_.empty()) return std::nullopt;
    std::optional<T> value(std::move(values_.front()));
    values_.pop_front();
    not_full_.notify_one();
    return value;
  }

  void Close() {
    const std::lock_guard lock(mutex_);
    closed_ = true;
    not_full_.notify_all();
    not_empty_.notify_all();
  }

  bool Drained() const {
    const std::lock_guard lock(mutex_);
    return closed_ && values_.empty();
  }
  std::size_t size() const {
    const std::lock_guard lock(mutex_);
    return values_.size();
  }

 private:
  const std::size_t capacity_;
  mutable std::mutex mutex_;
  std::condition_variable not_full_, not_empty_;
  std::deque<T> values_;
  bool closed_ = false;
};

}  // namespace wirewatch

#endif  // WIREWATCH_BASE_BOUNDED_QUEUE_H_
