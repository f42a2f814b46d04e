// What a message of librdkafka holds, as the records of ours.
//
// What is null and what is empty is told apart: a payload that is null (a tombstone) has no data(), a header's value is
// marked. Only a Record's key is empty in both cases.
#ifndef WIREWATCH_CONNECTORS_KAFKA_CONSUME_RECORD_FROM_MESSAGE_H_
#define WIREWATCH_CONNECTORS_KAFKA_CONSUME_RECORD_FROM_MESSAGE_H_

#include <memory>
#include <string_view>

#include "connectors/kafka/client/kafka_client.h"
#include "connectors/kafka/client/rd_handles.h"
#include "connectors/kafka/consume/kafka_reader.h"
#include "pipeline/records/record.h"

namespace wirewatch {

// The payload is not copied: the record owns the message, and shares its client. `topic` is borrowed. The lease is 0.
Record RecordFrom(KafkaMessage message, std::string_view topic, std::shared_ptr<SharedConsumer> client);

// All of it copied.
KafkaRecord CopyOf(const rd_kafka_message_t& message);

}  // namespace wirewatch

#endif  // WIREWATCH_CONNECTORS_KAFKA_CONSUME_RECORD_FROM_MESSAGE_H_
