// ShownLag: what is shown of how far each partition is behind, between the answers of the brokers and without them.
//
// Partitions that went stay shown until we are given others: the group may be standing still, or we may be refused.
// Where the brokers do not answer, the last answer stays shown, but not as if it were of now: its seconds go on.
//
// Pure: times are given. Threads: none; the owner locks (source_state.h).
#ifndef WIREWATCH_CONNECTORS_KAFKA_CONSUME_SHOWN_LAG_H_
#define WIREWATCH_CONNECTORS_KAFKA_CONSUME_SHOWN_LAG_H_

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "base/clock.h"
#include "connectors/kafka/consume/kafka_lag.h"
#include "connectors/kafka/consume/partition_leases.h"
#include "pipeline/records/record.h"

namespace wirewatch {

struct PartitionLag {
  std::int64_t records = 0;  // offsets behind what is committed
  double seconds = 0;        // since the oldest record was written that is read and not settled, or that is not read
};

class ShownLag {
 public:
  struct Settings {
    std::chrono::milliseconds unanswered{};  // without an answer for so long, its seconds go on
    bool from_latest = false;  // a partition without committed offset is read from its end, else from its begin
  };
  explicit ShownLag(Settings settings) : settings_(settings) {}

  // From now on `ours` are shown. Gives those that are not shown any more.
  std::vector<Partition> Show(std::vector<Partition> ours);

  // What changes on the brokers' answer `known`, which has no partition that they do not answer for.
  std::map<Partition, PartitionLag> Update(const std::map<Partition, PartitionOffsets>& known,
                                           const PartitionLeases& leases, WallTime wall, SteadyTime now);

 private:
  struct Last {
    PartitionLag lag;
    SteadyTime at{};
  };
  // Since `at` there have been records that were not read, under this lease.
  struct Behind {
    std::uint64_t lease = 0;
    SteadyTime at{};
  };
  double SecondsOf(Partition partition, const PartitionLeases::Reading& reading, bool all_read, WallTime wall,
                   SteadyTime now);

  Settings settings_;
  std::vector<Partition> shown_;
  std::map<Partition, Last> last_;
  std::map<Partition, Behind> behind_;
};

}  // namespace wirewatch

#endif  // WIREWATCH_CONNECTORS_KAFKA_CONSUME_SHOWN_LAG_H_
