#include "monitoring/endpoints.h"

#include <utility>

namespace wirewatch {
namespace {

constexpr unsigned kOk = 200, kServiceUnavailable = 503;

HttpResponse Answer(HealthReport report) {
  return {.status = report.ok ? kOk : kServiceUnavailable, .body = std::move(report.text)};
}

}  // namespace

std::map<std::string, HttpHandler> MonitoringEndpoints(const Metrics& metrics, const Health& health) {
  return {
      {"/metrics",
       [&metrics] {
         return HttpResponse{.content_type = "text/plain; version=0.0.4; charset=utf-8", .body = metrics.Serialize()};
       }},
      {"/healthz", [&health] { return Answer(health.Alive()); }},
      {"/readyz", [&health] { return Answer(health.Ready()); }},
  };
}

}  // namespace wirewatch
