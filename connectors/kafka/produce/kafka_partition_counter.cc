#include "connectors/kafka/produce/kafka_partition_counter.h"

#include <chrono>
#include <thread>
#include <utility>

#include "connectors/kafka/client/kafka_client.h"
#include "connectors/kafka/client/kafka_config.h"

namespace wirewatch {
namespace {

constexpr std::chrono::minutes kAskAgain{1};
constexpr std::chrono::milliseconds kAnswer{2'000}, kRetry{200};

}  // namespace

Result<std::unique_ptr<PartitionCounter>> KafkaPartitionCounter::Create(std::string topic,
                                                                        const KafkaSettings& shared) {
  auto conf = ToolConf(shared, "matches");
  if (!conf) return std::move(conf).error();
  auto client = MakeClient(RD_KAFKA_PRODUCER, *std::move(conf));
  if (!client) return std::move(client).error();
  return std::unique_ptr<PartitionCounter>(new KafkaPartitionCounter(std::move(topic), *std::move(client)));
}

std::optional<std::int32_t> KafkaPartitionCounter::Count() {
  while (!stop_) {
    const SteadyTime now = SteadyNow();
    if (count_ && now - asked_ < kAskAgain) return count_;
    asked_ = now;
    if (const std::optional<std::int32_t> count = Ask()) count_ = count;
    if (count_) return count_;
    std::this_thread::sleep_for(kRetry);
  }
  return std::nullopt;
}

std::optional<std::int32_t> KafkaPartitionCounter::Ask() const {
  const KafkaTopicHandle topic(rd_kafka_topic_new(client_.get(), topic_.c_str(), nullptr));
  if (!topic) return std::nullopt;
  const struct rd_kafka_metadata* answer = nullptr;
  if (rd_kafka_metadata(client_.get(), 0, topic.get(), &answer, static_cast<int>(kAnswer.count())) !=
      RD_KAFKA_RESP_ERR_NO_ERROR) {
    return std::nullopt;
  }
  const KafkaMetadata metadata(answer);
  if (metadata->topic_cnt != 1 || metadata->topics[0].partition_cnt == 0) return std::nullopt;
  return metadata->topics[0].partition_cnt;
}

}  // namespace wirewatch
