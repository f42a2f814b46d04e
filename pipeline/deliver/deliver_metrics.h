// The metrics of the deliver step: decisions, messages, destinations, subscriptions.
#ifndef WIREWATCH_PIPELINE_DELIVER_DELIVER_METRICS_H_
#define WIREWATCH_PIPELINE_DELIVER_DELIVER_METRICS_H_

#include "monitoring/metrics.h"
#include "pipeline/flow/flow_metrics.h"

namespace wirewatch {

struct DeliverMetrics {
  explicit DeliverMetrics(MetricsRegistry& registry_) : registry(registry_) {}
  MetricsRef registry;
  FlowMetrics flow{registry};

  CounterFamily alerts{
      registry,
      {"wirewatch_deliver_alerts_total",
       "Alerts read from their kafka topic whose outcome is settled: recorded (what follows from it is in the store), "
       "dead_lettered, read_again.",
       {{"outcome", {"recorded", "dead_lettered", "read_again"}}}}};
  StepMetrics step{
      .read{registry, {"wirewatch_deliver_alerts_read_total", "Alerts read from their kafka topic."}},
      .bytes_read{registry,
                  {"wirewatch_deliver_alert_read_bytes_total", "Bytes of the alerts read from their kafka topic."}},
      .matched = alerts.With("recorded"),
      .unmatched = alerts.With("recorded"),  // these two outcomes do not occur here
      .suppressed = alerts.With("recorded"),
      .dead_lettered = alerts.With("dead_lettered"),
      .read_again = alerts.With("read_again"),
      .in_flight{registry,
                 {"wirewatch_deliver_in_flight_alerts", "Alerts read from their kafka topic and not settled yet."}},
      .bytes_in_flight{registry, {"wirewatch_deliver_in_flight_alert_bytes", "Bytes of these alerts."}},
      .read_queue_depth = flow.queue_depth.With("read_alerts"),
      .handle_queue_depth = flow.queue_depth.With("deliver_alerts"),
  };

  CounterFamily decisions{
      registry,
      {"wirewatch_deliver_decisions_total",
       "What was decided on an alert for one channel of one subscription, by reason. Those of an alert that comes "
       "again count again; the ledger has them once.",
       {{"reason", {"at-once", "digest", "quiet-hours", "snoozed", "over-cap", "feed"}}}}};
  Counter unwanted{registry, {"wirewatch_deliver_unwanted_alerts_total", "Alerts that no subscription takes."}};
  Counter entries{registry, {"wirewatch_deliver_ledger_entries_total", "Entries that were new to the ledger."}};
  Histogram match_seconds{registry,
                          {"wirewatch_deliver_match_seconds",
                           "Time to find the subscriptions that take one alert, the mean of a batch.",
                           {},
                           {1e-6, 1e-5, 2.5e-5, 5e-5, 1e-4, 2.5e-4, 5e-4, 1e-3, 2.5e-3, 5e-3, 1e-2, 0.1}}};
  Histogram record_seconds{registry,
                           {"wirewatch_deliver_record_seconds",
                            "Time of one transaction that writes a batch of alerts to the store.",
                            {},
                            {1e-3, 2.5e-3, 5e-3, 1e-2, 2.5e-2, 5e-2, 0.1, 0.25, 0.5, 1, 2.5, 5, 10}}};

  CounterFamily messages{
      registry,
      {"wirewatch_deliver_messages_total",
       "Attempts to send a message that ended: delivered; retried (it failed and is sent again); failed (it is given "
       "up); canceled (its subscription or channel had gone); disabled (given up, and the subscription with it).",
       {{"channel", {"webhook", "slack", "teams", "discord", "email", "feed", "alertmanager"}},
        {"outcome", {"delivered", "retried", "failed", "canceled", "disabled"}}}}};
  Counter lost_leases{registry,
                      {"wirewatch_deliver_lost_leases_total",
                       "Answers that came after the lease had ended: another process may send the message again, under "
                       "the same id."}};
  CounterFamily put_back{registry,
                         {"wirewatch_deliver_put_back_total",
                          "Messages that went back without an attempt: their destination rests, the lease would not "
                          "have lasted, or the process stops.",
                          {{"reason", {"destination", "lease", "stop"}}}}};
  HistogramFamily send_seconds{
      registry,
      {"wirewatch_deliver_send_seconds",
       "Time from the begin of an attempt to its answer.",
       {{"channel", {"webhook", "slack", "teams", "discord", "email", "feed", "alertmanager"}}},
       {0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 15, 30, 60}}};
  // What readers feel.
  Histogram alert_to_delivery{registry,
                              {"wirewatch_alert_to_delivery_seconds",
                               "Time from an alert to its delivery, of alerts that go out at once.",
                               {},
                               {0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 900, 3600, 86400}}};

  GaugeFamily outbox{registry,
                     {"wirewatch_outbox_messages",
                      "Messages of the store that are not delivered, by state; of all processes that share it.",
                      {{"state", {"waiting", "sending", "failed"}}}}};
  Gauge oldest_due{registry,
                   {"wirewatch_outbox_oldest_due_seconds",
                    "Since when the message that has waited longest beyond its time is due. 0: none is."}};
  Gauge sending{registry, {"wirewatch_deliver_sending_messages", "Messages that this process is sending just now."}};
  GaugeFamily destinations{
      registry,
      {"wirewatch_deliver_destinations",
       "Destinations that do not take messages just now: open (too many failures in a row), half_open (one message "
       "tries whether it takes them again), slowed (it asked for less).",
       {{"state", {"open", "half_open", "slowed"}}}}};

  GaugeFamily subscriptions{registry,
                            {"wirewatch_subscriptions",
                             "Subscriptions in use; off (not enabled, or disabled by us); broken (left out: their "
                             "expression does not compile).",
                             {{"state", {"active", "off", "broken"}}}}};
  CounterFamily reloads{registry,
                        {"wirewatch_subscription_reloads_total",
                         "Reloads of subscriptions; failed: files with mistakes, or the store was away; those before "
                         "stay in use.",
                         {{"outcome", {"ok", "failed"}}}}};
  Gauge compile_seconds{
      registry, {"wirewatch_subscription_compile_seconds", "How long the subscriptions in use took to compile."}};
  Counter disabled{registry,
                   {"wirewatch_subscriptions_disabled_total",
                    "Subscriptions that were disabled because a channel will take nothing any more (410 Gone)."}};
  CounterFamily store_failures{registry,
                               {"wirewatch_deliver_store_failures_total",
                                "Calls to the store that failed; they are made again.",
                                {{"by", {"dispatcher", "sender", "subscriptions"}}}}};
};

}  // namespace wirewatch

#endif  // WIREWATCH_PIPELINE_DELIVER_DELIVER_METRICS_H_
