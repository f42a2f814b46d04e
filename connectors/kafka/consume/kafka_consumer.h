// KafkaConsumer: the inside of a KafkaSource: the loop that polls, and the parts that it puts together. By hand on
// librdkafka's C interface, as in kafka_producer.h.
//
//   PartitionLeases  which partitions are ours, how far they are read and settled (pure)
//   PartitionFlow    what is held and paused while there is no room
//   Rebalance        takes and gives up partitions; Restore finds where their state begins
//   Recall           offers the decisions on a partition's records before these
//   OffsetCommits    commits what is settled
//   Seeking          goes on from another offset
//   SecondLook       at records that the consumer cannot read
//   SourceLag        how far we are behind
//   ConsumerHealth   what goes wrong
//
// librdkafka calls back for all but its log from within our own poll, so the parts have one thread: that of Run. What
// other threads may call says so; what they share with Run is SourceState, under its one mutex.
#ifndef WIREWATCH_CONNECTORS_KAFKA_CONSUME_KAFKA_CONSUMER_H_
#define WIREWATCH_CONNECTORS_KAFKA_CONSUME_KAFKA_CONSUMER_H_

#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "connectors/kafka/client/kafka_client.h"
#include "connectors/kafka/client/kafka_settings.h"
#include "connectors/kafka/client/rd_handles.h"
#include "connectors/kafka/consume/consumer_context.h"
#include "connectors/kafka/consume/consumer_health.h"
#include "connectors/kafka/consume/kafka_membership.h"
#include "connectors/kafka/consume/offset_commits.h"
#include "connectors/kafka/consume/partition_flow.h"
#include "connectors/kafka/consume/partition_leases.h"
#include "connectors/kafka/consume/rebalance.h"
#include "connectors/kafka/consume/recall.h"
#include "connectors/kafka/consume/second_look.h"
#include "connectors/kafka/consume/seeking.h"
#include "connectors/kafka/consume/source_lag.h"
#include "monitoring/metrics.h"
#include "pipeline/records/source.h"
#include "pipeline/records/transactions.h"

namespace wirewatch {

class KafkaConsumer : private PartitionFlow::Consumer {
 public:
  // Errors: as KafkaSource::Create.
  static Result<std::shared_ptr<KafkaConsumer>> Create(const KafkaConsumerSettings& source, const KafkaSettings& shared,
                                                       MetricsRegistry& metrics, KafkaSourceOptions options);

  Status Run(RecordInbox& inbox);

  // As those of KafkaSource; any thread.
  void RequestStop();
  void Acknowledge(const RecordPlace& place);
  Status Ready() const { return health_.Ready(); }
  bool Holds(const RecordPlace& place) const;
  std::shared_ptr<const KafkaMembership> MembershipFor(const ReadPlaces& read);
  void SetCommitted(const ReadPlaces& read);
  void Rewind(const ReadPlaces& read);

  // Close, after Run, in three steps: the last commits; leaving the group, which may hang; giving up on that, by
  // another thread.
  void CommitAll(SteadyTime deadline);
  Status LeaveGroup();
  void Abandon();

 private:
  KafkaConsumer(const KafkaConsumerSettings& source, const KafkaSettings& shared, MetricsRegistry& metrics,
                KafkaSourceOptions options);
  Status Connect(KafkaConf conf);

  // The loop of Run.
  Status Loop();
  void Tick();
  void Poll(std::chrono::milliseconds timeout);
  void Take(KafkaMessage message, const std::shared_ptr<SharedConsumer>& client);
  std::optional<PartitionLeases::Entry> Enter(Partition partition, Offset first, Offset last,
                                              std::optional<WallTime> time);
  void MeetEnd(const rd_kafka_message_t& message);
  // What was decided on records of partitions that came to us goes before these.
  void GoOnRecalling();

  // Records that cannot be read: librdkafka passes them over, or stays before them for ever.
  void LookAgain(const rd_kafka_message_t& message);
  // The first offset that is not read yet, at or before that of the error.
  Offset FirstUnread(const rd_kafka_message_t& message) const;
  void TakeUnreadable(Partition partition, Offset first, Offset last, std::string why);

  // PartitionFlow::Consumer
  std::vector<Partition> OurPartitions() const override;
  bool IsFarAhead(Partition partition) const override;
  void PausePartitions(const std::vector<Partition>& partitions) override;
  void ResumePartitions(const std::vector<Partition>& partitions) override;
  void OnOffered(const RecordPlace& place) override;

  // Callbacks of librdkafka.
  static void OnRebalance(rd_kafka_t* client, rd_kafka_resp_err_t what, rd_kafka_topic_partition_list_t* partitions,
                          void* self);
  static void OnErrorEvent(rd_kafka_t* client, int error, const char* reason, void* self);
  static void OnCommit(rd_kafka_t* client, rd_kafka_resp_err_t error, rd_kafka_topic_partition_list_t* offsets,
                       void* self);
  static int OnStatistics(rd_kafka_t* client, char* json, std::size_t size, void* self);

  ConsumerContext context_;
  const SecondLook second_look_;
  Gauge last_poll_;
  Counter unreadable_offsets_;
  ConsumerHealth health_;
  PartitionFlow flow_;
  OffsetCommits commits_;
  Seeking seeking_;
  SourceLag lag_;
  Recall recall_;
  Rebalance rebalance_;
  std::shared_ptr<SharedConsumer> running_;  // SourceState::client, during Run: records share it
};

}  // namespace wirewatch

#endif  // WIREWATCH_CONNECTORS_KAFKA_CONSUME_KAFKA_CONSUMER_H_
