// All metrics: the list of the rooms that declare some.
#ifndef WIREWATCH_CLI_WIRING_ALL_METRICS_H_
#define WIREWATCH_CLI_WIRING_ALL_METRICS_H_

#include <string>

#include "monitoring/metrics.h"

namespace wirewatch {

// Declares what any role of this program may count, so that what has no labels, or labels of closed sets, stands at 0
// from the start: a rate() over a counter that appears with its first event misses that event. Call it once a registry.
void DeclareAllMetrics(MetricsRegistry& registry);

// The text of docs/metrics.md.
std::string MetricsReference();

}  // namespace wirewatch

#endif  // WIREWATCH_CLI_WIRING_ALL_METRICS_H_
