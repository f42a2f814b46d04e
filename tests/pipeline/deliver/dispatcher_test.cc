#include "pipeline/deliver/dispatcher.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "monitoring/health.h"
#include "monitoring/metrics.h"
#include "pipeline/deliver/deliver_sink.h"
#include "pipeline/deliver/subscription_watch.h"
#include "tests/support/memory_delivery_store.h"
#include "tests/support/sample_alert.h"
#include "tests/support/wait_until.h"

namespace wirewatch {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

const WallTime kNow = *ParseRfc3339("2026-10-19T06:00:00Z");

Subscription SubscriptionTo(const std::string& id, const std::string& topic) {
  Subscription subscription;
  subscription.id = id;
  subscription.reader = "ada";
  subscription.filter.topics = {topic};
  subscription.channels = {
      {.kind = ChannelKind::kWebhook, .id = "webhook", .url = "https://hooks.example.org/1", .secret = "", .to = {}}};
  return subscription;
}

AlertNotice NoticeOf(const std::string& id, const std::string& topic) {
  AlertNotice notice;
  notice.id = id;
  notice.topic = topic;
  notice.title = "Sweden bans Huawei from 5G networks";
  notice.alerted = kNow;
  return notice;
}

class DispatcherTest : public ::testing::Test {
 protected:
  DispatcherTest() {
    store_.Add(SubscriptionTo("floods", "floods"));
    options_.clock = [] { return kNow; };
    options_.first_retry = options_.longest_retry = std::chrono::milliseconds(1);
    options_.recorded = [this] { ++recorded_; };
  }

  void Begin() {
    dispatcher_ = std::make_unique<Dispatcher>(store_, watch_, options_, metrics_,
                                               health_.AddLoop("deliver", std::chrono::seconds(60)));
  }
  void Send(const AlertNotice& notice) {
    dispatcher_->Send(notice,
                      Delivery([this](const std::optional<Error>& error) { ++(error ? refused_ : delivered_); }));
  }

