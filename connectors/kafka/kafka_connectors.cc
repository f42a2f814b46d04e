#include "connectors/kafka/kafka_connectors.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "connectors/kafka/admin/kafka_cluster.h"
#include "connectors/kafka/admin/kafka_topics.h"
#include "connectors/kafka/client/kafka_config.h"
#include "connectors/kafka/consume/kafka_source.h"
#include "connectors/kafka/produce/kafka_partition_counter.h"
#include "connectors/kafka/produce/kafka_producer.h"
#include "connectors/kafka/produce/kafka_sink.h"
#include "connectors/kafka/produce/kafka_transactions.h"
#include "pipeline/alert/alert_sink.h"
#include "pipeline/match/match_sink.h"

namespace wirewatch {
namespace {

std::vector<ConfigProblem> CheckShared(const Fields& shared) {
  std::vector<ConfigProblem> problems;
  if (shared.String("bootstrap_servers").empty()) {
    problems.push_back(
        {"bootstrap_servers", "kafka.bootstrap_servers is empty: give host:port of one or more brokers"});
  }
  for (auto& [key, message] : FindPropertyProblems(shared))
    problems.push_back({"properties." + key, std::move(message)});
  if (Status token = CheckTokenFile(shared); !token) {
    const bool has_file = !shared.String("oauthbearer_token_file").empty();
    problems.push_back({has_file ? "oauthbearer_token_file" : "properties.sasl.mechanism", token.error().message});
  }
  return problems;
}

Result<std::unique_ptr<MessageSender>> MakeSender(std::string role, const Fields& sink, const Fields& shared,
                                                  Metrics& metrics, const KafkaTransactionsPtr& transactions,
                                                  Compression compression = Compression::kFast) {
  if (transactions) return KafkaTransactions::SenderTo(sink.String("topic"), transactions, compression);
  auto producer = KafkaProducer::Create(std::move(role), sink.String("topic"), shared, metrics, compression);
  if (!producer) return std::move(producer).error();
  return std::unique_ptr<MessageSender>(*std::move(producer));
}

Result<std::unique_ptr<Source>> MakeConsumer(const Fields& source, const Fields& shared, Metrics& metrics,
                                             KafkaSourceOptions options, const KafkaTransactionsPtr& transactions) {
  options.transactional = transactions != nullptr;
  auto made = KafkaSource::Create(source, shared, metrics, options);
  if (!made) return std::move(made).error();
  if (transactions) transactions->CommitOffsetsOf(**made);
  return std::unique_ptr<Source>(*std::move(made));
}

// kInvalid: the kafka topic keeps its records for less than `window`. A broker that cannot be asked is waited for
// later.
Status CheckRetention(const std::string& topic, const Fields& shared, std::chrono::milliseconds window) {
  const auto cluster = KafkaCluster::Connect(shared, "check");
  if (!cluster) return {};
  const auto states = (*cluster)->Describe({topic});
  if (!states) return {};
  const auto retention = NumberOf(states->front(), "retention.ms");
  if (!retention || *retention < 0 || *retention >= window.count()) return {};
  return Error{
      ErrorCode::kInvalid,
      fmt::format("kafka topic {} keeps its records for {} ms, less than alerts.window ({} ms): whoever takes over "
                  "could not know what has alerted; raise its retention.ms, or shorten the window",
                  topic, *retention, window.count())};
}

FieldTable ConsumerFields(std::string_view topic, std::string_view topic_help, std::string_view group) {
  return {{"topic", FieldType::kString, topic, topic_help},
          {"group", FieldType::kString, group, "The consumer group, which keeps how far we have read."},
          {"instance_id", FieldType::kString, "",
           "A name of this process that is the same after a restart (host or pod name; static membership): a restart "
           "within 45 s moves no partitions. Unique in the group; empty: none, and when the process dies without a "
           "word the group stands still for up to 15 s."},
          {"offset_reset",
           FieldType::kString,
           "earliest",
           "Where to begin when the group has no offset for a partition, or one that is no longer there: the earliest "
           "record, the latest (records are skipped), or stop with an error.",
           {"earliest", "latest", "error"}}};
}

}  // namespace

ConnectorSpec KafkaSharedSpec() {
  return {
      "kafka",
      "Where the Kafka cluster is and how to talk to it; used by every Kafka connector.",
      {{"bootstrap_servers", FieldType::kString, "127.0.0.1:9092",
        "host:port of one or more brokers, separated by commas."},
       {"client_id", FieldType::kString, "wirewatch",
        "The name under which the brokers log and limit us; the instance_id or the sink's role is added to it."},
       {"exactly_once", FieldType::kBool, "false",
        "Alerts, matches, dead letters and offsets go into transactions: a reader with "
        "isolation.level=read_committed sees each alert once, whatever is killed or read twice. The source, all sinks "
        "and the dead letters must be Kafka's. Give the consumers an instance_id."},
       {"transaction_interval", FieldType::kDuration, "100ms",
        "With exactly_once: how long a transaction takes up records before it is committed; what readers wait for."},
       {"properties", FieldType::kStringMap, "",
        "Properties of librdkafka (its CONFIGURATION.md), for TLS, SASL and tuning. A value may be `${env:NAME}` or "
        "`${file:/path}` (without its final newline), looked up when a client is made. Secrets are never logged."},
       {"oauthbearer_token_file", FieldType::kString, "",
        "With sasl.mechanisms: OAUTHBEARER: the file of the token, which somebody beside us (a sidecar) writes anew "
        "before it expires. That is the claim `exp` of a JWT; any other token is taken for valid for 10 minutes "
        "from the file's time on."}},
      CheckShared};
}

ConnectorSpec KafkaSourceSpec() {
  return {"kafka",
          "Reads articles from a kafka topic as a member of a consumer group: start more processes to share the work.",
          ConsumerFields("articles", "The kafka topic with one article a record.", "wirewatch")};
}

ConnectorSpec KafkaMatchesSpec() {
  return {
      "kafka",
      "The match step writes each match to this kafka topic (key: topic id), and the alert step reads it as a group "
      "of its own.",
      ConsumerFields("matches",
                     "The kafka topic between the two steps; it must exist, and keep its records for longer than "
                     "alerts.window and the longest time that nobody reads them.",
                     "wirewatch-alert")};
}

ConnectorSpec KafkaAlertSinkSpec() {
  return {
      "kafka",
      "Writes every alert to a kafka topic: key topic id, value JSON, CloudEvents 1.0 headers.",
      {{"topic", FieldType::kString, "alerts", "The kafka topic to write to; it must exist."},
       {"ce_source", FieldType::kString, "urn:wirewatch",
        "The CloudEvents source of the alerts, a URI: one for each installation whose alerts come together, since an "
        "alert is told from others by ce_source and ce_id."}}};
}

ConnectorSpec KafkaDeadLetterSinkSpec() {
  return {"kafka",
          "Writes dead letters to a kafka topic: the record as it came, its headers, and headers that say why.",
          {{"topic", FieldType::kString, "articles.dead-letter",
            "The kafka topic to write to; it must exist, and take slightly larger messages than that of the articles: "
            "a longer dead letter is cut."}}};
}

const Fields& KafkaSectionOf(const Config& config) { return config.shared.find("kafka")->second; }

Result<std::unique_ptr<Source>> MakeKafkaSource(const Fields& source, const Fields& shared, std::size_t longest_record,
                                                Metrics& metrics, const KafkaTransactionsPtr& transactions) {
  KafkaSourceOptions options;
  options.longest_payload = std::max(options.longest_payload, longest_record);
  return MakeConsumer(source, shared, metrics, options, transactions);
}

Result<std::unique_ptr<Source>> MakeKafkaMatchesSource(const Fields& matches, const Fields& shared,
                                                       std::chrono::milliseconds window, Metrics& metrics,
                                                       const KafkaTransactionsPtr& transactions) {
  if (Status kept = CheckRetention(matches.String("topic"), shared, window); !kept) return std::move(kept).error();
  KafkaSourceOptions options;
  options.restore_window = window;
  return MakeConsumer(matches, shared, metrics, options, transactions);
}

Result<std::unique_ptr<MatchSink>> MakeKafkaMatchSink(const Fields& matches, const Fields& shared, Metrics& metrics,
                                                      const KafkaTransactionsPtr& transactions) {
  auto sender = MakeSender("matches", matches, shared, metrics, transactions);
  if (!sender) return std::move(sender).error();
  auto partitions = KafkaPartitionCounter::Create(matches.String("topic"), shared);
  if (!partitions) return std::move(partitions).error();
  return std::unique_ptr<MatchSink>(std::make_unique<KafkaMatchSink>(*std::move(sender), *std::move(partitions)));
}

Result<std::unique_ptr<AlertSink>> MakeKafkaAlertSink(const Fields& sink, const Fields& shared, Metrics& metrics,
                                                      const KafkaTransactionsPtr& transactions) {
  auto sender = MakeSender("alerts", sink, shared, metrics, transactions);
  if (!sender) return std::move(sender).error();
  return std::unique_ptr<AlertSink>(std::make_unique<KafkaAlertSink>(*std::move(sender), sink.String("ce_source")));
}

Result<std::unique_ptr<DeadLetterSink>> MakeKafkaDeadLetterSink(const Fields& sink, const Fields& shared,
                                                                Metrics& metrics,
                                                                const KafkaTransactionsPtr& transactions) {
  auto sender = MakeSender("dead-letters", sink, shared, metrics, transactions, Compression::kSmall);
  if (!sender) return std::move(sender).error();
  return std::unique_ptr<DeadLetterSink>(std::make_unique<KafkaDeadLetterSink>(*std::move(sender)));
}

}  // namespace wirewatch
