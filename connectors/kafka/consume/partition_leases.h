// PartitionLeases: which partitions are ours and how far each is read, settled and committed.
//
// A partition is ours under a lease: a number that is new each time that the partition is assigned to us, or is read
// again from an older place. Whatever comes late (an acknowledgement, a commit) names the lease that its record was
// read under. What belongs to another lease is passed over, so that it cannot move an offset of the current one.
//
//   Assign -> Enter, Acknowledge, ... -> Revoke
//                 |
//                 |  Rewind (a transaction was undone): from now on nothing is entered or held
//                 |  RewindsDue, then the consumer seeks, then Rewound: a new lease, from the committed offset
//
// Reading may go back by itself (Entry::went_back_from). Without transactions a new lease begins at once, and what
// comes again is a repeat like any other: what followed from it is out. With transactions it is a Rewind, since what is
// in the open one ends with the lease.
//
// Pure bookkeeping: nothing here talks to a broker. Threads: none; the owner locks (source_state.h).
#ifndef WIREWATCH_CONNECTORS_KAFKA_CONSUME_PARTITION_LEASES_H_
#define WIREWATCH_CONNECTORS_KAFKA_CONSUME_PARTITION_LEASES_H_

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "pipeline/records/offset_tracker.h"
#include "pipeline/records/record.h"
#include "pipeline/records/transactions.h"

namespace wirewatch {

class PartitionLeases {
 public:
  using Offsets = std::map<Partition, Offset>;

  explicit PartitionLeases(bool transactional = false) : transactional_(transactional) {}

  // Where reading begins when the state of a partition is to be restored: records before `live` only restore it.
  struct Start {
    Offset begin{};
    Offset live{};
  };

  // What comes and goes.
  // True: no record restores a state, so the partition counts as restored at once. Nothing for `start`: the partition
  // is read from where the group stands, which we do not know.
  bool Assign(Partition partition, std::optional<Start> start);
  void Revoke(Partition partition) { owned_.erase(partition); }
  std::size_t size() const { return owned_.size(); }
  std::vector<Partition> partitions() const;
  bool Owns(Partition partition) const { return owned_.contains(partition); }
  // 0: the partition is not ours.
  std::uint64_t LeaseOf(Partition partition) const {
    const auto at = owned_.find(partition);
    return at != owned_.end() ? at->second.lease : 0;
  }
  // Whether the partition is ours under this lease and is not to be read again.
  bool Holds(Partition partition, std::uint64_t lease) const { return Find(partition, lease) != nullptr; }

  // Reading.
  // False: what is read of the partition is nobody's: it is not ours, or reading is about to go on from elsewhere.
  bool TakesRecords(Partition partition) const { return Taking(partition) != nullptr; }
  struct Entry {
    std::uint64_t lease = 0;
    bool restores = false;                 // the record only restores the state, and is not acknowledged
    std::optional<Offset> went_back_from;  // the last offset, if reading went back behind it
    bool rewinds = false;                  // the records are not entered: the partition is to be read again
  };
  // Records `first` to `last` (mostly one) were read and are offered as one, which is open until its Acknowledge.
  // `time`: when it was written. Nothing: as TakesRecords.
  std::optional<Entry> Enter(Partition partition, Offset first, Offset last, WallTime time);
  // The offset behind the last that was read, or where reading began; nothing: neither is known.
  std::optional<Offset> NextToRead(Partition partition) const;
  // The end of the partition was met at `end`.
  void MeetEnd(Partition partition, Offset end, SteadyTime now);
  // Records that are entered, from the oldest that is open on.
  std::size_t Ahead(Partition partition) const;

  // One of these is true once while the partition is ours: the last record that restores the state was offered. It was
  // the one at `offered`, or the partition ends there. The end tells where the offset before Start::live is that of a
  // control record, which no consumer gets to see. Never true when reading went back before the state was restored.
  bool RestoredBy(const RecordPlace& offered);
  bool RestoredByEnd(Partition partition);

