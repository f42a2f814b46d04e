// KafkaCluster: asks the brokers about kafka topics, and makes new ones. For the tools of an operator. What exists is
// never changed.
//
// Blocks:  each call until it is answered, at most kPatience (Create: twice).
// Threads: one call at a time.
#ifndef WIREWATCH_CONNECTORS_KAFKA_ADMIN_KAFKA_CLUSTER_H_
#define WIREWATCH_CONNECTORS_KAFKA_ADMIN_KAFKA_CLUSTER_H_

#include <chrono>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "connectors/kafka/admin/kafka_topics.h"
#include "connectors/kafka/client/kafka_settings.h"

namespace wirewatch {

class KafkaCluster {
 public:
  static constexpr std::chrono::seconds kPatience{10};

  // Waits for a first answer. `shared`: the section `kafka`. `role` is added to the client id.
  // Errors: kInvalid: a property is not taken. kUnavailable: no broker answers, with the reason as far as it is known.
  static Result<std::unique_ptr<KafkaCluster>> Connect(const KafkaSettings& shared, std::string_view role);
  ~KafkaCluster();

  const KafkaClusterFacts& facts() const;

  // One for each of `topics`, in their order. A kafka topic that is missing or may not be looked at is no error.
  Result<std::vector<KafkaTopicState>> Describe(const std::vector<std::string>& topics);

  struct NewTopic {
    std::string topic;
    int partitions = 1;
    int replication = 1;
    std::map<std::string, std::string> settings;
  };
  // Returns once the brokers tell of it. kRejected: they refuse, and why (that it exists, among others).
  Status Create(const NewTopic& wanted);

 private:
  struct Rep;
  explicit KafkaCluster(std::unique_ptr<Rep> rep);
  const std::unique_ptr<Rep> rep_;
};

}  // namespace wirewatch

#endif  // WIREWATCH_CONNECTORS_KAFKA_ADMIN_KAFKA_CLUSTER_H_
