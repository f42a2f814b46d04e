// Process metrics: which program this is and what its process takes of the machine, under the names that Prometheus'
// own clients use (process_cpu_seconds_total, ...).
#ifndef WIREWATCH_MONITORING_PROCESS_METRICS_H_
#define WIREWATCH_MONITORING_PROCESS_METRICS_H_

#include "monitoring/metrics.h"

namespace wirewatch {

// Call it once a registry.
void AddProcessMetrics(MetricsRegistry& registry);

}  // namespace wirewatch

#endif  // WIREWATCH_MONITORING_PROCESS_METRICS_H_
