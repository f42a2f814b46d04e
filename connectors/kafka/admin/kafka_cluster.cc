#include "connectors/kafka/admin/kafka_cluster.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "base/clock.h"
#include "connectors/kafka/client/kafka_config.h"
#include "connectors/kafka/client/kafka_errors.h"
#include "connectors/kafka/client/kafka_link.h"
#include "connectors/kafka/client/kafka_log.h"
#include "connectors/kafka/client/rd_handles.h"

namespace wirewatch {
namespace {

constexpr std::chrono::milliseconds kAskAgain{100};

int Milliseconds(std::chrono::milliseconds duration) { return static_cast<int>(duration.count()); }

void ReadMetadata(const rd_kafka_metadata_topic& told, KafkaTopicState& state) {
  if (told.err == RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART) return;
  if (told.err != RD_KAFKA_RESP_ERR_NO_ERROR && told.err != RD_KAFKA_RESP_ERR_LEADER_NOT_AVAILABLE) {
    state.refusal = rd_kafka_err2str(told.err);
    return;
  }
  state.exists = true;
  state.partitions = told.partition_cnt;
  for (int i = 0; i < told.partition_cnt; ++i) {
    const rd_kafka_metadata_partition& partition = told.partitions[i];
    if (partition.leader < 0) ++state.without_leader;
    state.replication = i == 0 ? partition.replica_cnt : std::min(state.replication, partition.replica_cnt);
  }
}

std::map<std::string, std::string> ReadSettings(const rd_kafka_ConfigResource_t* resource) {
  std::size_t count = 0;
  const rd_kafka_ConfigEntry_t** entries = rd_kafka_ConfigResource_configs(resource, &count);
  std::map<std::string, std::string> settings;
  for (std::size_t i = 0; i < count; ++i) {
    const char* value = rd_kafka_ConfigEntry_value(entries[i]);
    if (value != nullptr) settings.emplace(rd_kafka_ConfigEntry_name(entries[i]), value);
  }
  return settings;
}

}  // namespace

struct KafkaCluster::Rep {
  // The answer to a request of the admin API that was put on `queue`.
  Result<KafkaEvent> Answer(rd_kafka_queue_t* queue, std::string_view what) const;
  KafkaAdminOptions Options(rd_kafka_admin_op_t operation) const;
  Result<KafkaTopicState> Look(const std::string& topic) const;
  // Fills in the settings of those that exist.
  Status ReadSettingsOf(std::vector<KafkaTopicState>& states) const;

