// KafkaMembership: what a transaction tells the consumer group: which member we are, and how far we have read.
#ifndef WIREWATCH_CONNECTORS_KAFKA_CONSUME_KAFKA_MEMBERSHIP_H_
#define WIREWATCH_CONNECTORS_KAFKA_CONSUME_KAFKA_MEMBERSHIP_H_

#include "connectors/kafka/client/rd_handles.h"

namespace wirewatch {

struct KafkaMembership {
  KafkaGroupMetadata member;
  KafkaPartitions offsets;
};

}  // namespace wirewatch

#endif  // WIREWATCH_CONNECTORS_KAFKA_CONSUME_KAFKA_MEMBERSHIP_H_
