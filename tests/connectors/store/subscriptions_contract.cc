#include <gmock/gmock.h>

#include <chrono>

#include "tests/connectors/store/delivery_store_contract.h"

namespace wirewatch {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

TEST_P(DeliveryStoreContract, SubscriptionsComeBackAsTheyWerePut) {
  Subscription subscription = SubscriptionOf("desk");
  subscription.title = "The desk's \"own\" – Ünïcode";
  subscription.filter.topics = {"5g-vendor-bans"};
  subscription.channels[0].secret = "whsec_bm90IGEgc2VjcmV0IGF0IGFsbCwgYnV0IGxvbmc=";
  subscription.cap = RateCap{5, std::chrono::minutes(60)};
  const StoredSubscription put = Must(store_->Put(subscription, "", Minute(1), std::nullopt));
  EXPECT_EQ(put.subscription, subscription);
  const auto found = Must(Another()->FindSubscription("desk"));
  ASSERT_TRUE(found);
  EXPECT_EQ(found->subscription, subscription);
  EXPECT_EQ(found->revision, put.revision);
  EXPECT_EQ(found->origin, "");
  EXPECT_EQ(found->changed, Minute(1));
  EXPECT_FALSE(found->deleted);
  EXPECT_EQ(found->disabled_because, "");
  EXPECT_FALSE(Must(store_->FindSubscription("night")));
}

TEST_P(DeliveryStoreContract, ASubscriptionChangesOnlyFromTheRevisionThatWasSeen) {
  const Subscription subscription = SubscriptionOf("desk");
  const auto rejected = [](const auto& result) { return !result && result.error().code == ErrorCode::kRejected; };
  EXPECT_TRUE(rejected(store_->Put(subscription, "", Minute(0), 5)));
  const auto first = Must(store_->Put(subscription, "", Minute(0), 0)).revision;
  EXPECT_TRUE(rejected(store_->Put(subscription, "", Minute(0), 0)));
  const auto second = Must(store_->Put(subscription, "", Minute(0), first)).revision;
  EXPECT_GT(second, first);
  EXPECT_TRUE(rejected(store_->Put(subscription, "", Minute(0), first)));
  EXPECT_TRUE(rejected(store_->Delete("desk", Minute(0), first)));
  EXPECT_TRUE(store_->Delete("desk", Minute(0), second));
  const Status again = store_->Delete("desk", Minute(0), std::nullopt);
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().code, ErrorCode::kNotFound);
  EXPECT_TRUE(Must(store_->FindSubscription("desk"))->deleted) << "kept for the ledger";
  EXPECT_GT(Must(store_->Put(subscription, "", Minute(0), 0)).revision, second) << "it may come back";
}

TEST_P(DeliveryStoreContract, SubscriptionsArePagedByIdAndTheirVersionRises) {
  std::int64_t version = Must(store_->SubscriptionsVersion());
  const auto rises = [&] {
    const auto now = Must(store_->SubscriptionsVersion());
    return now > std::exchange(version, now);
  };
  for (const char* id : {"c", "a", "e", "b", "d"}) Must(store_->Put(SubscriptionOf(id), "", Minute(0), std::nullopt));
  EXPECT_TRUE(rises());
  EXPECT_FALSE(rises());
  Must(store_->PutSnooze("b", {Snooze::Of::kTopic, "5g-vendor-bans", Minute(30)}, Minute(0)));
  EXPECT_TRUE(rises());
  Must(store_->Delete("c", Minute(0), std::nullopt));
  EXPECT_TRUE(rises());
  Must(store_->Disable("d", "410 Gone", Minute(0)));
  EXPECT_TRUE(rises());
  const auto ids = [&](const Page& page, bool with_deleted) {
    std::vector<std::string> found;
    for (const auto& stored : Must(store_->Subscriptions(page, with_deleted))) found.push_back(stored.subscription.id);
    return found;
  };
  EXPECT_THAT(ids({"", 2}, false), ElementsAre("a", "b"));
  EXPECT_THAT(ids({"b", 2}, false), ElementsAre("d", "e"));
  EXPECT_THAT(ids({"b", 2}, true), ElementsAre("c", "d"));
  EXPECT_THAT(ids({"e", 2}, true), IsEmpty());
  const auto all = Must(store_->Subscriptions({}, false));
  EXPECT_THAT(all[1].subscription.snoozes, SizeIs(1));
  EXPECT_THAT(all[0].subscription.snoozes, IsEmpty());
  EXPECT_EQ(all[2].disabled_because, "410 Gone");
}

