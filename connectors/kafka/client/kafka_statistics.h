// What we take from librdkafka's statistics (its STATISTICS.md): a JSON document every few seconds.
#ifndef WIREWATCH_CONNECTORS_KAFKA_CLIENT_KAFKA_STATISTICS_H_
#define WIREWATCH_CONNECTORS_KAFKA_CLIENT_KAFKA_STATISTICS_H_

#include <string_view>

#include "base/result.h"

namespace wirewatch {

struct KafkaStatistics {
  bool in_group = false;  // a settled member of the consumer group, with or without partitions
};

// Errors: kInternal: not the JSON that librdkafka documents.
Result<KafkaStatistics> ParseKafkaStatistics(std::string_view json);

}  // namespace wirewatch

#endif  // WIREWATCH_CONNECTORS_KAFKA_CLIENT_KAFKA_STATISTICS_H_
