// What a few partitions are asked, in whatever order they are.
#ifndef WIREWATCH_CONNECTORS_KAFKA_CONSUME_PARTITIONS_H_
#define WIREWATCH_CONNECTORS_KAFKA_CONSUME_PARTITIONS_H_

#include <algorithm>
#include <vector>

#include "pipeline/records/record.h"

namespace wirewatch {

inline bool Contains(const std::vector<Partition>& partitions, Partition partition) {
  return std::find(partitions.begin(), partitions.end(), partition) != partitions.end();
}

}  // namespace wirewatch

#endif  // WIREWATCH_CONNECTORS_KAFKA_CONSUME_PARTITIONS_H_
