#include "connectors/kafka/kafka_connectors.h"

#include <utility>

#include "connectors/kafka/kafka_config.h"
#include "connectors/kafka/kafka_producer.h"
#include "connectors/kafka/kafka_sink.h"
#include "connectors/kafka/kafka_source.h"

namespace wirewatch {
namespace {

Status CheckShared(const Fields& shared) {
  if (shared.String("bootstrap_servers").empty()) {
    return Error{ErrorCode::kInvalid, "kafka.bootstrap_servers is empty: give host:port of one or more brokers"};
  }
  return CheckProperties(shared);
}

Result<std::unique_ptr<KafkaProducer>> MakeProducer(std::string role, const Fields& sink, const Fields& shared,
                                                    Metrics& metrics) {
  return KafkaProducer::Create(std::move(role), sink.String("topic"), shared, metrics);
}

}  // namespace

ConnectorSpec KafkaSharedSpec() {
  return {"kafka",
          "Where the Kafka cluster is and how to talk to it; used by every Kafka connector.",
          {{"bootstrap_servers", FieldType::kString, "127.0.0.1:9092",
            "host:port of one or more brokers, separated by commas."},
           {"client_id", FieldType::kString, "wirewatch",
            "The name under which the brokers log and limit us; the instance_id or the sink's role is added to it."},
           {"properties", FieldType::kStringMap, "",
            "Properties of librdkafka (its CONFIGURATION.md), for TLS, SASL and tuning. Values are never logged."}},
          CheckShared};
}

ConnectorSpec KafkaSourceSpec() {
  return {"kafka",
          "Reads articles from a kafka topic as a member of a consumer group: start more processes to share the work.",
          {{"topic", FieldType::kString, "articles", "The kafka topic with one article a record."},
           {"group", FieldType::kString, "wirewatch", "The consumer group, which keeps how far we have read."},
           {"instance_id", FieldType::kString, "",
            "A name of this process that is the same after a restart (host or pod name; static membership): a restart "
            "within 45 s moves no partitions. Unique in the group; empty: none."},
           {"offset_reset",
            FieldType::kString,
            "earliest",
            "Where to begin when the group has no offset for a partition, or one that is no longer there: the earliest "
            "article, the latest (articles are skipped), or stop with an error.",
            {"earliest", "latest", "error"}}}};
}

ConnectorSpec KafkaAlertSinkSpec() {
  return {"kafka",
          "Writes every alert to a kafka topic: key topic id, value JSON, CloudEvents 1.0 headers.",
          {{"topic", FieldType::kString, "alerts", "The kafka topic to write to; it must exist."}}};
}

ConnectorSpec KafkaDeadLetterSinkSpec() {
  return {
      "kafka",
      "Writes dead letters to a kafka topic: the record as it came, its headers, and headers that say why.",
      {{"topic", FieldType::kString, "articles.dead-letter",
        "The kafka topic to write to; it must exist, and take slightly larger messages than that of the articles."}}};
}

const Fields& KafkaSectionOf(const Config& config) { return config.shared.find("kafka")->second; }

Result<std::unique_ptr<Source>> MakeKafkaSource(const Fields& source, const Fields& shared, Metrics& metrics) {
  auto made = KafkaSource::Create(source, shared, metrics);
  if (!made) return std::move(made).error();
  return std::unique_ptr<Source>(*std::move(made));
}

Result<std::unique_ptr<AlertSink>> MakeKafkaAlertSink(const Fields& sink, const Fields& shared, Metrics& metrics) {
  auto producer = MakeProducer("alerts", sink, shared, metrics);
  if (!producer) return std::move(producer).error();
  return std::unique_ptr<AlertSink>(std::make_unique<KafkaAlertSink>(*std::move(producer)));
}

Result<std::unique_ptr<DeadLetterSink>> MakeKafkaDeadLetterSink(const Fields& sink, const Fields& shared,
                                                                Metrics& metrics) {
  auto producer = MakeProducer("dead-letters", sink, shared, metrics);
  if (!producer) return std::move(producer).error();
  return std::unique_ptr<DeadLetterSink>(std::make_unique<KafkaDeadLetterSink>(*std::move(producer)));
}

}  // namespace wirewatch
