// WaitUntil: for what other threads or a broker bring about in their own time.
#ifndef WIREWATCH_TESTS_SUPPORT_WAIT_UNTIL_H_
#define WIREWATCH_TESTS_SUPPORT_WAIT_UNTIL_H_

#include <chrono>
#include <functional>
#include <thread>

#include "base/clock.h"

namespace wirewatch {

inline constexpr std::chrono::seconds kLong{60};  // no test takes it; it only ends those that would hang

// False: it did not come to that within kLong.
inline bool WaitUntil(const std::function<bool()>& holds) {
  const SteadyTime deadline = SteadyNow() + kLong;
  while (!holds()) {
    if (SteadyNow() > deadline) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  return true;
}

}  // namespace wirewatch

#endif  // WIREWATCH_TESTS_SUPPORT_WAIT_UNTIL_H_
