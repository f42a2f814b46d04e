// Source: where records come from. RecordInbox: the pipeline's side of it.
#ifndef WIREWATCH_PIPELINE_RECORDS_SOURCE_H_
#define WIREWATCH_PIPELINE_RECORDS_SOURCE_H_

#include <cstdint>
#include <optional>

#include "base/clock.h"
#include "base/result.h"
#include "pipeline/records/record.h"

namespace wirewatch {

// What happens to a partition of a source that reads several and may lose them to others. Whoever keeps a state of a
// partition's records hears of it in order with them:
//
//   kAssigned  records that only restore  kRestored  records that count  kUndone  records that count  kRevoked
//
// Of the records that only restore, those that recall (RecordUse) come first.
//
// A partition without a state to restore has kRestored right behind kAssigned, and kUndone comes any number of times,
// or never. A source that cannot lose its partition (a file, stdin) tells nothing.
//
// A source without transactions may offer records again that it has offered, without an event: what followed from them
// the first time is out, and the state knows them as repeats.
struct PartitionEvent {
  enum class Kind {
    kAssigned,  // it comes to us, and its state with it: as records that only restore, if there are any
    kRestored,  // the last of these was offered: the next record counts. Left out where nobody knows which is the last
    kRevoked,   // it is no longer ours: its state is dropped
    kUndone,    // its records from `from` on are read again: the transaction of what followed from them was undone
  };
  Kind kind = Kind::kAssigned;
  Partition partition{};
  Offset from{};  // of kUndone
  // RecordPlace::lease of the records behind the event; of kRevoked, of those before it.
  std::uint64_t lease = 0;
};

// Called by a source, from its own thread only.
class RecordInbox {
 public:
  virtual ~RecordInbox() = default;

  // Takes `record` when there is room for it (work in flight is bounded by count and bytes) before `deadline`; else
  // leaves it as it was and returns false: offer it again. Records of one partition are matched and alerted in the
  // order of offers.
  virtual bool Offer(Record& record, SteadyTime deadline) = 0;

  // Records are handed on in batches: call this when there is nothing more to read just now.
  virtual void Flush() = 0;

  // Comes behind the records that were offered before it, and before those that are offered after it. Never refused.
  virtual void Tell(const PartitionEvent& event) = 0;

  // "This loop moves": call it at least once a second, also while waiting.
  virtual void Beat() = 0;
};

// How far a source has come, in bytes of its own stream (compressed ones, if it is); or in records, where nobody tells
// how many bytes there are.
struct ReadProgress {
  std::uint64_t bytes_done = 0;
  std::uint64_t bytes_total = 0;
};

// Order of calls: Run once; Close once, after Run has returned and what was offered is drained (or given up).
class Source {
 public:
  virtual ~Source() = default;

  // Reads records and offers them until the stream ends or RequestStop is called. Runs in a thread of its own.
  // Errors: the stream cannot be read at all, or not to its end; what was offered stays valid.
  virtual Status Run(RecordInbox& inbox) = 0;

  // Makes Run return soon. Any thread.
  virtual void RequestStop() = 0;

  // Every outcome of the record at `place` is durable: its offset may be committed. Any thread, any order, once a
  // record.
  virtual void Acknowledge(const RecordPlace& place) = 0;

  // Connected and reading; the error says what is missing. Any thread.
  virtual Status Ready() const = 0;

  // Nothing: the stream has no end, or none that is known. Any thread.
  virtual std::optional<ReadProgress> Progress() const { return std::nullopt; }

  // Commits what is acknowledged and lets go of the stream, within `deadline`.
  virtual Status Close(SteadyTime deadline) = 0;
};

}  // namespace wirewatch

#endif  // WIREWATCH_PIPELINE_RECORDS_SOURCE_H_
