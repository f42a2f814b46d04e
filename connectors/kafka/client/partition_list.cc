#include "connectors/kafka/client/partition_list.h"

#include <algorithm>

namespace wirewatch {

KafkaPartitions MakeList(const std::string& topic, const std::map<Partition, Offset>& offsets) {
  KafkaPartitions list(rd_kafka_topic_partition_list_new(static_cast<int>(offsets.size())));
  for (const auto& [partition, offset] : offsets) {
    rd_kafka_topic_partition_list_add(list.get(), topic.c_str(), static_cast<std::int32_t>(partition))->offset =
        static_cast<std::int64_t>(offset);
  }
  return list;
}

KafkaPartitions MakeList(const std::string& topic, const std::vector<Partition>& partitions, std::int64_t offset) {
  std::map<Partition, Offset> offsets;
  for (const Partition partition : partitions) offsets[partition] = Offset{offset};
  return MakeList(topic, offsets);
}

Result<std::map<Partition, std::optional<Offset>>> OffsetsAt(rd_kafka_t* client, const std::string& topic,
                                                             const std::map<Partition, WallTime>& times,
                                                             std::chrono::milliseconds timeout) {
  std::map<Partition, std::optional<Offset>> found;
  if (times.empty()) return found;
  std::map<Partition, Offset> wanted;  // the call takes times where it then gives offsets
  for (const auto& [partition, time] : times) {
    const auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(time.time_since_epoch()).count();
    wanted[partition] = Offset{std::max<std::int64_t>(0, ms)};
  }
  const KafkaPartitions list = MakeList(topic, wanted);
  const auto error = rd_kafka_offsets_for_times(client, list.get(), static_cast<int>(timeout.count()));
  if (error != RD_KAFKA_RESP_ERR_NO_ERROR) return Error{ErrorCode::kUnavailable, rd_kafka_err2str(error)};
  for (int i = 0; i < list->cnt; ++i) {
    const rd_kafka_topic_partition_t& one = list->elems[i];
    if (one.err != RD_KAFKA_RESP_ERR_NO_ERROR) return Error{ErrorCode::kUnavailable, rd_kafka_err2str(one.err)};
    std::optional<Offset>& offset = found[Partition{one.partition}];
    if (one.offset >= 0) offset = Offset{one.offset};  // below 0: all is older
  }
  return found;
}

std::vector<Partition> PartitionsOf(const rd_kafka_topic_partition_list_t& list) {
  std::vector<Partition> partitions;
  for (int i = 0; i < list.cnt; ++i) partitions.push_back(Partition{list.elems[i].partition});
  return partitions;
}

}  // namespace wirewatch
