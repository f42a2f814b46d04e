// The metrics of the listener.
#ifndef WIREWATCH_MONITORING_HTTP_HTTP_METRICS_H_
#define WIREWATCH_MONITORING_HTTP_HTTP_METRICS_H_

#include "monitoring/metrics.h"

namespace wirewatch {

struct HttpMetrics {
  explicit HttpMetrics(MetricsRegistry& registry_) : registry(registry_) {}
  MetricsRef registry;

  CounterFamily closed{registry,
                       {"wirewatch_http_connections_closed_total",
                        "Connections to the listener that were closed because all were in use: the most silent one, "
                        "or, when each was being answered, the one that took its answer most slowly or the newest.",
                        {{"reason", {"silent", "too-many"}}}}};
  Counter silent = closed.With("silent");
  Counter too_many = closed.With("too-many");
};

}  // namespace wirewatch

#endif  // WIREWATCH_MONITORING_HTTP_HTTP_METRICS_H_
