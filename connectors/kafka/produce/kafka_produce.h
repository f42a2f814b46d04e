// Hands messages to librdkafka, and words what brokers say of them. For the .cc files of producers.
#ifndef WIREWATCH_CONNECTORS_KAFKA_PRODUCE_KAFKA_PRODUCE_H_
#define WIREWATCH_CONNECTORS_KAFKA_PRODUCE_KAFKA_PRODUCE_H_

#include <cstddef>
#include <string>

#include "base/result.h"
#include "connectors/kafka/client/kafka_message.h"
#include "connectors/kafka/client/kafka_probe.h"
#include "connectors/kafka/client/rd_handles.h"

namespace wirewatch {

// Key and value are not copied: librdkafka reads them where they are until it reports on the message, so `message` must
// not move until then. The report is given `opaque`. Headers are copied. Gives NO_ERROR, _QUEUE_FULL (poll, and try
// again), MSG_SIZE_TOO_LARGE (over the client's own limit), or why the client takes nothing.
rd_kafka_resp_err_t Produce(rd_kafka_t* client, const std::string& topic, KafkaMessageBody& message, void* opaque);

// kRejected.
Error TooLarge(const KafkaAddress& address, std::size_t bytes, rd_kafka_resp_err_t error);
Error RefusedByBroker(const KafkaAddress& address, rd_kafka_resp_err_t error);

}  // namespace wirewatch

#endif  // WIREWATCH_CONNECTORS_KAFKA_PRODUCE_KAFKA_PRODUCE_H_