  MetricsRegistry metrics_;
  Health health_;
  MemoryDeliveryStore store_;
  SubscriptionWatch watch_{store_, {}, metrics_, [] { return kNow; }};
  DispatcherOptions options_;
  std::atomic<int> delivered_ = 0, refused_ = 0, recorded_ = 0;
  std::unique_ptr<Dispatcher> dispatcher_;
};

TEST_F(DispatcherTest, AnAlertIsDeliveredWhenWhatFollowsFromItIsInTheStore) {
  ASSERT_TRUE(watch_.Look(false));
  Begin();
  Send(NoticeOf("a1", "floods"));
  Send(NoticeOf("a2", "strikes"));  // nobody wants it
  ASSERT_TRUE(dispatcher_->Close(SteadyNow() + kLong));
  EXPECT_EQ(delivered_, 2);
  EXPECT_GE(recorded_, 1);
  ASSERT_THAT(store_.ledger, SizeIs(1));
  EXPECT_EQ(store_.ledger.front().alert, "a1");
  EXPECT_EQ(store_.ledger.front().reason, DeliveryReason::kAtOnce);
  EXPECT_EQ(store_.ledger.front().revision, store_.subscriptions.at("floods").revision);
  ASSERT_THAT(store_.messages, SizeIs(1));
  EXPECT_EQ(store_.messages.begin()->second.message.due, kNow);
  EXPECT_THAT(store_.alerts, SizeIs(2));
}

TEST_F(DispatcherTest, AnAlertThatComesAgainChangesNothing) {
  ASSERT_TRUE(watch_.Look(false));
  Begin();
  for (int i = 0; i < 3; ++i) Send(NoticeOf("a1", "floods"));
  ASSERT_TRUE(dispatcher_->Close(SteadyNow() + kLong));
  EXPECT_EQ(delivered_, 3);
  EXPECT_THAT(store_.ledger, SizeIs(1));
  EXPECT_THAT(store_.messages, SizeIs(1));
}

// A correction, or withdrawal, of the alert `corrects` that meets no topic that anybody asks for any more.
AlertNotice CorrectionOf(const std::string& corrects, const std::string& id, AlertKind kind) {
  AlertNotice notice = NoticeOf(id, "elsewhere");
  notice.kind = kind;
  notice.corrects = corrects;
  return notice;
}

TEST_F(DispatcherTest, WhoWasToldHearsTheCorrectionWhateverTheirFilterSaysOfIt) {
  store_.Add(SubscriptionTo("strikes", "strikes"));
  ASSERT_TRUE(watch_.Look(false));
  Begin();
  Send(NoticeOf("a1", "floods"));
  ASSERT_TRUE(dispatcher_->Close(SteadyNow() + kLong));
  Send(CorrectionOf("a1", "a2", AlertKind::kCorrection));
  ASSERT_TRUE(dispatcher_->Close(SteadyNow() + kLong));
  // Of the correction, which was told too.
  Send(CorrectionOf("a2", "a3", AlertKind::kWithdrawn));
  ASSERT_TRUE(dispatcher_->Close(SteadyNow() + kLong));
  ASSERT_THAT(store_.ledger, SizeIs(3));
  for (const LedgerEntry& entry : store_.ledger) EXPECT_EQ(entry.subscription, "floods") << entry.alert;
}

TEST_F(DispatcherTest, AnAlertAndItsWithdrawalMayComeInOneBatch) {
  Begin();  // the alerts wait for the subscriptions, so all are taken together
  Send(NoticeOf("a1", "floods"));
  Send(CorrectionOf("a1", "a2", AlertKind::kCorrection));
  Send(CorrectionOf("a2", "a3", AlertKind::kWithdrawn));
  ASSERT_TRUE(watch_.Look(false));
  ASSERT_TRUE(dispatcher_->Close(SteadyNow() + kLong));
  EXPECT_THAT(store_.ledger, SizeIs(3));
}

TEST_F(DispatcherTest, NobodyHearsACorrectionOfWhatTheyWereNotToldOrOfAKindTheyLeaveOut) {
  Subscription without = SubscriptionTo("without", "floods");
  without.filter.kinds = {AlertKind::kNew, AlertKind::kCorrection};
  store_.Add(without);
  ASSERT_TRUE(watch_.Look(false));
  Begin();
  Send(NoticeOf("a1", "floods"));
  Send(CorrectionOf("a9", "a2", AlertKind::kWithdrawn));  // of one that nobody was told of
  AlertNotice update = CorrectionOf("a1", "a3", AlertKind::kUpdate);
  Send(update);  // no correction: it is told to those who ask for it
  ASSERT_TRUE(dispatcher_->Close(SteadyNow() + kLong));
  EXPECT_THAT(store_.ledger, SizeIs(2));
  Send(CorrectionOf("a1", "a4", AlertKind::kWithdrawn));
  ASSERT_TRUE(dispatcher_->Close(SteadyNow() + kLong));
  ASSERT_THAT(store_.ledger, SizeIs(3));
  EXPECT_EQ(store_.ledger.back().subscription, "floods");
}

TEST_F(DispatcherTest, WhoMissedTheUpdateThatLostTheirWordsHearsTheWithdrawalOfTheStory) {
  ASSERT_TRUE(watch_.Look(false));
  Begin();
  Send(NoticeOf("a1", "floods"));
  Send(CorrectionOf("a1", "a2", AlertKind::kUpdate));  // not theirs any more
  AlertNotice withdrawn = CorrectionOf("a2", "a3", AlertKind::kWithdrawn);
  withdrawn.previous = {"a1", "a2"};
  for (int i = 0; i < 2; ++i) Send(withdrawn);
  ASSERT_TRUE(dispatcher_->Close(SteadyNow() + kLong));
  ASSERT_THAT(store_.ledger, SizeIs(2));
  EXPECT_EQ(store_.ledger.back().alert, "a3");
}

TEST_F(DispatcherTest, ASubscriptionThatWasDisabledSinceHearsNoCorrection) {
  ASSERT_TRUE(watch_.Look(false));
  Begin();
  Send(NoticeOf("a1", "floods"));
  ASSERT_TRUE(dispatcher_->Close(SteadyNow() + kLong));
  ASSERT_TRUE(store_.Disable("floods", "its endpoint has gone", kNow));
  ASSERT_TRUE(watch_.Look(false));
  Send(CorrectionOf("a1", "a2", AlertKind::kWithdrawn));
  ASSERT_TRUE(dispatcher_->Close(SteadyNow() + kLong));
  EXPECT_THAT(store_.ledger, SizeIs(1));
}

TEST_F(DispatcherTest, AStoreThatIsAwayIsWaitedForAndNothingIsDropped) {
  ASSERT_TRUE(watch_.Look(false));
  Begin();
  ASSERT_TRUE(dispatcher_->Ready());
  store_.SetAway(true);
  for (int i = 0; i < 50; ++i) Send(NoticeOf("a" + std::to_string(i), "floods"));
  ASSERT_TRUE(WaitUntil([&] { return store_.failed_calls() > 10; }));
  EXPECT_EQ(delivered_, 0);
  const Status ready = dispatcher_->Ready();
  ASSERT_FALSE(ready);
  EXPECT_EQ(ready.error().message, "the store is away");
  store_.SetAway(false);
  ASSERT_TRUE(dispatcher_->Close(SteadyNow() + kLong));
  EXPECT_EQ(delivered_, 50);
  EXPECT_THAT(store_.ledger, SizeIs(50));
  EXPECT_TRUE(dispatcher_->Ready());
  EXPECT_LT(store_.records, 10u);  // not one transaction each
}

TEST_F(DispatcherTest, AlertsWaitUntilTheSubscriptionsAreKnown) {
  Begin();
  Send(NoticeOf("a1", "floods"));
  ASSERT_TRUE(WaitUntil([&] {
    const Status ready = dispatcher_->Ready();
    return !ready && ready.error().message == "subscriptions: not read yet";
  }));
  ASSERT_TRUE(watch_.Look(false));
  ASSERT_TRUE(dispatcher_->Close(SteadyNow() + kLong));
  EXPECT_THAT(store_.ledger, SizeIs(1));
}

TEST_F(DispatcherTest, SubscriptionsThatHaveChangedCountForTheNextAlert) {
  ASSERT_TRUE(watch_.Look(false));
  Begin();
  Send(NoticeOf("a1", "strikes"));
  ASSERT_TRUE(WaitUntil([&] { return delivered_ == 1; }));
  store_.Add(SubscriptionTo("strikes", "strikes"));
  ASSERT_TRUE(watch_.Look(false));
  Send(NoticeOf("a2", "strikes"));
  ASSERT_TRUE(dispatcher_->Close(SteadyNow() + kLong));
  ASSERT_THAT(store_.ledger, SizeIs(1));
  EXPECT_EQ(store_.ledger.front().alert, "a2");
}

TEST_F(DispatcherTest, AFullQueueMakesTheSenderOfAlertsWait) {
  options_.queue = 2;
  options_.batch = 1;
  Begin();  // no subscriptions are known: it waits with the first
  std::atomic<int> sent = 0;
  std::thread sends([&] {
    for (int i = 0; i < 10; ++i) {
      Send(NoticeOf("a" + std::to_string(i), "floods"));
      ++sent;
    }
  });
  ASSERT_TRUE(WaitUntil([&] { return sent == 3; }));
  ASSERT_TRUE(watch_.Look(false));
  sends.join();
  ASSERT_TRUE(dispatcher_->Close(SteadyNow() + kLong));
  EXPECT_EQ(delivered_, 10);
}

TEST_F(DispatcherTest, AStopEndsThatWaitAndWhatDoesNotFitHasNoOutcome) {
  options_.queue = 1;
  options_.batch = 1;
  store_.SetAway(true);
  Begin();
  dispatcher_->RequestStop();
  for (int i = 0; i < 10; ++i) Send(NoticeOf("a" + std::to_string(i), "floods"));
  const Status closed = dispatcher_->Close(SteadyNow());
  ASSERT_FALSE(closed);
  EXPECT_EQ(closed.error().code, ErrorCode::kTimeout);
  EXPECT_THAT(closed.error().message, HasSubstr("alerts are not in the store"));
  dispatcher_.reset();
  EXPECT_EQ(delivered_, 0);
  EXPECT_EQ(refused_, 0);
}

TEST_F(DispatcherTest, AnAlertOfTheSameProcessIsTheSameAsItsDocument) {
  store_.Add(SubscriptionTo("bans", "5g-vendor-bans"));
  ASSERT_TRUE(watch_.Look(false));
  DeliverSink sink(std::make_unique<Dispatcher>(store_, watch_, options_, metrics_,
                                                health_.AddLoop("deliver", std::chrono::seconds(60))));
  const Alert alert = SampleAlert();
  sink.Send(alert, Delivery([this](const std::optional<Error>& error) { ++(error ? refused_ : delivered_); }));
  ASSERT_TRUE(sink.Close(SteadyNow() + kLong));
  EXPECT_EQ(delivered_, 1);
  ASSERT_THAT(store_.alerts, SizeIs(1));
  EXPECT_EQ(store_.alerts.begin()->first, alert.id);
  EXPECT_EQ(store_.alerts.begin()->second.document, ToJson(alert));
  EXPECT_THAT(store_.ledger, SizeIs(1));
}

}  // namespace
}  // namespace wirewatch
