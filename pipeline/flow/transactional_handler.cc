#include "pipeline/flow/transactional_handler.h"

#include <utility>

namespace wirewatch {

bool OpenTransaction::Begin(const ReceiptPtr& receipt) {
  if (has_failed()) return false;  // it stays unsettled: read again after a restart
  // What it is about stays so under each lease of the partition.
  if (receipt->record().use == RecordUse::kRecalls) return true;
  const RecordPlace place = receipt->record().place;
  if (!transactions_->Holds(place)) {
    receipt->ReadAgain();
    return false;
  }
  // The partition went and came back: what we did for it before is somebody else's now.
  if (const auto read = read_.find(place.partition); read != read_.end() && read->second.lease != place.lease) {
    Abort();
    if (has_failed()) return false;
  }
  if (receipt->record().use == RecordUse::kRestores) return true;
  if (receipts_.empty()) begun_ = SteadyNow();
  receipt->Hold();
  receipts_.push_back(receipt);
  read_[place.partition] = {place.lease, Next(place.offset)};
  return true;
}

// What we did for a partition that went is somebody else's now, also where it has come back since.
void OpenTransaction::Observe(const PartitionEvent& event) {
  if (has_failed()) return;
  // Behind kUndone what we hold is of the lease before: reading went back without us.
  if (event.kind != PartitionEvent::Kind::kRestored && read_.contains(event.partition)) Abort();
  handler_.Observe(event);
}

Status OpenTransaction::Tend() {
  if (!has_failed() && !has_name_) {
    if (const auto taken = transactions_->TakeName(); taken) {
      has_name_ = *taken;
    } else {
      Fail(taken.error());
    }
  }
  if (!has_failed()) CommitIfDue();
  // Also when there is nothing to commit: what it waits for may never come.
  if (!has_failed() && receipts_.empty()) {
    if (Status tended = handler_.Tend(); !tended) Fail(std::move(tended).error());
  }
  return failure_;
}

void OpenTransaction::CommitIfDue() {
  if (receipts_.empty()) return;
  if (receipts_.size() >= options_.records || SteadyNow() - begun_ >= options_.interval) Commit();
}

void OpenTransaction::Commit() {
  // What was refused on the spot becomes a dead letter in the same transaction.
  if (Status tended = handler_.Tend(); !tended) {
    Abort();
    return Fail(std::move(tended).error());
  }
  Result<bool> committed = transactions_->Commit(read_);
  if (!committed) return Fail(std::move(committed).error());
  if (!*committed) return ReadAgain();
  for (const auto& [partition, up_to] : read_) handler_.Committed(partition);
  for (const ReceiptPtr& receipt : receipts_) receipt->Release();
  receipts_.clear();
  read_.clear();
}

void OpenTransaction::Abort() {
  // The handler forgets what was refused: it comes again.
  if (Status tended = handler_.Tend(); !tended) Fail(std::move(tended).error());
  if (Status aborted = transactions_->Abort(read_); !aborted) Fail(std::move(aborted).error());
  ReadAgain();
}

void OpenTransaction::ReadAgain() {
  for (const ReceiptPtr& receipt : receipts_) receipt->ReadAgain();
  receipts_.clear();
  read_.clear();
}

void OpenTransaction::Fail(Error error) {
  if (!has_failed()) failure_ = std::move(error);
  receipts_.clear();  // unsettled
  read_.clear();
}

void OpenTransaction::RequestStop() {
  transactions_->RequestStop();
  handler_.RequestStop();
}

Status OpenTransaction::Close(SteadyTime deadline) {
  if (!has_failed() && !receipts_.empty()) Commit();
  Status closed = handler_.Close(deadline);
  return has_failed() ? failure_ : closed;
}

}  // namespace wirewatch
