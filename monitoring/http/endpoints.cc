#include "monitoring/http/endpoints.h"

#include <algorithm>
#include <memory>
#include <mutex>
#include <utility>

namespace wirewatch {
namespace {

constexpr unsigned kOk = 200, kServiceUnavailable = 503;

HttpResponse Answer(HealthReport report) {
  return {.status = report.ok ? kOk : kServiceUnavailable, .body = std::move(report.text)};
}

// A check may wait for a broker. One request at a time runs the checks, and the others do not wait for it: they would
// hold all handler threads, and /healthz would not be answered.
class ReadinessPage {
 public:
  // Borrows `health`.
  explicit ReadinessPage(const Health& health) : health_(health) {}

  // While another request runs the checks, the report of before.
  HealthReport Get() {
    const std::unique_lock checking(checking_, std::try_to_lock);
    if (!checking.owns_lock()) {
      const std::lock_guard lock(last_mutex_);
      return last_;
    }
    HealthReport report = health_.Ready();
    const std::lock_guard lock(last_mutex_);
    last_ = report;
    return report;
  }

 private:
  const Health& health_;
  std::mutex checking_;  // held while the checks run
  std::mutex last_mutex_;
  HealthReport last_{.ok = false, .text = "FAILED readiness: it is checked for the first time\n"};
};

}  // namespace

std::string CachedText::Get() {
  const std::lock_guard lock(mutex_);
  const SteadyTime now = clock_();
  if (now < good_until_) return text_;
  text_ = make_();
  const SteadyTime made = clock_();
  good_until_ = made + std::min<SteadyTime::duration>(kLongest, kTimesOfMaking * (made - now));
  return text_;
}

Router MonitoringEndpoints(const MetricsRegistry& metrics, const Health& health) {
  Router router;
  router.Get("/metrics",
             [page = std::make_shared<CachedText>([&metrics] { return metrics.Serialize(); })](const HttpRequest&) {
               return HttpResponse{.content_type = "text/plain; version=0.0.4; charset=utf-8", .body = page->Get()};
             });
  router.Get("/healthz", [&health](const HttpRequest&) { return Answer(health.Alive()); });
  router.Get("/readyz",
             [page = std::make_shared<ReadinessPage>(health)](const HttpRequest&) { return Answer(page->Get()); });
  return router;
}

}  // namespace wirewatch
