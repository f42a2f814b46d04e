// OffsetCommits: tells the group how far we are, as PartitionLeases has it.
//
// Without transactions librdkafka commits what is stored, each second; here it is stored, and committed at once before
// a partition is given up. With transactions KafkaTransactions commits what is behind records; here only ends of quiet
// partitions are committed.
//
// Threads: that of the context.
#ifndef WIREWATCH_CONNECTORS_KAFKA_CONSUME_OFFSET_COMMITS_H_
#define WIREWATCH_CONNECTORS_KAFKA_CONSUME_OFFSET_COMMITS_H_

#include <functional>
#include <vector>

#include "base/clock.h"
#include "connectors/kafka/client/rd_handles.h"
#include "connectors/kafka/consume/consumer_context.h"
#include "connectors/kafka/consume/partition_leases.h"

namespace wirewatch {

class OffsetCommits {
 public:
  explicit OffsetCommits(ConsumerContext& context) : context_(context) {}

  // Hands what may be committed to librdkafka.
  void Store();
  // Commits the ends of quiet partitions, and waits for the answer. Call it while no record is held: no record is read,
  // and so no transaction can commit more, before the brokers have answered. So a later offset is never overwritten by
  // an earlier one.
  void CommitEnds();
  // Commits what is settled of `partitions`, and waits for the answer until `deadline`. rd_kafka_commit would wait for
  // ever while the group's coordinator is away.
  void Commit(const std::vector<Partition>& partitions, SteadyTime deadline);
  // Reading of `partition` went back to `to`. By itself librdkafka never commits less than before: after a crash what
  // is in between would be passed over. Does not wait.
  void CommitBack(Partition partition, Offset to);

  // Counts a commit that failed, and tells of it.
  void Count(rd_kafka_resp_err_t error);

 private:
  rd_kafka_resp_err_t CommitAndWait(const PartitionLeases::Offsets& offsets, const std::function<bool()>& gives_up);

  ConsumerContext& context_;
};

}  // namespace wirewatch

#endif  // WIREWATCH_CONNECTORS_KAFKA_CONSUME_OFFSET_COMMITS_H_
