// The metrics of the alert step.
#ifndef WIREWATCH_PIPELINE_ALERT_ALERT_METRICS_H_
#define WIREWATCH_PIPELINE_ALERT_ALERT_METRICS_H_

#include "monitoring/metrics.h"
#include "pipeline/flow/flow_metrics.h"
#include "pipeline/match/rule_metrics.h"

namespace wirewatch {

struct AlertMetrics {
  explicit AlertMetrics(MetricsRegistry& registry_) : registry(registry_) {}
  MetricsRef registry;
  FlowMetrics flow{registry};

  CounterFamily matches{
      registry,
      {"wirewatch_matches_total",
       "Matches of the alert step whose every outcome is settled; restored: read for the state that they left; "
       "read_again: as of records.",
       {{"outcome", {"alerted", "suppressed", "unmatched", "dead_lettered", "restored", "read_again"}}}}};
  StepMetrics step{
      .read{registry, {"wirewatch_matches_read_total", "Matches read from their kafka topic, by the alert step."}},
      .bytes_read{registry, {"wirewatch_match_read_bytes_total", "Bytes of the matches read from their kafka topic."}},
      .matched = matches.With("alerted"),
      .unmatched = matches.With("unmatched"),  // a revision that nothing is withdrawn for
      .suppressed = matches.With("suppressed"),
      .dead_lettered = matches.With("dead_lettered"),
      .restored = matches.With("restored"),
      .read_again = matches.With("read_again"),
      .in_flight{registry, {"wirewatch_in_flight_matches", "Matches read whose outcomes are not all settled yet."}},
      .bytes_in_flight{
          registry,
          {"wirewatch_in_flight_match_bytes", "Bytes of the matches whose outcomes are not all settled yet."}},
      .read_queue_depth = flow.queue_depth.With("read_matches"),
      .handle_queue_depth = flow.queue_depth.With("alert_matches"),
  };

  Histogram alert_duration = flow.stage_duration.With("alert");
  // What readers feel: fine around the promised second, coarse to a day, for publishers whose clocks or feeds are late.
  Histogram published_to_alert{
      registry,
      {"wirewatch_published_to_alert_seconds",
       "Time from an article's publication to its alert, by the publisher's clock and ours.",
       {},
       {0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 900, 3600, 10800, 43200, 86400}}};
  // Our own share of it; minutes when the other side of a sink is away.
  Histogram received_to_alert{
      registry,
      {"wirewatch_received_to_alert_seconds",
       "Time from the reading of a record by this process to its alert.",
       {},
       {0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 900, 3600}}};

  CounterFamily alerts = TopicMetrics{registry}.alerts;
  CounterFamily suppressed{
      registry,
      {"wirewatch_alerts_suppressed_total",
       "Matches that raised no alert: repeat (that version was seen), outdated (a later one was), "
       "canceled (there was nothing to withdraw), dropped (it was held, and the article was "
       "canceled or replaced before its embargo ended), same-story (its story was told, and there is "
       "nothing new in it), folded (over the topic's throttle; the hour's summary lists it), "
       "untold (nobody was told of the article that would be withdrawn).",
       {{"reason", {"repeat", "outdated", "canceled", "dropped", "same-story", "folded", "untold"}}}}};
  CounterFamily kinds{
      registry,
      {"wirewatch_alert_kinds_total",
       "Alerts raised, by kind.",
       {{"kind", {"new", "grow", "update", "correction", "withdrawn", "burst", "quiet", "summary", "demoted"}}}}};
  Gauge stories{registry,
                {"wirewatch_stories", "Stories of all topics of which an article came in the last alerts.window."}};
  Gauge story_articles{registry,
                       {"wirewatch_story_articles", "Articles of these stories, each on one topic. About 1 KiB each."}};
  Counter story_articles_given_up{
      registry,
      {"wirewatch_story_articles_given_up_total",
       "Articles that were forgotten before their time, for alerts.max_story_articles; what is like them may be told "
       "as a new story."}};
  CounterFamily recalled{
      registry,
      {"wirewatch_decisions_recalled_total",
       "Decisions on matches that were read again when a partition was assigned, for the state that they hold; "
       "unreadable: they are none, and are passed over.",
       {{"outcome", {"recalled", "unreadable"}}}}};
  Counter decisions_recalled = recalled.With("recalled"), decisions_unreadable = recalled.With("unreadable");
  Gauge sightings{registry,
                  {"wirewatch_alert_sightings",
                   "Versions of articles, each on one topic, that are known from the last alerts.window: what repeats "
                   "and corrections are told by. About 400 bytes each."}};
  Counter sightings_given_up{registry,
                             {"wirewatch_alert_sightings_given_up_total",
                              "Sightings that were forgotten before their time, for alerts.max_sightings; their "
                              "repeats may alert again."}};
  Gauge held{registry, {"wirewatch_alerts_held", "Alerts that are held until the embargo of their article ends."}};
};

}  // namespace wirewatch

#endif  // WIREWATCH_PIPELINE_ALERT_ALERT_METRICS_H_
