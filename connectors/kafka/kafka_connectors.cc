#include "connectors/kafka/kafka_connectors.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "connectors/kafka/admin/kafka_cluster.h"
#include "connectors/kafka/admin/kafka_topics.h"
#include "connectors/kafka/client/kafka_config.h"
#include "connectors/kafka/client/kafka_settings.h"
#include "connectors/kafka/consume/kafka_source.h"
#include "connectors/kafka/produce/kafka_partition_counter.h"
#include "connectors/kafka/produce/kafka_producer.h"
#include "connectors/kafka/produce/kafka_sink.h"
#include "connectors/kafka/produce/kafka_transactions.h"

namespace wirewatch {
namespace {

std::vector<SettingsProblem> CheckShared(const Fields& fields) {
  std::vector<SettingsProblem> problems;
  const KafkaSettings shared = KafkaSettings::From(fields);
  if (shared.bootstrap_servers.empty()) {
    problems.push_back(
        {"bootstrap_servers", "kafka.bootstrap_servers is empty: give host:port of one or more brokers"});
  }
  for (auto& [key, message] : FindPropertyProblems(shared)) {
    problems.push_back({"properties." + key, std::move(message)});
  }
  if (Status token = CheckTokenFile(shared); !token) {
    const bool has_file = !shared.oauthbearer_token_file.empty();
    problems.push_back({has_file ? "oauthbearer_token_file" : "properties.sasl.mechanism", token.error().message});
  }
  return problems;
}

// REQUIRES: there is a section `kafka`.
KafkaSettings SharedOf(const SharedSections& sections) { return KafkaSettings::From(sections.find(kKafka)->second); }

KafkaSettings SharedOf(const ConnectorContext& context) { return SharedOf(context.shared); }

// REQUIRES: they are ours: no other connector makes any.
std::shared_ptr<KafkaTransactions> TransactionsOf(const ConnectorContext& context) {
  return std::static_pointer_cast<KafkaTransactions>(context.transactions.transactions);
}

Result<std::unique_ptr<MessageSender>> MakeSender(std::string role, std::string topic, const ConnectorContext& context,
                                                  Compression compression = Compression::kFast) {
  if (auto transactions = TransactionsOf(context)) {
    return KafkaTransactions::SenderTo(std::move(topic), std::move(transactions), compression);
  }
  auto producer =
      KafkaProducer::Create(std::move(role), std::move(topic), SharedOf(context), context.metrics, compression);
  if (!producer) return std::move(producer).error();
  return std::unique_ptr<MessageSender>(*std::move(producer));
}

Result<std::unique_ptr<Source>> MakeConsumer(const Fields& fields, const ConnectorContext& context,
                                             KafkaSourceOptions options) {
  const auto transactions = TransactionsOf(context);
  options.transactional = transactions != nullptr;
  auto made = KafkaSource::Create(KafkaConsumerSettings::From(fields), SharedOf(context), context.metrics, options);
  if (!made) return std::move(made).error();
  if (transactions) transactions->CommitOffsetsOf(**made);
  return std::unique_ptr<Source>(*std::move(made));
}

// kInvalid: `topic` keeps its records for less than `window`.
Status CheckRetention(const KafkaTopicState& topic, std::chrono::milliseconds window) {
  const auto retention = NumberOf(topic, "retention.ms");
  if (!retention || *retention < 0 || *retention >= window.count()) return {};
  return Error{
      ErrorCode::kInvalid,
      fmt::format("kafka topic {} keeps its records for {} ms, less than alerts.window ({} ms): whoever takes over "
                  "could not know what has alerted; raise its retention.ms, or shorten the window",
                  topic.topic, *retention, window.count())};
}

// kInvalid: what is decided on the last of the matches could not be written.
Status CheckPartitions(const KafkaTopicState& matches, const KafkaTopicState& decisions,
                       const std::string& bootstrap_servers) {
  if (!matches.exists || !decisions.exists || decisions.partitions >= matches.partitions) return {};
  return Error{ErrorCode::kInvalid,
               fmt::format("kafka topic {} has {} partitions and kafka topic {} has {}: each partition of the matches "
                           "has its decisions in the partition of the same number; {}",
                           decisions.topic, decisions.partitions, matches.topic, matches.partitions,
                           CommandToGrow(bootstrap_servers, decisions.topic, matches.partitions))};
}

// `decisions`: empty: none. A broker that cannot be asked, and a kafka topic that is missing, are waited for later.
Status CheckWhatIsReadAgain(const std::string& matches, const std::string& decisions, const KafkaSettings& shared,
                            std::chrono::milliseconds window) {
  const auto cluster = KafkaCluster::Connect(shared, "check");
  if (!cluster) return {};
  std::vector<std::string> topics{matches};
  if (!decisions.empty()) topics.push_back(decisions);
  const auto states = (*cluster)->Describe(topics);
  if (!states) return {};
  for (const KafkaTopicState& state : *states) {
    if (Status kept = CheckRetention(state, window); !kept) return kept;
  }
  return decisions.empty() ? Status() : CheckPartitions((*states)[0], (*states)[1], shared.bootstrap_servers);
}

Result<std::unique_ptr<Source>> MakeArticlesSource(const Fields& fields, const ConnectorContext& context) {
  KafkaSourceOptions options;
  options.longest_payload = std::max(options.longest_payload, context.longest_record);
  return MakeConsumer(fields, context, options);
}

Result<std::unique_ptr<Source>> MakeMatchesSource(const Fields& fields, const ConnectorContext& context) {
  KafkaSourceOptions options;
  options.restore_window = context.alerts_window;
  if (context.decisions != nullptr) options.decisions = KafkaDecisionSettings::From(*context.decisions).topic;
  if (Status good =
          CheckWhatIsReadAgain(KafkaTopicOf(fields), options.decisions, SharedOf(context), context.alerts_window);
      !good) {
    return std::move(good).error();
  }
  return MakeConsumer(fields, context, options);
}

Result<std::unique_ptr<Source>> MakeAlertsSource(const Fields& fields, const ConnectorContext& context) {
  return MakeConsumer(fields, context, {});
}

Result<std::unique_ptr<MatchSink>> MakeMatchSink(const Fields& fields, const ConnectorContext& context) {
  const std::string& topic = KafkaTopicOf(fields);
  auto sender = MakeSender("matches", topic, context);
  if (!sender) return std::move(sender).error();
  auto partitions = KafkaPartitionCounter::Create(topic, SharedOf(context));
  if (!partitions) return std::move(partitions).error();
  return std::unique_ptr<MatchSink>(std::make_unique<KafkaMatchSink>(*std::move(sender), *std::move(partitions)));
}

Result<std::unique_ptr<AlertSink>> MakeAlertSink(const Fields& fields, const ConnectorContext& context) {
  KafkaAlertSinkSettings settings = KafkaAlertSinkSettings::From(fields);
  auto sender = MakeSender("alerts", std::move(settings.topic), context);
  if (!sender) return std::move(sender).error();
  return std::unique_ptr<AlertSink>(
      std::make_unique<KafkaAlertSink>(*std::move(sender), std::move(settings.ce_source)));
}

Result<std::unique_ptr<DecisionSink>> MakeDecisionSink(const Fields& fields, const ConnectorContext& context) {
  auto sender = MakeSender("decisions", KafkaDecisionSettings::From(fields).topic, context);
  if (!sender) return std::move(sender).error();
  return std::unique_ptr<DecisionSink>(std::make_unique<KafkaDecisionSink>(*std::move(sender)));
}

Result<std::unique_ptr<DeadLetterSink>> MakeDeadLetterSink(const Fields& fields, const ConnectorContext& context) {
  auto sender = MakeSender("dead-letters", KafkaDeadLetterSettings::From(fields).topic, context, Compression::kSmall);
  if (!sender) return std::move(sender).error();
  return std::unique_ptr<DeadLetterSink>(std::make_unique<KafkaDeadLetterSink>(*std::move(sender)));
}

}  // namespace

SharedSectionSpec KafkaSharedSection() {
  return {.name = kKafka,
          .help = "Where the Kafka cluster is and how to talk to it; used by every Kafka connector.",
          .fields = KafkaSettings::Table(),
          .check = CheckShared};
}

SourceConnector KafkaSourceConnector() {
  return {.spec = {kKafka,
                   "Reads articles from a kafka topic as a member of a consumer group: start more processes to share "
                   "the work.",
                   KafkaConsumerSettings::ArticlesTable()},
          .make = MakeArticlesSource,
          .remembers = true};
}

MatchStreamConnector KafkaMatchStreamConnector() {
  return {.spec = {kKafka,
                   "The match step writes each match to this kafka topic (key: topic id), and the alert step reads it "
                   "as a group of its own.",
                   KafkaConsumerSettings::MatchesTable()},
          .make_source = MakeMatchesSource,
          .make_sink = MakeMatchSink};
}

AlertSourceConnector KafkaAlertSourceConnector() {
  return {.spec = {kKafka,
                   "Reads alerts from a kafka topic, as a group of its own: start more processes to share the work; "
                   "they need a store that they share. What a transaction wrote is read when it is committed.",
                   KafkaConsumerSettings::AlertsTable()},
          .make = MakeAlertsSource};
}

AlertSinkConnector KafkaAlertSinkConnector() {
  return {.spec = {kKafka, "Writes every alert to a kafka topic: key topic id, value JSON, CloudEvents 1.0 headers.",
                   KafkaAlertSinkSettings::Table()},
          .make = MakeAlertSink};
}

DecisionConnector KafkaDecisionConnector() {
  return {.spec = {kKafka,
                   "Writes each decision to a kafka topic: into the partition of its match, key topic id, value JSON "
                   "(docs/schema/decision.schema.json), CloudEvents 1.0 headers.",
                   KafkaDecisionSettings::Table()},
          .make = MakeDecisionSink};
}

DeadLetterConnector KafkaDeadLetterConnector() {
  return {.spec = {kKafka,
                   "Writes dead letters to a kafka topic: the record as it came, its headers, and headers that say "
                   "why.",
                   KafkaDeadLetterSettings::Table()},
          .make = MakeDeadLetterSink};
}

KafkaSettings KafkaSettingsOf(const Config& config) { return SharedOf(config.shared); }

Result<StepTransactions> MakeKafkaTransactions(std::string step, const Fields& consumer, const SharedSections& sections,
                                               MetricsRegistry& metrics) {
  const KafkaSettings settings = SharedOf(sections);
  if (!settings.exactly_once) return StepTransactions();
  auto made = KafkaTransactions::Create(std::move(step), KafkaConsumerSettings::From(consumer), settings, metrics);
  if (!made) return std::move(made).error();
  return StepTransactions{*std::move(made), settings.transaction_interval};
}

std::vector<ConnectorFinding> CheckExactlyOnce(const Config& config) {
  std::vector<ConnectorFinding> findings;
  if (!KafkaSettingsOf(config).exactly_once) return findings;
  const auto check = [&](std::string_view what, const ConnectorConfig& connector) {
    if (connector.name == kKafka) return;
    findings.push_back({&connector, "",
                        fmt::format("kafka.exactly_once: {} cannot be {}: it takes no part in Kafka's transactions",
                                    what, connector.name),
                        "make it kafka, or turn exactly_once off (at least once, and repeats have the same id)"});
  };
  check("the source", config.source);
  for (const ConnectorConfig& sink : config.sinks) check("a sink", sink);
  if (config.decisions) check("decisions", *config.decisions);
  check("dead_letters", config.dead_letters);
  if (config.store && !config.alerts_from) {
    findings.push_back({&*config.store, "",
                        "kafka.exactly_once: alerts cannot be delivered by the step that raises them: messages take no "
                        "part in Kafka's transactions, and those of a transaction that is undone would be sent",
                        "read what is committed: alerts_from: kafka"});
  }
  return findings;
}

}  // namespace wirewatch
