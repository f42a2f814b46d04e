// TransactionalHandler: puts what another handler sends into transactions, each with the records that it follows from.
// A record is settled when its transaction is committed. One whose transaction is undone, or whose partition was lost
// before, is counted out as read again: whoever has the partition now does all of it.
#ifndef WIREWATCH_PIPELINE_FLOW_TRANSACTIONAL_HANDLER_H_
#define WIREWATCH_PIPELINE_FLOW_TRANSACTIONAL_HANDLER_H_

#include <chrono>
#include <cstddef>
#include <memory>
#include <vector>

#include "base/clock.h"
#include "pipeline/flow/handler.h"
#include "pipeline/records/transactions.h"

namespace wirewatch {

struct TransactionalOptions {
  std::chrono::milliseconds interval{100};  // from the first record of a transaction to its commit
  std::size_t records = 5'000;              // of one transaction at most
};

class TransactionalHandler : public Handler {
 public:
  // REQUIRES: all that `handler` sends goes to sinks of `transactions`.
  TransactionalHandler(std::unique_ptr<Handler> handler, std::shared_ptr<Transactions> transactions,
                       TransactionalOptions options);
  ~TransactionalHandler() override;

  void Handle(ReceiptPtr receipt, MatchOutcome outcome) override;
  void Observe(const PartitionEvent& event) override;
  Status Tend() override;
  void RequestStop() override;
  Status Close(SteadyTime deadline) override;

 private:
  void CommitIfDue();
  void Commit();
  void Abort();
  void ReadAgain();
  void Fail(Error error);

  const std::shared_ptr<Transactions> transactions_;
  const std::unique_ptr<Handler> handler_;
  const TransactionalOptions options_;

  // Of the open transaction.
  SteadyTime begun_{};
  ReadPlaces read_;
  std::vector<ReceiptPtr> receipts_;  // each with one outcome open for us

  bool has_name_ = false;  // Transactions::TakeName
  Status failure_;         // nothing is handled any more
};

}  // namespace wirewatch

#endif  // WIREWATCH_PIPELINE_FLOW_TRANSACTIONAL_HANDLER_H_
