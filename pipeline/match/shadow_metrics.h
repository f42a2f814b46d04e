// The metrics of rules in shadow, of budgets and of the live oracle.
#ifndef WIREWATCH_PIPELINE_MATCH_SHADOW_METRICS_H_
#define WIREWATCH_PIPELINE_MATCH_SHADOW_METRICS_H_

#include <cstddef>
#include <string>

#include "monitoring/metrics.h"

namespace wirewatch {

struct ShadowMetrics {
  static constexpr std::size_t kMostSeries = 500;

  explicit ShadowMetrics(MetricsRegistry& registry_) : registry(registry_) {
    // At zero from the start: a rate over a series that is not there yet misses its first step.
    for (const char* cause : {"cpu", "hits"}) demotions.With(cause);
    for (const char* result : {"checked", "dropped", "failed"}) oracle.With(result);
  }
  MetricsRef registry;

  CounterFamily matches{registry,
                        {.name = "wirewatch_shadow_matches_total",
                         .help = "Articles on which a rule in shadow held. Beyond " + std::to_string(kMostSeries) +
                                 " series further rules are counted together as topic " + kOtherSeries + ".",
                         .labels = {{"topic"}, {"rule"}},
                         .most_series = kMostSeries}};
  CounterFamily would_match{registry,
                            {.name = "wirewatch_shadow_would_match_total",
                             .help = "Of these articles, those on which no active rule of the topic held: active, the "
                                     "rule would have made its topic match.",
                             .labels = {{"topic"}, {"rule"}},
                             .most_series = kMostSeries}};
  Counter write_failures{
      registry,
      {"wirewatch_shadow_write_failures_total",
       "Times that the record of the rules in shadow (rules.shadow_file) could not be written; it is tried again."}};

  GaugeFamily demoted{
      registry,
      {.name = "wirewatch_rules_demoted",
       .help = "1: this process treats the rule as if it were in shadow, since it was over its budget; 0: no longer.",
       .labels = {{"topic"}, {"rule"}, {"cause", {"cpu", "hits"}}, {"owner"}},
       .most_series = kMostSeries}};
  CounterFamily demotions{registry,
                          {"wirewatch_rule_demotions_total",
                           "Rules that went over their budget and run as if they were in shadow since.",
                           {{"cause", {"cpu", "hits"}}}}};

  CounterFamily oracle{
      registry,
      {"wirewatch_oracle_articles_total",
       "Articles that were chosen to be matched by the reference matcher, too (rules.oracle_one_in): checked; dropped, "
       "because it is slower than they come; failed, because it gave up.",
       {{"result", {"checked", "dropped", "failed"}}}}};
  Counter oracle_differences{
      registry,
      {"wirewatch_oracle_differences_total",
       "Articles on which the engine and the reference matcher did not agree; each is a dead letter, too. Any is a "
       "mistake of wirewatch: please report it."}};
};

}  // namespace wirewatch

#endif  // WIREWATCH_PIPELINE_MATCH_SHADOW_METRICS_H_
