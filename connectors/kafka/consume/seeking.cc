#include "connectors/kafka/consume/seeking.h"

#include <chrono>
#include <cstdint>
#include <string>
#include <thread>

#include "base/log.h"
#include "connectors/kafka/client/kafka_errors.h"
#include "connectors/kafka/client/partition_list.h"

namespace wirewatch {
namespace {

constexpr log::Module kLog("kafka");

constexpr std::chrono::milliseconds kAnswer{2'000};  // longest wait for one
constexpr std::chrono::milliseconds kAgain{100};     // before it is tried again

}  // namespace

void Seeking::Request(Partition partition, Offset next) {
  context_.state.Lock()->leases.SeekTo(partition, next);
  due_ = true;
}

bool Seeking::Seek(const PartitionLeases::Offsets& to) {
  if (to.empty()) return true;
  const KafkaPartitions list = MakeList(context_.address.topic, to);
  std::string problem;
  if (const KafkaError failed(rd_kafka_seek_partitions(context_.client, list.get(), static_cast<int>(kAnswer.count())));
      failed) {
    problem = ErrorTextOf(*failed);
  }
  for (int i = 0; i < list->cnt; ++i) {
    if (list->elems[i].err != RD_KAFKA_RESP_ERR_NO_ERROR) problem = rd_kafka_err2str(list->elems[i].err);
  }
  if (problem.empty()) return true;
  if (context_.repeats.IsNew(problem, SteadyNow())) {
    kLog.Warn("kafka source {kafka_topic}: cannot read on from another offset yet: {error}",
              {{"kafka_topic", context_.address.topic}, {"error", problem}});
  }
  context_.Beat();
  std::this_thread::sleep_for(kAgain);
  return false;
}

void Seeking::SeekOn() {
  // In a statement of its own: the lock lasts to the end of a statement, and Seek waits for the broker.
  const PartitionLeases::Offsets due = context_.state.Lock()->leases.SeeksDue();
  if (!Seek(due)) return;
  context_.state.Lock()->leases.Sought();  // a rewind seeks by itself
  due_ = false;
}

void Seeking::ReadAgain() {
  const PartitionLeases::Offsets from = context_.state.Lock()->leases.RewindsDue();
  if (!Seek(from)) return;
  PartitionLeases::Offsets again;
  {
    auto state = context_.state.Lock();
    again = state->leases.Rewound(from);
    context_.rewinds = state->leases.rewinds();  // asked for in the meantime
  }
  for (const auto& [partition, offset] : again) {
    const std::uint64_t lease = context_.state.Lock()->leases.LeaseOf(partition);
    context_.Tell({PartitionEvent::Kind::kUndone, partition, offset, lease});
  }
  flow_.DropRecords([&](const Record& record) {
    return !context_.state.Lock()->leases.Holds(record.place.partition, record.place.lease);
  });
}

}  // namespace wirewatch
