#include "connectors/kafka/client/partition_list.h"

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

std::vector<Partition> PartitionsOf(const rd_kafka_topic_partition_list_t& list) {
  std::vector<Partition> partitions;
  for (int i = 0; i < list.cnt; ++i) partitions.push_back(Partition{list.elems[i].partition});
  return partitions;
}

}  // namespace wirewatch
