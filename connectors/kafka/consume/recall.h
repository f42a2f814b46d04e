// Recall: offers, of each partition that comes to us, what was written down about its records (the decisions on them,
// in a kafka topic beside theirs, in the partition of the same number), as records that recall: before the first record
// of the partition itself.
//
// From:    the record time at which the partition's window begins (RestorePoint::since), less kRecallMargin.
// To:      the end of the log when the partition came to us. It is asked for with read_uncommitted, and read with
//          read_committed: the end that a read_committed client is told may stand before the last transaction that was
//          committed, since its markers reach the partitions one by one.
// Reading: by a client without a group, for as long as there is anything to read. It holds kRecallBuffer bytes at most,
//          and gives more only when the inbox has taken what there was.
// Nothing there (no such kafka topic, deleted by retention): it is told once, and reading goes on without.
//
// Nothing of it happens in the rebalance callback, and each call is short, so that the source is polled in between: the
// group keeps us however long it takes. Meanwhile the source holds its records back (PartitionFlow::HoldBack).
//
// Threads: that of the context.
#ifndef WIREWATCH_CONNECTORS_KAFKA_CONSUME_RECALL_H_
#define WIREWATCH_CONNECTORS_KAFKA_CONSUME_RECALL_H_

#include <chrono>
#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "connectors/kafka/client/kafka_settings.h"
#include "connectors/kafka/client/rd_handles.h"
#include "connectors/kafka/consume/consumer_context.h"
#include "connectors/kafka/consume/kafka_reader.h"
#include "connectors/kafka/consume/restore_points.h"
#include "pipeline/records/record.h"

namespace wirewatch {

// What is written about a record is written after it, but perhaps by another machine, whose clock is another.
inline constexpr std::chrono::minutes kRecallMargin{10};
// Without a step forward; then Run ends. A transaction that a dead process left open is over before (its
// transaction.timeout.ms is 30 s).
inline constexpr std::chrono::seconds kRecallPatience{60};
inline constexpr std::size_t kRecallBuffer = 8 << 20;

class Recall {
 public:
  // `topic`: empty: nothing is written down, and nothing is ever due. Borrows `context`, whose inbox must be there
  // during Step.
  Recall(std::string topic, KafkaSettings shared, ConsumerContext& context)
      : topic_(std::move(topic)), shared_(std::move(shared)), context_(context) {}

  bool is_on() const { return !topic_.empty(); }
  // The partition came to us.
  void Begin(Partition partition, const RestorePoint& point);
  void Drop(const std::vector<Partition>& gone);
  // At the end of Run.
  void Clear();
  bool is_due() const { return !due_.empty(); }
  bool IsDue(Partition partition) const { return due_.contains(partition); }

  struct Recalled {
    Partition partition{};
    bool restored = false;  // none of its own records restores
  };
  // Goes on for some 100 ms; up to a second longer for each answer of the brokers. Gives the partitions of which all
  // was offered, and which are due no longer. Where it is of no use to go on, Run ends (ConsumerContext::EndWith).
  // REQUIRES: is_due().
  std::vector<Recalled> Step();

 private:
  struct Due {
    std::optional<WallTime> since;    // nothing: from the beginning
    bool restores = false;            // records of the partition were committed within the window
    bool cut = false;                 // the log begins within the window
    std::optional<KafkaRange> range;  // what is left to read, once the brokers were asked
  };

  // Finds the ranges of those that have none. False: not yet.
  bool Ask();
  Status AskFor(Partition partition, Due& due);
  Status FindBegins(const std::vector<Partition>& asked);
  void TellRanges(const std::vector<Partition>& asked) const;
  void PassOver(const std::string& why);
  // Reads what has a range, from where it stands.
  Status Assign();
  void Read();
  void Take(const rd_kafka_message_t& message);
  // False: there is no room.
  bool OfferHeld();
  void MoveTo(Partition partition, Offset next);
  void Finish(Partition partition);
  void Progress() { progress_ = SteadyNow(); }
  void Trouble(std::string_view reason);

  const std::string topic_;
  const KafkaSettings shared_;
  ConsumerContext& context_;

  std::map<Partition, Due> due_;
  std::vector<Recalled> done_;  // since the last Step
  KafkaHandle asker_, reader_;  // null while they are not needed
  bool assigned_ = false;       // reader_ reads all that is due
  std::optional<Record> held_;  // the inbox has no room for it
  std::optional<SteadyTime> missing_since_;
  SteadyTime progress_{};
};

}  // namespace wirewatch

#endif  // WIREWATCH_CONNECTORS_KAFKA_CONSUME_RECALL_H_