TEST_P(DeliveryStoreContract, AFilesSubscriptionsFollowTheFile) {
  Must(store_->Put(SubscriptionOf("own"), "", Minute(0), std::nullopt));
  Must(store_->Sync("team.yaml", {SubscriptionOf("a"), SubscriptionOf("b")}, Minute(0)));
  const auto first = Must(store_->FindSubscription("a"));
  ASSERT_TRUE(first);
  EXPECT_EQ(first->origin, "team.yaml");
  const std::int64_t version = Must(store_->SubscriptionsVersion());
  Must(store_->Sync("team.yaml", {SubscriptionOf("b"), SubscriptionOf("a")}, Minute(1)));
  EXPECT_EQ(Must(store_->SubscriptionsVersion()), version) << "nothing has changed";

  Subscription changed = SubscriptionOf("b");
  changed.title = "Another one";
  Must(store_->Sync("team.yaml", {SubscriptionOf("a"), changed, SubscriptionOf("c")}, Minute(2)));
  EXPECT_EQ(Must(store_->FindSubscription("a"))->revision, first->revision);
  EXPECT_EQ(Must(store_->FindSubscription("b"))->subscription.title, "Another one");
  EXPECT_EQ(Must(store_->FindSubscription("c"))->changed, Minute(2));

  const Status taken = store_->Sync("team.yaml", {SubscriptionOf("d"), SubscriptionOf("own")}, Minute(3));
  ASSERT_FALSE(taken);
  EXPECT_EQ(taken.error().code, ErrorCode::kRejected);
  EXPECT_THAT(taken.error().message, HasSubstr("'own'"));
  EXPECT_FALSE(Must(store_->FindSubscription("d"))) << "nothing is left of it";
  EXPECT_FALSE(store_->Sync("other.yaml", {SubscriptionOf("a")}, Minute(3)));

  Must(store_->Sync("team.yaml", {SubscriptionOf("a")}, Minute(4)));
  EXPECT_TRUE(Must(store_->FindSubscription("b"))->deleted);
  EXPECT_FALSE(Must(store_->FindSubscription("own"))->deleted);
  Must(store_->Sync("other.yaml", {SubscriptionOf("b")}, Minute(5)));
  EXPECT_EQ(Must(store_->FindSubscription("b"))->origin, "other.yaml") << "free again";
}

TEST_P(DeliveryStoreContract, WhatWaitsIsCanceledWhenItsSubscriptionGoesOrIsDisabled) {
  Subscription off = SubscriptionOf("off");
  for (const char* id : {"deleted", "disabled", "off", "kept"}) {
    Must(store_->Put(SubscriptionOf(id), "", Minute(0), std::nullopt));
  }
  const AlertNotice notice = NoticeOf(1), late = NoticeOf(2);
  const auto record = [&](const AlertNotice& of) {
    RecordOf(*store_, of, {AtOnce(of, "deleted"), AtOnce(of, "disabled"), AtOnce(of, "off"), AtOnce(of, "kept")});
  };
  record(notice);
  Must(store_->Delete("deleted", Minute(1), std::nullopt));
  Must(store_->Disable("disabled", "410 Gone", Minute(1)));
  off.enabled = false;
  Must(store_->Put(off, "", Minute(1), std::nullopt));
  LedgerQuery canceled;
  canceled.state = MessageState::kCanceled;
  EXPECT_THAT(Ledger(canceled), SizeIs(3));
  record(late);  // of a dispatcher that has not heard of it
  const auto claimed = Claim("a", 2);
  EXPECT_THAT(claimed, SizeIs(2));
  for (const OutboxMessage& message : claimed) EXPECT_EQ(message.subscription, "kept");
  EXPECT_THAT(Ledger(canceled), SizeIs(6));
  for (const LedgerRow& row : Ledger(canceled)) {
    EXPECT_EQ(row.message.attempts, 0u);
    EXPECT_NE(row.message.answer, "");
    EXPECT_TRUE(row.message.finished);
  }
  Must(store_->Put(SubscriptionOf("disabled"), "", Minute(3), std::nullopt));
  EXPECT_EQ(Must(store_->FindSubscription("disabled"))->disabled_because, "") << "a change enables it";
}

TEST_P(DeliveryStoreContract, TheEndOfASnoozeMakesDueWhatItHeld) {
  Must(store_->Put(SubscriptionOf("desk"), "", Minute(0), std::nullopt));
  const Snooze topic{Snooze::Of::kTopic, "5g-vendor-bans", Minute(120)}, all{Snooze::Of::kAll, "", Minute(180)};
  Must(store_->PutSnooze("desk", topic, Minute(0)));
  Must(store_->PutSnooze("desk", all, Minute(0)));
  const AlertNotice first = NoticeOf(1), second = NoticeOf(2), digest = NoticeOf(3);
  RecordOf(*store_, first, {Snoozed(first, 120)});
  RecordOf(*store_, second, {Snoozed(second, 180)});
  RecordOf(*store_, digest, {HeldUntil(digest, 120)});
  EXPECT_EQ(Must(store_->FindSubscription("desk"))->subscription.snoozes, (std::vector<Snooze>{all, topic}));

  Must(store_->PutSnooze("desk", {topic.of, topic.value, Minute(9)}, Minute(10)));
  EXPECT_THAT(IdsOf(Claim("a", 10)), ElementsAre(Snoozed(first, 120).message.id)) << "and nothing else";
  EXPECT_EQ(Must(store_->FindSubscription("desk"))->subscription.snoozes, std::vector<Snooze>{all});

  Must(store_->PutSnooze("desk", {all.of, all.value, Minute(60)}, Minute(11)));
  EXPECT_THAT(Claim("b", 59), SizeIs(1)) << "the lease of the first has ended";
  EXPECT_THAT(IdsOf(Claim("c", 60)), ElementsAre(Snoozed(second, 180).message.id)) << "an earlier end";
  const Status nobody = store_->PutSnooze("nobody", all, Minute(0));
  ASSERT_FALSE(nobody);
  EXPECT_EQ(nobody.error().code, ErrorCode::kNotFound);
}

