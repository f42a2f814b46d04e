// The Kafka connectors as the registry lists them: a source, the stream of matches, and sinks of alerts, decisions and
// dead letters, on librdkafka, all named "kafka"; and the section `kafka` that they share (client/kafka_settings.h).
//
// A broker that cannot be reached is no error of the factories: Ready() says so, the log says so once, and the client
// keeps trying. A property that librdkafka does not know or does not take, or that wirewatch needs for its guarantee
// (`enable.auto.commit`), is: kInvalid, the sentence names the key. Values of properties are never logged.
//
// The source's Run ends with an error when reading on is impossible without a person:
//   kNotFound  the brokers say, for some seconds on end, that the kafka topic does not exist;
//              with offset_reset=error: the group has no usable offset for a partition
//   kRejected  another process runs under the same instance_id, or the group refuses this one
//   kInternal  any other error that librdkafka calls fatal
#ifndef WIREWATCH_CONNECTORS_KAFKA_KAFKA_CONNECTORS_H_
#define WIREWATCH_CONNECTORS_KAFKA_KAFKA_CONNECTORS_H_

#include <string>
#include <vector>

#include "base/result.h"
#include "connectors/kafka/client/kafka_settings.h"
#include "pipeline/config.h"
#include "pipeline/connector.h"

namespace wirewatch {

SharedSectionSpec KafkaSharedSection();
SourceConnector KafkaSourceConnector();
MatchStreamConnector KafkaMatchStreamConnector();
AlertSourceConnector KafkaAlertSourceConnector();
AlertSinkConnector KafkaAlertSinkConnector();
DecisionConnector KafkaDecisionConnector();
DeadLetterConnector KafkaDeadLetterConnector();

// The section `kafka`. REQUIRES: the configuration was parsed with KafkaSharedSection.
KafkaSettings KafkaSettingsOf(const Config& config);

// The transactions of a step ("match", "alert") whose source has the fields `consumer`; none without
// kafka.exactly_once. Borrows `metrics`.
Result<StepTransactions> MakeKafkaTransactions(std::string step, const Fields& consumer, const SharedSections& sections,
                                               MetricsRegistry& metrics);

// With kafka.exactly_once: connectors that take no part in Kafka's transactions, since what went elsewhere could not be
// undone with them.
std::vector<ConnectorFinding> CheckExactlyOnce(const Config& config);

}  // namespace wirewatch

#endif  // WIREWATCH_CONNECTORS_KAFKA_KAFKA_CONNECTORS_H_
