// RestorePoints: where a partition must be read from so that the handler's state is there before the next record: every
// record of the last window before the committed offset is read again.
//
// The window is in record time and ends with the last record that was committed. So an outage of ours, during which
// nothing was read, does not shorten it. Where the beginning of the window cannot be found out in time, the start of
// the log is taken. That is always right, and only slower.
#ifndef WIREWATCH_CONNECTORS_KAFKA_CONSUME_RESTORE_POINTS_H_
#define WIREWATCH_CONNECTORS_KAFKA_CONSUME_RESTORE_POINTS_H_

#include <chrono>
#include <map>
#include <optional>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "connectors/kafka/client/kafka_settings.h"
#include "pipeline/records/record.h"

namespace wirewatch {

struct RestorePoint {
  Offset begin{};                                // read from here
  Offset live{};                                 // records before it only restore: the committed offset
  std::optional<WallTime> since = std::nullopt;  // the record time at which the window begins; nothing: not known
  // Records between were deleted before they were read: the log begins behind the committed offset, at `begin`.
  bool lost = false;
  // The log begins later than the window: the records before it are gone.
  bool incomplete = false;
};

// Threads: any.
class RestorePoints {
 public:
  // `source` and `shared`: the settings of the source that will read.
  RestorePoints(KafkaConsumerSettings source, KafkaSettings shared, std::chrono::milliseconds window);

  // One for each of `partitions` that the group has a committed offset of. Blocks for about `timeout` at most.
  // kInvalid: a property is not taken; kUnavailable: the committed offsets cannot be had in time.
  Result<std::map<Partition, RestorePoint>> Find(const std::vector<Partition>& partitions,
                                                 std::chrono::milliseconds timeout) const;

 private:
  const KafkaConsumerSettings source_;
  const KafkaSettings shared_;
  const std::chrono::milliseconds window_;
};

}  // namespace wirewatch

#endif  // WIREWATCH_CONNECTORS_KAFKA_CONSUME_RESTORE_POINTS_H_
