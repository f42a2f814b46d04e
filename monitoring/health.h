// Health: what /healthz and /readyz answer from.
//
// Alive: every registered loop has beaten within its limit. Ready: there are checks and every one passes (a process
// that is still starting has none, and is not ready). Threads: all of it is thread-safe.
#ifndef WIREWATCH_MONITORING_HEALTH_H_
#define WIREWATCH_MONITORING_HEALTH_H_

#include <atomic>
#include <chrono>
#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/result.h"

namespace wirewatch {

// A loop's pulse. Lives as long as Health.
class Heartbeat {
 public:
  void Beat() { last_.store(SteadyNow().time_since_epoch().count(), std::memory_order_relaxed); }
  // The loop does something that takes as long as it takes, such as compiling: it is not judged until it beats again.
  void Rest() { last_.store(kResting, std::memory_order_relaxed); }
  // The loop ended on purpose: it is judged no longer.
  void Retire() { last_.store(kRetired, std::memory_order_relaxed); }

 private:
  friend class Health;
  static constexpr SteadyTime::rep kRetired = -1, kResting = -2;
  std::string loop_;
  std::chrono::milliseconds limit_{};
  std::atomic<SteadyTime::rep> last_{0};
};

struct HealthReport {
  bool ok = true;
  // One line a loop or check: "ok source", "FAILED sink kafka: broker 127.0.0.1:9092 is down".
  std::string text;
};

class Health {
 public:
  // The loop beats from now on, at least every `limit`.
  Heartbeat& AddLoop(std::string loop, std::chrono::milliseconds limit);
  // `check` runs on the thread that asks; it must not block for long.
  void AddReadiness(std::string name, std::function<Status()> check);

  HealthReport Alive(SteadyTime now = SteadyNow()) const;
  HealthReport Ready() const;

 private:
  struct Check {
    std::string name;
    std::function<Status()> check;
  };
  mutable std::mutex mutex_;
  std::list<Heartbeat> loops_;
  std::vector<Check> checks_;
};

}  // namespace wirewatch

#endif  // WIREWATCH_MONITORING_HEALTH_H_
