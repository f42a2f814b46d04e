// Lists of partitions of one kafka topic, as librdkafka's calls take them.
#ifndef WIREWATCH_CONNECTORS_KAFKA_CLIENT_PARTITION_LIST_H_
#define WIREWATCH_CONNECTORS_KAFKA_CLIENT_PARTITION_LIST_H_

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "connectors/kafka/client/rd_handles.h"
#include "pipeline/records/record.h"

namespace wirewatch {

KafkaPartitions MakeList(const std::string& topic, const std::map<Partition, Offset>& offsets);

// All with the same offset: mostly one of librdkafka's names (RD_KAFKA_OFFSET_END). RD_KAFKA_OFFSET_INVALID is for a
// call that reads no offset.
KafkaPartitions MakeList(const std::string& topic, const std::vector<Partition>& partitions,
                         std::int64_t offset = RD_KAFKA_OFFSET_INVALID);

// Of each partition the offset of its first record that was written at the given time or later; nothing: all of it is
// older. Blocks for up to `timeout`. Errors: kUnavailable, of the call or of one partition, in librdkafka's words.
Result<std::map<Partition, std::optional<Offset>>> OffsetsAt(rd_kafka_t* client, const std::string& topic,
                                                             const std::map<Partition, WallTime>& times,
                                                             std::chrono::milliseconds timeout);

std::vector<Partition> PartitionsOf(const rd_kafka_topic_partition_list_t& list);

}  // namespace wirewatch

#endif  // WIREWATCH_CONNECTORS_KAFKA_CLIENT_PARTITION_LIST_H_
