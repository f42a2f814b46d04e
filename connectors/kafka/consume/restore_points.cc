#include "connectors/kafka/consume/restore_points.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <string>
#include <utility>

#include "base/clock.h"
#include "connectors/kafka/client/kafka_client.h"
#include "connectors/kafka/client/kafka_config.h"
#include "connectors/kafka/client/partition_list.h"
#include "connectors/kafka/client/rd_handles.h"

namespace wirewatch {
namespace {

// The last records before a committed offset may be markers of transactions, which nobody gets to see.
constexpr std::int64_t kLookBack = 100;

int Left(SteadyTime deadline) {
  const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(deadline - SteadyNow()).count();
  return static_cast<int>(std::clamp<std::int64_t>(left, 1, 10'000));
}

Result<KafkaHandle> Connect(const KafkaConsumerSettings& source, const KafkaSettings& shared) {
  auto conf = ConsumerConf(source, shared);
  if (!conf) return std::move(conf).error();
  // It joins no group and commits nothing.
  rd_kafka_conf_set(conf->get(), "enable.auto.commit", "false", nullptr, 0);
  rd_kafka_conf_set(conf->get(), "statistics.interval.ms", "0", nullptr, 0);
  auto client = MakeClient(RD_KAFKA_CONSUMER, *std::move(conf));
  if (client) rd_kafka_poll_set_consumer(client->get());
  return client;
}

// The record time of a record shortly before each of the offsets, where there is one.
std::map<Partition, std::int64_t> TimesBefore(rd_kafka_t* client, const std::string& topic,
                                              const std::map<Partition, RestorePoint>& points, SteadyTime deadline) {
  std::map<Partition, Offset> from;
  for (const auto& [partition, point] : points) {
    from[partition] = std::max(point.begin, Offset{static_cast<std::int64_t>(point.live) - kLookBack});
  }
  std::map<Partition, std::int64_t> times;
  if (rd_kafka_assign(client, MakeList(topic, from).get()) != RD_KAFKA_RESP_ERR_NO_ERROR) return times;
  std::map<Partition, bool> answered;
  while (answered.size() < points.size() && SteadyNow() < deadline) {
    const KafkaMessage message(rd_kafka_consumer_poll(client, std::min(100, Left(deadline))));
    if (!message || message->err != RD_KAFKA_RESP_ERR_NO_ERROR) continue;
    const Partition partition{message->partition};
    const auto point = points.find(partition);
    if (point == points.end() || !answered.emplace(partition, true).second) continue;
    rd_kafka_timestamp_type_t kind = RD_KAFKA_TIMESTAMP_NOT_AVAILABLE;
    const std::int64_t ms = rd_kafka_message_timestamp(message.get(), &kind);
    const bool before = Offset{message->offset} < point->second.live;
    if (before && kind != RD_KAFKA_TIMESTAMP_NOT_AVAILABLE) times[partition] = ms;
    // Enough of this one; the others are waited for.
    rd_kafka_pause_partitions(client, MakeList(topic, std::vector{partition}).get());
  }
  rd_kafka_assign(client, nullptr);
  return times;
}

// Moves the beginnings up to where the window begins.
void FindWindows(rd_kafka_t* client, const std::string& topic, const std::map<Partition, std::int64_t>& times,
                 std::chrono::milliseconds window, SteadyTime deadline, std::map<Partition, RestorePoint>& points) {
  std::map<Partition, Offset> wanted;  // the call takes times where it then gives offsets
  for (const auto& [partition, time] : times) {
    const std::int64_t since = std::max<std::int64_t>(0, time - window.count());
    wanted[partition] = Offset{since};
    points.at(partition).since = WallTime(std::chrono::milliseconds(since));
  }
  const KafkaPartitions list = MakeList(topic, wanted);
  if (times.empty() || rd_kafka_offsets_for_times(client, list.get(), Left(deadline)) != RD_KAFKA_RESP_ERR_NO_ERROR) {
    return;
  }
  for (int i = 0; i < list->cnt; ++i) {
    const rd_kafka_topic_partition_t& found = list->elems[i];
    RestorePoint& point = points.at(Partition{found.partition});
    if (found.err != RD_KAFKA_RESP_ERR_NO_ERROR || found.offset < 0) continue;
    const Offset begin = std::min(Offset{found.offset}, point.live);
    // The first record that is left may be younger than what the window asks for.
    point.incomplete = begin <= point.begin && point.begin > Offset{0};
    point.begin = std::max(point.begin, begin);
  }
}

}  // namespace

RestorePoints::RestorePoints(KafkaConsumerSettings source, KafkaSettings shared, std::chrono::milliseconds window)
    : source_(std::move(source)), shared_(std::move(shared)), window_(window) {}

Result<std::map<Partition, RestorePoint>> RestorePoints::Find(const std::vector<Partition>& partitions,
                                                              std::chrono::milliseconds timeout) const {
  const SteadyTime deadline = SteadyNow() + timeout;
  auto client = Connect(source_, shared_);
  if (!client) return std::move(client).error();
  const std::string& topic = source_.topic;
  const KafkaPartitions committed = MakeList(topic, partitions);
  if (const auto error = rd_kafka_committed(client->get(), committed.get(), Left(deadline));
      error != RD_KAFKA_RESP_ERR_NO_ERROR) {
    return Error{ErrorCode::kUnavailable, fmt::format("the offsets of group {} on kafka topic {} cannot be had: {}",
                                                      source_.group, topic, rd_kafka_err2str(error))};
  }
  std::map<Partition, RestorePoint> points;
  for (int i = 0; i < committed->cnt; ++i) {
    const rd_kafka_topic_partition_t& one = committed->elems[i];
    if (one.err != RD_KAFKA_RESP_ERR_NO_ERROR) {
      return Error{ErrorCode::kUnavailable, fmt::format("kafka topic {} partition {}: the committed offset cannot be "
                                                        "had: {}",
                                                        topic, one.partition, rd_kafka_err2str(one.err))};
    }
    if (one.offset < 0) continue;  // never read: there is no state
    std::int64_t low = 0, high = 0;
    if (const auto error =
            rd_kafka_query_watermark_offsets(client->get(), topic.c_str(), one.partition, &low, &high, Left(deadline));
        error != RD_KAFKA_RESP_ERR_NO_ERROR) {
      return Error{ErrorCode::kUnavailable, fmt::format("kafka topic {} partition {}: where its log begins cannot be "
                                                        "had: {}",
                                                        topic, one.partition, rd_kafka_err2str(error))};
    }
    const bool lost = one.offset < low;
    points[Partition{one.partition}] = {.begin = Offset{low}, .live = Offset{lost ? low : one.offset}, .lost = lost};
  }
  std::map<Partition, RestorePoint> with_log;
  for (const auto& [partition, point] : points) {
    if (point.begin < point.live) with_log.emplace(partition, point);
  }
  const auto times = TimesBefore(client->get(), topic, with_log, deadline);
  FindWindows(client->get(), topic, times, window_, deadline, points);
  return points;
}

}  // namespace wirewatch
