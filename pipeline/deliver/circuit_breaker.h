// CircuitBreaker: whether one destination is worth an attempt. Pure: the caller brings the time.
//
//   closed ---- `failures` in a row ----> open ---- its rest has passed ----> half open: one attempt
//     ^                                     ^                                    |           |
//     |                                     +---- it fails: twice the rest ------+           |
//     +------------------------------------------------------------------- it succeeds ------+
//
// Beside that a destination may ask for a rest itself (429): it is slowed until then, in any state.
#ifndef WIREWATCH_PIPELINE_DELIVER_CIRCUIT_BREAKER_H_
#define WIREWATCH_PIPELINE_DELIVER_CIRCUIT_BREAKER_H_

#include <chrono>
#include <cstdint>

#include "base/clock.h"

namespace wirewatch {

struct CircuitBreakerOptions {
  std::uint32_t failures = 5;  // in a row open it; one at least
  std::chrono::seconds rest{30}, longest_rest{600};
};

// Threads: one at a time.
class CircuitBreaker {
 public:
  enum class State : std::uint8_t { kClosed, kOpen, kHalfOpen };

  explicit CircuitBreaker(const CircuitBreakerOptions& options) : options_(options), rest_(options.rest) {}

  // An attempt may begin now. Half open: only one, until its outcome is told.
  bool Allows(WallTime now) const;
  // The earliest time at which it may allow one; in the past: it does, or waits for the outcome of the one under way.
  WallTime RestsUntil() const;

  // An attempt begins. REQUIRES: Allows(now).
  void Begin(WallTime now);

  // How one ended.
  void Succeeded();           // the destination answers, whatever it says of the message
  void Failed(WallTime now);  // no answer, or one that says that it is broken
  // It asked for a rest of `wait`; none: of what it rests by itself. It is not broken.
  void SlowDown(WallTime now, std::chrono::seconds wait);
  // Nobody knows: it was never sent.
  void Unknown();

  State state(WallTime now) const;
  bool slowed(WallTime now) const { return now < slowed_until_; }
  // The last attempt failed.
  bool failing() const { return failures_ > 0; }
  // It knows nothing that a new one would not know.
  bool idle(WallTime now) const;

 private:
  const CircuitBreakerOptions options_;
  std::uint32_t failures_ = 0;  // in a row
  std::chrono::seconds rest_;   // the next one
  bool open_ = false, probing_ = false;
  WallTime open_until_{}, slowed_until_{};
};

}  // namespace wirewatch

#endif  // WIREWATCH_PIPELINE_DELIVER_CIRCUIT_BREAKER_H_
