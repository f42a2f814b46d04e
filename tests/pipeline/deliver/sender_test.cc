#include "pipeline/deliver/sender.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "monitoring/health.h"
#include "monitoring/metrics.h"
#include "tests/support/fake_transport.h"
#include "tests/support/memory_delivery_store.h"
#include "tests/support/wait_until.h"

namespace wirewatch {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

const WallTime kBegin = *ParseRfc3339("2026-10-19T06:00:00Z");

class SenderTest : public ::testing::Test {
 protected:
  SenderTest() {
    options_.owner = "me";
    options_.poll = hours(1000);
    options_.breaker = {.failures = 3, .rest = seconds(30), .longest_rest = seconds(600)};
    options_.clock = [this] { return now_; };
    options_.random = [] { return 0.0; };
  }

  Sender& sender() {
    if (!sender_) {
      sender_ = std::make_unique<Sender>(
          store_, transport_, [this](ChannelKind kind) { return kind == ChannelKind::kFeed ? nullptr : &channel_; },
          options_, metrics_);
    }
    return *sender_;
  }

  // A message of one alert to `url`, whose host is the destination, of a subscription of its own.
  void Due(const std::string& id, const std::string& url, ChannelKind kind = ChannelKind::kWebhook,
           std::chrono::microseconds in = {}) {
    Subscription subscription;
    subscription.id = "sub-" + id;
    subscription.channels = {{.kind = kind, .id = "hook", .url = url, .secret = "", .to = {}}};
    store_.Add(subscription);
    AlertNotice notice;
    notice.id = "alert-" + id;
    notice.alerted = now_;
    OutboxMessage message;
    message.id = id;
    message.subscription = subscription.id;
    message.channel = "hook";
    message.channel_kind = kind;
    message.destination = url.substr(0, url.find('/'));
    message.due = now_ + in;
    message.created = now_;
    store_.Add(message, notice);
  }
  const OutboxMessage& Message(const std::string& id) const { return store_.messages.at(id).message; }
  std::string StateOf(const std::string& id) const { return store_.StateOf(id); }

  // Turns until `until`, as the sender's thread would.
  void RunUntil(WallTime until) {
    while (now_ <= until) {
      const WallTime next = sender().Turn();
      ASSERT_GT(next, now_);
      if (next > until) break;
      now_ = next;
    }
    now_ = until;
  }

