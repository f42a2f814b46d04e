// The kafka topics of a configuration: what each must be like, and what is wrong with those that the brokers have.
//
// KafkaTopicsOf says what is needed, KafkaCluster (kafka_cluster.h) what there is, and JudgeTopics compares the two.
// CheckKafkaTopics says what no broker has to be asked about. Pure: nothing here talks to a broker.
#ifndef WIREWATCH_CONNECTORS_KAFKA_ADMIN_KAFKA_TOPICS_H_
#define WIREWATCH_CONNECTORS_KAFKA_ADMIN_KAFKA_TOPICS_H_

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "pipeline/config.h"

namespace wirewatch {

// Whether brokers take `name` for a kafka topic's: 1 to 249 letters, digits, '.', '_' and '-', and not "." or ".."
// (org.apache.kafka.common.internals.Topic). A consumer takes a name that begins with '^' for a regular expression:
// such a name is not taken either.
bool IsKafkaTopicName(std::string_view name);

// What is wrong with the configuration's use of Kafka:
//   - a name that cannot be a kafka topic's, or a group without a name;
//   - a kafka topic with two uses: we would read again what we write, as something else, without end; or two kinds of
//     messages would stand in one;
//   - a max.poll.interval.ms that is shorter than the restore of the state may take (consume/restore.h).
std::vector<ConnectorFinding> CheckKafkaTopics(const Config& config);

// By how much a dead letter may be larger than its record: headers of ours say why it is one and where it came from.
inline constexpr std::int64_t kDeadLetterHeaderBytes = 64 << 10;

// What one kafka topic that the configuration names must be like.
struct KafkaTopicNeeds {
  std::string topic;
  std::string_view purpose;  // "articles", "alerts", "decisions", "dead letters"
  std::chrono::milliseconds retention;
  std::string_view retention_reason;  // why not shorter
  std::string_view cleanup_policy;
  std::string_view cleanup_reason;  // why no other
  std::int64_t message_bytes = 0;   // least max.message.bytes; 0: any will do
  // Another kafka topic, whose max.message.bytes that of this one must exceed by `message_bytes_by`; empty: none.
  std::string message_bytes_over = {};
  std::int64_t message_bytes_by = 0;
  int new_partitions = 1;  // how many it is made with unless somebody knows better
  // Another kafka topic, of which it must have as many partitions or more; empty: any number will do.
  std::string partitions_of = {};
};

// In the order in which they are to be made: what a kafka topic is compared with stands before it.
std::vector<KafkaTopicNeeds> KafkaTopicsOf(const Config& config);

// What the brokers tell of one kafka topic.
struct KafkaTopicState {
  std::string topic;
  bool exists = false;
  std::string refusal = {};  // why they tell nothing of it; empty: they do
  int partitions = 0;
  int without_leader = 0;                                           // of the partitions
  int replication = 0;                                              // of the partition that has least
  std::optional<std::map<std::string, std::string>> settings = {};  // nothing: they may not be read
};

// "retention.ms"; nothing: it is not known.
std::optional<std::string> SettingOf(const KafkaTopicState& state, const std::string& name);
std::optional<std::int64_t> NumberOf(const KafkaTopicState& state, const std::string& name);

// Least max.message.bytes, with what `states` tell of the kafka topic that it is compared with; 0: any will do.
std::int64_t LeastMessageBytes(const KafkaTopicNeeds& needs, const std::vector<KafkaTopicState>& states);

// Least number of partitions, as LeastMessageBytes; 0: any number will do.
int LeastPartitions(const KafkaTopicNeeds& needs, const std::vector<KafkaTopicState>& states);

struct KafkaTopicProblem {
  std::string topic;
  bool absent = false;  // it does not exist or cannot be looked at; else it is there and not as it must be
  std::string message;  // what is wrong and what comes of it
  std::string help;     // what to do
};

struct KafkaClusterFacts {
  std::string bootstrap_servers;
  int brokers = 1;
};

// The command that adds partitions.
std::string CommandToGrow(const std::string& bootstrap_servers, const std::string& topic, int partitions);

// All that is wrong, in the order of `needs`. `states`: one for each of them, in the same order.
std::vector<KafkaTopicProblem> JudgeTopics(const std::vector<KafkaTopicNeeds>& needs,
                                           const std::vector<KafkaTopicState>& states,
                                           const KafkaClusterFacts& cluster);

}  // namespace wirewatch

#endif  // WIREWATCH_CONNECTORS_KAFKA_ADMIN_KAFKA_TOPICS_H_
