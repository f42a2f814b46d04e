// ProbeTopic: asks the brokers for one kafka topic: the question behind TopicWatch.
#ifndef WIREWATCH_CONNECTORS_KAFKA_CLIENT_KAFKA_PROBE_H_
#define WIREWATCH_CONNECTORS_KAFKA_CLIENT_KAFKA_PROBE_H_

#include <chrono>
#include <string>

#include "base/result.h"
#include "connectors/kafka/client/rd_handles.h"

namespace wirewatch {

// Where a client talks to, for messages.
struct KafkaAddress {
  std::string bootstrap_servers;
  std::string topic;
};

// Blocks for up to `timeout`. Errors: as TopicWatch::Probe.
Status ProbeTopic(rd_kafka_t* client, const KafkaAddress& address, std::chrono::milliseconds timeout);

}  // namespace wirewatch

#endif  // WIREWATCH_CONNECTORS_KAFKA_CLIENT_KAFKA_PROBE_H_
