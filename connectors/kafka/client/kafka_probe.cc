#include "connectors/kafka/client/kafka_probe.h"

#include <fmt/format.h>

#include "connectors/kafka/client/kafka_log.h"

namespace wirewatch {

Status ProbeTopic(rd_kafka_t* client, const KafkaAddress& address, std::chrono::milliseconds timeout) {
  const KafkaTopicHandle topic(rd_kafka_topic_new(client, address.topic.c_str(), nullptr));
  if (!topic) {
    return Error{ErrorCode::kInvalid, fmt::format("'{}' cannot be the name of a kafka topic", address.topic)};
  }
  const struct rd_kafka_metadata* answer = nullptr;
  const rd_kafka_resp_err_t error =
      rd_kafka_metadata(client, 0, topic.get(), &answer, static_cast<int>(timeout.count()));
  if (error != RD_KAFKA_RESP_ERR_NO_ERROR) {
    return Error{ErrorCode::kUnavailable, fmt::format("kafka broker {} cannot be reached: {}; check "
                                                      "kafka.bootstrap_servers and that the broker runs",
                                                      address.bootstrap_servers, rd_kafka_err2str(error))};
  }
  const KafkaMetadata metadata(answer);
  if (metadata->topic_cnt != 1) {
    return Error{ErrorCode::kUnavailable, fmt::format("kafka broker {} did not tell of kafka topic {}",
                                                      address.bootstrap_servers, address.topic)};
  }
  switch (const rd_kafka_resp_err_t about_topic = metadata->topics[0].err) {
    case RD_KAFKA_RESP_ERR_NO_ERROR: return {};
    case RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART:
      return Error{ErrorCode::kNotFound,
                   fmt::format("kafka topic {} does not exist at {}; create it (kafka-topics.sh --create --topic {} "
                               "--bootstrap-server {}) or correct the name",
                               address.topic, address.bootstrap_servers, address.topic, address.bootstrap_servers)};
    case RD_KAFKA_RESP_ERR_LEADER_NOT_AVAILABLE: return {};  // an election: over in a moment
    default:
      return Error{ErrorCode::kRejected,
                   fmt::format("kafka topic {} at {} cannot be used: {}", address.topic, address.bootstrap_servers,
                               rd_kafka_err2str(about_topic)) +
                       HelpToBeAllowed(about_topic, "Describe (which Read and Write imply)", address.topic)};
  }
}

}  // namespace wirewatch
