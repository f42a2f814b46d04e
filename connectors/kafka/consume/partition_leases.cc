#include "connectors/kafka/consume/partition_leases.h"

#include <algorithm>

namespace wirewatch {
PartitionLeases::Owned PartitionLeases::NewLease() {
  Owned owned;
  owned.lease = ++leases_;
  return owned;
}

const PartitionLeases::Owned* PartitionLeases::Find(Partition partition, std::uint64_t lease) const {
  const auto at = owned_.find(partition);
  return at != owned_.end() && at->second.lease == lease && !at->second.rewinds ? &at->second : nullptr;
}

PartitionLeases::Owned* PartitionLeases::Find(Partition partition, std::uint64_t lease) {
  return const_cast<Owned*>(std::as_const(*this).Find(partition, lease));
}

// The partition stays ours, and so does its state: kRestored is told once, whatever lease it is told under.
PartitionLeases::Owned PartitionLeases::NextLease(const Owned& before, Offset begin) {
  Owned owned = NewLease();
  // Records before `live` may be others than those that were there, so from `begin` on each counts.
  owned.live = std::min(before.live, begin);
  owned.restored = before.restored || begin < before.live;
  owned.begin = begin;
  return owned;
}

bool PartitionLeases::Assign(Partition partition, std::optional<Start> start) {
  Owned owned = NewLease();
  if (start) {
    owned.begin = start->begin;
    owned.live = start->live;
  }
  owned.restored = !start || start->begin >= start->live;
  return owned_.insert_or_assign(partition, std::move(owned)).first->second.restored;
}

std::vector<Partition> PartitionLeases::partitions() const {
  std::vector<Partition> all;
  for (const auto& [partition, owned] : owned_) all.push_back(partition);
  return all;
}

// --------------------------------------------------------------------------------------------------------- reading

const PartitionLeases::Owned* PartitionLeases::Taking(Partition partition) const {
  const auto at = owned_.find(partition);
  return at != owned_.end() && !at->second.rewinds && !at->second.seek ? &at->second : nullptr;
}

PartitionLeases::Owned* PartitionLeases::Taking(Partition partition) {
  return const_cast<Owned*>(std::as_const(*this).Taking(partition));
}

std::optional<PartitionLeases::Entry> PartitionLeases::Enter(Partition partition, Offset first, Offset last,
                                                             WallTime time) {
  Owned* const taking = Taking(partition);
  if (taking == nullptr) return std::nullopt;
  Owned& owned = *taking;
  Entry entry;
  if (owned.last && first <= *owned.last) {
    entry.went_back_from = owned.last;
    // Records before `first` may be in an open transaction, which ends with the lease: they must come again, too.
    if (transactional_ && owned.resume) {
      owned.back = first;
      owned.rewinds = entry.rewinds = true;
      return entry;
    }
    owned = NextLease(owned, first);
  }
  owned.last = last;
  owned.end.reset();
  if (!owned.begin) owned.begin = first;
  entry.lease = owned.lease;
  entry.restores = last < owned.live;
  if (entry.restores) return entry;
  owned.tracker.Begin(last);
  owned.times.emplace_back(last, time);
  if (!owned.resume) owned.resume = first;
  return entry;
}

std::optional<Offset> PartitionLeases::NextToRead(Partition partition) const {
  const auto at = owned_.find(partition);
  if (at == owned_.end()) return std::nullopt;
  return at->second.last ? std::optional(Next(*at->second.last)) : at->second.begin;
}

void PartitionLeases::MeetEnd(Partition partition, Offset end, SteadyTime now) {
  Owned* const owned = Taking(partition);
  if (owned == nullptr) return;
  owned->end = end;
  owned->end_met = now;
}

std::size_t PartitionLeases::Ahead(Partition partition) const {
  const auto at = owned_.find(partition);
  return at != owned_.end() ? at->second.tracker.size() : 0;
}

bool PartitionLeases::RestoredBy(const RecordPlace& offered) {
  Owned* const owned = Find(offered.partition, offered.lease);
  if (owned == nullptr || Next(offered.offset) < owned->live) return false;
  return !std::exchange(owned->restored, true);
}

bool PartitionLeases::RestoredByEnd(Partition partition) {
  const auto at = owned_.find(partition);
  if (at == owned_.end() || !at->second.end || *at->second.end < at->second.live) return false;
  return !std::exchange(at->second.restored, true);
}

void PartitionLeases::SeekTo(Partition partition, Offset next) {
  if (const auto at = owned_.find(partition); at != owned_.end()) at->second.seek = next;
}

PartitionLeases::Offsets PartitionLeases::SeeksDue() const {
  Offsets due;
  for (const auto& [partition, owned] : owned_) {
    if (owned.seek && !owned.rewinds) due[partition] = *owned.seek;
  }
  return due;
}

void PartitionLeases::Sought() {
  for (auto& [partition, owned] : owned_) owned.seek.reset();
}

// -------------------------------------------------------------------------------------------------------- settling

bool PartitionLeases::Acknowledge(const RecordPlace& place) {
  Owned* const owned = Find(place.partition, place.lease);
  if (owned == nullptr) return false;  // given up in the meantime
  owned->tracker.Done(place.offset);
  const std::optional<Offset> oldest = owned->tracker.OldestOpen();
  while (!owned->times.empty() && (!oldest || owned->times.front().first < *oldest)) owned->times.pop_front();
  return owned->tracker.open() == 0;
}

std::size_t PartitionLeases::Open(Partition partition) const {
  const auto at = owned_.find(partition);
  return at == owned_.end() || at->second.rewinds ? 0 : at->second.tracker.open();
}

PartitionLeases::Offsets PartitionLeases::TakeCommittable() {
  Offsets offsets;
  for (auto& [partition, owned] : owned_) {
    std::optional<Offset> committable = owned.tracker.Committable();
    // At the end nothing is left: what no consumer gets to see is passed, too.
    if (owned.tracker.size() == 0 && owned.end && owned.end >= committable && *owned.end >= owned.live) {
      committable = owned.end;
    }
    if (!committable || committable == owned.stored) continue;
    owned.stored = committable;
    offsets[partition] = *committable;
  }
  return offsets;
}

PartitionLeases::Offsets PartitionLeases::Stored(const std::vector<Partition>& partitions) const {
  Offsets offsets;
  for (const Partition partition : partitions) {
    const auto at = owned_.find(partition);
    if (at != owned_.end() && at->second.stored) offsets[partition] = *at->second.stored;
  }
  return offsets;
}

// ---------------------------------------------------------------------------------------------------- transactions

bool PartitionLeases::BeginCommit(const ReadPlaces& read) {
  for (const auto& [partition, up_to] : read) {
    if (!Holds(partition, up_to.lease)) return false;
  }
  for (const auto& [partition, up_to] : read) owned_.at(partition).is_being_committed = true;
  return true;
}

// Also of a partition that is to be read again: what is committed is not read again.
void PartitionLeases::SetCommitted(const ReadPlaces& read) {
  for (const auto& [partition, up_to] : read) {
    const auto at = owned_.find(partition);
    if (at == owned_.end() || at->second.lease != up_to.lease) continue;
    at->second.resume = up_to.next;
    at->second.is_being_committed = false;
  }
}

bool PartitionLeases::Rewind(const ReadPlaces& read) {
  bool any = false;
  for (const auto& [partition, up_to] : read) {
    const auto at = owned_.find(partition);
    if (at == owned_.end() || at->second.lease != up_to.lease) continue;
    at->second.rewinds = true;
    at->second.is_being_committed = false;
    any = true;
  }
  return any;
}

bool PartitionLeases::rewinds() const {
  for (const auto& [partition, owned] : owned_) {
    if (owned.rewinds) return true;
  }
  return false;
}

// A lease that rewinds has entered the record that its transaction is about, so it has a `resume`.
PartitionLeases::Offsets PartitionLeases::RewindsDue() const {
  Offsets due;
  for (const auto& [partition, owned] : owned_) {
    if (!owned.rewinds || owned.is_being_committed) continue;
    due[partition] = owned.back ? std::min(*owned.resume, *owned.back) : *owned.resume;
  }
  return due;
}

PartitionLeases::Offsets PartitionLeases::Rewound(const Offsets& to) {
  Offsets again;
  for (const auto& [partition, offset] : to) {
    const auto at = owned_.find(partition);
    if (at == owned_.end() || !at->second.rewinds) continue;
    at->second = NextLease(at->second, offset);
    at->second.resume = offset;
    again[partition] = offset;
  }
  return again;
}

PartitionLeases::Offsets PartitionLeases::QuietEnds(SteadyTime now, std::chrono::milliseconds quiet) const {
  Offsets ends;
  for (const auto& [partition, owned] : owned_) {
    if (owned.rewinds || owned.seek || owned.tracker.size() != 0) continue;
    if (!owned.end || now - owned.end_met < quiet || *owned.end < owned.live) continue;
    if (!owned.resume || *owned.resume < *owned.end) ends[partition] = *owned.end;
  }
  return ends;
}

void PartitionLeases::EndsCommitted(const Offsets& ends, bool committed, SteadyTime now) {
  for (const auto& [partition, end] : ends) {
    const auto at = owned_.find(partition);
    if (at == owned_.end()) continue;
    if (committed) at->second.resume = end;
    at->second.end_met = now;
  }
}

// ------------------------------------------------------------------------------------------------------------- lag

std::optional<PartitionLeases::Reading> PartitionLeases::ReadingOf(Partition partition) const {
  const auto at = owned_.find(partition);
  if (at == owned_.end()) return std::nullopt;
  const Owned& owned = at->second;
  return Reading{owned.lease, owned.begin, owned.end,
                 owned.times.empty() ? std::nullopt : std::optional(owned.times.front().second)};
}

}  // namespace wirewatch
