// Endpoints: what the monitoring listener answers.
//
//   /metrics   the metrics in Prometheus text format 0.0.4; the answer of before, where that is younger than 19 times
//              of what it took to make, and than a second
//   /healthz   200 while every loop moves, else 503: restart this process
//   /readyz    200 while everything it needs is there, else 503: the text says what is missing
#ifndef WIREWATCH_MONITORING_HTTP_ENDPOINTS_H_
#define WIREWATCH_MONITORING_HTTP_ENDPOINTS_H_

#include <chrono>
#include <functional>
#include <mutex>
#include <string>
#include <utility>

#include "base/clock.h"
#include "monitoring/health.h"
#include "monitoring/http/router.h"
#include "monitoring/metrics.h"

namespace wirewatch {

// A text that is made anew only when that takes at most a twentieth of the time, or once a second: with thousands of
// series the metrics take tens of milliseconds, and whoever asks for them in a loop must not cost a core.
// Threads: thread-safe; whoever asks while it is made waits.
class CachedText {
 public:
  explicit CachedText(std::function<std::string()> make, std::function<SteadyTime()> clock = SteadyNow)
      : make_(std::move(make)), clock_(std::move(clock)) {}

  std::string Get();

 private:
  static constexpr int kTimesOfMaking = 19;
  static constexpr std::chrono::seconds kLongest{1};

  const std::function<std::string()> make_;
  const std::function<SteadyTime()> clock_;
  std::mutex mutex_;
  std::string text_;
  SteadyTime good_until_{};
};

// Borrows both; they must outlive the server that is given the routes.
Router MonitoringEndpoints(const MetricsRegistry& metrics, const Health& health);

}  // namespace wirewatch

#endif  // WIREWATCH_MONITORING_HTTP_ENDPOINTS_H_
