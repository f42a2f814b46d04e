// What a message of librdkafka holds, as a record of ours.
//
// Kafka tells null from empty. A Record keeps the difference for its payload (a tombstone's has data() == nullptr) and
// for a header's value (RecordHeader::is_null), but not for its key. A KafkaRecord keeps it for key and value, since
// dead letters are replayed byte for byte.
#ifndef WIREWATCH_CONNECTORS_KAFKA_CONSUME_RECORD_FROM_MESSAGE_H_
#define WIREWATCH_CONNECTORS_KAFKA_CONSUME_RECORD_FROM_MESSAGE_H_

#include <memory>
#include <string_view>

#include "connectors/kafka/client/kafka_client.h"
#include "connectors/kafka/client/rd_handles.h"
#include "connectors/kafka/consume/kafka_reader.h"
#include "pipeline/records/record.h"

namespace wirewatch {

// The payload is not copied: the record owns the message and shares the client, which owns the message's memory.
// `topic` is borrowed. The lease is 0.
Record RecordFrom(KafkaMessage message, std::string_view topic, std::shared_ptr<SharedConsumer> client);

// A copy of all that the message holds.
KafkaRecord CopyOf(const rd_kafka_message_t& message);

}  // namespace wirewatch

#endif  // WIREWATCH_CONNECTORS_KAFKA_CONSUME_RECORD_FROM_MESSAGE_H_
