// Restore: finds out, while partitions come to us, where each must be read from so that the state of its records is
// there before the first record that counts. Tries again while the brokers give no answer, and tells what is found.
//
// Blocks inside librdkafka's rebalance callback, for up to kLongestRestore; the group takes us for dead when that is
// longer than max.poll.interval.ms. Threads: that of the context.
#ifndef WIREWATCH_CONNECTORS_KAFKA_CONSUME_RESTORE_H_
#define WIREWATCH_CONNECTORS_KAFKA_CONSUME_RESTORE_H_

#include <chrono>
#include <map>
#include <vector>

#include "base/result.h"
#include "connectors/kafka/client/kafka_settings.h"
#include "connectors/kafka/consume/consumer_context.h"
#include "connectors/kafka/consume/restore_points.h"
#include "pipeline/records/record.h"

namespace wirewatch {

inline constexpr std::chrono::milliseconds kRestoreAttempt{10'000};  // longest wait for one answer
inline constexpr int kRestoreAttempts = 6;
inline constexpr std::chrono::milliseconds kLongestRestore = kRestoreAttempts * kRestoreAttempt;

class Restore {
 public:
  // `source` and `shared`: the settings of the source.
  Restore(const KafkaConsumerSettings& source, const KafkaSettings& shared, ConsumerContext& context)
      : points_(source, shared, context.options.restore_window), context_(context) {}

  // None, where no state is to be restored.
  // Errors: there is no answer, or we are told to stop. Nothing may go live then: what is handled without its state
  // would repeat what was said.
  Result<std::map<Partition, RestorePoint>> Find(const std::vector<Partition>& partitions);

 private:
  void TellPoint(Partition partition, const RestorePoint& point);

  const RestorePoints points_;
  ConsumerContext& context_;
};

}  // namespace wirewatch

#endif  // WIREWATCH_CONNECTORS_KAFKA_CONSUME_RESTORE_H_