TEST_P(DeliveryStoreContract, WhatASnoozeHeldKeepsTheQuietHours) {
  Subscription subscription = SubscriptionOf("desk");
  subscription.quiet = QuietHours{std::chrono::hours(8), std::chrono::hours(10), kEveryDay, true};
  Must(store_->Put(subscription, "", Minute(0), std::nullopt));
  const Snooze all{Snooze::Of::kAll, "", Minute(600)};
  Must(store_->PutSnooze("desk", all, Minute(0)));
  const AlertNotice notice = NoticeOf(1);
  RecordOf(*store_, notice, {Snoozed(notice, 600)});
  Must(store_->PutSnooze("desk", {all.of, "", Minute(0)}, Minute(30)));
  EXPECT_EQ(Must(store_->NextDue()), Minute(60));
}

TEST_P(DeliveryStoreContract, WhatIsRecordedAfterTheEndOfItsSnoozeGoesOutAtOnce) {
  Must(store_->Put(SubscriptionOf("desk"), "", Minute(0), std::nullopt));
  const AlertNotice first = NoticeOf(1), second = NoticeOf(2);
  RecordOf(*store_, first, {Snoozed(first, 600, 5)});
  EXPECT_EQ(Must(store_->NextDue()), Minute(5));
  Must(store_->PutSnooze("desk", {Snooze::Of::kAll, "", Minute(700)}, Minute(6)));
  RecordOf(*store_, second, {Snoozed(second, 700, 7)});
  EXPECT_THAT(Claim("a", 699), SizeIs(1));
  EXPECT_THAT(Claim("b", 700), SizeIs(1));
}

TEST_P(DeliveryStoreContract, SnoozesOfTheTextComeAndGoWithItAndOthersStay) {
  const Snooze said{Snooze::Of::kTopic, "said", Minute(100)}, beside{Snooze::Of::kStory, "beside", Minute(100)};
  Subscription subscription = SubscriptionOf("desk");
  subscription.snoozes = {said};
  EXPECT_EQ(Must(store_->Put(subscription, "", Minute(0), std::nullopt)).subscription.snoozes,
            std::vector<Snooze>{said});
  Must(store_->PutSnooze("desk", beside, Minute(1)));
  subscription.title = "Another title";
  EXPECT_EQ(Must(store_->Put(subscription, "", Minute(2), std::nullopt)).subscription.snoozes,
            (std::vector<Snooze>{beside, said}));
  subscription.snoozes.clear();
  EXPECT_EQ(Must(store_->Put(subscription, "", Minute(3), std::nullopt)).subscription.snoozes,
            std::vector<Snooze>{beside});
  Must(store_->Delete("desk", Minute(4), std::nullopt));
  EXPECT_THAT(Must(store_->Put(SubscriptionOf("desk"), "", Minute(5), std::nullopt)).subscription.snoozes, IsEmpty());
}

TEST_P(DeliveryStoreContract, ATextThatCannotBeReadKeepsNoOtherFromItsReader) {
  Must(store_->Put(SubscriptionOf("a"), "", Minute(0), std::nullopt));
  Must(store_->Put(SubscriptionOf("b"), "", Minute(0), std::nullopt));
  const auto database = Must(place_->OpenDatabase());
  Must(database->Write(SqlLock::kNone, [](SqlSession& session) -> Status {
    return session.RunScript("UPDATE subscriptions SET document = '{\"later\": true}' WHERE id = 'a'");
  }));
  const auto stored = Must(store_->Subscriptions({}, false));
  ASSERT_THAT(stored, SizeIs(2));
  EXPECT_EQ(stored[0].subscription.id, "a");
  EXPECT_FALSE(stored[0].subscription.enabled);
  EXPECT_THAT(stored[0].disabled_because, HasSubstr("can no longer be read"));
  EXPECT_EQ(stored[1].subscription, SubscriptionOf("b"));
  EXPECT_TRUE(store_->PutSnooze("a", {Snooze::Of::kAll, "", Minute(9)}, Minute(0)));
}

}  // namespace
}  // namespace wirewatch
