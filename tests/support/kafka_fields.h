// Configuration sections for the Kafka connectors, as the parser would make them.
#ifndef WIREWATCH_TESTS_SUPPORT_KAFKA_FIELDS_H_
#define WIREWATCH_TESTS_SUPPORT_KAFKA_FIELDS_H_

#include <chrono>
#include <map>
#include <string>
#include <utility>

#include "base/settings/field_spec.h"
#include "connectors/kafka/client/kafka_settings.h"
#include "pipeline/connector.h"

namespace wirewatch {

inline Fields SharedKafkaFields(std::string bootstrap, std::map<std::string, std::string> properties = {}) {
  Fields shared;
  shared.Set("bootstrap_servers", std::move(bootstrap));
  shared.Set("client_id", std::string("wirewatch-test"));
  shared.Set("exactly_once", false);
  shared.Set("transaction_interval", std::chrono::milliseconds(100));
  shared.Set("oauthbearer_token_file", std::string());
  shared.Set("properties", std::move(properties));
  return shared;
}

inline Fields KafkaSourceFields(std::string topic, std::string group, std::string instance_id = "",
                                std::string offset_reset = "earliest") {
  Fields source;
  source.Set("topic", std::move(topic));
  source.Set("group", std::move(group));
  source.Set("instance_id", std::move(instance_id));
  source.Set("offset_reset", std::move(offset_reset));
  return source;
}

// The same, as the insides of the connectors take them.
inline KafkaSettings SharedKafka(std::string bootstrap, std::map<std::string, std::string> properties = {}) {
  return KafkaSettings::From(SharedKafkaFields(std::move(bootstrap), std::move(properties)));
}

inline KafkaConsumerSettings KafkaConsumerOf(std::string topic, std::string group, std::string instance_id = "",
                                             std::string offset_reset = "earliest") {
  return KafkaConsumerSettings::From(
      KafkaSourceFields(std::move(topic), std::move(group), std::move(instance_id), std::move(offset_reset)));
}

inline Fields KafkaSinkFields(std::string topic) {
  Fields sink;
  sink.Set("topic", std::move(topic));
  sink.Set("ce_source", std::string("urn:wirewatch"));
  return sink;
}

// What a Kafka connector is made with: a cluster whose section is SharedKafkaFields.
class KafkaContext {
 public:
  KafkaContext(Fields shared, MetricsRegistry& metrics)
      : sections_{{"kafka", std::move(shared)}}, context_{sections_, 1 << 20, std::chrono::hours(1), "", metrics, {}} {}
  KafkaContext(const KafkaContext&) = delete;
  KafkaContext& operator=(const KafkaContext&) = delete;

  operator const ConnectorContext&() const { return context_; }

 private:
  const SharedSections sections_;
  const ConnectorContext context_;
};

}  // namespace wirewatch

#endif  // WIREWATCH_TESTS_SUPPORT_KAFKA_FIELDS_H_
