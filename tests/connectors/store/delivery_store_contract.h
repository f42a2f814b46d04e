// What every DeliveryStore does: the contract of pipeline/deliver/delivery_store.h as tests, in *_contract.cc. Each
// database runs all of them: INSTANTIATE_TEST_SUITE_P(Sqlite, DeliveryStoreContract, testing::Values(&MakePlace)).
#ifndef WIREWATCH_TESTS_CONNECTORS_STORE_DELIVERY_STORE_CONTRACT_H_
#define WIREWATCH_TESTS_CONNECTORS_STORE_DELIVERY_STORE_CONTRACT_H_

#include <gtest/gtest.h>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "connectors/store/sql_database.h"
#include "pipeline/deliver/alert_notice.h"
#include "pipeline/deliver/delivery_store.h"
#include "pipeline/deliver/subscription.h"

namespace wirewatch {

// Where one test keeps its store: a file, a database of the server. Empty before it.
class StorePlace {
 public:
  virtual ~StorePlace() = default;
  // Each call is as one more process.
  virtual Result<std::unique_ptr<DeliveryStore>> Open() const = 0;
  virtual Result<std::unique_ptr<SqlDatabase>> OpenDatabase() const = 0;
};
using MakeStorePlace = std::unique_ptr<StorePlace> (*)();

// Aborts on an error, with its sentence: what follows would mean nothing.
template <typename T>
T Must(Result<T> result) {
  if (!result) {
    ADD_FAILURE() << result.error().message;
    std::abort();
  }
  return *std::move(result);
}
inline void Must(Status status) {
  if (status) return;
  ADD_FAILURE() << status.error().message;
  std::abort();
}

// Monday, 23 November 2026, 09:00 UTC, and so many minutes.
WallTime Minute(int minutes);

// The alert of that number, of its minute.
AlertNotice NoticeOf(int number, int minute = 0);

Subscription SubscriptionOf(std::string_view id, std::string_view reader = "ada@example.org");

// What was decided at `minute` on the notice, for the channel "webhook" of `subscription`.
PlannedDelivery AtOnce(const AlertNotice& notice, std::string_view subscription = "desk", int minute = 0);
// Held until `due`: a digest, or what `kind` and `reason` say.
PlannedDelivery HeldUntil(const AlertNotice& notice, int due, std::string_view subscription = "desk", int minute = 0,
                          MessageKind kind = MessageKind::kDigest, DeliveryReason reason = DeliveryReason::kDigest);

// At once, as the `limit`-th message of the hour at most.
PlannedDelivery Capped(const AlertNotice& notice, std::uint32_t limit, std::string_view subscription = "desk");
PlannedDelivery Snoozed(const AlertNotice& notice, int until, int minute = 0);

// Records it; how many entries are new.
std::size_t RecordOf(DeliveryStore& store, const AlertNotice& notice, const std::vector<PlannedDelivery>& planned);

// A claim by `owner` at `minute`, with a lease of five minutes.
ClaimRequest ClaimBy(std::string_view owner, int minute, std::size_t limit = 100);

std::vector<std::string> IdsOf(const std::vector<AlertNotice>& notices);
std::vector<std::string> IdsOf(const std::vector<OutboxMessage>& messages);

class DeliveryStoreContract : public testing::TestWithParam<MakeStorePlace> {
 protected:
  DeliveryStoreContract() : place_(GetParam()()), store_(Another()) {}

  std::unique_ptr<DeliveryStore> Another() const { return Must(place_->Open()); }

  std::vector<OutboxMessage> Claim(std::string_view owner, int minute, std::size_t limit = 100) {
    return Must(store_->Claim(ClaimBy(owner, minute, limit)));
  }
  bool Finish(const OutboxMessage& message, std::string_view owner, MessageState state, int minute) {
    return Must(store_->Finish({message.id, std::string(owner), state, Minute(minute), Minute(minute), "answer"}));
  }
  std::vector<LedgerRow> Ledger(const LedgerQuery& query = {}) { return Must(store_->Ledger(query, {"", 10'000})); }

  const std::unique_ptr<StorePlace> place_;
  const std::unique_ptr<DeliveryStore> store_;
};

}  // namespace wirewatch

#endif  // WIREWATCH_TESTS_CONNECTORS_STORE_DELIVERY_STORE_CONTRACT_H_
