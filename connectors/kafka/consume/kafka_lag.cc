#include "connectors/kafka/consume/kafka_lag.h"

#include <utility>

#include "connectors/kafka/client/kafka_client.h"
#include "connectors/kafka/client/kafka_config.h"
#include "connectors/kafka/client/partition_list.h"

namespace wirewatch {
namespace {

constexpr std::chrono::milliseconds kAnswer{2'000};  // longest wait for one

}  // namespace

Result<std::unique_ptr<KafkaLag>> KafkaLag::Create(const KafkaConsumerSettings& source, const KafkaSettings& shared,
                                                   std::chrono::milliseconds interval, Tell tell) {
  auto conf = LagConf(source, shared);
  if (!conf) return std::move(conf).error();
  auto client = MakeClient(RD_KAFKA_CONSUMER, *std::move(conf));
  if (!client) return std::move(client).error();
  return std::unique_ptr<KafkaLag>(
      new KafkaLag(std::make_unique<SharedConsumer>(*std::move(client)), source.topic, interval, std::move(tell)));
}

KafkaLag::KafkaLag(std::unique_ptr<SharedConsumer> client, std::string topic, std::chrono::milliseconds interval,
                   Tell tell)
    : client_(std::move(client)),
      topic_(std::move(topic)),
      interval_(interval),
      tell_(std::move(tell)),
      thread_([this] { Loop(); }) {}

KafkaLag::~KafkaLag() { Stop(); }

void KafkaLag::Watch(std::vector<Partition> partitions) {
  const std::lock_guard lock(mutex_);
  partitions_ = std::move(partitions);
  asks_ = true;
  changed_.notify_all();
}

void KafkaLag::RequestStop() {
  const std::lock_guard lock(mutex_);
  stopped_ = true;
  changed_.notify_all();
}

bool KafkaLag::Stopped() {
  const std::lock_guard lock(mutex_);
  return stopped_;
}

void KafkaLag::Stop() {
  RequestStop();
  if (thread_.joinable()) thread_.join();
}

void KafkaLag::Loop() {
  std::unique_lock lock(mutex_);
  while (true) {
    changed_.wait_for(lock, interval_, [&] { return stopped_ || asks_; });
    if (stopped_) return;
    asks_ = false;
    const std::vector<Partition> partitions = partitions_;
    lock.unlock();
    rd_kafka_poll(client_->get(), 0);  // its errors are told by the consumer, too
    const auto known = partitions.empty() ? std::map<Partition, PartitionOffsets>() : Ask(partitions);
    lock.lock();
    if (stopped_) return;
    lock.unlock();
    if (!partitions.empty()) tell_(known);
    lock.lock();
  }
}

std::map<Partition, std::int64_t> KafkaLag::Ends(const std::vector<Partition>& partitions, std::int64_t which) {
  std::map<Partition, std::int64_t> ends;
  if (Stopped()) return ends;
  const KafkaPartitions list = MakeList(topic_, partitions, which);
  if (rd_kafka_offsets_for_times(client_->get(), list.get(), static_cast<int>(kAnswer.count())) !=
      RD_KAFKA_RESP_ERR_NO_ERROR) {
    return ends;
  }
  for (int i = 0; i < list->cnt; ++i) {
    const rd_kafka_topic_partition_t& one = list->elems[i];
    if (one.err == RD_KAFKA_RESP_ERR_NO_ERROR && one.offset >= 0) ends[Partition{one.partition}] = one.offset;
  }
  return ends;
}

std::map<Partition, PartitionOffsets> KafkaLag::Ask(const std::vector<Partition>& partitions) {
  std::map<Partition, PartitionOffsets> known;
  // What is committed first: asked for later it could be more than the end.
  const KafkaPartitions committed = MakeList(topic_, partitions);
  if (rd_kafka_committed(client_->get(), committed.get(), static_cast<int>(kAnswer.count())) !=
      RD_KAFKA_RESP_ERR_NO_ERROR) {
    return known;
  }
  const auto ends = Ends(partitions, RD_KAFKA_OFFSET_END);
  const auto begins = Ends(partitions, RD_KAFKA_OFFSET_BEGINNING);
  for (int i = 0; i < committed->cnt; ++i) {
    const rd_kafka_topic_partition_t& one = committed->elems[i];
    const Partition partition{one.partition};
    const auto end = ends.find(partition), begin = begins.find(partition);
    if (one.err != RD_KAFKA_RESP_ERR_NO_ERROR || end == ends.end() || begin == begins.end()) continue;
    known[partition] = {begin->second, end->second, one.offset >= 0 ? std::optional(one.offset) : std::nullopt};
  }
  return known;
}

}  // namespace wirewatch
