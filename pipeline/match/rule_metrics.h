// The metrics of the rule set in use, and those that have a series for each of its topics.
#ifndef WIREWATCH_PIPELINE_MATCH_RULE_METRICS_H_
#define WIREWATCH_PIPELINE_MATCH_RULE_METRICS_H_

#include <cstddef>
#include <string>

#include "monitoring/metrics.h"

namespace wirewatch {

struct RuleMetrics {
  explicit RuleMetrics(MetricsRegistry& registry_) : registry(registry_) {}
  MetricsRef registry;

  CounterFamily reloads{registry,
                        {"wirewatch_rule_reloads_total",
                         "Loads of the rule packs; a failed one leaves the rules in use as they were.",
                         {{"result", {"ok", "failed"}}}}};
  Counter reloads_ok = reloads.With("ok");
  Counter reloads_failed = reloads.With("failed");
  Gauge topics{registry, {"wirewatch_topics", "Topics of the rule set in use."}};
  Gauge rules{registry, {"wirewatch_rules", "Rules of the rule set in use."}};
  Gauge terms{registry, {"wirewatch_terms", "Distinct terms of the rule set in use."}};
  Gauge compile_duration{
      registry, {"wirewatch_rules_compile_duration_seconds", "Time it took to load and compile the rule set in use."}};
  Gauge loaded_at{
      registry,
      {"wirewatch_rules_loaded_timestamp_seconds", "When the rule set in use was loaded, in seconds since 1970."}};
  PassingGauges rule_set{
      registry,
      {"wirewatch_rule_set_info", "Always 1; the hash of the rule set in use, as alerts carry it.", {{"hash"}}}};
};

// The rule store makes the series of each topic when it loads it, the alert step counts in them.
struct TopicMetrics {
  // Pairs of topic and severity (measured: 5,000 cost 4 ms and 311 KiB a scrape): a large rule set must not make the
  // scrape time out.
  static constexpr std::size_t kMostSeries = 5'000;

  explicit TopicMetrics(MetricsRegistry& registry_) : registry(registry_) {}
  MetricsRef registry;

  CounterFamily alerts{registry,
                       {.name = "wirewatch_alerts_total",
                        .help = "Alerts raised. Beyond " + std::to_string(kMostSeries) +
                                " series new topics are counted together as topic " + kOtherSeries + ".",
                        .labels = {{"topic"}, {"severity"}},
                        .most_series = kMostSeries}};
};

}  // namespace wirewatch

#endif  // WIREWATCH_PIPELINE_MATCH_RULE_METRICS_H_
