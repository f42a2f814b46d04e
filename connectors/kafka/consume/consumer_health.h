// ConsumerHealth: what goes wrong with the consumer of a KafkaSource: counted, told in the log, shown on /readyz, and
// whether reading on is of no use.
//
// Threads: Ready by any; the rest by that of the context.
#ifndef WIREWATCH_CONNECTORS_KAFKA_CONSUME_CONSUMER_HEALTH_H_
#define WIREWATCH_CONNECTORS_KAFKA_CONSUME_CONSUMER_HEALTH_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/result.h"
#include "connectors/kafka/client/rd_handles.h"
#include "connectors/kafka/client/topic_watch.h"
#include "connectors/kafka/consume/consumer_context.h"
#include "monitoring/metrics.h"

namespace wirewatch {

// The group's offset is behind the start of the log, or there is none, and offset_reset forbids to choose. `reason`:
// librdkafka's words.
Error NoUsableOffset(const std::string& topic, std::int32_t partition, std::string_view reason);

class ConsumerHealth {
 public:
  explicit ConsumerHealth(ConsumerContext& context);

  // Begins to ask the brokers for the kafka topic. REQUIRES: the context has a client.
  void Start();
  void Stop() { watch_->Stop(); }

  Status Ready() const;
  // An error: why reading on is of no use.
  Status Fatal() const;

  // An error that came instead of a record and is not about records.
  void OnPollError(const rd_kafka_message_t& message);
  void OnErrorEvent(int error, const char* reason);
  void OnStatistics(std::string_view json);

  // From now on, or no longer, we wait for the group's answer which partitions are ours.
  void WaitForPartitions() { waits_since_ = SteadyNow(); }
  void HavePartitions();
  void TellOfWaiting(SteadyTime now);

 private:
  ConsumerContext& context_;
  Gauge without_partitions_;
  std::unique_ptr<TopicWatch> watch_;
  std::optional<SteadyTime> waits_since_;
  bool told_of_waiting_ = false;
};

}  // namespace wirewatch

#endif  // WIREWATCH_CONNECTORS_KAFKA_CONSUME_CONSUMER_HEALTH_H_
