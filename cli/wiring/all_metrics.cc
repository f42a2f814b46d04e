#include "cli/wiring/all_metrics.h"

#include "connectors/kafka/client/kafka_metrics.h"
#include "monitoring/http/http_metrics.h"
#include "monitoring/process_metrics.h"
#include "pipeline/alert/alert_metrics.h"
#include "pipeline/deliver/deliver_metrics.h"
#include "pipeline/flow/flow_metrics.h"
#include "pipeline/match/match_metrics.h"
#include "pipeline/match/rule_metrics.h"
#include "pipeline/match/shadow_metrics.h"

namespace wirewatch {

// In the order of docs/metrics.md.
void DeclareAllMetrics(MetricsRegistry& registry) {
  FlowMetrics{registry};
  MatchMetrics{registry};
  RuleMetrics{registry};
  ShadowMetrics{registry};
  AlertMetrics{registry};
  DeliverMetrics{registry};
  SinkMetrics{registry};
  DeadLetterMetrics{registry};
  QuarantineMetrics{registry};
  KafkaMetrics{registry};
  HttpMetrics{registry};
  AddProcessMetrics(registry);
}

std::string MetricsReference() {
  MetricsRegistry registry;
  DeclareAllMetrics(registry);
  return "# Metrics\n\n"
         "Served at `/metrics` of `monitoring.listen` in Prometheus text format 0.0.4. This page is generated from "
         "the\n"
         "declarations in the `*_metrics.h` of each room and in `monitoring/process_metrics.cc`.\n\n"
         "Every record that is read is counted out under exactly one outcome:\n"
         "`wirewatch_records_read_total` = the sum of `wirewatch_records_total` + `wirewatch_in_flight_records`.\n\n" +
         registry.Reference();
}

}  // namespace wirewatch
