#include "connectors/kafka/client/kafka_settings.h"

namespace wirewatch {
namespace {

FieldTable ConsumerTable(std::string_view topic, std::string_view topic_help, std::string_view group) {
  return {
      TextField("topic", topic_help).Default(topic),
      TextField("group", "The consumer group, which keeps how far we have read.").Default(group),
      TextField("instance_id",
                "A name of this process that is the same after a restart (host or pod name; static membership): a "
                "restart within 45 s moves no partitions. Unique in the group; empty: none, and when the process dies "
                "without a word the group stands still for up to 15 s."),
      TextField("offset_reset",
                "Where to begin when the group has no offset for a partition, or one that is no longer there: the "
                "earliest record, the latest (records are skipped), or stop with an error.")
          .Default("earliest")
          .OneOf({"earliest", "latest", "error"}),
  };
}

}  // namespace

const FieldTable& KafkaSettings::Table() {
  static const FieldTable table = {
      TextField("bootstrap_servers", "host:port of one or more brokers, separated by commas.")
          .Default("127.0.0.1:9092"),
      TextField("client_id",
                "The name under which the brokers log and limit us; the instance_id or the sink's role is added to "
                "it.")
          .Default("wirewatch"),
      BoolField("exactly_once",
                "Alerts, matches, decisions, dead letters and offsets go into transactions: a reader with "
                "isolation.level=read_committed sees each alert once, whatever is killed or read twice. The source, "
                "all sinks, the decisions and the dead letters must be Kafka's. Give the consumers an instance_id.")
          .Default("false"),
      DurationField("transaction_interval",
                    "With exactly_once: how long a transaction takes up records before it is committed; what readers "
                    "wait for.")
          .Default("100ms"),
      TextMapField("properties",
                   "Properties of librdkafka (its CONFIGURATION.md), for TLS, SASL and tuning. A value may be "
                   "`${env:NAME}` or `${file:/path}` (without its final newline), looked up when a client is made. "
                   "Secrets are never logged."),
      TextField("oauthbearer_token_file",
                "With sasl.mechanisms: OAUTHBEARER: the file of the token, which somebody beside us (a sidecar) "
                "writes anew before it expires. That is the claim `exp` of a JWT; any other token is taken for valid "
                "for 10 minutes from the file's time on."),
  };
  return table;
}

KafkaSettings KafkaSettings::From(const Fields& fields) {
  return {.bootstrap_servers = fields.String("bootstrap_servers"),
          .client_id = fields.String("client_id"),
          .exactly_once = fields.Bool("exactly_once"),
          .transaction_interval = fields.Duration("transaction_interval"),
          .properties = fields.Map("properties"),
          .oauthbearer_token_file = fields.String("oauthbearer_token_file")};
}

const FieldTable& KafkaConsumerSettings::ArticlesTable() {
  static const FieldTable table = ConsumerTable("articles", "The kafka topic with one article a record.", "wirewatch");
  return table;
}

const FieldTable& KafkaConsumerSettings::MatchesTable() {
  static const FieldTable table =
      ConsumerTable("matches",
                    "The kafka topic between the two steps; it must exist, and keep its records for longer than "
                    "alerts.window and the longest time that nobody reads them.",
                    "wirewatch-alert");
  return table;
}

const FieldTable& KafkaConsumerSettings::AlertsTable() {
  static const FieldTable table =
      ConsumerTable("alerts", "The kafka topic into which a sink writes the alerts.", "wirewatch-deliver");
  return table;
}

KafkaConsumerSettings KafkaConsumerSettings::From(const Fields& fields) {
  return {.topic = KafkaTopicOf(fields),
          .group = fields.String("group"),
          .instance_id = fields.String("instance_id"),
          .offset_reset = fields.String("offset_reset")};
}

const FieldTable& KafkaAlertSinkSettings::Table() {
  static const FieldTable table = {
      TextField("topic", "The kafka topic to write to; it must exist.").Default("alerts"),
      TextField("ce_source",
                "The CloudEvents source of the alerts, a URI: one for each installation whose alerts come together, "
                "since an alert is told from others by ce_source and ce_id.")
          .Default("urn:wirewatch"),
  };
  return table;
}

KafkaAlertSinkSettings KafkaAlertSinkSettings::From(const Fields& fields) {
  return {.topic = KafkaTopicOf(fields), .ce_source = fields.String("ce_source")};
}

const FieldTable& KafkaDecisionSettings::Table() {
  static const FieldTable table = {
      TextField(
          "topic",
          "The kafka topic to write to; it must exist, with as many partitions as the kafka topic of the matches, "
          "and keep its records for as long.")
          .Default("decisions"),
  };
  return table;
}

KafkaDecisionSettings KafkaDecisionSettings::From(const Fields& fields) { return {.topic = KafkaTopicOf(fields)}; }

const FieldTable& KafkaDeadLetterSettings::Table() {
  static const FieldTable table = {
      TextField("topic",
                "The kafka topic to write to; it must exist, and take slightly larger messages than that of the "
                "articles: a longer dead letter is cut.")
          .Default("articles.dead-letter"),
  };
  return table;
}

KafkaDeadLetterSettings KafkaDeadLetterSettings::From(const Fields& fields) { return {.topic = KafkaTopicOf(fields)}; }

const std::string& KafkaTopicOf(const Fields& fields) { return fields.String("topic"); }

}  // namespace wirewatch
