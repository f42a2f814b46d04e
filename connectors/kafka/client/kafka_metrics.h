// The metrics of the Kafka connector.
#ifndef WIREWATCH_CONNECTORS_KAFKA_CLIENT_KAFKA_METRICS_H_
#define WIREWATCH_CONNECTORS_KAFKA_CLIENT_KAFKA_METRICS_H_

#include "monitoring/metrics.h"

namespace wirewatch {

struct KafkaMetrics {
  explicit KafkaMetrics(MetricsRegistry& registry_) : registry(registry_) {}
  MetricsRef registry;

  PassingGauges lag_records{
      registry,
      {"wirewatch_kafka_lag_records",
       "The end of an assigned partition less what the group has committed of it, as kafka-consumer-groups tells it; "
       "asked for every few seconds.",
       {{"kafka_topic"}, {"partition"}}}};
  PassingGauges lag_seconds{
      registry,
      {"wirewatch_kafka_lag_seconds",
       "How long ago the oldest record of an assigned partition that is not settled was written, by record time; of "
       "records that nobody could read yet, for how long they have been seen. 0: there are none. While the brokers do "
       "not answer it grows from what it was last.",
       {{"kafka_topic"}, {"partition"}}}};
  GaugeFamily without_partitions{
      registry,
      {"wirewatch_kafka_without_partitions_seconds",
       "For how long the group has given this process no answer which partitions are its own: it joins, or the group "
       "waits for a member that died without a word, for up to session.timeout.ms. 0: it has one.",
       {{"kafka_topic"}}}};
  CounterFamily unreadable_offsets{
      registry,
      {"wirewatch_kafka_unreadable_offsets_total",
       "Offsets whose records no client can read; each range of them is a dead letter (unreadable).",
       {{"kafka_topic"}}}};
  GaugeFamily assigned_partitions{
      registry, {"wirewatch_kafka_assigned_partitions", "Partitions assigned to this process.", {{"kafka_topic"}}}};
  Counter rebalances{registry, {"wirewatch_kafka_rebalances_total", "Times that partitions were assigned or revoked."}};
  Counter errors{registry, {"wirewatch_kafka_errors_total", "Errors reported by the Kafka client."}};
  CounterFamily transactions{
      registry,
      {"wirewatch_kafka_transactions_total",
       "Transactions that ended (kafka.exactly_once); the records of an aborted one are read again.",
       {{"step", {"match", "alert"}}, {"outcome", {"committed", "aborted"}}}}};
  Counter commits_failed{registry, {"wirewatch_kafka_commits_failed_total", "Offset commits that the broker refused."}};
  GaugeFamily last_poll{registry,
                        {"wirewatch_kafka_last_poll_timestamp_seconds",
                         "When the consumer was last polled, in seconds since 1970.",
                         {{"kafka_topic"}}}};
};

}  // namespace wirewatch

#endif  // WIREWATCH_CONNECTORS_KAFKA_CLIENT_KAFKA_METRICS_H_
