#include "connectors/kafka/consume/kafka_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <thread>
#include <utility>

#include "connectors/kafka/client/kafka_config.h"
#include "connectors/kafka/client/kafka_errors.h"
#include "connectors/kafka/client/kafka_link.h"
#include "connectors/kafka/client/kafka_probe.h"
#include "connectors/kafka/client/partition_list.h"
#include "connectors/kafka/client/rd_handles.h"
#include "connectors/kafka/consume/record_from_message.h"

namespace wirewatch {
namespace {

constexpr std::chrono::milliseconds kPoll{100};

// Errors that pass, or that concern the group, of which we are no member.
bool MayBePassedOver(rd_kafka_resp_err_t error) {
  switch (error) {
    case RD_KAFKA_RESP_ERR__TRANSPORT:
    case RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN:
    case RD_KAFKA_RESP_ERR__RESOLVE:
    case RD_KAFKA_RESP_ERR_LEADER_NOT_AVAILABLE:
    case RD_KAFKA_RESP_ERR_NOT_LEADER_FOR_PARTITION:
    case RD_KAFKA_RESP_ERR_GROUP_AUTHORIZATION_FAILED:
    case RD_KAFKA_RESP_ERR_COORDINATOR_NOT_AVAILABLE: return true;
    default: return false;
  }
}

}  // namespace

struct KafkaReader::Rep {
  Error Failed(std::string_view reason) const {
    return {ErrorCode::kUnavailable,
            fmt::format("kafka topic {} at {} cannot be read: {}", address.topic, address.bootstrap_servers, reason)};
  }
  Result<int> CountPartitions() const;

  KafkaAddress address;
  KafkaLink link;  // before the client: callbacks go to it until that is gone
  KafkaHandle client;
};

Result<int> KafkaReader::Rep::CountPartitions() const {
  if (Status probed = ProbeTopic(client.get(), address, kPatience); !probed) return std::move(probed).error();
  const KafkaTopicHandle topic(rd_kafka_topic_new(client.get(), address.topic.c_str(), nullptr));
  const struct rd_kafka_metadata* answer = nullptr;
  const auto error = rd_kafka_metadata(client.get(), 0, topic.get(), &answer,
                                       static_cast<int>(std::chrono::milliseconds(kPatience).count()));
  if (error != RD_KAFKA_RESP_ERR_NO_ERROR) return Failed(rd_kafka_err2str(error));
  const KafkaMetadata metadata(answer);
  return metadata->topic_cnt == 1 ? metadata->topics[0].partition_cnt : 0;
}

Result<std::unique_ptr<KafkaReader>> KafkaReader::Connect(const KafkaSettings& shared, std::string topic,
                                                          std::string_view role) {
  auto rep = std::make_unique<Rep>();
  rep->address = {shared.bootstrap_servers, std::move(topic)};
  auto conf = ReaderConf(shared, role);
  if (!conf) return std::move(conf).error();
  auto client = rep->link.Open(RD_KAFKA_CONSUMER, *std::move(conf));
  if (!client) return std::move(client).error();
  rep->client = *std::move(client);
  const auto brokers =
      rep->link.CountBrokers(rep->client.get(), rep->address.bootstrap_servers, SteadyNow() + kPatience);
  if (!brokers) return brokers.error();
  rd_kafka_poll_set_consumer(rep->client.get());
  return std::unique_ptr<KafkaReader>(new KafkaReader(std::move(rep)));
}

KafkaReader::KafkaReader(std::unique_ptr<Rep> rep) : rep_(std::move(rep)) {}
KafkaReader::~KafkaReader() = default;

Result<KafkaRanges> KafkaReader::All() {
  const auto partitions = rep_->CountPartitions();
  if (!partitions) return partitions.error();
  KafkaRanges ranges;
  for (std::int32_t partition = 0; partition < *partitions; ++partition) {
    std::int64_t begin = 0, end = 0;
    const auto ask = [&] {
      return rd_kafka_query_watermark_offsets(rep_->client.get(), rep_->address.topic.c_str(), partition, &begin, &end,
                                              static_cast<int>(std::chrono::milliseconds(kPatience).count()));
    };
    auto error = ask();
    // A kafka topic that was just made, or a broker that went: who leads is known in a moment.
    for (const SteadyTime deadline = SteadyNow() + kPatience; MayBePassedOver(error) && SteadyNow() < deadline;) {
      std::this_thread::sleep_for(kPoll);
      error = ask();
    }
    if (error != RD_KAFKA_RESP_ERR_NO_ERROR) return rep_->Failed(rd_kafka_err2str(error));
    ranges[Partition{partition}] = {Offset{begin}, Offset{end}};
  }
  return ranges;
}

Result<KafkaRanges> KafkaReader::Since(WallTime time, KafkaRanges ranges) {
  std::map<Partition, WallTime> times;
  for (const auto& [partition, range] : ranges) times[partition] = time;
  const auto found = OffsetsAt(rep_->client.get(), rep_->address.topic, times, kPatience);
  if (!found) return rep_->Failed(found.error().message);
  for (const auto& [partition, offset] : *found) {
    KafkaRange& range = ranges.at(partition);
    range.begin = offset ? std::max(range.begin, *offset) : range.end;
  }
  return ranges;
}

Status KafkaReader::Read(const KafkaRanges& ranges, const std::function<Status(KafkaRecord)>& take) {
  rd_kafka_t* const client = rep_->client.get();
  KafkaRanges left;
  std::map<Partition, Offset> begins;
  for (const auto& [partition, range] : ranges) {
    if (range.begin >= range.end) continue;
    left[partition] = range;
    begins[partition] = range.begin;
  }
  const KafkaPartitions list = MakeList(rep_->address.topic, begins);
  if (const auto error = rd_kafka_assign(client, list.get()); error != RD_KAFKA_RESP_ERR_NO_ERROR) {
    return rep_->Failed(rd_kafka_err2str(error));
  }
  Status status;
  SteadyTime deadline = SteadyNow() + kPatience;
  while (status && !left.empty()) {
    const KafkaMessage message(rd_kafka_consumer_poll(client, static_cast<int>(kPoll.count())));
    if (!message || MayBePassedOver(message->err)) {
      if (SteadyNow() >= deadline) {
        status = rep_->Failed(rep_->link.reason().empty() ? "no answer in time" : rep_->link.reason());
      }
      continue;
    }
    const auto at = left.find(Partition{message->partition});
    if (message->err == RD_KAFKA_RESP_ERR__PARTITION_EOF) {
      // The last offsets may hold no records: ends of transactions.
      if (at != left.end()) left.erase(at);
    } else if (message->err != RD_KAFKA_RESP_ERR_NO_ERROR) {
      status = rep_->Failed(ErrorTextOf(*message));
    } else if (at != left.end()) {
      const Offset offset{message->offset}, end = at->second.end;
      if (offset < end) status = take(CopyOf(*message));
      deadline = SteadyNow() + kPatience;  // the time that it took to take it is not the broker's
      if (Next(offset) >= end) left.erase(at);
    }
  }
  rd_kafka_assign(client, nullptr);
  return status;
}

}  // namespace wirewatch
