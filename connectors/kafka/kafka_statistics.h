// What we take from librdkafka's statistics (its STATISTICS.md): a JSON document every few seconds.
#ifndef WIREWATCH_CONNECTORS_KAFKA_KAFKA_STATISTICS_H_
#define WIREWATCH_CONNECTORS_KAFKA_KAFKA_STATISTICS_H_

#include <cstdint>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "pipeline/record.h"

namespace wirewatch {

// Records of a partition that are not settled yet, as far as this client knows; only what is known is listed.
struct PartitionLag {
  Partition partition;
  std::int64_t records;
};

struct KafkaStatistics {
  std::vector<PartitionLag> lags;  // of `topic`
  bool in_group = false;           // a settled member of the consumer group, with or without partitions
};

// Errors: kInternal: not the JSON that librdkafka documents.
Result<KafkaStatistics> ParseKafkaStatistics(std::string_view json, std::string_view topic);

}  // namespace wirewatch

#endif  // WIREWATCH_CONNECTORS_KAFKA_KAFKA_STATISTICS_H_
