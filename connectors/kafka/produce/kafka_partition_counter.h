// KafkaPartitionCounter: asks the brokers how many partitions a kafka topic has, and again after a minute, since some
// may be added.
#ifndef WIREWATCH_CONNECTORS_KAFKA_PRODUCE_KAFKA_PARTITION_COUNTER_H_
#define WIREWATCH_CONNECTORS_KAFKA_PRODUCE_KAFKA_PARTITION_COUNTER_H_

#include <atomic>
#include <memory>
#include <string>

#include "base/clock.h"
#include "base/result.h"
#include "connectors/kafka/client/kafka_settings.h"
#include "connectors/kafka/client/rd_handles.h"
#include "connectors/kafka/produce/kafka_sink.h"

namespace wirewatch {

class KafkaPartitionCounter : public PartitionCounter {
 public:
  // kInvalid: a property is not taken. Brokers are not waited for.
  static Result<std::unique_ptr<PartitionCounter>> Create(std::string topic, const KafkaSettings& shared);

  // While the brokers do not answer, the last number stands; without one it waits.
  std::optional<std::int32_t> Count() override;
  void RequestStop() override { stop_ = true; }

 private:
  KafkaPartitionCounter(std::string topic, KafkaHandle client) : topic_(std::move(topic)), client_(std::move(client)) {}
  std::optional<std::int32_t> Ask() const;

  const std::string topic_;
  const KafkaHandle client_;
  std::atomic<bool> stop_{false};
  std::optional<std::int32_t> count_;
  SteadyTime asked_{};
};

}  // namespace wirewatch

#endif  // WIREWATCH_CONNECTORS_KAFKA_PRODUCE_KAFKA_PARTITION_COUNTER_H_
