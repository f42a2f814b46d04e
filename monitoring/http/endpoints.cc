#include "monitoring/http/endpoints.h"

#include <algorithm>
#include <memory>
#include <utility>

namespace wirewatch {
namespace {

constexpr unsigned kOk = 200, kServiceUnavailable = 503;

HttpResponse Answer(HealthReport report) {
  return {.status = report.ok ? kOk : kServiceUnavailable, .body = std::move(report.text)};
}

}  // namespace

const std::string& CachedText::Get() {
  const SteadyTime now = clock_();
  if (now < good_until_) return text_;
  text_ = make_();
  const SteadyTime made = clock_();
  good_until_ = made + std::min<SteadyTime::duration>(kLongest, kTimesOfMaking * (made - now));
  return text_;
}

std::map<std::string, HttpHandler> MonitoringEndpoints(const MetricsRegistry& metrics, const Health& health) {
  return {
      {"/metrics",
       [page = std::make_shared<CachedText>([&metrics] { return metrics.Serialize(); })] {
         return HttpResponse{.content_type = "text/plain; version=0.0.4; charset=utf-8", .body = page->Get()};
       }},
      {"/healthz", [&health] { return Answer(health.Alive()); }},
      {"/readyz", [&health] { return Answer(health.Ready()); }},
  };
}

}  // namespace wirewatch
