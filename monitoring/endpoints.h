// Endpoints: what the monitoring listener answers.
//
//   /metrics   the metrics in Prometheus text format 0.0.4
//   /healthz   200 while every loop moves, else 503: restart this process
//   /readyz    200 while everything it needs is there, else 503: the text says what is missing
#ifndef WIREWATCH_MONITORING_ENDPOINTS_H_
#define WIREWATCH_MONITORING_ENDPOINTS_H_

#include <map>
#include <string>

#include "monitoring/health.h"
#include "monitoring/http_server.h"
#include "monitoring/metrics.h"

namespace wirewatch {

// Borrows both; they must outlive the server that is given the handlers.
std::map<std::string, HttpHandler> MonitoringEndpoints(const Metrics& metrics, const Health& health);

}  // namespace wirewatch

#endif  // WIREWATCH_MONITORING_ENDPOINTS_H_