  WallTime now_ = kBegin;
  MetricsRegistry metrics_;
  MemoryDeliveryStore store_;
  FakeTransport transport_;
  FakeChannel channel_;
  SenderOptions options_;
  std::unique_ptr<Sender> sender_;  // destroyed before what it uses
};

TEST_F(SenderTest, SendsWhatIsDueAndWritesDownThatItWasDelivered) {
  transport_.answers["a/1"] = Answered(200);
  Due("m1", "a/1");
  Due("m2", "a/1", ChannelKind::kWebhook, minutes(5));
  EXPECT_EQ(sender().Turn(), kBegin + minutes(5));
  EXPECT_THAT(transport_.Take(), ElementsAre("a/1 m1"));
  EXPECT_EQ(StateOf("m1"), "delivered");
  EXPECT_EQ(StateOf("m2"), "waiting");
  now_ += minutes(5);
  sender().Turn();
  EXPECT_THAT(transport_.Take(), ElementsAre("a/1 m2"));
  EXPECT_EQ(StateOf("m2"), "delivered");
}

TEST_F(SenderTest, AFailedMessageGoesOutAgainAtTheTimesOfTheScheduleUnderTheSameId) {
  options_.breaker.failures = 1000;
  transport_.answers["a/1"] = Answered(500);
  Due("m1", "a/1");
  std::vector<std::chrono::microseconds> times;
  std::size_t seen = 0;
  for (WallTime next = kBegin; StateOf("m1") != "failed"; next = sender().Turn()) {
    now_ = next;
    for (; seen < transport_.calls().size(); ++seen) times.push_back(now_ - kBegin);
    ASSERT_LT(now_, kBegin + hours(24 * 10));
  }
  std::vector<std::chrono::microseconds> expected{seconds(0)};
  for (std::uint32_t attempt = 1; const auto delay = RetryDelay(attempt, 0); ++attempt) {
    expected.push_back(expected.back() + *delay);
  }
  // Each is begun at the turn of its time, and seen after it.
  EXPECT_EQ(transport_.calls().size(), expected.size());
  EXPECT_EQ(now_ - kBegin >= expected.back(), true);
  for (const auto& call : transport_.calls()) EXPECT_EQ(call.id, "m1");
  EXPECT_EQ(Message("m1").answer, "500");
}

TEST_F(SenderTest, IsGivenUpSoLongAfterItsFirstAttempt) {
  options_.breaker.failures = 1000;
  options_.give_up_after = minutes(10);
  transport_.answers["a/1"] = Answered(500);
  Due("m1", "a/1");
  RunUntil(kBegin + hours(24 * 10));
  EXPECT_EQ(StateOf("m1"), "failed");
  EXPECT_LT(transport_.calls().size(), 6u);
}

TEST_F(SenderTest, WaitsForAsLongAsTheServiceAsks) {
  transport_.answers["a/1"] = Answered(429, seconds(77));
  Due("m1", "a/1");
  EXPECT_EQ(sender().Turn(), kBegin + seconds(77));
  EXPECT_EQ(Message("m1").due, kBegin + seconds(77));
  transport_.answers["a/1"] = Answered(200);
  now_ += seconds(76);
  sender().Turn();
  EXPECT_EQ(StateOf("m1"), "waiting");
  now_ += seconds(1);
  sender().Turn();
  EXPECT_EQ(StateOf("m1"), "delivered");
}

TEST_F(SenderTest, AMessageThatWillNeverBeTakenIsGivenUpAtOnce) {
  transport_.answers["a/1"] = Answered(400);
  Due("m1", "a/1");
  Due("m2", "unrenderable");
  Due("m3", "a/1", ChannelKind::kFeed);
  sender().Turn();
  EXPECT_EQ(StateOf("m1"), "failed");
  EXPECT_EQ(Message("m1").answer, "400");
  EXPECT_EQ(StateOf("m2"), "failed");
  EXPECT_EQ(Message("m2").answer, "the template has a mistake");
  EXPECT_EQ(StateOf("m3"), "failed");
  EXPECT_THAT(transport_.Take(), ElementsAre("a/1 m1"));
}

TEST_F(SenderTest, AMessageWhoseAlertsCannotBeReadFailsAlone) {
  transport_.answers["a/1"] = Answered(200);
  Due("m1", "a/1");
  Due("m2", "a/1");
  store_.unreadable = "m1";
  sender().Turn();
  EXPECT_EQ(StateOf("m1"), "failed");
  EXPECT_EQ(StateOf("m2"), "delivered");
  EXPECT_TRUE(sender().Ready());
}

TEST_F(SenderTest, AnEndpointThatIsGoneDisablesItsSubscription) {
  transport_.answers["a/1"] = Answered(410);
  Due("m1", "a/1");
  sender().Turn();
  EXPECT_EQ(StateOf("m1"), "failed");
  EXPECT_EQ(store_.subscriptions.at("sub-m1").disabled_because, "410");
}

TEST_F(SenderTest, ASubscriptionThatIsDeletedWhileItsEndpointAnswersGoneHoldsUpNoOther) {
  Due("m1", "a/1");
  sender().Turn();
  store_.subscriptions.at("sub-m1").deleted = true;
  transport_.End("a/1", Answered(410));
  transport_.answers["b/1"] = Answered(200);
  Due("m2", "b/1");
  sender().Turn();
  EXPECT_TRUE(sender().Ready());
  EXPECT_EQ(StateOf("m1"), "failed");
  EXPECT_EQ(StateOf("m2"), "delivered");
}

TEST_F(SenderTest, AMessageWhoseSubscriptionOrChannelHasGoneIsCanceled) {
  for (const char* const id : {"gone", "deleted", "off", "disabled", "renamed"}) Due(id, "a/1");
  store_.subscriptions.erase("sub-gone");
  store_.subscriptions.at("sub-deleted").deleted = true;
  store_.subscriptions.at("sub-off").subscription.enabled = false;
  store_.subscriptions.at("sub-disabled").disabled_because = "410";
  store_.subscriptions.at("sub-renamed").subscription.channels.front().id = "another";
  sender().Turn();
  for (const char* const id : {"gone", "deleted", "off", "disabled", "renamed"}) {
    EXPECT_EQ(StateOf(id), "canceled") << id;
    EXPECT_THAT(Message(id).answer, HasSubstr("subscription")) << id;
  }
  EXPECT_THAT(transport_.Take(), IsEmpty());
}

TEST_F(SenderTest, ADestinationThatHangsDelaysNoOther) {
  options_.most_queued = options_.claim = 20;
  for (int i = 0; i < 50; ++i) Due("hangs-" + std::to_string(i), "dead/1");
  transport_.answers["well/1"] = Answered(200);
  for (int i = 0; i < 50; ++i) Due("well-" + std::to_string(i), "well/1", ChannelKind::kWebhook, seconds(1));
  sender().Turn();
  now_ += seconds(1);
  sender().Turn();
  for (int i = 0; i < 50; ++i) EXPECT_EQ(StateOf("well-" + std::to_string(i)), "delivered") << i;
  // No more than its share is under way to the one that hangs.
  int hanging = 0;
  for (const auto& call : transport_.calls()) hanging += call.url == "dead/1";
  EXPECT_EQ(hanging, 4);
}

TEST_F(SenderTest, ManyEndpointsOfAHostThatHangsDelayNoOther) {
  options_.most_queued = options_.claim = 20;
  options_.most_under_way = 12;
  options_.most_to_host = 8;
  for (int i = 0; i < 60; ++i) Due("hangs-" + std::to_string(i), "dead#" + std::to_string(i));
  transport_.answers["well#1"] = Answered(200);
  for (int i = 0; i < 10; ++i) Due("well-" + std::to_string(i), "well#1", ChannelKind::kWebhook, seconds(1));
  sender().Turn();
  now_ += seconds(1);
  sender().Turn();
  for (int i = 0; i < 10; ++i) EXPECT_EQ(StateOf("well-" + std::to_string(i)), "delivered") << i;
  int hanging = 0;
  for (const auto& call : transport_.calls()) hanging += call.url.starts_with("dead#");
  EXPECT_EQ(hanging, 8);
}

TEST_F(SenderTest, ADeadDestinationRestsAndWhatIsClaimedForItGoesBackUnattempted) {
  options_.concurrency = 1;
  transport_.answers["dead/1"] = Answered(500);
  for (int i = 0; i < 6; ++i) Due("m" + std::to_string(i), "dead/1");
  RunUntil(kBegin + seconds(29));
  // Three failures open it.
  EXPECT_THAT(transport_.Take(), SizeIs(3));
  int attempts = 0;
  for (const auto& [id, one] : store_.messages) {
    EXPECT_EQ(one.message.state, MessageState::kWaiting) << id;
    attempts += static_cast<int>(one.message.attempts);
  }
  EXPECT_EQ(attempts, 3);
  // One tries it after its rest; it fails, and rests twice as long.
  RunUntil(kBegin + seconds(89));
  EXPECT_THAT(transport_.Take(), SizeIs(1));
  transport_.answers["dead/1"] = Answered(200);
  RunUntil(kBegin + minutes(10));
  for (const auto& [id, one] : store_.messages) EXPECT_EQ(one.message.state, MessageState::kDelivered) << id;
}

TEST_F(SenderTest, AServiceThatTakesOneASecondGetsOneASecond) {
  options_.interval[ChannelKind::kSlack] = seconds(1);
  transport_.answers["slack/1"] = Answered(200);
  for (int i = 0; i < 5; ++i) Due("m" + std::to_string(i), "slack/1", ChannelKind::kSlack);
  for (int sent = 1; sent <= 5; ++sent) {
    const WallTime next = sender().Turn();
    EXPECT_THAT(transport_.calls(), SizeIs(static_cast<std::size_t>(sent)));
    if (sent < 5) {
      ASSERT_EQ(next, now_ + seconds(1));
    }
    now_ += seconds(1);
  }
}

TEST_F(SenderTest, WhatADeadProcessHadClaimedIsSentWhenItsLeaseHasEnded) {
  Due("m1", "a/1");
  sender().Turn();  // it hangs, and its process is killed
  EXPECT_THAT(transport_.Take(), ElementsAre("a/1 m1"));
  transport_.answers["a/1"] = Answered(200);
  SenderOptions others = options_;
  others.owner = "another";
  Sender another(
      store_, transport_, [this](ChannelKind) { return &channel_; }, others, metrics_);
  EXPECT_EQ(another.Turn(), kBegin + options_.lease);
  EXPECT_THAT(transport_.Take(), IsEmpty());
  now_ += options_.lease;
  another.Turn();
  EXPECT_THAT(transport_.Take(), ElementsAre("a/1 m1"));
  EXPECT_EQ(StateOf("m1"), "delivered");
  EXPECT_EQ(Message("m1").attempts, 2u);
}

TEST_F(SenderTest, AnAnswerThatComesAfterItsLeaseChangesNothing) {
  Due("m1", "a/1");
  sender().Turn();
  now_ += options_.lease;
  store_.messages.at("m1").owner = "another";
  transport_.End("a/1", Answered(200));
  sender().Turn();
  EXPECT_EQ(StateOf("m1"), "sending");
}

TEST_F(SenderTest, WhatWaitsTooLongForItsTurnGoesBackBeforeItsLeaseEnds) {
  options_.concurrency = 2;
  for (const char* const id : {"m1", "m2", "m3"}) Due(id, "a/1");
  sender().Turn();
  ASSERT_EQ(StateOf("m3"), "sending");
  now_ += options_.lease - options_.longest_send + seconds(1);
  transport_.answers["a/1"] = Answered(200);
  transport_.End("a/1", Answered(200));
  sender().Turn();
  // It was claimed anew, and its one attempt was made under the new lease.
  EXPECT_EQ(StateOf("m3"), "delivered");
  EXPECT_EQ(Message("m3").attempts, 1u);
}

TEST_F(SenderTest, AClockThatIsSetForwardSendsNothingTwice) {
  options_.concurrency = 2;
  for (const char* const id : {"m1", "m2", "m3"}) Due(id, "a/1");
  sender().Turn();
  EXPECT_THAT(transport_.Take(), ElementsAre("a/1 m1", "a/1 m2"));
  ASSERT_EQ(StateOf("m3"), "sending");  // it waits for its turn
  now_ += hours(1);
  sender().Turn();
  EXPECT_THAT(transport_.Take(), IsEmpty());
  for (int i = 0; i < 2; ++i) transport_.End("a/1", Answered(200));
  transport_.answers["a/1"] = Answered(200);
  sender().Turn();
  EXPECT_THAT(transport_.Take(), ElementsAre("a/1 m3"));
  for (const char* const id : {"m1", "m2", "m3"}) EXPECT_EQ(StateOf(id), "delivered") << id;
  EXPECT_TRUE(sender().idle());
}

TEST_F(SenderTest, ABacklogIsSentInShortTurnsAndItsLeasesCountFromTheirClaims) {
  options_.claim = 1;
  options_.clock = [this] { return now_ += std::chrono::milliseconds(100); };  // all takes its time
  transport_.answers["a/1"] = Answered(200);
  for (int i = 0; i < 40; ++i) Due("m" + std::to_string(i), "a/1");
  const WallTime next = sender().Turn();
  EXPECT_LE(next, kBegin + seconds(3));
  EXPECT_LE(next, now_);
  EXPECT_FALSE(sender().idle());
  const std::size_t sent = transport_.Take().size();
  EXPECT_GT(sent, 1u);
  EXPECT_LT(sent, 40u);
  // What it claimed last it claimed under a lease from then on.
  WallTime latest{};
  for (const auto& [id, one] : store_.messages) latest = std::max(latest, one.lease_until);
  EXPECT_GT(latest, kBegin + options_.lease + std::chrono::milliseconds(500));
  for (int turns = 0; turns < 40 && !sender().idle(); ++turns) sender().Turn();
  for (const auto& [id, one] : store_.messages) EXPECT_EQ(one.message.state, MessageState::kDelivered) << id;
}

TEST_F(SenderTest, WhatCouldNotBeWrittenDownIsWrittenWhenTheStoreIsBack) {
  Due("m1", "a/1");
  sender().Turn();
  store_.SetAway(true);
  transport_.End("a/1", Answered(200));
  for (int i = 0; i < 10; ++i) now_ = sender().Turn();
  EXPECT_FALSE(sender().Ready());
  EXPECT_FALSE(sender().idle());
  store_.SetAway(false);
  sender().Turn();
  EXPECT_TRUE(sender().Ready());
  EXPECT_TRUE(sender().idle());
  EXPECT_EQ(StateOf("m1"), "delivered");
  EXPECT_THAT(transport_.Take(), SizeIs(1));
}

TEST_F(SenderTest, AStoreThatIsAwayIsAskedAgainAtLongerAndLongerTimes) {
  store_.SetAway(true);
  std::vector<std::chrono::microseconds> waits;
  for (int i = 0; i < 8; ++i) {
    const WallTime next = sender().Turn();
    waits.push_back(next - now_);
    now_ = next;
  }
  EXPECT_EQ(waits.front(), options_.first_retry);
  EXPECT_EQ(waits.back(), options_.longest_retry);
}

// With its thread and the clock of the machine.
class SenderThreadTest : public SenderTest {
 protected:
  SenderThreadTest() {
    options_.clock = WallNow;
    options_.poll = std::chrono::milliseconds(20);
    now_ = WallNow();
  }
  Heartbeat& heartbeat() { return health_.AddLoop("sender", std::chrono::seconds(60)); }
  Health health_;
};

TEST_F(SenderThreadTest, SendsWhatIsDueAndSaysWhenNothingIs) {
  transport_.answers["a/1"] = Answered(200);
  for (int i = 0; i < 20; ++i) Due("m" + std::to_string(i), "a/1");
  std::atomic<bool> idle = false;
  sender().Start(heartbeat());
  sender().WhenIdle([&] { idle = true; });
  ASSERT_TRUE(WaitUntil([&] { return idle.load(); }));
  ASSERT_TRUE(sender().Stop(SteadyNow() + kLong));
  EXPECT_THAT(transport_.calls(), SizeIs(20));
  for (const auto& [id, one] : store_.messages) EXPECT_EQ(one.message.state, MessageState::kDelivered) << id;
}

TEST_F(SenderThreadTest, AStopWaitsForWhatIsUnderWayAndGivesBackTheRest) {
  for (int i = 0; i < 6; ++i) Due("m" + std::to_string(i), "a/1");
  sender().Start(heartbeat());
  ASSERT_TRUE(WaitUntil([&] { return transport_.calls().size() == 4; }));
  std::thread stops([&] { EXPECT_TRUE(sender().Stop(SteadyNow() + kLong)); });
  EXPECT_TRUE(WaitUntil([&] { return store_.Count(MessageState::kWaiting) == 2; }));
  for (int i = 0; i < 4; ++i) transport_.End("a/1", Answered(200));
  stops.join();
  EXPECT_EQ(store_.Count(MessageState::kDelivered), 4u);
  EXPECT_EQ(store_.Count(MessageState::kWaiting), 2u);
}

TEST_F(SenderThreadTest, AStopDoesNotWaitForACallThatHangsAndGivesItsLeaseBack) {
  Due("m1", "a/1");
  sender().Start(heartbeat());
  ASSERT_TRUE(WaitUntil([&] { return transport_.calls().size() == 1; }));
  const Status stopped = sender().Stop(SteadyNow());
  ASSERT_FALSE(stopped);
  EXPECT_EQ(stopped.error().code, ErrorCode::kTimeout);
  EXPECT_THAT(stopped.error().message, HasSubstr("1 messages were under way"));
  EXPECT_EQ(store_.messages.at("m1").lease_until, WallTime());
  transport_.End("a/1", Answered(200));  // late: nobody is there to hear it
}

}  // namespace
}  // namespace wirewatch
