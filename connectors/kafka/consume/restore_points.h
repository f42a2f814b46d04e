// RestorePoints: where a partition is read from when the state of who handles its records must be there before the next
// record is: so far back that every record of the last window before the committed offset is read again.
//
// The window ends with the last record that was committed, by record time: how long nobody read does not count. What
// cannot be found out in time begins at the start of the log, which is always right and only slower.
#ifndef WIREWATCH_CONNECTORS_KAFKA_CONSUME_RESTORE_POINTS_H_
#define WIREWATCH_CONNECTORS_KAFKA_CONSUME_RESTORE_POINTS_H_

#include <chrono>
#include <map>
#include <vector>

#include "base/result.h"
#include "base/settings/field_spec.h"
#include "pipeline/records/record.h"

namespace wirewatch {

struct RestorePoint {
  Offset begin{};  // read from here
  Offset live{};   // records before it only restore: the committed offset
  // Records between were deleted before they were read: the log begins behind the committed offset, at `begin`.
  bool lost = false;
  // The log begins later than the window: what is older is not known any more.
  bool incomplete = false;
};

// Threads: any.
class RestorePoints {
 public:
  // `source` and `shared`: the fields of the source that will read.
  RestorePoints(Fields source, Fields shared, std::chrono::milliseconds window);

  // Of those of `partitions` that the group has a committed offset of. Blocks for at most about `timeout`.
  // kInvalid: a property is not taken; kUnavailable: the committed offsets cannot be had in time.
  Result<std::map<Partition, RestorePoint>> Find(const std::vector<Partition>& partitions,
                                                 std::chrono::milliseconds timeout) const;

 private:
  const Fields source_, shared_;
  const std::chrono::milliseconds window_;
};

}  // namespace wirewatch

#endif  // WIREWATCH_CONNECTORS_KAFKA_CONSUME_RESTORE_POINTS_H_
