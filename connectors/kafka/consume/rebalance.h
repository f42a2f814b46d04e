// Rebalance: takes the partitions that the group assigns to us, and gives up those that it revokes.
//
// Assigned: the state of each is restored first where there is one (restore.h), then it is ours under a new lease.
//           What was decided on its records is only noted here, and read behind the callback (recall.h).
// Revoked:  what is under way is waited for, for up to KafkaSourceOptions::revoke_deadline, and committed. Then the
//           partition is no longer ours.
// Lost:     another member may have the partition already. It is given up at once, and nothing is committed.
//
// Called by librdkafka from within a poll, by the thread of the context.
#ifndef WIREWATCH_CONNECTORS_KAFKA_CONSUME_REBALANCE_H_
#define WIREWATCH_CONNECTORS_KAFKA_CONSUME_REBALANCE_H_

#include <chrono>
#include <cstddef>
#include <map>
#include <string>
#include <vector>

#include "connectors/kafka/client/kafka_settings.h"
#include "connectors/kafka/client/rd_handles.h"
#include "connectors/kafka/consume/consumer_context.h"
#include "connectors/kafka/consume/consumer_health.h"
#include "connectors/kafka/consume/offset_commits.h"
#include "connectors/kafka/consume/partition_flow.h"
#include "connectors/kafka/consume/recall.h"
#include "connectors/kafka/consume/restore.h"
#include "connectors/kafka/consume/source_lag.h"
#include "monitoring/metrics.h"

namespace wirewatch {

class Rebalance {
 public:
  // Longest wait for a commit before partitions are given up.
  static constexpr std::chrono::milliseconds kCommit{3'000};

  // `source` and `shared`: the settings of the source. Borrows all but these.
  Rebalance(const KafkaConsumerSettings& source, const KafkaSettings& shared, ConsumerContext& context,
            PartitionFlow& flow, OffsetCommits& commits, ConsumerHealth& health, SourceLag& lag, Recall& recall);

  // Answers librdkafka's rebalance callback.
  void Answer(rd_kafka_resp_err_t what, rd_kafka_topic_partition_list_t& partitions);

 private:
  using Dropped = std::map<Partition, std::size_t>;

  void Assign(rd_kafka_topic_partition_list_t& partitions);
  // Gives their numbers, for the log.
  std::string TakeOver(rd_kafka_topic_partition_list_t& partitions, const std::map<Partition, RestorePoint>& points);
  void TakeAssignment(rd_kafka_topic_partition_list_t& partitions);
  void Revoke(rd_kafka_topic_partition_list_t& partitions);
  void Settle(const std::vector<Partition>& partitions, bool lost);
  // `dropped`: records that are open and that nobody will settle, since they were never offered.
  void WaitUntilSettled(const std::vector<Partition>& partitions, const Dropped& dropped);

  ConsumerContext& context_;
  PartitionFlow& flow_;
  OffsetCommits& commits_;
  ConsumerHealth& health_;
  SourceLag& lag_;
  Restore restore_;
  Recall& recall_;
  Gauge assigned_partitions_;
};

}  // namespace wirewatch

#endif  // WIREWATCH_CONNECTORS_KAFKA_CONSUME_REBALANCE_H_
