#include "connectors/kafka/admin/kafka_topics.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/clock.h"
#include "base/text/ascii.h"
#include "base/text/numbers.h"
#include "connectors/kafka/client/kafka_settings.h"
#include "connectors/kafka/consume/restore.h"

namespace wirewatch {
namespace {

constexpr std::string_view kNoCompaction =
    "compaction deletes all but the last record of a key, and refuses records without one";

// Collects what is wrong with one kafka topic.
class Judge {
 public:
  Judge(const KafkaTopicNeeds& needs, const KafkaTopicState& state, const KafkaClusterFacts& cluster,
        std::vector<KafkaTopicProblem>& problems)
      : needs_(needs), state_(state), cluster_(cluster), problems_(problems) {}

  // False: there is nothing to look at further.
  bool CheckPresence() {
    if (!state_.refusal.empty()) {
      Add(true, fmt::format("the brokers tell nothing of it: {}", state_.refusal),
          "allow this user the operation Describe on it");
    } else if (!state_.exists) {
      Add(true, "it does not exist", "wirewatch topics --config FILE --create makes it");
    }
    return state_.refusal.empty() && state_.exists;
  }

  void CheckReplicas() {
    if (state_.without_leader > 0) {
      Add(true,
          fmt::format("{} of {} partitions have no leader: they take and give nothing", state_.without_leader,
                      state_.partitions),
          "start the brokers that hold them (kafka-topics.sh --describe names them)");
    }
    if (state_.replication == 1 && cluster_.brokers > 1) {
      Add(false,
          fmt::format("replication is 1: what the death of a broker takes away is lost, though there are {}",
                      cluster_.brokers),
          "add replicas with kafka-reassign-partitions.sh");
    }
    const auto in_sync = NumberOf(state_, "min.insync.replicas");
    if (in_sync && *in_sync > state_.replication) {
      Add(false,
          fmt::format("min.insync.replicas is {} and replication is {}: it takes no message", *in_sync,
                      state_.replication),
          Alter("min.insync.replicas", std::to_string(state_.replication)));
    }
  }

  void CheckPartitions(int least) {
    if (state_.partitions >= least) return;
    Add(false,
        fmt::format(
            "it has {} partitions and {} has {}: what is decided on the records of the others cannot be written",
            state_.partitions, needs_.partitions_of, least),
        CommandToGrow(cluster_.bootstrap_servers, needs_.topic, least));
  }

  void CheckSettings(std::int64_t least_message_bytes) {
    if (!state_.settings) {
      Add(false, "its settings may not be read, so nobody knows whether they will do",
          "allow this user the operation DescribeConfigs on it");
      return;
    }
    if (const auto policy = SettingOf(state_, "cleanup.policy"); policy && *policy != needs_.cleanup_policy) {
      Add(false, fmt::format("cleanup.policy is {}: {}", *policy, needs_.cleanup_reason),
          Alter("cleanup.policy", needs_.cleanup_policy));
    }
    if (const auto ms = NumberOf(state_, "retention.ms"); ms && *ms >= 0 && *ms < needs_.retention.count()) {
      Add(false,
          fmt::format("retention.ms is {} ({}): {}", *ms, FormatDuration(std::chrono::milliseconds(*ms)),
                      needs_.retention_reason),
          Alter("retention.ms", std::to_string(needs_.retention.count())));
    }
    if (const auto bytes = NumberOf(state_, "max.message.bytes"); bytes && *bytes < least_message_bytes) {
      const std::string over = needs_.message_bytes_over.empty() ? std::string("decode.max_record_bytes")
                                                                 : fmt::format("that of {}", needs_.message_bytes_over);
      Add(false,
          fmt::format("max.message.bytes is {}, not {} KiB over {}: a long dead letter is cut", *bytes,
                      needs_.message_bytes_by >> 10, over),
          Alter("max.message.bytes", std::to_string(least_message_bytes)));
    }
  }

