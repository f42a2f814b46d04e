#include "pipeline/deliver/subscription_watch.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "monitoring/health.h"
#include "monitoring/metrics.h"
#include "tests/support/memory_delivery_store.h"
#include "tests/support/temp_dir.h"
#include "tests/support/wait_until.h"

namespace wirewatch {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

const WallTime kNow = *ParseRfc3339("2026-10-19T06:00:00Z");

constexpr std::string_view kFloods = R"(
subscriptions:
  - id: floods
    reader: ada
    filter: {topics: [floods]}
    channels: [{webhook: {url: "https://hooks.example.org/floods"}}]
)";
constexpr std::string_view kTwo = R"(
subscriptions:
  - id: floods
    reader: ada
    filter: {topics: [floods]}
    channels: [{webhook: {url: "https://hooks.example.org/floods"}}]
  - id: strikes
    reader: ada
    filter: {topics: [strikes]}
    channels: [{webhook: {url: "https://hooks.example.org/strikes"}}]
)";

class SubscriptionWatchTest : public ::testing::Test {
 protected:
  std::vector<std::string> InUse(const SubscriptionWatch& watch) const {
    std::vector<std::string> ids;
    if (const auto set = watch.Current()) {
      for (const StoredSubscription& one : set->subscriptions()) ids.push_back(one.subscription.id);
    }
    return ids;
  }
  Subscription WithMatch(const std::string& id, const std::string& match) const {
    Subscription subscription;
    subscription.id = id;
    subscription.filter.match = match;
    subscription.channels = {
        {.kind = ChannelKind::kWebhook, .id = "webhook", .url = "https://hooks.example.org", .secret = "", .to = {}}};
    return subscription;
  }

  TempDir dir_;
  MetricsRegistry metrics_;
  MemoryDeliveryStore store_;
};

TEST_F(SubscriptionWatchTest, PutsTheSubscriptionsOfFilesIntoTheStoreAndUsesThem) {
  dir_.Write("subscriptions.yaml", std::string(kFloods));
  SubscriptionWatch watch(store_, {dir_.Path("subscriptions.yaml")}, metrics_, [] { return kNow; });
  EXPECT_FALSE(watch.Ready());
  ASSERT_TRUE(watch.Look(false));
  EXPECT_TRUE(watch.Ready());
  EXPECT_THAT(InUse(watch), ElementsAre("floods"));
  EXPECT_EQ(store_.origin, kFileOrigin);
}

TEST_F(SubscriptionWatchTest, AFileThatChangesIsTakenIntoUseWhenItStandsStill) {
  dir_.Write("subscriptions.yaml", std::string(kFloods));
  SubscriptionWatch watch(store_, {dir_.Path("subscriptions.yaml")}, metrics_, [] { return kNow; });
  ASSERT_TRUE(watch.Look(false));
  dir_.Write("subscriptions.yaml", std::string(kTwo));
  ASSERT_TRUE(watch.Look(false));  // it may be half of what is being written
  EXPECT_THAT(InUse(watch), ElementsAre("floods"));
  ASSERT_TRUE(watch.Look(false));
  EXPECT_THAT(InUse(watch), ElementsAre("floods", "strikes"));
}

TEST_F(SubscriptionWatchTest, AFileWithAMistakeChangesNothingAndSaysWhy) {
  dir_.Write("subscriptions.yaml", std::string(kFloods));
  SubscriptionWatch watch(store_, {dir_.Path("subscriptions.yaml")}, metrics_, [] { return kNow; });
  ASSERT_TRUE(watch.Look(false));
  dir_.Write("subscriptions.yaml", std::string(kTwo) + "  - id: floods\n");
  const Status looked = watch.Look(true);
  ASSERT_FALSE(looked);
  EXPECT_EQ(looked.error().code, ErrorCode::kInvalid);
  EXPECT_THAT(looked.error().message, HasSubstr("subscriptions.yaml"));
  EXPECT_THAT(InUse(watch), ElementsAre("floods"));
  EXPECT_TRUE(watch.Ready());
}

TEST_F(SubscriptionWatchTest, ReadsTheStoreAgainWhenItsVersionHasRisen) {
  SubscriptionWatch watch(store_, {}, metrics_, [] { return kNow; });
  ASSERT_TRUE(watch.Look(false));
  EXPECT_THAT(InUse(watch), IsEmpty());
  const auto before = watch.Current();
  ASSERT_TRUE(watch.Look(false));
  EXPECT_EQ(watch.Current(), before);
  store_.Add(WithMatch("floods", "flood*"));
  ASSERT_TRUE(watch.Look(false));
  EXPECT_THAT(InUse(watch), ElementsAre("floods"));
}

TEST_F(SubscriptionWatchTest, WhatIsOffOrWasDisabledIsNotUsed) {
  store_.Add(WithMatch("floods", ""));
  store_.Add(WithMatch("off", ""));
  store_.subscriptions.at("off").subscription.enabled = false;
  store_.Add(WithMatch("disabled", ""));
  store_.subscriptions.at("disabled").disabled_because = "410 Gone";
  SubscriptionWatch watch(store_, {}, metrics_, [] { return kNow; });
  ASSERT_TRUE(watch.Look(false));
  EXPECT_THAT(InUse(watch), ElementsAre("floods"));
  EXPECT_EQ(DeliverMetrics{metrics_}.subscriptions.With("off").Value(), 2);
}

TEST_F(SubscriptionWatchTest, AnExpressionThatDoesNotCompileLeavesOutItsSubscriptionAlone) {
  for (int i = 0; i < 10; ++i) store_.Add(WithMatch("good-" + std::to_string(i), "flood* NEAR/3 dam"));
  store_.Add(WithMatch("broken-1", "flood AND ("));
  store_.Add(WithMatch("broken-2", ") OR"));
  SubscriptionWatch watch(store_, {}, metrics_, [] { return kNow; });
  ASSERT_TRUE(watch.Look(false));
  EXPECT_THAT(InUse(watch), testing::SizeIs(10));
  EXPECT_EQ(DeliverMetrics{metrics_}.subscriptions.With("broken").Value(), 2);
  EXPECT_EQ(DeliverMetrics{metrics_}.subscriptions.With("active").Value(), 10);
}

TEST_F(SubscriptionWatchTest, WhileTheStoreIsAwayThoseInUseStay) {
  store_.Add(WithMatch("floods", ""));
  SubscriptionWatch watch(store_, {}, metrics_, [] { return kNow; });
  ASSERT_TRUE(watch.Look(false));
  store_.SetAway(true);
  EXPECT_FALSE(watch.Look(false));
  EXPECT_TRUE(watch.Ready());
  EXPECT_THAT(InUse(watch), ElementsAre("floods"));
  store_.SetAway(false);
  EXPECT_TRUE(watch.Look(false));
}

TEST_F(SubscriptionWatchTest, LooksInAThreadOfItsOwn) {
  Health health;
  SubscriptionWatch watch(store_, {}, metrics_, [] { return kNow; });
  watch.Watch(std::chrono::milliseconds(1), health.AddLoop("subscriptions", std::chrono::seconds(60)));
  EXPECT_TRUE(WaitUntil([&] { return static_cast<bool>(watch.Ready()); }));
}

}  // namespace
}  // namespace wirewatch
