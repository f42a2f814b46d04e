// Backoff: how long to wait before the next try. Doubles from `first` to `longest`; Reset() after a success.
#ifndef WIREWATCH_BASE_BACKOFF_H_
#define WIREWATCH_BASE_BACKOFF_H_

#include <algorithm>
#include <chrono>

namespace wirewatch {

class Backoff {
 public:
  Backoff(std::chrono::milliseconds first, std::chrono::milliseconds longest)
      : first_(first), longest_(longest), next_(first) {}

  std::chrono::milliseconds Next() {
    const auto wait = next_;
    next_ = std::min(next_ * 2, longest_);
    return wait;
  }
  void Reset() { next_ = first_; }

 private:
  const std::chrono::milliseconds first_, longest_;
  std::chrono::milliseconds next_;
};

}  // namespace wirewatch

#endif  // WIREWATCH_BASE_BACKOFF_H_
