// KafkaLag: how far a group is behind, asked of the brokers every few seconds as Kafka's own tool
// (kafka-consumer-groups) asks: the end of each partition less what the group has committed.
//
// Why it asks: librdkafka's statistics know nothing of offsets that transactions commit, nor of a group that has
// committed nothing yet, and they end when the consumer is refused its partitions.
//
// Threads: Watch by any; `tell` is called by a thread of its own, after each question, with what was answered.
#ifndef WIREWATCH_CONNECTORS_KAFKA_CONSUME_KAFKA_LAG_H_
#define WIREWATCH_CONNECTORS_KAFKA_CONSUME_KAFKA_LAG_H_

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "base/result.h"
#include "connectors/kafka/client/kafka_client.h"
#include "connectors/kafka/client/kafka_settings.h"
#include "pipeline/records/record.h"

namespace wirewatch {

struct PartitionOffsets {
  std::int64_t begin = 0, end = 0;        // of the log, open transactions included
  std::optional<std::int64_t> committed;  // nothing: nothing yet
};

class KafkaLag {
 public:
  using Tell = std::function<void(const std::map<Partition, PartitionOffsets>&)>;

  // Errors: kInvalid: a property is not taken. Brokers are not waited for.
  static Result<std::unique_ptr<KafkaLag>> Create(const KafkaConsumerSettings& source, const KafkaSettings& shared,
                                                  std::chrono::milliseconds interval, Tell tell);
  ~KafkaLag();

  // From now on these are asked for, the first time at once.
  void Watch(std::vector<Partition> partitions);

  // Makes Stop return sooner.
  void RequestStop();
  // `tell` is not called any more after this has returned. Waits for an answer that is being asked for.
  void Stop();

 private:
  KafkaLag(std::unique_ptr<SharedConsumer> client, std::string topic, std::chrono::milliseconds interval, Tell tell);
  void Loop();
  bool Stopped();
  // A partition for which the brokers have no answer now is left out.
  std::map<Partition, PartitionOffsets> Ask(const std::vector<Partition>& partitions);
  // `which`: an offset that librdkafka has a name for.
  std::map<Partition, std::int64_t> Ends(const std::vector<Partition>& partitions, std::int64_t which);

  const std::unique_ptr<SharedConsumer> client_;
  const std::string topic_;
  const std::chrono::milliseconds interval_;
  const Tell tell_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<Partition> partitions_;
  bool asks_ = false, stopped_ = false;
  std::thread thread_;
};

}  // namespace wirewatch

#endif  // WIREWATCH_CONNECTORS_KAFKA_CONSUME_KAFKA_LAG_H_
