// KafkaReader: the records of one kafka topic, for tools: from places that are given to ends that were asked for.
//
// A KafkaReader is a member of no group and commits nothing. It sees no records of transactions that are open or were
// aborted.
//
// Blocks:  each call, at most kPatience for each step forward.
// Threads: one call at a time.
#ifndef WIREWATCH_CONNECTORS_KAFKA_CONSUME_KAFKA_READER_H_
#define WIREWATCH_CONNECTORS_KAFKA_CONSUME_KAFKA_READER_H_

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "connectors/kafka/client/kafka_settings.h"
#include "pipeline/records/record.h"

namespace wirewatch {

// One record as it stands in its kafka topic.
struct KafkaRecord {
  Partition partition{};
  Offset offset{};
  std::optional<WallTime> timestamp;
  std::optional<std::string> key;
  std::optional<std::string> value;
  std::vector<RecordHeader> headers;
};

// Offsets [begin, end).
struct KafkaRange {
  Offset begin{};
  Offset end{};
};
using KafkaRanges = std::map<Partition, KafkaRange>;

class KafkaReader {
 public:
  static constexpr std::chrono::seconds kPatience{10};

  // Waits for a first answer. `shared`: the section `kafka`. `role` is added to the client id.
  // Errors: kInvalid: a property is not taken. kUnavailable: no broker answers, and why.
  static Result<std::unique_ptr<KafkaReader>> Connect(const KafkaSettings& shared, std::string topic,
                                                      std::string_view role);
  ~KafkaReader();

  // What there is now. kNotFound: there is no such kafka topic.
  Result<KafkaRanges> All();

  // `ranges` from the first record on that was written at `time` or later. Records need not stand in the order of their
  // times: older ones may follow.
  Result<KafkaRanges> Since(WallTime time, KafkaRanges ranges);

  // Calls `take` with every record in `ranges`, in the order of each partition, until it gives an error.
  Status Read(const KafkaRanges& ranges, const std::function<Status(KafkaRecord)>& take);

 private:
  struct Rep;
  explicit KafkaReader(std::unique_ptr<Rep> rep);
  const std::unique_ptr<Rep> rep_;
};

}  // namespace wirewatch

#endif  // WIREWATCH_CONNECTORS_KAFKA_CONSUME_KAFKA_READER_H_