 private:
  void Add(bool absent, std::string message, std::string help) {
    problems_.push_back({needs_.topic, absent, std::move(message), std::move(help)});
  }
  std::string Alter(std::string_view name, std::string_view value) const {
    return fmt::format(
        "kafka-configs.sh --bootstrap-server {} --alter --entity-type topics --entity-name {} "
        "--add-config {}={}",
        cluster_.bootstrap_servers, needs_.topic, name, value);
  }

  const KafkaTopicNeeds& needs_;
  const KafkaTopicState& state_;
  const KafkaClusterFacts& cluster_;
  std::vector<KafkaTopicProblem>& problems_;
};

KafkaTopicNeeds ArticlesNeeds(const Config& config) {
  return {.topic = KafkaTopicOf(config.source.fields),
          .purpose = "articles",
          .retention = std::chrono::days(1),
          .retention_reason = "articles that could not be read for a day, over an outage or a weekend, are deleted",
          .cleanup_policy = "delete",
          .cleanup_reason = kNoCompaction,
          .new_partitions = 12};
}

// Of a sink, or of who reads them.
KafkaTopicNeeds AlertsNeeds(const ConnectorConfig& connector) {
  return {.topic = KafkaTopicOf(connector.fields),
          .purpose = "alerts",
          .retention = std::chrono::days(1),
          .retention_reason = "readers that are away for a day miss alerts",
          .cleanup_policy = "delete",
          .cleanup_reason = kNoCompaction,
          .new_partitions = 3};
}

KafkaTopicNeeds MatchesNeeds(const Config& config) {
  return {.topic = KafkaTopicOf(config.matches->fields),
          .purpose = "matches",
          .retention = config.alerts.window + std::chrono::days(1),
          .retention_reason =
              "whoever takes over reads the last alerts.window again, to know what has alerted; the rest is "
              "for the time that nobody reads",
          .cleanup_policy = "delete",
          .cleanup_reason = kNoCompaction,
          .new_partitions = 12};
}

KafkaTopicNeeds DecisionsNeeds(const Config& config) {
  KafkaTopicNeeds needs{.topic = KafkaTopicOf(config.decisions->fields),
                        .purpose = "decisions",
                        .retention = config.alerts.window + std::chrono::days(1),
                        .retention_reason =
                            "whoever takes over reads those of the last alerts.window again, to know which stories "
                            "were told; the rest is for the time that nobody reads",
                        .cleanup_policy = "delete",
                        .cleanup_reason = kNoCompaction,
                        .new_partitions = 12};
  if (config.matches) {
    needs.partitions_of = KafkaTopicOf(config.matches->fields);
  } else if (config.source.name == kKafka) {
    needs.partitions_of = KafkaTopicOf(config.source.fields);
  }
  return needs;
}

bool WritesDecisions(const Config& config) { return config.decisions && config.decisions->name == kKafka; }

KafkaTopicNeeds DeadLettersNeeds(const Config& config) {
  KafkaTopicNeeds needs{.topic = KafkaTopicOf(config.dead_letters.fields),
                        .purpose = "dead letters",
                        .retention = std::chrono::days(7),
                        .retention_reason = "somebody must have the time to look at them before they are deleted",
                        .cleanup_policy = "delete",
                        .cleanup_reason = kNoCompaction,
                        .message_bytes_by = kDeadLetterHeaderBytes,
                        .new_partitions = 1};
  if (config.source.name == kKafka) {
    needs.message_bytes_over = KafkaTopicOf(config.source.fields);
  } else {
    needs.message_bytes = static_cast<std::int64_t>(config.decode.limits.max_record_bytes) + kDeadLetterHeaderBytes;
  }
  return needs;
}

constexpr std::size_t kLongestTopicName = 249;

// One use of a kafka topic.
struct Use {
  const ConnectorConfig* connector;
  std::string_view of;  // "articles"
  bool is_read;
};

bool ReadsAlerts(const Config& config) { return config.alerts_from && config.alerts_from->name == kKafka; }

// What is read for delivery is what one of the sinks writes.
bool WritesAlertsToRead(const Config& config) {
  return std::any_of(config.sinks.begin(), config.sinks.end(), [&](const ConnectorConfig& sink) {
    return sink.name == kKafka && KafkaTopicOf(sink.fields) == KafkaTopicOf(config.alerts_from->fields);
  });
}

// In the order in which an operator thinks of them: what is read, before what is written.
std::vector<Use> UsesOf(const Config& config) {
  std::vector<Use> uses;
  if (config.source.name == kKafka) uses.push_back({&config.source, "articles", true});
  if (config.matches) uses.push_back({&*config.matches, "matches", true});
  if (ReadsAlerts(config) && !WritesAlertsToRead(config)) uses.push_back({&*config.alerts_from, "alerts", true});
  if (WritesDecisions(config)) uses.push_back({&*config.decisions, "decisions", false});
  for (const ConnectorConfig& sink : config.sinks) {
    if (sink.name == kKafka) uses.push_back({&sink, "alerts", false});
  }
  if (config.dead_letters.name == kKafka) uses.push_back({&config.dead_letters, "dead letters", false});
  return uses;
}

std::string HelpForName(const std::string& name) {
  if (name.find("${") != std::string::npos) {
    return "${env:NAME} and ${file:PATH} are looked up in kafka.properties only: write the name itself";
  }
  if (name.starts_with('^')) return "regular expressions are not taken: name one kafka topic";
  return "a name has 1 to 249 letters, digits, '.', '_' and '-'";
}

ConnectorFinding TwoUses(const std::string& topic, const Use& first, const Use& second) {
  if (first.is_read) {
    return {second.connector, "topic",
            fmt::format("kafka topic {} is read for {}: {} that are written there would be read as {}, without end",
                        topic, first.of, second.of, first.of),
            fmt::format("give {} a kafka topic of their own", second.of)};
  }
  return {second.connector, "topic",
          first.of == second.of
              ? fmt::format("kafka topic {} is written by two sinks: each of the {} would stand there "
                            "twice",
                            topic, first.of)
              : fmt::format("kafka topic {} is where {} and {} go: its readers could not tell them apart", topic,
                            first.of, second.of),
          "give each a kafka topic of its own"};
}

ConnectorFinding NoGroup(const ConnectorConfig& connector) {
  return {&connector, "group", "a consumer group needs a name", "such as wirewatch"};
}

// The restore of the alert step's state happens within a poll. While it lasts the group hears nothing of us.
void CheckPollInterval(const Config& config, std::vector<ConnectorFinding>& findings) {
  const auto shared = config.shared.find(kKafka);
  // Whatever the roles: both steps are mostly given the same file, and roles are read after this check.
  if (!config.matches || shared == config.shared.end()) return;
  const auto properties = KafkaSettings::From(shared->second).properties;
  const auto at = properties.find("max.poll.interval.ms");
  const auto interval = at != properties.end() ? ParseNumber<std::int64_t>(at->second) : std::nullopt;
  if (!interval || *interval > kLongestRestore.count()) return;
  findings.push_back({nullptr, "kafka.properties.max.poll.interval.ms",
                      fmt::format("max.poll.interval.ms is {}: a process that takes over partitions of matches first "
                                  "reads what has alerted, which may take {} ms; after {} ms the group would take it "
                                  "for dead",
                                  *interval, kLongestRestore.count(), *interval),
                      fmt::format("more than {}, or leave it out (300000)", kLongestRestore.count())});
}

// Null: nothing is told of it.
const KafkaTopicState* Find(const std::vector<KafkaTopicState>& states, const std::string& topic) {
  const auto at =
      std::find_if(states.begin(), states.end(), [&](const KafkaTopicState& state) { return state.topic == topic; });
  return at != states.end() ? &*at : nullptr;
}

}  // namespace

bool IsKafkaTopicName(std::string_view name) {
  return !name.empty() && name.size() <= kLongestTopicName && name != "." && name != ".." &&
         std::all_of(name.begin(), name.end(),
                     [](char c) { return IsAsciiLetter(c) || IsAsciiDigit(c) || c == '.' || c == '_' || c == '-'; });
}

std::vector<ConnectorFinding> CheckKafkaTopics(const Config& config) {
  std::vector<ConnectorFinding> findings;
  const std::vector<Use> uses = UsesOf(config);
  const auto topic_of = [](const Use& use) { return KafkaTopicOf(use.connector->fields); };
  for (auto use = uses.begin(); use != uses.end(); ++use) {
    const std::string topic = topic_of(*use);
    if (!IsKafkaTopicName(topic)) {
      findings.push_back({use->connector, "topic", fmt::format("'{}' cannot be the name of a kafka topic", topic),
                          HelpForName(topic)});
      continue;
    }
    const auto first = std::find_if(uses.begin(), use, [&](const Use& one) { return topic_of(one) == topic; });
    if (first != use) findings.push_back(TwoUses(topic, *first, *use));
  }
  for (const Use& use : uses) {
    if (use.is_read && KafkaConsumerSettings::From(use.connector->fields).group.empty()) {
      findings.push_back(NoGroup(*use.connector));
    }
  }
  // A use of its own only where no sink writes there.
  if (ReadsAlerts(config) && WritesAlertsToRead(config) &&
      KafkaConsumerSettings::From(config.alerts_from->fields).group.empty()) {
    findings.push_back(NoGroup(*config.alerts_from));
  }
  CheckPollInterval(config, findings);
  return findings;
}

std::vector<KafkaTopicNeeds> KafkaTopicsOf(const Config& config) {
  std::vector<KafkaTopicNeeds> all;
  if (config.source.name == kKafka) all.push_back(ArticlesNeeds(config));
  if (config.matches) all.push_back(MatchesNeeds(config));
  if (WritesDecisions(config)) all.push_back(DecisionsNeeds(config));
  for (const ConnectorConfig& sink : config.sinks) {
    if (sink.name == kKafka) all.push_back(AlertsNeeds(sink));
  }
  if (ReadsAlerts(config) && !WritesAlertsToRead(config)) all.push_back(AlertsNeeds(*config.alerts_from));
  if (config.dead_letters.name == kKafka) all.push_back(DeadLettersNeeds(config));
  return all;
}

std::optional<std::string> SettingOf(const KafkaTopicState& state, const std::string& name) {
  if (!state.settings) return std::nullopt;
  const auto at = state.settings->find(name);
  return at != state.settings->end() ? std::optional(at->second) : std::nullopt;
}

std::optional<std::int64_t> NumberOf(const KafkaTopicState& state, const std::string& name) {
  const auto text = SettingOf(state, name);
  return text ? ParseNumber<std::int64_t>(*text) : std::nullopt;
}

std::int64_t LeastMessageBytes(const KafkaTopicNeeds& needs, const std::vector<KafkaTopicState>& states) {
  if (needs.message_bytes_over.empty()) return needs.message_bytes;
  const KafkaTopicState* const other = Find(states, needs.message_bytes_over);
  const auto bytes = other != nullptr ? NumberOf(*other, "max.message.bytes") : std::nullopt;
  return bytes ? std::max(needs.message_bytes, *bytes + needs.message_bytes_by) : needs.message_bytes;
}

int LeastPartitions(const KafkaTopicNeeds& needs, const std::vector<KafkaTopicState>& states) {
  const KafkaTopicState* const other = Find(states, needs.partitions_of);
  return other != nullptr ? other->partitions : 0;
}

std::string CommandToGrow(const std::string& bootstrap_servers, const std::string& topic, int partitions) {
  return fmt::format("kafka-topics.sh --bootstrap-server {} --alter --topic {} --partitions {}", bootstrap_servers,
                     topic, partitions);
}

std::vector<KafkaTopicProblem> JudgeTopics(const std::vector<KafkaTopicNeeds>& needs,
                                           const std::vector<KafkaTopicState>& states,
                                           const KafkaClusterFacts& cluster) {
  std::vector<KafkaTopicProblem> problems;
  for (std::size_t i = 0; i < needs.size(); ++i) {
    Judge judge(needs[i], states[i], cluster, problems);
    if (!judge.CheckPresence()) continue;
    judge.CheckReplicas();
    judge.CheckPartitions(LeastPartitions(needs[i], states));
    judge.CheckSettings(LeastMessageBytes(needs[i], states));
  }
  return problems;
}

}  // namespace wirewatch
