// Transactions: what follows from records, and that they are read, made durable as one: both or neither.
#ifndef WIREWATCH_PIPELINE_RECORDS_TRANSACTIONS_H_
#define WIREWATCH_PIPELINE_RECORDS_TRANSACTIONS_H_

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>

#include "base/result.h"
#include "pipeline/records/record.h"

namespace wirewatch {

// How far the records of each partition are handled: up to `next`, under `lease` (RecordPlace::lease).
struct ReadUpTo {
  std::uint64_t lease = 0;
  Offset next{};
};
using ReadPlaces = std::map<Partition, ReadUpTo>;

// Sinks of the same transactions take what is sent into the open one; a Delivery has its outcome when that is
// committed, or is dropped without one when it is undone.
// Threads: one, but for RequestStop.
class Transactions {
 public:
  virtual ~Transactions() = default;

  // Whether the record's partition is still ours as it was when the record was read. If not, somebody reads it again,
  // and what it leads to must not be sent by us.
  virtual bool Holds(const RecordPlace& place) const = 0;

  // To be called at the start until it gives true, whether or not there is something to commit: from then on an older
  // process of our name commits nothing more, and what a crash of it left open is undone. One that takes its name late
  // would fence a younger one. Blocks for a few seconds at most.
  // Errors: as of Commit.
  virtual Result<bool> TakeName() = 0;

  // Makes all that was sent since the last call durable, and that `read` is handled. False: it is undone, and the
  // records are read again. Blocks while the other side is away.
  // Errors: nothing will ever be committed again (another process has our name), or RequestStop.
  virtual Result<bool> Commit(const ReadPlaces& read) = 0;

  // Undoes what was sent since the last Commit; the records of `read` are read again.
  virtual Status Abort(const ReadPlaces& read) = 0;

  // Makes a call that waits give up. Any thread.
  virtual void RequestStop() = 0;
};

// The transactions of one step: all that it sends is sent in them, and they are committed every `interval`.
struct StepTransactions {
  std::shared_ptr<Transactions> transactions;  // null: it has none
  std::chrono::milliseconds interval{};

  explicit operator bool() const { return transactions != nullptr; }
};

}  // namespace wirewatch

#endif  // WIREWATCH_PIPELINE_RECORDS_TRANSACTIONS_H_
