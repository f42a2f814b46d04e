// Hands messages to librdkafka, and reads what brokers say of them. For the .cc files of producers.
#ifndef WIREWATCH_CONNECTORS_KAFKA_KAFKA_PRODUCE_H_
#define WIREWATCH_CONNECTORS_KAFKA_KAFKA_PRODUCE_H_

#include <cstddef>
#include <string>

#include "base/result.h"
#include "connectors/kafka/kafka_message.h"
#include "connectors/kafka/kafka_probe.h"
#include "connectors/kafka/rd_handles.h"

namespace wirewatch {

// Without a copy: librdkafka reads the bytes of `message` where they are until its report, which is given `opaque`.
rd_kafka_resp_err_t Produce(rd_kafka_t* client, const std::string& topic, KafkaMessageBody& message, void* opaque);

// The broker takes no batch, or no message, of such a size.
bool IsTooLarge(rd_kafka_resp_err_t error);
// The broker looked at the message itself and will say the same again.
bool IsAboutTheMessage(rd_kafka_resp_err_t error);

// kRejected.
Error TooLarge(const KafkaAddress& address, std::size_t bytes, rd_kafka_resp_err_t error);
Error RefusedByBroker(const KafkaAddress& address, rd_kafka_resp_err_t error);

}  // namespace wirewatch

#endif  // WIREWATCH_CONNECTORS_KAFKA_KAFKA_PRODUCE_H_
