#include "pipeline/flow/transactional_handler.h"

#include <utility>

namespace wirewatch {

TransactionalHandler::TransactionalHandler(std::unique_ptr<Handler> handler, std::shared_ptr<Transactions> transactions,
                                           TransactionalOptions options)
    : transactions_(std::move(transactions)), handler_(std::move(handler)), options_(options) {}

TransactionalHandler::~TransactionalHandler() = default;

void TransactionalHandler::Handle(ReceiptPtr receipt, MatchOutcome outcome) {
  if (!failure_) return;  // it stays unsettled: read again after a restart
  const RecordPlace place = receipt->record().place;
  if (!transactions_->Holds(place)) return receipt->ReadAgain();
  // The partition went and came back: what we did for it before is somebody else's now.
  if (const auto read = read_.find(place.partition); read != read_.end() && read->second.lease != place.lease) {
    Abort();
    if (!failure_) return;
  }
  if (receipt->record().restores) return handler_->Handle(std::move(receipt), std::move(outcome));
  if (receipts_.empty()) begun_ = SteadyNow();
  receipt->Open();
  receipts_.push_back(receipt);
  read_[place.partition] = {place.lease, Offset{static_cast<std::int64_t>(place.offset) + 1}};
  handler_->Handle(std::move(receipt), std::move(outcome));
  CommitIfDue();
}

// What we did for a partition that went is somebody else's now, also where it has come back since.
void TransactionalHandler::Observe(const PartitionEvent& event) {
  if (!failure_) return;
  const bool is_other = event.kind == PartitionEvent::Kind::kAssigned || event.kind == PartitionEvent::Kind::kRevoked;
  if (is_other && read_.contains(event.partition)) Abort();
  handler_->Observe(event);
}

Status TransactionalHandler::Tend() {
  if (failure_ && !has_name_) {
    if (const auto taken = transactions_->TakeName(); taken) {
      has_name_ = *taken;
    } else {
      Fail(taken.error());
    }
  }
  if (failure_) CommitIfDue();
  // Also when there is nothing to commit: what it waits for may never come.
  if (failure_ && receipts_.empty()) {
    if (Status tended = handler_->Tend(); !tended) Fail(std::move(tended).error());
  }
  return failure_;
}

void TransactionalHandler::CommitIfDue() {
  if (receipts_.empty()) return;
  if (receipts_.size() >= options_.records || SteadyNow() - begun_ >= options_.interval) Commit();
}

void TransactionalHandler::Commit() {
  // What was refused on the spot becomes a dead letter in the same transaction.
  if (Status tended = handler_->Tend(); !tended) {
    Abort();
    return Fail(std::move(tended).error());
  }
  Result<bool> committed = transactions_->Commit(read_);
  if (!committed) return Fail(std::move(committed).error());
  if (!*committed) return ReadAgain();
  for (const ReceiptPtr& receipt : receipts_) receipt->Settle();
  receipts_.clear();
  read_.clear();
}

void TransactionalHandler::Abort() {
  // The handler forgets what was refused: it comes again.
  if (Status tended = handler_->Tend(); !tended) Fail(std::move(tended).error());
  if (Status aborted = transactions_->Abort(read_); !aborted) Fail(std::move(aborted).error());
  ReadAgain();
}

void TransactionalHandler::ReadAgain() {
  for (const ReceiptPtr& receipt : receipts_) receipt->ReadAgain();
  receipts_.clear();
  read_.clear();
}

void TransactionalHandler::Fail(Error error) {
  if (failure_) failure_ = std::move(error);
  receipts_.clear();  // unsettled
  read_.clear();
}

void TransactionalHandler::RequestStop() {
  transactions_->RequestStop();
  handler_->RequestStop();
}

Status TransactionalHandler::Close(SteadyTime deadline) {
  if (failure_ && !receipts_.empty()) Commit();
  Status closed = handler_->Close(deadline);
  return failure_ ? closed : failure_;
}

}  // namespace wirewatch
