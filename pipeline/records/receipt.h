// Receipt: a record under way, and how many of its outcomes are still open. When none is, the record is settled:
// counted out and acknowledged to its source, so that its offset may be committed.
//
// Threads: Open, Settle by any. Destroyed unsettled (its delivery was given up), the record is never acknowledged.
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
enum class RecordOutcome { kUnmatched, kMatched, kSuppressed, kDeadLettered, kRestored, kReadAgain };

class Receipt {
 public:
  // Called once when a receipt is settled, and once when one is destroyed; from any thread.
  struct Owner {
    virtual ~Owner() = default;
    virtual void Settled(const Receipt& receipt) = 0;
    virtual void Released(const Receipt& receipt) = 0;
  };

  // Begins with one open outcome: that of the handler.
  Receipt(Owner& owner, Record record, WallTime received)
      : owner_(owner), record_(std::move(record)), received_(received) {}
  ~Receipt() { owner_.Released(*this); }
  Receipt(const Receipt&) = delete;
  Receipt& operator=(const Receipt&) = delete;

  const Record& record() const { return record_; }
  // The payload gets memory of its own, in place of its source's, of which a few kept bytes may hold many: a record
  // that waits for its outcomes waits long. REQUIRES: nobody else has the receipt yet.
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
  bool settled() const { return open_.load(std::memory_order_acquire) == 0; }

  // One more outcome to wait for. REQUIRES: the record is not settled.
  void Open() { open_.fetch_add(1, std::memory_order_relaxed); }
  // One outcome is there.
  void Settle() {
    if (open_.fetch_sub(1, std::memory_order_acq_rel) == 1) owner_.Settled(*this);
  }
  // Nothing came of it here; it is read again, by us or by another. REQUIRES: no outcome comes any more.
  void ReadAgain() {
    SetOutcome(RecordOutcome::kReadAgain);
    open_.store(0, std::memory_order_release);
    owner_.Settled(*this);
  }

 private:
  Owner& owner_;
  Record record_;
  const WallTime received_;
  std::atomic<RecordOutcome> outcome_{RecordOutcome::kUnmatched};
  std::atomic<int> open_{1};
};

using ReceiptPtr = std::shared_ptr<Receipt>;

}  // namespace wirewatch

#endif  // WIREWATCH_PIPELINE_RECORDS_RECEIPT_H_
