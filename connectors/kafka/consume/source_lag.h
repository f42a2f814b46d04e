// SourceLag: asks how far the partitions of a KafkaSource are behind (kafka_lag.h), and shows it as metrics.
//
// Threads: Watch by that of the context; the answers come on KafkaLag's own.
#ifndef WIREWATCH_CONNECTORS_KAFKA_CONSUME_SOURCE_LAG_H_
#define WIREWATCH_CONNECTORS_KAFKA_CONSUME_SOURCE_LAG_H_

#include <map>
#include <memory>

#include "base/result.h"
#include "connectors/kafka/client/kafka_settings.h"
#include "connectors/kafka/consume/consumer_context.h"
#include "connectors/kafka/consume/kafka_lag.h"

namespace wirewatch {

class SourceLag {
 public:
  explicit SourceLag(ConsumerContext& context) : context_(context) {}

  // `source` and `shared`: the settings of the source. kInvalid: a property is not taken.
  Status Start(const KafkaConsumerSettings& source, const KafkaSettings& shared);
  void RequestStop() { asks_->RequestStop(); }
  void Stop() { asks_->Stop(); }

  // From now on our partitions are asked for. While the kafka topic is refused to us, those that we had stay shown.
  void Watch();

 private:
  void Show(const std::map<Partition, PartitionOffsets>& known);

  ConsumerContext& context_;
  std::unique_ptr<KafkaLag> asks_;
};

}  // namespace wirewatch

#endif  // WIREWATCH_CONNECTORS_KAFKA_CONSUME_SOURCE_LAG_H_
