#include "connectors/kafka/consume/offset_commits.h"

#include <chrono>

#include "base/log.h"
#include "connectors/kafka/client/partition_list.h"

namespace wirewatch {
namespace {

constexpr log::Module kLog("kafka");

constexpr std::chrono::milliseconds kPoll{100};
constexpr std::chrono::seconds kQuiet{1};  // a partition is at its end, not between two records

}  // namespace

void OffsetCommits::Store() {
  if (context_.options.transactional) return;
  const PartitionLeases::Offsets offsets = context_.state.Lock()->leases.TakeCommittable();
  if (offsets.empty()) return;
  // A partition that was lost a moment ago is refused, rightly.
  rd_kafka_offsets_store(context_.client, MakeList(context_.address.topic, offsets).get());
}

void OffsetCommits::CommitEnds() {
  if (!context_.options.transactional) return;
  const PartitionLeases::Offsets ends = context_.state.Lock()->leases.QuietEnds(SteadyNow(), kQuiet);
  if (ends.empty()) return;
  // librdkafka answers in any case, at the latest after its socket.timeout.ms. After a stop nothing more is read.
  const auto error = CommitAndWait(ends, [&] { return context_.stop.load(); });
  context_.state.Lock()->leases.EndsCommitted(ends, error == RD_KAFKA_RESP_ERR_NO_ERROR, SteadyNow());
}

void OffsetCommits::Commit(const std::vector<Partition>& partitions, SteadyTime deadline) {
  Store();
  const PartitionLeases::Offsets offsets = context_.state.Lock()->leases.Stored(partitions);
  if (!offsets.empty()) Count(CommitAndWait(offsets, [&] { return SteadyNow() >= deadline; }));
}

void OffsetCommits::CommitBack(Partition partition, Offset to) {
  if (context_.options.transactional) return;
  rd_kafka_commit(context_.client, MakeList(context_.address.topic, {{partition, to}}).get(), 1);
}

rd_kafka_resp_err_t OffsetCommits::CommitAndWait(const PartitionLeases::Offsets& offsets,
                                                 const std::function<bool()>& gives_up) {
  const KafkaQueue answers(rd_kafka_queue_new(context_.client));
  const KafkaPartitions list = MakeList(context_.address.topic, offsets);
  const auto sent = rd_kafka_commit_queue(context_.client, list.get(), answers.get(), nullptr, nullptr);
  if (sent != RD_KAFKA_RESP_ERR_NO_ERROR) return sent;
  while (!gives_up()) {
    context_.Beat();
    const KafkaEvent answer(rd_kafka_queue_poll(answers.get(), static_cast<int>(kPoll.count())));
    if (!answer || rd_kafka_event_type(answer.get()) != RD_KAFKA_EVENT_OFFSET_COMMIT) continue;
    return rd_kafka_event_error(answer.get());
  }
  return RD_KAFKA_RESP_ERR__TIMED_OUT;
}

void OffsetCommits::Count(rd_kafka_resp_err_t error) {
  if (error == RD_KAFKA_RESP_ERR_NO_ERROR || error == RD_KAFKA_RESP_ERR__NO_OFFSET) return;
  context_.metrics.commits_failed.Increment();
  if (context_.repeats.IsNew(rd_kafka_err2name(error), SteadyNow())) {
    kLog.Warn("kafka source {kafka_topic}: commit failed: {error}; nothing is lost, the records may be read again",
              {{"kafka_topic", context_.address.topic}, {"error", rd_kafka_err2str(error)}});
  }
}

}  // namespace wirewatch
