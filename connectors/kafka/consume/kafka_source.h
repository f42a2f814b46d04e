// KafkaSource: one member of a consumer group, one kafka topic, one poll thread (the one that calls Run).
//
// Records are handed over without a copy: Record::memory owns librdkafka's message and may be let go by any thread,
// also after the source is gone. An offset is committed when its record and all before it of its partition are settled.
//
// A partition belongs to us under a lease: a number that is new each time the partition is assigned. When it is revoked
// we wait for what is under way, commit it and only then give it up; what is settled later than that is read again by
// the next owner.
//
// Records that cannot be read, such as a batch that unpacks to more than librdkafka takes, stop nothing: they are
// looked at once more (second_look.h), and what cannot be read then either is offered as one record that says which
// (Record::unreadable).
//
// No room: while the inbox takes nothing for a second all partitions are paused, and polling goes on, so that the group
// keeps us.
#ifndef WIREWATCH_CONNECTORS_KAFKA_CONSUME_KAFKA_SOURCE_H_
#define WIREWATCH_CONNECTORS_KAFKA_CONSUME_KAFKA_SOURCE_H_

#include <chrono>
#include <cstddef>
#include <memory>

#include "base/clock.h"
#include "base/result.h"
#include "base/settings/field_spec.h"
#include "connectors/kafka/client/topic_watch.h"
#include "monitoring/metrics.h"
#include "pipeline/records/source.h"
#include "pipeline/records/transactions.h"

namespace wirewatch {

struct KafkaMembership;

// Times are shortened by tests.
struct KafkaSourceOptions {
  std::chrono::milliseconds store_interval{200};                        // between looks for offsets to commit
  std::chrono::milliseconds pause_after = std::chrono::seconds(1);      // without any room
  std::chrono::milliseconds revoke_deadline = std::chrono::seconds(5);  // for what is under way
  std::chrono::milliseconds missing_grace = kMissingGrace;              // until a missing kafka topic is believed
  // Other than 0: the handler of the records has a state that the last so much of the log left behind. It is read again
  // whenever a partition comes to us, as records that only restore (Record::restores), before the first that counts.
  std::chrono::milliseconds restore_window{0};
  // Offsets are committed by KafkaTransactions, not by us.
  bool transactional = false;
  std::size_t max_ahead = 1'000'000;  // records of a partition that are read beyond its oldest open one
  std::chrono::milliseconds lag_interval = std::chrono::seconds(5);  // between questions how far we are behind
  std::chrono::milliseconds waits_after = std::chrono::seconds(5);   // without partitions: told in the log
  // Of a record with a longer payload only the head is handed over (Record::oversize), at once, so that the memory of
  // its batch is let go.
  std::size_t longest_payload = 64 << 20;
  std::size_t most_unpacked = 256 << 20;  // bytes of a batch, at a second look (second_look.h)
};

class KafkaSource : public Source {
 public:
  // Errors: kInvalid: a property is not taken. Brokers are not waited for.
  static Result<std::unique_ptr<KafkaSource>> Create(const Fields& source, const Fields& shared, Metrics& metrics,
                                                     KafkaSourceOptions options = {});
  ~KafkaSource() override;

  Status Run(RecordInbox& inbox) override;
  void RequestStop() override;
  void Acknowledge(const RecordPlace& place) override;
  Status Ready() const override;

  // For KafkaTransactions; any thread.
  // Whether the partition is ours under the lease that the record was read under.
  bool Holds(const RecordPlace& place) const;
  // What is to be told of `read` to the group; null: not all of it is ours any more.
  std::shared_ptr<const KafkaMembership> MembershipFor(const ReadPlaces& read) const;
  // `read` is committed: when a partition is rewound, it is to there.
  void SetCommitted(const ReadPlaces& read);
  // The partitions of `read`, as far as they are ours, are read again from what is committed; until then no record of
  // them is held.
  void Rewind(const ReadPlaces& read);

  // kTimeout: leaving the group hangs (librdkafka#4884 among others). The client is then left behind on purpose: end
  // the process without destroying more than needed.
  Status Close(SteadyTime deadline) override;

 private:
  class Consumer;
  explicit KafkaSource(std::shared_ptr<Consumer> consumer);

  // Shared with the thread that closes it, which outlives this object when closing hangs.
  const std::shared_ptr<Consumer> consumer_;
};

}  // namespace wirewatch

#endif  // WIREWATCH_CONNECTORS_KAFKA_CONSUME_KAFKA_SOURCE_H_
