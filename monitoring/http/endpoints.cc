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
  // One at a time: a check may wait for a broker, and a second one would learn nothing else.
  router.Get("/readyz", [&health, one = std::make_shared<std::mutex>()](const HttpRequest&) {
    const std::lock_guard lock(*one);
    return Answer(health.Ready());
  });
  return router;
}

}  // namespace wirewatch
