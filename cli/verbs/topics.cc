// wirewatch topics: the kafka topics that a configuration names: are they there, and as they must be?

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/log.h"
#include "cli/terminal/exit_code.h"
#include "cli/terminal/table.h"
#include "cli/terminal/tell.h"
#include "cli/terminal/verb.h"
#include "cli/verbs/verbs.h"
#include "cli/wiring/config_input.h"
#include "cli/wiring/pipeline_run.h"
#include "connectors/kafka/admin/kafka_cluster.h"
#include "connectors/kafka/admin/kafka_topics.h"
#include "connectors/kafka/kafka_connectors.h"

namespace wirewatch {
namespace {

struct Options {
  std::string config;
  bool create = false;
  int partitions = 0;   // of new kafka topics; 0: each its own
  int replication = 0;  // 0: as many as there are brokers, up to kUsualReplication
};

constexpr int kUsualReplication = 3;
constexpr std::chrono::days kNewRetention{7};

std::vector<std::string> NamesOf(const std::vector<KafkaTopicNeeds>& needs) {
  std::vector<std::string> names;
  for (const KafkaTopicNeeds& one : needs) names.push_back(one.topic);
  return names;
}

// Settings are given where they matter to us, whatever the brokers' defaults are.
KafkaCluster::NewTopic NewTopicOf(const KafkaTopicNeeds& needs, std::int64_t message_bytes, int least_partitions,
                                  const Options& options, int brokers) {
  const int partitions = options.partitions != 0 ? options.partitions : needs.new_partitions;
  KafkaCluster::NewTopic made{
      .topic = needs.topic,
      .partitions = least_partitions != 0 ? least_partitions : partitions,  // as many as the other
      .replication = options.replication != 0 ? options.replication : std::min(brokers, kUsualReplication),
      .settings = {}};
  const std::chrono::milliseconds retention = std::max<std::chrono::milliseconds>(needs.retention, kNewRetention);
  made.settings["cleanup.policy"] = needs.cleanup_policy;
  made.settings["retention.ms"] = std::to_string(retention.count());
  if (message_bytes > 0) made.settings["max.message.bytes"] = std::to_string(message_bytes);
  return made;
}

// Makes what is missing, one after the other, since how large the messages of one must be may depend on another.
Result<std::vector<KafkaTopicState>> CreateMissing(KafkaCluster& cluster, const std::vector<KafkaTopicNeeds>& needs,
                                                   std::vector<KafkaTopicState> states, const Options& options) {
  for (std::size_t i = 0; i < needs.size(); ++i) {
    if (states[i].exists || !states[i].refusal.empty()) continue;
    const KafkaCluster::NewTopic wanted =
        NewTopicOf(needs[i], LeastMessageBytes(needs[i], states), LeastPartitions(needs[i], states), options,
                   cluster.facts().brokers);
    if (Status made = cluster.Create(wanted); !made) return std::move(made).error();
    Tell(fmt::format("created kafka topic {}: {} partitions, replication {}\n", wanted.topic, wanted.partitions,
                     wanted.replication));
    auto again = cluster.Describe(NamesOf(needs));
    if (!again) return again;
    states = *std::move(again);
  }
  return states;
}

std::string RetentionOf(const KafkaTopicState& state) {
  const auto ms = NumberOf(state, "retention.ms");
  if (!ms) return "?";
  if (*ms < 0) return fmt::format("{} (for ever)", *ms);
  return fmt::format("{} ({})", *ms, FormatDuration(std::chrono::milliseconds(*ms)));
}

std::vector<std::string> RowOf(const KafkaTopicNeeds& needs, const KafkaTopicState& state) {
  std::vector<std::string> row{needs.topic, std::string(needs.purpose)};
  if (!state.exists) {
    row.push_back(state.refusal.empty() ? "no" : "?");
    row.resize(8, "-");
    return row;
  }
  row.insert(row.end(),
             {"yes", std::to_string(state.partitions), std::to_string(state.replication), RetentionOf(state),
              SettingOf(state, "cleanup.policy").value_or("?"), SettingOf(state, "max.message.bytes").value_or("?")});
  return row;
}

ExitCode Report(const std::vector<KafkaTopicNeeds>& needs, const std::vector<KafkaTopicState>& states,
                const KafkaClusterFacts& cluster) {
  Table table({"kafka topic", "for", "exists", "partitions", "replication", "retention.ms", "cleanup.policy",
               "max.message.bytes"});
  for (std::size_t i = 0; i < needs.size(); ++i) table.Add(RowOf(needs[i], states[i]));
  fmt::print("{}", table.Text());
  ExitCode code = kOk;
  for (const KafkaTopicProblem& problem : JudgeTopics(needs, states, cluster)) {
    fmt::print("\n{}: {}\n  help: {}\n", problem.topic, problem.message, problem.help);
    if (code != kUnreachable) code = problem.absent ? kUnreachable : kExpectationFailed;
  }
  return code;
}

Result<ExitCode> CheckTopics(const Options& options) {
  log::SetLevel(log::Level::kWarn);
  auto config = LoadConfig(options.config);
  if (!config) return std::move(config).error();
  const std::vector<KafkaTopicNeeds> needs = KafkaTopicsOf(*config);
  if (needs.empty()) {
    Tell(fmt::format("{} names no kafka topics\n", options.config));
    return kOk;
  }
  auto cluster = KafkaCluster::Connect(KafkaSettingsOf(*config), "topics");
  if (!cluster) return std::move(cluster).error();
  auto states = (*cluster)->Describe(NamesOf(needs));
  if (states && options.create) states = CreateMissing(**cluster, needs, *std::move(states), options);
  if (!states) return std::move(states).error();
  return Report(needs, *states, (*cluster)->facts());
}

}  // namespace

void AddTopics(CLI::App& app, int& exit_code) {
  auto options = std::make_shared<Options>();
  Verb topics(app, "topics", "Check the kafka topics of a configuration, create missing ones");
  topics.Value("--config,-c", options->config, "The configuration (docs/configuration.md)").Required();
  const VerbOption create =
      topics.Flag("--create", options->create, "Create what is missing; what exists is never changed");
  topics
      .Value(
          "--partitions", options->partitions,
          "Of each that is created; else 12 for articles, 3 for alerts, 1 for dead letters; decisions have as many as "
          "matches")
      .Between(1, 100'000)
      .Needs(create);
  topics
      .Value("--replication", options->replication,
             "Of each that is created; else 3, or the number of brokers if there are fewer")
      .Between(1, 100)
      .Needs(create);
  topics.Footer(
      "Exit codes: 5 a kafka topic is missing or the brokers do not answer, 4 one is not as it must be.\n\n"
      "Examples:\n"
      "  wirewatch topics --config wirewatch.yaml\n"
      "  wirewatch topics --config wirewatch.yaml --create --partitions 24");
  topics.OnChosen([options, &exit_code] { exit_code = Finish(CheckTopics(*options)); });
}

}  // namespace wirewatch
