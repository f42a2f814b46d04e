// KafkaAdmin: what tests do to a broker from outside: kafka topics, records in and out, what a group has committed.
//
// It trusts nothing of connectors/kafka: plain librdkafka, so that both cannot be wrong in the same way.
#ifndef WIREWATCH_TESTS_SUPPORT_KAFKA_ADMIN_H_
#define WIREWATCH_TESTS_SUPPORT_KAFKA_ADMIN_H_

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/result.h"

namespace wirewatch {

struct KafkaTestRecord {
  std::optional<std::string> key = {};
  std::optional<std::string> value = {};
  std::vector<std::pair<std::string, std::string>> headers = {};
  std::int32_t partition = -1;  // where to: -1: by key
  std::int64_t offset = -1;     // of what was read
  std::int64_t timestamp_ms = 0;
};

class KafkaAdmin {
 public:
  explicit KafkaAdmin(std::string bootstrap) : bootstrap_(std::move(bootstrap)) {}

  // `settings`: of the kafka topic, such as max.message.bytes. A kafka topic that exists is an error.
  Status CreateTopic(const std::string& topic, int partitions,
                     const std::vector<std::pair<std::string, std::string>>& settings = {}) const;
  Status DeleteTopic(const std::string& topic) const;
  // More partitions than there are.
  Status Grow(const std::string& topic, int partitions) const;
  // Deletes all records there are now, as retention would: every partition begins at its next offset.
  Status DeleteRecords(const std::string& topic) const;
  // kNotFound: there is none.
  Result<int> CountPartitions(const std::string& topic) const;

  // Waits until all are acknowledged. `properties`: of the producer, such as compression.codec.
  Status Produce(const std::string& topic, const std::vector<KafkaTestRecord>& records,
                 const std::vector<std::pair<std::string, std::string>>& properties = {}) const;
  // In a transaction that is aborted.
  Status ProduceAborted(const std::string& topic, const std::vector<KafkaTestRecord>& records) const;
  // All there is, partition by partition.
  Result<std::vector<KafkaTestRecord>> ReadAll(const std::string& topic) const;

  // First and next offset of every partition.
  Result<std::vector<std::pair<std::int64_t, std::int64_t>>> Watermarks(const std::string& topic) const;
  // What `group` has committed, of the partitions where it has.
  Result<std::map<std::int32_t, std::int64_t>> Committed(const std::string& topic, const std::string& group) const;
  // Records between what `group` has committed (or the start of the log) and the end, over all partitions.
  Result<std::int64_t> Lag(const std::string& topic, const std::string& group) const;

 private:
  const std::string bootstrap_;
};

}  // namespace wirewatch

#endif  // WIREWATCH_TESTS_SUPPORT_KAFKA_ADMIN_H_