  KafkaLink link;  // first: callbacks go to it until the client is gone
  KafkaHandle client;
  KafkaClusterFacts facts;
};

KafkaAdminOptions KafkaCluster::Rep::Options(rd_kafka_admin_op_t operation) const {
  KafkaAdminOptions options(rd_kafka_AdminOptions_new(client.get(), operation));
  std::array<char, 256> reason{};
  rd_kafka_AdminOptions_set_request_timeout(options.get(), Milliseconds(kPatience), reason.data(), reason.size());
  return options;
}

Result<KafkaEvent> KafkaCluster::Rep::Answer(rd_kafka_queue_t* queue, std::string_view what) const {
  KafkaEvent event(rd_kafka_queue_poll(queue, Milliseconds(kPatience)));
  if (!event) {
    return Error{ErrorCode::kTimeout, fmt::format("kafka broker {} did not answer: {}", facts.bootstrap_servers, what)};
  }
  if (rd_kafka_event_error(event.get()) != RD_KAFKA_RESP_ERR_NO_ERROR) {
    return Error{ErrorCode::kUnavailable,
                 fmt::format("kafka broker {}: {}: {}", facts.bootstrap_servers, what, ErrorTextOf(event.get()))};
  }
  return event;
}

Result<KafkaTopicState> KafkaCluster::Rep::Look(const std::string& topic) const {
  const KafkaTopicHandle handle(rd_kafka_topic_new(client.get(), topic.c_str(), nullptr));
  if (!handle) return Error{ErrorCode::kInvalid, fmt::format("'{}' cannot be the name of a kafka topic", topic)};
  const struct rd_kafka_metadata* answer = nullptr;
  const auto error = rd_kafka_metadata(client.get(), 0, handle.get(), &answer, Milliseconds(kPatience));
  if (error != RD_KAFKA_RESP_ERR_NO_ERROR) {
    return Error{ErrorCode::kUnavailable, fmt::format("kafka broker {} told nothing of kafka topic {}: {}",
                                                      facts.bootstrap_servers, topic, rd_kafka_err2str(error))};
  }
  const KafkaMetadata metadata(answer);
  KafkaTopicState state{.topic = topic};
  if (metadata->topic_cnt == 1) ReadMetadata(metadata->topics[0], state);
  return state;
}

Status KafkaCluster::Rep::ReadSettingsOf(std::vector<KafkaTopicState>& states) const {
  std::vector<KafkaConfigResource> owned;
  std::vector<rd_kafka_ConfigResource_t*> asked;
  for (const KafkaTopicState& state : states) {
    if (!state.exists) continue;
    owned.emplace_back(rd_kafka_ConfigResource_new(RD_KAFKA_RESOURCE_TOPIC, state.topic.c_str()));
    asked.push_back(owned.back().get());
  }
  if (asked.empty()) return {};
  const KafkaAdminOptions options = Options(RD_KAFKA_ADMIN_OP_DESCRIBECONFIGS);
  const KafkaQueue queue(rd_kafka_queue_new(client.get()));
  rd_kafka_DescribeConfigs(client.get(), asked.data(), asked.size(), options.get(), queue.get());
  const auto event = Answer(queue.get(), "the settings of kafka topics");
  if (!event) return event.error();
  std::size_t count = 0;
  const rd_kafka_ConfigResource_t** told =
      rd_kafka_DescribeConfigs_result_resources(rd_kafka_event_DescribeConfigs_result(event->get()), &count);
  for (std::size_t i = 0; i < count; ++i) {
    if (rd_kafka_ConfigResource_error(told[i]) != RD_KAFKA_RESP_ERR_NO_ERROR) continue;
    for (KafkaTopicState& state : states) {
      if (state.topic == rd_kafka_ConfigResource_name(told[i])) state.settings = ReadSettings(told[i]);
    }
  }
  return {};
}

Result<std::unique_ptr<KafkaCluster>> KafkaCluster::Connect(const KafkaSettings& shared, std::string_view role) {
  auto rep = std::make_unique<Rep>();
  auto conf = ToolConf(shared, role);
  if (!conf) return std::move(conf).error();
  auto client = rep->link.Open(RD_KAFKA_PRODUCER, *std::move(conf));
  if (!client) return std::move(client).error();
  rep->client = *std::move(client);
  rep->facts.bootstrap_servers = shared.bootstrap_servers;
  auto brokers = rep->link.CountBrokers(rep->client.get(), rep->facts.bootstrap_servers, SteadyNow() + kPatience);
  if (!brokers) return std::move(brokers).error();
  rep->facts.brokers = *brokers;
  return std::unique_ptr<KafkaCluster>(new KafkaCluster(std::move(rep)));
}

KafkaCluster::KafkaCluster(std::unique_ptr<Rep> rep) : rep_(std::move(rep)) {}
KafkaCluster::~KafkaCluster() = default;

const KafkaClusterFacts& KafkaCluster::facts() const { return rep_->facts; }

Result<std::vector<KafkaTopicState>> KafkaCluster::Describe(const std::vector<std::string>& topics) {
  std::vector<KafkaTopicState> states;
  for (const std::string& topic : topics) {
    auto state = rep_->Look(topic);
    if (!state) return std::move(state).error();
    states.push_back(*std::move(state));
  }
  if (Status read = rep_->ReadSettingsOf(states); !read) return std::move(read).error();
  return states;
}

Status KafkaCluster::Create(const NewTopic& wanted) {
  std::array<char, 512> reason{};
  const KafkaNewTopic topic(
      rd_kafka_NewTopic_new(wanted.topic.c_str(), wanted.partitions, wanted.replication, reason.data(), reason.size()));
  if (!topic) return Error{ErrorCode::kInvalid, fmt::format("kafka topic {}: {}", wanted.topic, reason.data())};
  for (const auto& [name, value] : wanted.settings) {
    rd_kafka_NewTopic_set_config(topic.get(), name.c_str(), value.c_str());
  }
  const KafkaAdminOptions options = rep_->Options(RD_KAFKA_ADMIN_OP_CREATETOPICS);
  const KafkaQueue queue(rd_kafka_queue_new(rep_->client.get()));
  rd_kafka_NewTopic_t* one = topic.get();
  rd_kafka_CreateTopics(rep_->client.get(), &one, 1, options.get(), queue.get());
  const auto event = rep_->Answer(queue.get(), fmt::format("kafka topic {} could not be made", wanted.topic));
  if (!event) return event.error();
  std::size_t count = 0;
  const rd_kafka_topic_result_t** results =
      rd_kafka_CreateTopics_result_topics(rd_kafka_event_CreateTopics_result(event->get()), &count);
  for (std::size_t i = 0; i < count; ++i) {
    if (rd_kafka_topic_result_error(results[i]) == RD_KAFKA_RESP_ERR_NO_ERROR) continue;
    return Error{ErrorCode::kRejected, fmt::format("kafka topic {} could not be made: {}", wanted.topic,
                                                   ReasonForPeople(rd_kafka_topic_result_error_string(results[i])))};
  }
  // The broker that made it knows it at once, the others in a moment.
  const SteadyTime deadline = SteadyNow() + kPatience;
  while (SteadyNow() < deadline) {
    auto state = rep_->Look(wanted.topic);
    if (!state) return std::move(state).error();
    if (state->exists && state->partitions == wanted.partitions && state->without_leader == 0) return {};
    rd_kafka_poll(rep_->client.get(), Milliseconds(kAskAgain));
  }
  return Error{ErrorCode::kTimeout,
               fmt::format("kafka topic {} was made, but the brokers do not tell of it yet", wanted.topic)};
}

}  // namespace wirewatch
