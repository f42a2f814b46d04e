// The metrics of a step's flow, and of what leaves it: sinks, dead letters, the quarantine.
#ifndef WIREWATCH_PIPELINE_FLOW_FLOW_METRICS_H_
#define WIREWATCH_PIPELINE_FLOW_FLOW_METRICS_H_

#include <optional>

#include "monitoring/metrics.h"

namespace wirewatch {

// What one step counts of its records; MatchMetrics and AlertMetrics name the series. Each record that is read is
// counted once more by its outcome: read = matched + unmatched + suppressed + dead-lettered + in flight. Those that
// only restore a state are counted apart.
struct StepMetrics {
  Counter read, bytes_read;
  Counter matched, unmatched, suppressed, dead_lettered;
  std::optional<Counter> restored = std::nullopt;  // of a step with a state
  Counter read_again;
  Gauge in_flight, bytes_in_flight;
  Gauge read_queue_depth, handle_queue_depth;  // batches
};

// What the steps share, each under its own label.
struct FlowMetrics {
  explicit FlowMetrics(MetricsRegistry& registry_) : registry(registry_) {}
  MetricsRef registry;

  GaugeFamily queue_depth{registry,
                          {"wirewatch_queue_depth_batches",
                           "Batches that wait before a stage; the last two are those of the alert step.",
                           {{"queue", {"match", "alert", "read_matches", "alert_matches"}}}}};
  // One observation an article. A stage takes microseconds on a short article, and a second only when something is
  // wrong.
  HistogramFamily stage_duration{registry,
                                 {"wirewatch_stage_duration_seconds",
                                  "Time that one article takes in a stage.",
                                  {{"stage", {"decode", "fold", "match", "alert"}}},
                                  {1e-6, 2.5e-6, 5e-6, 1e-5, 2.5e-5, 5e-5, 1e-4, 2.5e-4, 5e-4, 1e-3, 2.5e-3, 5e-3, 1e-2,
                                   2.5e-2, 5e-2, 1e-1, 2.5e-1, 5e-1, 1}}};
};

// By the name of the sink.
struct SinkMetrics {
  explicit SinkMetrics(MetricsRegistry& registry_) : registry(registry_) {}
  MetricsRef registry;

  CounterFamily delivered{registry,
                          {"wirewatch_sink_delivered_total",
                           "Alerts, matches, decisions and dead letters that a sink has taken durably.",
                           {{"sink"}}}};
  CounterFamily refused{registry,
                        {"wirewatch_sink_refused_total",
                         "Alerts, matches, decisions and dead letters that a sink will never take.",
                         {{"sink"}}}};
  CounterFamily retries{
      registry, {"wirewatch_sink_retries_total", "Attempts to deliver that failed and are made again.", {{"sink"}}}};
};

struct DeadLetterMetrics {
  explicit DeadLetterMetrics(MetricsRegistry& registry_) : registry(registry_) {}
  MetricsRef registry;

  CounterFamily dead_letters{registry,
                             {"wirewatch_dead_letters_total",
                              "Records kept as dead letters because they can never be processed.",
                              {{"reason"}}}};
};

struct QuarantineMetrics {
  explicit QuarantineMetrics(MetricsRegistry& registry_) : registry(registry_) {}
  MetricsRef registry;

  Gauge suspects{registry,
                 {"wirewatch_quarantine_suspects",
                  "Records that a process was at work on when it ended without a word; each is tried again alone. 0 "
                  "without pipeline.quarantine."}};
};

}  // namespace wirewatch

#endif  // WIREWATCH_PIPELINE_FLOW_FLOW_METRICS_H_
