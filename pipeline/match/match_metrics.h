// The metrics of the match step.
#ifndef WIREWATCH_PIPELINE_MATCH_MATCH_METRICS_H_
#define WIREWATCH_PIPELINE_MATCH_MATCH_METRICS_H_

#include "monitoring/metrics.h"
#include "pipeline/flow/flow_metrics.h"

namespace wirewatch {

struct MatchMetrics {
  explicit MatchMetrics(MetricsRegistry& registry_) : registry(registry_) {}
  MetricsRef registry;
  FlowMetrics flow{registry};

  CounterFamily records{
      registry,
      {"wirewatch_records_total",
       "Records whose every outcome is settled, each under one outcome; read_again: undone with their transaction, or "
       "no longer ours, and counted in once more by whoever reads them (kafka.exactly_once).",
       {{"outcome", {"matched", "unmatched", "suppressed", "dead_lettered", "read_again"}}}}};
  StepMetrics step{
      .read{registry, {"wirewatch_records_read_total", "Records read from the source."}},
      .bytes_read{registry, {"wirewatch_record_read_bytes_total", "Bytes of the records read from the source."}},
      .matched = records.With("matched"),
      .unmatched = records.With("unmatched"),
      .suppressed = records.With("suppressed"),
      .dead_lettered = records.With("dead_lettered"),
      .read_again = records.With("read_again"),
      .in_flight{registry, {"wirewatch_in_flight_records", "Records read whose outcomes are not all settled yet."}},
      .bytes_in_flight{registry,
                       {"wirewatch_in_flight_bytes", "Bytes of the records whose outcomes are not all settled yet."}},
      .read_queue_depth = flow.queue_depth.With("match"),
      .handle_queue_depth = flow.queue_depth.With("alert"),
  };

  CounterFamily unreadable_fields{
      registry,
      {"wirewatch_article_fields_unreadable_total",
       "Fields of articles that were given and could not be read, or not whole; the article went on without.",
       {{"field"}}}};
  Histogram decode_duration = flow.stage_duration.With("decode");
  Histogram fold_duration = flow.stage_duration.With("fold");
  Histogram match_duration = flow.stage_duration.With("match");
  Counter engine_errors{
      registry,
      {"wirewatch_engine_errors_total", "Articles that the matching engine failed on; each became a dead letter."}};
};

}  // namespace wirewatch

#endif  // WIREWATCH_PIPELINE_MATCH_MATCH_METRICS_H_