  // Reading goes on from `next`, for which the consumer must seek; until Sought nothing is entered.
  void SeekTo(Partition partition, Offset next);
  Offsets SeeksDue() const;  // without those that rewind
  void Sought();

  // Settling.
  // True: no record of the partition is open any more.
  bool Acknowledge(const RecordPlace& place);
  // Records that are entered and not acknowledged; 0 of a partition that is to be read again.
  std::size_t Open(Partition partition) const;

  // Offsets to commit, without transactions: of each partition what changed since the last call.
  Offsets TakeCommittable();
  // Those of `partitions` that TakeCommittable has given last.
  Offsets Stored(const std::vector<Partition>& partitions) const;

  // With transactions.
  // False: a partition of `read` is not held under its lease, and nothing of `read` may be committed. Else the
  // partitions are not gone back in before SetCommitted or Rewind of `read`.
  bool BeginCommit(const ReadPlaces& read);
  // `read` is committed: a rewind goes back to there.
  void SetCommitted(const ReadPlaces& read);
  // The partitions of `read` that are ours under its leases are to be read again. True: there are any.
  bool Rewind(const ReadPlaces& read);
  Offsets RewindsDue() const;
  // The consumer has gone back to `to`. Partitions whose Rewind came in the meantime stay due. Gives those that are
  // read again from now on, under a new lease.
  Offsets Rewound(const Offsets& to);
  bool rewinds() const;
  // Ends of partitions where all is settled and nothing came for `quiet`, as far as they are not committed. Behind the
  // last record may stand offsets that no consumer gets to see: control records, aborted records.
  Offsets QuietEnds(SteadyTime now, std::chrono::milliseconds quiet) const;
  // The brokers were asked to commit `ends`. If they did not, it is tried again after `quiet`.
  void EndsCommitted(const Offsets& ends, bool committed, SteadyTime now);

  // For the lag.
  struct Reading {
    std::uint64_t lease = 0;
    std::optional<Offset> begin;          // where reading began, if it is known
    std::optional<Offset> end;            // of the partition, if reading is there
    std::optional<WallTime> oldest_open;  // when the oldest record that is open was written
  };
  std::optional<Reading> ReadingOf(Partition partition) const;

 private:
  // One partition while it is ours.
  struct Owned {
    std::uint64_t lease = 0;
    Offset live{};          // records before it only restore
    bool restored = false;  // that the last of these was offered has been told
    OffsetTracker tracker;
    std::deque<std::pair<Offset, WallTime>> times;  // of records that are open or behind such, in the tracker's order
    std::optional<Offset> begin;                    // where reading began, if it is known
    std::optional<Offset> last;                     // that was read
    std::optional<Offset> stored;                   // for the next commit
    std::optional<Offset> end;                      // of the partition, where it was met; none once a record follows
    SteadyTime end_met{};
    std::optional<Offset> seek;       // reading must go on from there
    std::optional<Offset> resume;     // with transactions: what is committed, or else the first record that counts
    bool rewinds = false;             // it is to be read from `resume` again
    std::optional<Offset> back;       // or from here, if that is before: reading went back by itself
    bool is_being_committed = false;  // `resume` may be about to change
  };

  Owned NewLease();
  Owned NextLease(const Owned& before, Offset begin);
  // Null: as Holds.
  Owned* Find(Partition partition, std::uint64_t lease);
  const Owned* Find(Partition partition, std::uint64_t lease) const;
  // Null: as TakesRecords.
  Owned* Taking(Partition partition);
  const Owned* Taking(Partition partition) const;

  bool transactional_;  // not const: copies are made of the whole
  std::map<Partition, Owned> owned_;
  std::uint64_t leases_ = 0;  // given so far
};

}  // namespace wirewatch

#endif  // WIREWATCH_CONNECTORS_KAFKA_CONSUME_PARTITION_LEASES_H_
