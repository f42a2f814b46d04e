#include <gmock/gmock.h>

#include <map>
#include <set>

#include "tests/connectors/store/delivery_store_contract.h"

namespace wirewatch {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

TEST_P(DeliveryStoreContract, TheLedgerIsAskedByAnyOfItsPartsAndPaged) {
  std::vector<AlertNotice> notices;
  for (int i = 0; i < 10; ++i) notices.push_back(NoticeOf(i));
  for (int i = 0; i < 10; ++i) {
    const AlertNotice& notice = notices[static_cast<std::size_t>(i)];
    PlannedDelivery other = AtOnce(notice, "night", i);
    other.message.reader = "bob@example.org";
    RecordOf(*store_, notice, {AtOnce(notice, "desk", i), other});
  }
  const auto claimed = Claim("a", 0);
  ASSERT_THAT(claimed, SizeIs(2));
  EXPECT_TRUE(Finish(claimed[0], "a", MessageState::kFailed, 1));

  const auto with = [&](auto change) {
    LedgerQuery query;
    change(query);
    return Ledger(query).size();
  };
  EXPECT_EQ(with([](LedgerQuery&) {}), 20u);
  EXPECT_EQ(with([](LedgerQuery& q) { q.subscription = "night"; }), 10u);
  EXPECT_EQ(with([&](LedgerQuery& q) { q.alert = notices[3].id; }), 2u);
  EXPECT_EQ(with([](LedgerQuery& q) { q.reader = "bob@example.org"; }), 10u);
  EXPECT_EQ(with([&](LedgerQuery& q) { q.message = claimed[0].id; }), 1u);
  EXPECT_EQ(with([](LedgerQuery& q) { q.state = MessageState::kFailed; }), 1u);
  EXPECT_EQ(with([](LedgerQuery& q) { q.state = MessageState::kWaiting; }), 18u);
  EXPECT_EQ(with([](LedgerQuery& q) { q.since = Minute(3), q.until = Minute(5); }), 4u);
  EXPECT_EQ(with([](LedgerQuery& q) { q.subscription = "desk", q.since = Minute(8); }), 2u);
  EXPECT_EQ(with([](LedgerQuery& q) { q.subscription = "nobody"; }), 0u);

  std::vector<std::string> paged, whole;
  for (const LedgerRow& row : Ledger()) whole.push_back(row.key);
  Page page{"", 3};
  while (true) {
    const auto rows = Must(store_->Ledger({}, page));
    if (rows.empty()) break;
    ASSERT_LE(rows.size(), 3u);
    for (const LedgerRow& row : rows) paged.push_back(row.key);
    page.after = rows.back().key;
  }
  EXPECT_EQ(paged, whole);
  EXPECT_EQ(std::set<std::string>(paged.begin(), paged.end()).size(), 20u);
  const LedgerRow row = Must(store_->Ledger({}, {"", 1}))[0];
  EXPECT_EQ(row.entry.alert, notices[0].id);
  EXPECT_EQ(row.entry.revision, 7);
  EXPECT_EQ(row.entry.reason, DeliveryReason::kAtOnce);
  EXPECT_EQ(row.entry.message, row.message.id);
  EXPECT_EQ(row.entry.decided, Minute(0));
  for (const char* wrong : {"x", "12", "12-", "-", "1-2-3", "'; DROP TABLE ledger"}) {
    const auto rows = store_->Ledger({}, {wrong, 3});
    ASSERT_FALSE(rows) << wrong;
    EXPECT_EQ(rows.error().code, ErrorCode::kInvalid);
  }
}

TEST_P(DeliveryStoreContract, ReplaysWithTheSameIdsAndCountsAttemptsAnew) {
  const AlertNotice notice = NoticeOf(1), second = NoticeOf(2);
  RecordOf(*store_, notice, {HeldUntil(notice, 0, "failed"), AtOnce(notice, "delivered"), AtOnce(notice, "open")});
  std::map<std::string, OutboxMessage> messages;
  for (const OutboxMessage& message : Claim("a", 0)) messages[message.subscription] = message;
  EXPECT_TRUE(Finish(messages["failed"], "a", MessageState::kFailed, 1));
  EXPECT_TRUE(Finish(messages["delivered"], "a", MessageState::kDelivered, 1));

  EXPECT_EQ(Must(store_->Replay({}, Minute(2))), 1u) << "what was delivered only where it is named";
  EXPECT_THAT(Ledger({"", "", "", "", MessageState::kFailed, {}, {}}), IsEmpty());
  RecordOf(*store_, second, {HeldUntil(second, 0, "failed")});
  const auto again = Claim("b", 2);
  ASSERT_THAT(again, SizeIs(2)) << "what comes meanwhile has a message of its own";
  const auto replayed = std::ranges::find(again, messages["failed"].id, &OutboxMessage::id);
  ASSERT_NE(replayed, again.end());
  EXPECT_EQ(replayed->attempts, 1u);
  EXPECT_FALSE(replayed->finished);
  EXPECT_THAT(IdsOf(Must(store_->AlertsOf(replayed->id))), ElementsAre(notice.id));

  LedgerQuery named;
  named.message = messages["delivered"].id;
  EXPECT_EQ(Must(store_->Replay(named, Minute(3))), 1u);
  EXPECT_THAT(IdsOf(Claim("c", 3)), ElementsAre(messages["delivered"].id));
  EXPECT_EQ(Must(store_->Replay(named, Minute(3))), 0u) << "it is under way";
  LedgerQuery state;
  state.state = MessageState::kDelivered;
  EXPECT_EQ(Must(store_->Replay(state, Minute(3))), 0u);
  EXPECT_TRUE(Finish(messages["delivered"], "c", MessageState::kDelivered, 4));
  EXPECT_EQ(Must(store_->Replay(state, Minute(5))), 1u);
  state.state = MessageState::kSending;
  EXPECT_EQ(Must(store_->Replay(state, Minute(5))), 0u);
}

TEST_P(DeliveryStoreContract, AlertsComeLatestFirstInPages) {
  std::vector<AlertNotice> notices;
  std::vector<std::string> latest_first;
  for (int i = 0; i < 9; ++i) notices.push_back(NoticeOf(i, i));
  for (const AlertNotice& notice : notices) {
    latest_first.insert(latest_first.begin(), notice.id);
    std::vector<PlannedDelivery> planned;
    if (notice.alerted >= Minute(4)) {
      planned = {AtOnce(notice), AtOnce(notice)};
      planned[1].entry.channel = "feed";
    }
    RecordOf(*store_, notice, planned);
  }
  const auto all = [&](std::string_view subscription, std::optional<WallTime> since) {
    std::vector<std::string> ids;
    Page page{"", 2};
    while (true) {
      const auto share = Must(store_->Alerts(subscription, since, page));
      if (share.empty()) return ids;
      EXPECT_LE(share.size(), 2u);
      for (const AlertNotice& notice : share) ids.push_back(notice.id);
      page.after = ids.back();
    }
  };
  EXPECT_EQ(all("", std::nullopt), latest_first);
  EXPECT_EQ(all("", Minute(7)), std::vector<std::string>(latest_first.begin(), latest_first.begin() + 2));
  EXPECT_EQ(all("desk", std::nullopt), std::vector<std::string>(latest_first.begin(), latest_first.begin() + 5));
  EXPECT_EQ(all("desk", Minute(8)), std::vector<std::string>(latest_first.begin(), latest_first.begin() + 1));
  EXPECT_THAT(all("nobody", std::nullopt), IsEmpty());
  const auto gone = store_->Alerts("", std::nullopt, {"0123456789abcdef0123456789abcdef", 2});
  ASSERT_FALSE(gone);
  EXPECT_EQ(gone.error().code, ErrorCode::kNotFound);
}

TEST_P(DeliveryStoreContract, ForgetsWhatIsFinishedInShares) {
  constexpr std::size_t kOld = 1'500;
  std::vector<AlertNotice> notices;
  for (int i = 0; i < static_cast<int>(kOld); ++i) notices.push_back(NoticeOf(i, 0));
  std::vector<PlannedAlert> batch;
  for (const AlertNotice& notice : notices) {
    PlannedDelivery planned = Capped(notice, 1'000'000);
    planned.message.state = MessageState::kDelivered;
    planned.message.finished = Minute(1);
    batch.push_back({&notice, {planned}});
  }
  const AlertNotice waits = NoticeOf(10'000, 0), is_new = NoticeOf(10'001, 20);
  batch.push_back({&waits, {HeldUntil(waits, 100)}});
  batch.push_back({&is_new, {AtOnce(is_new, "desk", 20)}});
  EXPECT_EQ(Must(store_->Record(batch)), kOld + 2);

  EXPECT_TRUE(Must(store_->Forget(Minute(10)))) << "there is more";
  EXPECT_THAT(Ledger(), SizeIs(kOld + 2 - 1'000));
  EXPECT_FALSE(Must(store_->Forget(Minute(10))));
  EXPECT_THAT(Ledger(), SizeIs(2));
  EXPECT_FALSE(Must(store_->FindAlert(notices[0].id)));
  EXPECT_TRUE(Must(store_->FindAlert(waits.id))) << "its message has not gone out yet";
  EXPECT_TRUE(Must(store_->FindAlert(is_new.id)));
  EXPECT_FALSE(Must(store_->Forget(Minute(10))));
  EXPECT_EQ(RecordOf(*store_, notices[0], {AtOnce(notices[0])}), 1u) << "what is forgotten is new again";
}

}  // namespace
}  // namespace wirewatch
