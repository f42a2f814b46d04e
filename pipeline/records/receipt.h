// Receipt: a record under way, and the number of holds that keep it open. When the last hold is released, the record is
// settled: counted out and acknowledged to its source, so that its offset may be committed.
//
// A receipt that is destroyed with a hold on it is never settled: its record is not acknowledged, and is read again
// after a restart. So whoever drops a receipt without a Release says "it was not done". Who holds it, and until when:
//
//   who                         holds from            releases it                    drops it unreleased
//   the handler                 the beginning         at the end of its Handle       after a failure; where the output
//                                                                                    of the record cannot be written
//   DurableSend                 Send, Join            every sink has the thing, or   the sinks gave its deliveries up
//                                                     its dead letter is sent
//   DeadLetterOutbox            Send                  the dead letter is durable     its sink refused it or gave it up
//   AlertHandler, of a held     the verdict           AlertMemory has it on disk     never
//   alert (embargo)
//   OpenTransaction             Begin                 the transaction is committed   after a failure
//
// ReadAgain, called by OpenTransaction alone, overrules all holds: what the others sent is undone.
#ifndef WIREWATCH_PIPELINE_RECORDS_RECEIPT_H_
#define WIREWATCH_PIPELINE_RECORDS_RECEIPT_H_

#include <atomic>
#include <memory>
#include <string>
#include <utility>

#include "base/clock.h"
#include "pipeline/records/record.h"

namespace wirewatch {

// How a record is counted out, exactly once.
enum class RecordOutcome { kUnmatched, kMatched, kSuppressed, kDeadLettered, kRestored, kRecalled, kReadAgain };

// Threads: Hold, Release, SetOutcome by any.
class Receipt {
 public:
  // Called once when a receipt is settled, and once when one is destroyed; from any thread.
  struct Owner {
    virtual ~Owner() = default;
    virtual void Settled(const Receipt& receipt) = 0;
    virtual void Destroyed(const Receipt& receipt) = 0;
  };

  // Begins with one hold: that of the handler.
  Receipt(Owner& owner, Record record, WallTime received)
      : owner_(owner), record_(std::move(record)), received_(received) {}
  ~Receipt() { owner_.Destroyed(*this); }
  Receipt(const Receipt&) = delete;
  Receipt& operator=(const Receipt&) = delete;

  const Record& record() const { return record_; }
  // Copies the payload. Without a copy a record that waits long keeps its whole fetch buffer (Kafka) or read block
  // (files) alive: often megabytes for a few bytes. REQUIRES: nobody else has the receipt yet.
  void CopyPayload() {
    if (record_.payload.data() == nullptr) return;  // it stays null (a tombstone)
    auto own = std::make_shared<const std::string>(record_.payload);
    record_.payload = *own;
    record_.readable_after = 0;
    record_.memory = std::move(own);
  }
  WallTime received() const { return received_; }

  void SetOutcome(RecordOutcome outcome) { outcome_.store(outcome, std::memory_order_relaxed); }
  RecordOutcome outcome() const { return outcome_.load(std::memory_order_relaxed); }
  bool settled() const { return holds_.load(std::memory_order_acquire) == 0; }

  // One more hold. REQUIRES: the record is not settled.
  void Hold() { holds_.fetch_add(1, std::memory_order_relaxed); }
  // One hold less.
  void Release() {
    if (holds_.fetch_sub(1, std::memory_order_acq_rel) == 1) owner_.Settled(*this);
  }
  // Settles the record, whatever holds it: nothing came of it here, and it is read again, by us or by another.
  // REQUIRES: no hold is released any more.
  void ReadAgain() {
    SetOutcome(RecordOutcome::kReadAgain);
    holds_.store(0, std::memory_order_release);
    owner_.Settled(*this);
  }

 private:
  Owner& owner_;
  Record record_;
  const WallTime received_;
  std::atomic<RecordOutcome> outcome_{RecordOutcome::kUnmatched};
  std::atomic<int> holds_{1};
};

using ReceiptPtr = std::shared_ptr<Receipt>;

}  // namespace wirewatch

#endif  // WIREWATCH_PIPELINE_RECORDS_RECEIPT_H_
