// What a configuration says to the Kafka connectors: the section `kafka`, and the fields of each connector.
#ifndef WIREWATCH_CONNECTORS_KAFKA_CLIENT_KAFKA_SETTINGS_H_
#define WIREWATCH_CONNECTORS_KAFKA_CLIENT_KAFKA_SETTINGS_H_

#include <chrono>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/settings/field_spec.h"

namespace wirewatch {

inline constexpr std::string_view kKafka = "kafka";  // the connectors' name, and that of the section

// The section `kafka`: where the cluster is, and how to talk to it.
struct KafkaSettings {
  std::string bootstrap_servers;
  std::string client_id;
  bool exactly_once = false;
  std::chrono::milliseconds transaction_interval{};
  std::map<std::string, std::string> properties;  // librdkafka's; a value may refer to a secret (base/secret.h)
  std::string oauthbearer_token_file;             // empty: none

  static const FieldTable& Table();
  static KafkaSettings From(const Fields& fields);
};

// A member of a consumer group: of the source, of the stream between the steps, and of the alerts to be delivered.
struct KafkaConsumerSettings {
  std::string topic;
  std::string group;
  std::string instance_id;   // empty: none
  std::string offset_reset;  // "earliest", "latest", "error"

  static const FieldTable& ArticlesTable();
  static const FieldTable& MatchesTable();
  static const FieldTable& AlertsTable();
  static KafkaConsumerSettings From(const Fields& fields);
};

struct KafkaAlertSinkSettings {
  std::string topic;
  std::string ce_source;  // the CloudEvents source of the alerts

  static const FieldTable& Table();
  static KafkaAlertSinkSettings From(const Fields& fields);
};

struct KafkaDecisionSettings {
  std::string topic;

  static const FieldTable& Table();
  static KafkaDecisionSettings From(const Fields& fields);
};

struct KafkaDeadLetterSettings {
  std::string topic;

  static const FieldTable& Table();
  static KafkaDeadLetterSettings From(const Fields& fields);
};

// The kafka topic of any Kafka connector.
const std::string& KafkaTopicOf(const Fields& fields);

}  // namespace wirewatch

#endif  // WIREWATCH_CONNECTORS_KAFKA_CLIENT_KAFKA_SETTINGS_H_
