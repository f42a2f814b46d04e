// TransactionalHandler: puts what another handler sends into transactions, each with the records that it follows from.
// A record is settled when its transaction is committed. One whose transaction is undone, or whose partition was lost
// before, is counted out as read again: whoever has the partition now does all of it.
#ifndef WIREWATCH_PIPELINE_FLOW_TRANSACTIONAL_HANDLER_H_
#define WIREWATCH_PIPELINE_FLOW_TRANSACTIONAL_HANDLER_H_

#include <chrono>
#include <cstddef>
#include <memory>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "monitoring/health.h"
#include "pipeline/flow/handler.h"
#include "pipeline/records/transactions.h"

namespace wirewatch {

struct TransactionalOptions {
  std::chrono::milliseconds interval{100};  // from the first record of a transaction to its commit
  std::size_t records = 5'000;              // of one transaction at most
};

// The part of TransactionalHandler that is the same for every value: which records are in the open transaction, and
// when it ends.
class OpenTransaction {
 public:
  // Borrows `handler`: what it sends is in the transaction.
  OpenTransaction(HandlerBase& handler, std::shared_ptr<Transactions> transactions, TransactionalOptions options)
      : transactions_(std::move(transactions)), handler_(handler), options_(options) {}

  // Whether the record is to be handled now; it is in the transaction then, if it counts. If not, it is done
  // (counted out as read again), or never will be, after a failure.
  bool Begin(const ReceiptPtr& receipt);
  // The record that was begun last is handled.
  void CommitIfDue();

  // As of Handler.
  void Observe(const PartitionEvent& event);
  Status Tend();
  void RequestStop();
  Status Close(SteadyTime deadline);

 private:
  bool has_failed() const { return !failure_; }
  void Commit();
  void Abort();
  void ReadAgain();
  void Fail(Error error);

  const std::shared_ptr<Transactions> transactions_;
  HandlerBase& handler_;
  const TransactionalOptions options_;

  SteadyTime begun_{};
  ReadPlaces read_;
  std::vector<ReceiptPtr> receipts_;  // each with a hold of ours

  bool has_name_ = false;  // Transactions::TakeName
  Status failure_;         // nothing is handled any more
};

template <class Value>
class TransactionalHandler : public Handler<Value> {
 public:
  // REQUIRES: all that `handler` sends goes to sinks of `transactions`.
  TransactionalHandler(std::unique_ptr<Handler<Value>> handler, std::shared_ptr<Transactions> transactions,
                       TransactionalOptions options)
      : handler_(std::move(handler)), transaction_(*handler_, std::move(transactions), options) {}

  void AddReadiness(Health& health) const override { handler_->AddReadiness(health); }
  void Handle(ReceiptPtr receipt, Outcome<Value> outcome) override {
    if (!transaction_.Begin(receipt)) return;
    const bool counts = receipt->record().use == RecordUse::kCounts;
    handler_->Handle(std::move(receipt), std::move(outcome));
    if (counts) transaction_.CommitIfDue();
  }
  void Observe(const PartitionEvent& event) override { transaction_.Observe(event); }
  // Also before a record that is not handled because its partition is lost: the event that says so comes before the
  // next record, and the time begins anew.
  void Advance(Partition partition, WallTime record_time) override { handler_->Advance(partition, record_time); }
  Status Tend() override { return transaction_.Tend(); }
  void RequestStop() override { transaction_.RequestStop(); }
  Status Close(SteadyTime deadline) override { return transaction_.Close(deadline); }

 private:
  const std::unique_ptr<Handler<Value>> handler_;
  OpenTransaction transaction_;
};

}  // namespace wirewatch

#endif  // WIREWATCH_PIPELINE_FLOW_TRANSACTIONAL_HANDLER_H_
