// DeliveryStoreSql: the DeliveryStore of both databases. Its tables: store_migrations.cc.
#ifndef WIREWATCH_CONNECTORS_STORE_DELIVERY_STORE_SQL_H_
#define WIREWATCH_CONNECTORS_STORE_DELIVERY_STORE_SQL_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
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

class DeliveryStoreSql : public DeliveryStore {
 public:
  // REQUIRES: Migrate(*database) has been.
  explicit DeliveryStoreSql(std::unique_ptr<SqlDatabase> database);
  ~DeliveryStoreSql() override;

  Status Ready() const override;

  Result<std::size_t> Record(const std::vector<PlannedAlert>& alerts) override;

  Result<std::vector<OutboxMessage>> Claim(const ClaimRequest& request) override;
  Result<std::multimap<std::string, std::string>> ToldOf(const std::vector<std::string_view>& alerts) override;
  Result<std::vector<AlertNotice>> AlertsOf(std::string_view message) override;
  Result<bool> Finish(const FinishedAttempt& attempt) override;
  Result<std::optional<WallTime>> NextDue() override;
  Status Release(std::string_view owner) override;
  Result<OutboxCounts> Count(WallTime now) override;

  Result<std::vector<LedgerRow>> Ledger(const LedgerQuery& query, const Page& page) override;
  Result<std::size_t> Replay(const LedgerQuery& query, WallTime now) override;
  Result<std::vector<AlertNotice>> Alerts(std::string_view subscription, std::optional<WallTime> since,
                                          const Page& page) override;
  Result<std::optional<AlertNotice>> FindAlert(std::string_view id) override;
  Result<bool> Forget(WallTime before) override;

  Result<StoredSubscription> Put(const Subscription& subscription, std::string_view origin, WallTime now,
                                 std::optional<std::int64_t> if_revision) override;
  Status Delete(std::string_view id, WallTime now, std::optional<std::int64_t> if_revision) override;
  Status Sync(std::string_view origin, const std::vector<Subscription>& subscriptions, WallTime now) override;
  Status Disable(std::string_view id, std::string_view because, WallTime now) override;
  Status PutSnooze(std::string_view id, const Snooze& snooze, WallTime now) override;
  Result<std::optional<StoredSubscription>> FindSubscription(std::string_view id) override;
  Result<std::vector<StoredSubscription>> Subscriptions(const Page& page, bool with_deleted) override;
  Result<std::int64_t> SubscriptionsVersion() override;

  Status PutToken(const ApiToken& token) override;
  Result<std::optional<ApiToken>> FindToken(std::string_view digest) override;
  Result<std::vector<ApiToken>> Tokens() override;
  Result<bool> DeleteToken(std::string_view id) override;
  Status NoteTokenUse(std::string_view id, WallTime now) override;

  Status PutFeedback(const Feedback& feedback) override;
  Result<std::vector<Feedback>> FeedbackSince(std::optional<WallTime> since, const Page& page) override;

  Result<std::string> Secret(std::string_view name, const std::function<std::string()>& make) override;

 private:
  const std::unique_ptr<SqlDatabase> database_;
};

}  // namespace wirewatch

#endif  // WIREWATCH_CONNECTORS_STORE_DELIVERY_STORE_SQL_H_
