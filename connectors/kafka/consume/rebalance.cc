#include "connectors/kafka/consume/rebalance.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <string_view>
#include <utility>

#include "base/log.h"
#include "connectors/kafka/client/partition_list.h"
#include "connectors/kafka/consume/partitions.h"

namespace wirewatch {
namespace {

constexpr log::Module kLog("kafka");

constexpr std::chrono::milliseconds kBeat{100};

// librdkafka has no answer when the client is leaving its group.
bool IsCooperative(rd_kafka_t* client) {
  const char* const protocol = rd_kafka_rebalance_protocol(client);
  return protocol != nullptr && std::string_view(protocol) == "COOPERATIVE";
}

}  // namespace

Rebalance::Rebalance(const KafkaConsumerSettings& source, const KafkaSettings& shared, ConsumerContext& context,
                     PartitionFlow& flow, OffsetCommits& commits, ConsumerHealth& health, SourceLag& lag,
                     Recall& recall)
    : context_(context),
      flow_(flow),
      commits_(commits),
      health_(health),
      lag_(lag),
      restore_(source, shared, context),
      recall_(recall),
      assigned_partitions_(context.metrics.assigned_partitions.With(context.address.topic)) {}

void Rebalance::Answer(rd_kafka_resp_err_t what, rd_kafka_topic_partition_list_t& partitions) {
  if (!context_.closing) context_.metrics.rebalances.Increment();
  switch (what) {
    case RD_KAFKA_RESP_ERR__ASSIGN_PARTITIONS: Assign(partitions); break;
    case RD_KAFKA_RESP_ERR__REVOKE_PARTITIONS: Revoke(partitions); break;
    default:
      kLog.Warn("kafka source {kafka_topic}: rebalance failed: {error}",
                {{"kafka_topic", context_.address.topic}, {"error", rd_kafka_err2str(what)}});
      rd_kafka_assign(context_.client, nullptr);  // it must be answered, whatever it was
  }
}

// -------------------------------------------------------------------------------------------------------- assigned

void Rebalance::Assign(rd_kafka_topic_partition_list_t& partitions) {
  auto points = restore_.Find(PartitionsOf(partitions));
  health_.HavePartitions();
  std::string numbers;
  std::size_t count = 0;
  // Without their state nothing is taken: of partitions that are not ours no record is. Run ends.
  if (points) {
    numbers = TakeOver(partitions, *points);
    count = context_.state.Lock()->leases.size();
  } else if (!context_.stop) {
    context_.EndWith(std::move(points).error());
  }
  if (!context_.closing) {
    lag_.Watch();
    assigned_partitions_.Set(static_cast<double>(count));
    kLog.Info("kafka source {kafka_topic}: partitions assigned:{partitions}",
              {{"kafka_topic", context_.address.topic}, {"partitions", numbers.empty() ? " none" : numbers}});
  }
  TakeAssignment(partitions);
}

std::string Rebalance::TakeOver(rd_kafka_topic_partition_list_t& partitions,
                                const std::map<Partition, RestorePoint>& points) {
  std::string numbers;
  for (int i = 0; i < partitions.cnt; ++i) {
    rd_kafka_topic_partition_t& one = partitions.elems[i];
    const Partition partition{one.partition};
    std::optional<PartitionLeases::Start> start;
    const auto point = points.find(partition);
    if (point != points.end()) {
      start = {point->second.begin, point->second.live};
      one.offset = static_cast<std::int64_t>(point->second.begin);
    }
    bool restored = false;
    std::uint64_t lease = 0;
    {
      auto state = context_.state.Lock();
      restored = state->leases.Assign(partition, start);
      lease = state->leases.LeaseOf(partition);
    }
    context_.Tell({PartitionEvent::Kind::kAssigned, partition, {}, lease});
    if (point != points.end() && recall_.is_on()) {
      recall_.Begin(partition, point->second);
      flow_.HoldBack();
    } else if (restored) {
      context_.Tell({PartitionEvent::Kind::kRestored, partition, {}, lease});
    }
    numbers += fmt::format(" {}", one.partition);
  }
  auto state = context_.state.Lock();
  state->joined = true;
  if (state->leases.size() != 0 || !state->topic_refused) state->problem.clear();
  return numbers;
}

void Rebalance::TakeAssignment(rd_kafka_topic_partition_list_t& partitions) {
  rd_kafka_resp_err_t error = RD_KAFKA_RESP_ERR_NO_ERROR;
  if (IsCooperative(context_.client)) {
    const KafkaError incremental(rd_kafka_incremental_assign(context_.client, &partitions));
    if (incremental) error = rd_kafka_error_code(incremental.get());
  } else {
    error = rd_kafka_assign(context_.client, &partitions);
  }
  if (error != RD_KAFKA_RESP_ERR_NO_ERROR) {
    kLog.Warn("kafka source {kafka_topic}: the assignment was not taken: {error}",
              {{"kafka_topic", context_.address.topic}, {"error", rd_kafka_err2str(error)}});
  }
}

// --------------------------------------------------------------------------------------------------------- revoked

void Rebalance::Revoke(rd_kafka_topic_partition_list_t& partitions) {
  const bool lost = rd_kafka_assignment_lost(context_.client) != 0;
  const std::vector<Partition> revoked = PartitionsOf(partitions);
  recall_.Drop(revoked);
  if (!context_.closing) Settle(revoked, lost);
  for (const Partition partition : revoked) {
    std::uint64_t lease = 0;
    {
      auto state = context_.state.Lock();
      lease = state->leases.LeaseOf(partition);
      state->leases.Revoke(partition);
    }
    context_.Tell({PartitionEvent::Kind::kRevoked, partition, {}, lease});
  }
  // Perhaps nothing is read after the last partition, and the handler would go on as if these were still ours.
  context_.Flush();
  std::size_t count = 0;
  {
    auto state = context_.state.Lock();
    count = state->leases.size();
    if (lost) state->joined = false;
  }
  if (count == 0) health_.WaitForPartitions();
  if (!context_.closing) assigned_partitions_.Set(static_cast<double>(count));
  if (IsCooperative(context_.client)) {
    const KafkaError ignored(rd_kafka_incremental_unassign(context_.client, &partitions));
  } else {
    rd_kafka_assign(context_.client, nullptr);
  }
}

void Rebalance::Settle(const std::vector<Partition>& partitions, bool lost) {
  kLog.Info("kafka source {kafka_topic}: {count} partitions {how}",
            {{"kafka_topic", context_.address.topic},
             {"count", partitions.size()},
             {"how",
              lost ? "lost: another member may have them already; what is under way is read again there" : "revoked"}});
  Dropped dropped;
  {
    const auto state = context_.state.Lock();
    dropped = flow_.CountHeld([&](const Record& record) {
      return record.use == RecordUse::kCounts && state->leases.Holds(record.place.partition, record.place.lease);
    });
  }
  flow_.DropPartitions([&](Partition partition) { return Contains(partitions, partition); });
  if (lost) return;
  WaitUntilSettled(partitions, dropped);
  commits_.Commit(partitions, SteadyNow() + kCommit);
}

void Rebalance::WaitUntilSettled(const std::vector<Partition>& partitions, const Dropped& dropped) {
  context_.flushed = false;  // whatever is told: nothing more comes
  context_.Flush();
  const auto open = [&](const PartitionLeases& leases) {
    std::size_t sum = 0;
    for (const Partition partition : partitions) {
      const std::size_t entered = leases.Open(partition);
      const auto held = dropped.find(partition);
      sum += entered - std::min(entered, held == dropped.end() ? 0 : held->second);
    }
    return sum;
  };
  const SteadyTime deadline = SteadyNow() + context_.options.revoke_deadline;
  auto state = context_.state.Lock();
  while (open(state->leases) != 0 && SteadyNow() < deadline) {
    context_.Beat();
    state.WaitUntil(std::min(deadline, SteadyNow() + kBeat));
  }
  if (const std::size_t left = open(state->leases); left != 0) {
    kLog.Warn(
        "kafka source {kafka_topic}: {records} records were still under way when their partitions were "
        "revoked; they are read again",
        {{"kafka_topic", context_.address.topic}, {"records", left}});
  }
}

}  // namespace wirewatch
