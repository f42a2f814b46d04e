// KafkaSource: one member of a consumer group, one kafka topic, one poll thread (the one that calls Run).
//
// Records are handed over without a copy: Record::memory owns librdkafka's message. Any thread may let go of it, also
// after the source is gone. An offset is committed when its record and all records before it of the partition are
// settled.
//
// A partition belongs to us under a lease (partition_leases.h). When the partition is revoked, the source waits for
// what is under way, commits it, and only then gives the partition up. What is settled later is read again by the next
// owner.
//
// Records that cannot be read stop nothing. A batch that unpacks to more than librdkafka takes is one case. The source
// looks at them once more (second_look.h). What it cannot read then either is offered as one record that names the
// offsets (Record::unreadable).
//
// No room: when the inbox has taken nothing for a second, all partitions are paused and polling goes on, so that the
// group keeps us (partition_flow.h).
//
// The inside: kafka_consumer.h.
#ifndef WIREWATCH_CONNECTORS_KAFKA_CONSUME_KAFKA_SOURCE_H_
#define WIREWATCH_CONNECTORS_KAFKA_CONSUME_KAFKA_SOURCE_H_

#include <chrono>
#include <cstddef>
#include <memory>
#include <string>

#include "base/clock.h"
#include "base/result.h"
#include "connectors/kafka/client/kafka_settings.h"
#include "connectors/kafka/client/topic_watch.h"
#include "monitoring/metrics.h"
#include "pipeline/records/source.h"
#include "pipeline/records/transactions.h"

namespace wirewatch {

class KafkaConsumer;
struct KafkaMembership;

// Times are shortened by tests.
struct KafkaSourceOptions {
  std::chrono::milliseconds store_interval{200};                        // between looks for offsets to commit
  std::chrono::milliseconds pause_after = std::chrono::seconds(1);      // without any room
  std::chrono::milliseconds revoke_deadline = std::chrono::seconds(5);  // for what is under way
  std::chrono::milliseconds missing_grace = kMissingGrace;              // until a missing kafka topic is believed
  // Other than 0: the handler keeps a state of the records of this last span of record time. When a partition comes to
  // us, the records of that span are read again as RecordUse::kRestores, before the first record that counts.
  std::chrono::milliseconds restore_window{0};
  // The kafka topic of the decisions on the records, partition by partition; empty: none. What stands there of the
  // window is offered before them, as RecordUse::kRecalls (recall.h). REQUIRES: a restore_window, unless it is empty.
  std::string decisions = {};
  // Offsets are committed by KafkaTransactions, not by us.
  bool transactional = false;
  std::size_t max_ahead = 1'000'000;  // records of a partition that are read beyond its oldest open one
  std::chrono::milliseconds lag_interval = std::chrono::seconds(5);  // between questions how far we are behind
  std::chrono::milliseconds waits_after = std::chrono::seconds(5);   // without partitions: told in the log
  // Bytes. Of a longer payload only the head is handed over (Record::oversize). The head is copied, so that the memory
  // of the whole batch is freed at once.
  std::size_t longest_payload = 64 << 20;
  std::size_t most_unpacked = 256 << 20;  // bytes of a batch, at a second look (second_look.h)
};

class KafkaSource : public Source {
 public:
  // Errors: kInvalid: a property is not taken. Brokers are not waited for.
  static Result<std::unique_ptr<KafkaSource>> Create(const KafkaConsumerSettings& source, const KafkaSettings& shared,
                                                     MetricsRegistry& metrics, KafkaSourceOptions options = {});
  ~KafkaSource() override;

  Status Run(RecordInbox& inbox) override;
  void RequestStop() override;
  void Acknowledge(const RecordPlace& place) override;
  Status Ready() const override;

  // For KafkaTransactions; any thread.
  // Whether the partition is ours under the lease that the record was read under.
  bool Holds(const RecordPlace& place) const;
  // The consumer-group metadata to commit `read` under (rd_kafka_send_offsets_to_transaction). Null: a partition of
  // `read` was revoked or its lease changed, so committing would be wrong. Else SetCommitted or Rewind of `read`
  // follows.
  std::shared_ptr<const KafkaMembership> MembershipFor(const ReadPlaces& read);
  // `read` is committed: a Rewind of its partitions goes back to there.
  void SetCommitted(const ReadPlaces& read);
  // The partitions of `read` that are still ours are read again from what is committed. Until then Holds is false for
  // all their records.
  void Rewind(const ReadPlaces& read);

  // kTimeout: leaving the group hangs (librdkafka#4884 among others). The client is then left behind on purpose: end
  // the process without destroying more than needed.
  Status Close(SteadyTime deadline) override;

 private:
  explicit KafkaSource(std::shared_ptr<KafkaConsumer> consumer);

  // Shared with the thread that closes it, which outlives this object when closing hangs.
  const std::shared_ptr<KafkaConsumer> consumer_;
};

}  // namespace wirewatch

#endif  // WIREWATCH_CONNECTORS_KAFKA_CONSUME_KAFKA_SOURCE_H_
