// Guarded: a value and the one mutex that guards all of it. Lock() is the only way to the value, so that no code can
// touch a part of it and argue that it needs no lock.
//
//   Guarded<State> state;
//   state.Lock()->count += 1;                   // locked until the end of the statement
//   if (auto held = state.Lock(); held->done) { // locked until `held` goes
//     held.WaitUntil(deadline);                 // unlocked while it waits, for a NotifyAll of another thread
//   }
//   if (!Send(state.Lock()->due)) return;       // WRONG if Send waits: locked until Send has returned
//   const Due due = state.Lock()->due;          // so in two statements: copied under the lock,
//   if (!Send(due)) return;                     // and sent without it
//
// Do not keep a pointer or a reference to a part of the value for longer than the lock.
#ifndef WIREWATCH_BASE_GUARDED_H_
#define WIREWATCH_BASE_GUARDED_H_

#include <condition_variable>
#include <mutex>
#include <utility>

#include "base/clock.h"

namespace wirewatch {

template <typename T>
class Guarded {
 public:
  template <typename Value>
  class Access {
   public:
    Value* operator->() const { return value_; }
    Value& operator*() const { return *value_; }

    // May return before `deadline` without a reason: ask again.
    void WaitUntil(SteadyTime deadline) { changed_->wait_until(lock_, deadline); }

   private:
    friend class Guarded;
    Access(std::mutex& mutex, std::condition_variable& changed, Value& value)
        : lock_(mutex), changed_(&changed), value_(&value) {}

    std::unique_lock<std::mutex> lock_;
    std::condition_variable* changed_;
    Value* value_;
  };

  Guarded() = default;
  explicit Guarded(T value) : value_(std::move(value)) {}

  Access<T> Lock() { return {mutex_, changed_, value_}; }
  Access<const T> Lock() const { return {mutex_, changed_, value_}; }

  void NotifyAll() { changed_.notify_all(); }

 private:
  mutable std::mutex mutex_;
  mutable std::condition_variable changed_;
  T value_;
};

}  // namespace wirewatch

#endif  // WIREWATCH_BASE_GUARDED_H_
