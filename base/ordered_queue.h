// OrderedQueue: values come in any order, each with its number; they leave in the order of their numbers, from 0 on.
//
// It lets any worker take any batch and still gives the alert policy the order of the source. Threads: any number push,
// one pops.
#ifndef WIREWATCH_BASE_ORDERED_QUEUE_H_
#define WIREWATCH_BASE_ORDERED_QUEUE_H_

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <utility>

#include "base/clock.h"

namespace wirewatch {

template <typename T>
class OrderedQueue {
 public:
  // The queue has room for the next `capacity` numbers, also for those that have not come yet. So the value whose turn
  // it is always finds room, and nobody waits for ever.
  explicit OrderedQueue(std::size_t capacity) : capacity_(capacity) {}

  // Moves from `value`, or false: no room before `deadline`. REQUIRES: every number is pushed once.
  bool PushUntil(std::uint64_t number, T& value, SteadyTime deadline) {
    std::unique_lock lock(mutex_);
    if (!room_.wait_until(lock, deadline, [&] { return number < next_ + capacity_; })) return false;
    waiting_.emplace(number, std::move(value));
    if (number == next_) ready_.notify_one();
    return true;
  }

  // The value whose turn it is; nothing: it has not come by `deadline`, or the queue is closed and empty.
  std::optional<T> PopUntil(SteadyTime deadline) {
    std::unique_lock lock(mutex_);
    ready_.wait_until(lock, deadline, [&] { return closed_ || HasNext(); });
    if (!HasNext()) return std::nullopt;
    std::optional<T> value(std::move(waiting_.begin()->second));
    waiting_.erase(waiting_.begin());
    ++next_;
    room_.notify_all();
    return value;
  }

  // No more pushes will come: what is there can still be popped.
  void Close() {
    const std::lock_guard lock(mutex_);
    closed_ = true;
    ready_.notify_one();
  }

  bool Drained() const {
    const std::lock_guard lock(mutex_);
    return closed_ && !HasNext();
  }
  std::size_t size() const {
    const std::lock_guard lock(mutex_);
    return waiting_.size();
  }

 private:
  // REQUIRES: mutex_ is held.
  bool HasNext() const { return !waiting_.empty() && waiting_.begin()->first == next_; }

  const std::size_t capacity_;
  mutable std::mutex mutex_;
  std::condition_variable ready_, room_;
  std::map<std::uint64_t, T> waiting_;
  std::uint64_t next_ = 0;
  bool closed_ = false;
};

}  // namespace wirewatch

#endif  // WIREWATCH_BASE_ORDERED_QUEUE_H_
