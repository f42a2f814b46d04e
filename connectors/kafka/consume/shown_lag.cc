#include "connectors/kafka/consume/shown_lag.h"

#include <algorithm>
#include <utility>

#include "connectors/kafka/consume/partitions.h"

namespace wirewatch {
namespace {

double Seconds(auto duration) { return std::chrono::duration<double>(duration).count(); }

}  // namespace

std::vector<Partition> ShownLag::Show(std::vector<Partition> ours) {
  std::vector<Partition> gone;
  for (const Partition partition : shown_) {
    if (!Contains(ours, partition)) gone.push_back(partition);
  }
  for (const Partition partition : gone) {
    last_.erase(partition);
    behind_.erase(partition);
  }
  shown_ = std::move(ours);
  return gone;
}

std::map<Partition, PartitionLag> ShownLag::Update(const std::map<Partition, PartitionOffsets>& known,
                                                   const PartitionLeases& leases, WallTime wall, SteadyTime now) {
  std::map<Partition, PartitionLag> changed;
  for (const auto& [partition, last] : last_) {
    if (known.contains(partition) || now - last.at < settings_.unanswered) continue;
    changed[partition] = {last.lag.records, last.lag.seconds + Seconds(now - last.at)};
  }
  for (const auto& [partition, offsets] : known) {
    if (!Contains(shown_, partition)) continue;
    const auto reading = leases.ReadingOf(partition);
    // Before anything is committed: what there is from where we begin.
    std::int64_t begin = settings_.from_latest ? offsets.end : offsets.begin;
    if (reading && reading->begin) begin = static_cast<std::int64_t>(*reading->begin);
    PartitionLag lag{std::max<std::int64_t>(offsets.end - offsets.committed.value_or(begin), 0), 0};
    if (reading) {
      const bool at_end = reading->end && static_cast<std::int64_t>(*reading->end) >= offsets.end;
      lag.seconds = SecondsOf(partition, *reading, lag.records == 0 || at_end, wall, now);
    }
    last_[partition] = {lag, now};
    changed[partition] = lag;
  }
  return changed;
}

double ShownLag::SecondsOf(Partition partition, const PartitionLeases::Reading& reading, bool all_read, WallTime wall,
                           SteadyTime now) {
  if (all_read || reading.oldest_open) behind_.erase(partition);
  if (reading.oldest_open) return std::max(Seconds(wall - *reading.oldest_open), 0.0);
  if (all_read) return 0;
  Behind& behind = behind_.try_emplace(partition, Behind{reading.lease, now}).first->second;
  if (behind.lease != reading.lease) behind = {reading.lease, now};
  return std::max(Seconds(now - behind.at), 0.0);
}

}  // namespace wirewatch
