#include "pipeline/deliver/circuit_breaker.h"

#include <algorithm>

namespace wirewatch {

bool CircuitBreaker::Allows(WallTime now) const {
  if (slowed(now)) return false;
  return !open_ || (now >= open_until_ && !probing_);
}

WallTime CircuitBreaker::RestsUntil() const { return open_ ? std::max(open_until_, slowed_until_) : slowed_until_; }

void CircuitBreaker::Begin(WallTime /*now*/) { probing_ = open_; }

void CircuitBreaker::Succeeded() {
  failures_ = 0;
  open_ = probing_ = false;
  rest_ = options_.rest;
}

void CircuitBreaker::Failed(WallTime now) {
  // Of those that had begun before it opened: they tell nothing new.
  if (open_ && !probing_) return;
  ++failures_;
  if (!open_ && failures_ < options_.failures) return;
  if (probing_) rest_ = std::min(rest_ * 2, options_.longest_rest);
  open_ = true;
  probing_ = false;
  open_until_ = now + rest_;
}

void CircuitBreaker::SlowDown(WallTime now, std::chrono::seconds wait) {
  Succeeded();  // it answers
  slowed_until_ =
      std::max(slowed_until_, now + std::min(wait.count() > 0 ? wait : options_.rest, options_.longest_rest));
}

void CircuitBreaker::Unknown() { probing_ = false; }

CircuitBreaker::State CircuitBreaker::state(WallTime now) const {
  if (!open_) return State::kClosed;
  return probing_ || now >= open_until_ ? State::kHalfOpen : State::kOpen;
}

bool CircuitBreaker::idle(WallTime now) const { return !open_ && failures_ == 0 && !slowed(now); }

}  // namespace wirewatch
