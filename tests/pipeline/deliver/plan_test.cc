#include "pipeline/deliver/plan.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <map>
#include <random>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "pipeline/deliver/schedule.h"
#include "tests/support/sample_notice.h"

namespace wirewatch {
namespace {

using std::chrono::hours;
using std::chrono::minutes;

WallTime At(std::string_view time) { return *ParseRfc3339(time); }

constexpr std::string_view kFriday = "2026-05-01T10:00:00Z";  // a Friday; the sample's alert is of then

std::vector<PlannedDelivery> PlanOf(const StoredSubscription& subscription, const AlertNotice& notice, WallTime now) {
  std::vector<PlannedDelivery> planned;
  Plan(subscription, notice, now, planned);
  return planned;
}
// Of a subscription with one channel.
PlannedDelivery PlanOne(const StoredSubscription& subscription, const AlertNotice& notice, std::string_view now) {
  const auto planned = PlanOf(subscription, notice, At(now));
  EXPECT_EQ(planned.size(), 1U);
  return planned.front();
}

StoredSubscription WithQuietNights() {
  StoredSubscription stored = SampleSubscription();
  stored.subscription.quiet = QuietHours{hours(22), hours(7), kEveryDay, true};
  return stored;
}
StoredSubscription Daily(minutes at) {
  StoredSubscription stored = SampleSubscription();
  stored.subscription.schedule = {DeliverySchedule::Kind::kDaily, at, kEveryDay};
  return stored;
}
StoredSubscription Hourly() {
  StoredSubscription stored = SampleSubscription();
  stored.subscription.schedule = {DeliverySchedule::Kind::kHourly, minutes(0), kEveryDay};
  return stored;
}
Snooze SnoozeAll(std::string_view until) { return {Snooze::Of::kAll, "", At(until)}; }

#define EXPECT_PLANNED(delivery, wanted_reason, wanted_kind, wanted_due)                 \
  do {                                                                                   \
    const PlannedDelivery& planned_delivery = (delivery);                                \
    EXPECT_EQ(Name(planned_delivery.entry.reason), Name(DeliveryReason::wanted_reason)); \
    EXPECT_EQ(Name(planned_delivery.message.kind), Name(MessageKind::wanted_kind));      \
    EXPECT_EQ(FormatRfc3339(planned_delivery.message.due), (wanted_due));                \
  } while (false)

TEST(PlanTest, AtOnceIsNowWithAllThatTheOutboxNeeds) {
  const StoredSubscription subscription = SampleSubscription();
  const PlannedDelivery delivery = PlanOne(subscription, SampleNotice(), kFriday);
  EXPECT_PLANNED(delivery, kAtOnce, kAlert, kFriday);
  EXPECT_EQ(delivery.entry.subscription, "desk-all");
  EXPECT_EQ(delivery.entry.alert, SampleNotice().id);
  EXPECT_EQ(delivery.entry.channel, "webhook");
  EXPECT_EQ(delivery.entry.revision, 1);
  EXPECT_EQ(delivery.entry.decided, At(kFriday));
  EXPECT_EQ(delivery.entry.message, delivery.message.id);
  EXPECT_EQ(delivery.message.id, MessageId("desk-all", "webhook", MessageKind::kAlert, SampleNotice().id));
  EXPECT_EQ(delivery.message.subscription, "desk-all");
  EXPECT_EQ(delivery.message.reader, "desk@example.org");
  EXPECT_EQ(delivery.message.channel, "webhook");
  EXPECT_EQ(delivery.message.channel_kind, ChannelKind::kWebhook);
  EXPECT_THAT(delivery.message.destination, testing::StartsWith("https://hooks.example.org#"));
  EXPECT_EQ(delivery.message.state, MessageState::kWaiting);
  EXPECT_EQ(delivery.message.created, At(kFriday));
  EXPECT_FALSE(delivery.message.finished);
  EXPECT_FALSE(delivery.cap);
}

TEST(PlanTest, EachChannelHasAnEntryAndAMessage) {
  StoredSubscription subscription = SampleSubscription();
  SubscribedChannel mail;
  mail.kind = ChannelKind::kEmail;
  mail.id = "email";
  mail.to = {"desk@example.org"};
  subscription.subscription.channels.push_back(mail);
  const auto planned = PlanOf(subscription, SampleNotice(), At(kFriday));
  ASSERT_EQ(planned.size(), 2U);
  EXPECT_EQ(planned[1].entry.channel, "email");
  EXPECT_EQ(planned[1].message.channel_kind, ChannelKind::kEmail);
  EXPECT_NE(planned[0].message.id, planned[1].message.id);
}

TEST(PlanTest, AppendsToWhatIsThere) {
  std::vector<PlannedDelivery> planned;
  Plan(SampleSubscription("a"), SampleNotice(), At(kFriday), planned);
  Plan(SampleSubscription("b"), SampleNotice(), At(kFriday), planned);
  ASSERT_EQ(planned.size(), 2U);
  EXPECT_EQ(planned[0].entry.subscription, "a");
  EXPECT_EQ(planned[1].entry.subscription, "b");
}

TEST(PlanTest, TheFeedHasItAtOnceWhateverElseHolds) {
  StoredSubscription subscription = WithQuietNights();
  subscription.subscription.channels[0] = SubscribedChannel{ChannelKind::kFeed, "feed", "", "", {}};
  subscription.subscription.snoozes = {SnoozeAll("2026-06-01T00:00:00Z")};
  subscription.subscription.cap = RateCap{0, hours(1)};
  const PlannedDelivery delivery = PlanOne(subscription, SampleNotice(), "2026-05-01T23:00:00Z");
  EXPECT_PLANNED(delivery, kFeed, kAlert, "2026-05-01T23:00:00Z");
  EXPECT_EQ(delivery.message.state, MessageState::kDelivered);
  EXPECT_EQ(delivery.message.finished, At("2026-05-01T23:00:00Z"));
  EXPECT_EQ(delivery.message.destination, "feed");
  EXPECT_FALSE(delivery.cap);
}

// ---- quiet hours

TEST(PlanTest, QuietHoursHoldUntilTheyEnd) {
  const StoredSubscription subscription = WithQuietNights();
  EXPECT_PLANNED(PlanOne(subscription, SampleNotice(), "2026-05-01T21:59:59Z"), kAtOnce, kAlert,
                 "2026-05-01T21:59:59Z");
  EXPECT_PLANNED(PlanOne(subscription, SampleNotice(), "2026-05-01T22:00:00Z"), kQuietHours, kCatchUp,
                 "2026-05-02T07:00:00Z");
  EXPECT_PLANNED(PlanOne(subscription, SampleNotice(), "2026-05-02T07:00:00Z"), kAtOnce, kAlert,
                 "2026-05-02T07:00:00Z");
}

TEST(PlanTest, QuietHoursAreThoseOfTheReadersZone) {
  StoredSubscription subscription = WithQuietNights();
  subscription.subscription.time_zone = "Europe/Stockholm";
  EXPECT_PLANNED(PlanOne(subscription, SampleNotice(), "2026-05-01T20:00:00Z"), kQuietHours, kCatchUp,
                 "2026-05-02T05:00:00Z");
}

TEST(PlanTest, CriticalAlertsPassQuietHoursWhereTheSubscriptionSaysSo) {
  StoredSubscription subscription = WithQuietNights();
  AlertNotice critical = SampleNotice();
  critical.severity = TopicSeverity::kCritical;
  EXPECT_PLANNED(PlanOne(subscription, critical, "2026-05-01T23:00:00Z"), kAtOnce, kAlert, "2026-05-01T23:00:00Z");
  subscription.subscription.quiet->critical_passes = false;
  EXPECT_PLANNED(PlanOne(subscription, critical, "2026-05-01T23:00:00Z"), kQuietHours, kCatchUp,
                 "2026-05-02T07:00:00Z");
}

// ---- snoozes

TEST(PlanTest, ASnoozeHoldsUntilItEnds) {
  StoredSubscription subscription = SampleSubscription();
  subscription.subscription.snoozes = {SnoozeAll("2026-05-01T12:00:00Z")};
  EXPECT_PLANNED(PlanOne(subscription, SampleNotice(), "2026-05-01T11:59:59Z"), kSnoozed, kCatchUp,
                 "2026-05-01T12:00:00Z");
  EXPECT_PLANNED(PlanOne(subscription, SampleNotice(), "2026-05-01T12:00:00Z"), kAtOnce, kAlert,
                 "2026-05-01T12:00:00Z");
}

TEST(PlanTest, NoAlertPassesASnooze) {
  StoredSubscription subscription = WithQuietNights();
  subscription.subscription.snoozes = {SnoozeAll("2026-05-01T12:00:00Z")};
  AlertNotice critical = SampleNotice();
  critical.severity = TopicSeverity::kCritical;
  EXPECT_PLANNED(PlanOne(subscription, critical, kFriday), kSnoozed, kCatchUp, "2026-05-01T12:00:00Z");
}

TEST(PlanTest, TheLongestOfTheSnoozesThatHoldCounts) {
  StoredSubscription subscription = SampleSubscription();
  subscription.subscription.snoozes = {SnoozeAll("2026-05-01T12:00:00Z"),
                                       {Snooze::Of::kTopic, "5g-vendor-bans", At("2026-05-01T15:00:00Z")},
                                       {Snooze::Of::kTopic, "energy", At("2026-05-01T18:00:00Z")}};
  EXPECT_PLANNED(PlanOne(subscription, SampleNotice(), kFriday), kSnoozed, kCatchUp, "2026-05-01T15:00:00Z");
}

TEST(PlanTest, ASnoozeThatEndsInQuietHoursWaitsForTheirEnd) {
  StoredSubscription subscription = WithQuietNights();
  subscription.subscription.snoozes = {SnoozeAll("2026-05-01T22:00:00Z")};
  EXPECT_PLANNED(PlanOne(subscription, SampleNotice(), kFriday), kSnoozed, kCatchUp, "2026-05-02T07:00:00Z");
  AlertNotice critical = SampleNotice();
  critical.severity = TopicSeverity::kCritical;
  EXPECT_PLANNED(PlanOne(subscription, critical, kFriday), kSnoozed, kCatchUp, "2026-05-01T22:00:00Z");
}

TEST(PlanTest, ASnoozeInQuietHoursThatEndsLaterDecides) {
  StoredSubscription subscription = WithQuietNights();
  subscription.subscription.snoozes = {SnoozeAll("2026-05-02T09:00:00Z")};
  EXPECT_PLANNED(PlanOne(subscription, SampleNotice(), "2026-05-01T23:00:00Z"), kSnoozed, kCatchUp,
                 "2026-05-02T09:00:00Z");
}

TEST(PlanTest, WhatASnoozeHeldKeepsToTheSchedule) {
  StoredSubscription subscription = Daily(hours(7) + minutes(30));
  subscription.subscription.snoozes = {SnoozeAll("2026-05-04T00:00:00Z")};
  EXPECT_PLANNED(PlanOne(subscription, SampleNotice(), kFriday), kSnoozed, kCatchUp, "2026-05-04T07:30:00Z");
  subscription.subscription.snoozes = {SnoozeAll("2026-05-04T07:30:00Z")};
  EXPECT_PLANNED(PlanOne(subscription, SampleNotice(), kFriday), kSnoozed, kCatchUp, "2026-05-04T07:30:00Z");
}

TEST(HoldsTest, ASnoozeIsOfATopicAStoryOrASource) {
  const AlertNotice notice = SampleNotice();
  const WallTime now = At(kFriday);
  const auto holds = [&](Snooze::Of of, std::string value) {
    return Holds({of, std::move(value), now + hours(1)}, notice, now);
  };
  EXPECT_TRUE(holds(Snooze::Of::kTopic, "5g-vendor-bans"));
  EXPECT_FALSE(holds(Snooze::Of::kTopic, "5g"));
  EXPECT_TRUE(holds(Snooze::Of::kStory, notice.story->id));
  EXPECT_FALSE(holds(Snooze::Of::kStory, "00000000000000000000000000000002"));
  for (const char* source : {"Example Wire", "EXAMPLE WIRE", "example.org", "news.example.org", "*.example.org"}) {
    EXPECT_TRUE(holds(Snooze::Of::kSource, source)) << source;
  }
  for (const char* source : {"Example", "ample.org", "wire.example.org", ""}) {
    EXPECT_FALSE(holds(Snooze::Of::kSource, source)) << source;
  }
}

TEST(HoldsTest, ASummaryIsOfNoStoryAndNoSource) {
  const AlertNotice summary = SampleSummary({{"1", "new", "A", "https://a.example.org", "A Wire", "s"}});
  const WallTime now = At(kFriday);
  EXPECT_TRUE(Holds({Snooze::Of::kAll, "", now + hours(1)}, summary, now));
  EXPECT_TRUE(Holds({Snooze::Of::kTopic, "5g-vendor-bans", now + hours(1)}, summary, now));
  EXPECT_FALSE(Holds({Snooze::Of::kStory, "s", now + hours(1)}, summary, now));
  EXPECT_FALSE(Holds({Snooze::Of::kSource, "A Wire", now + hours(1)}, summary, now));
}

TEST(HoldsTest, ASnoozeThatHasEndedHoldsNothing) {
  EXPECT_FALSE(Holds(SnoozeAll(kFriday), SampleNotice(), At(kFriday)));
}

// ---- digests

TEST(PlanTest, ADigestWaitsForTheNextTimeOfTheSchedule) {
  EXPECT_PLANNED(PlanOne(Daily(hours(7) + minutes(30)), SampleNotice(), kFriday), kDigest, kDigest,
                 "2026-05-02T07:30:00Z");
  EXPECT_PLANNED(PlanOne(Hourly(), SampleNotice(), "2026-05-01T10:20:00Z"), kDigest, kDigest, "2026-05-01T11:00:00Z");
  EXPECT_PLANNED(PlanOne(Hourly(), SampleNotice(), "2026-05-01T11:00:00Z"), kDigest, kDigest, "2026-05-01T12:00:00Z");
}

TEST(PlanTest, ADigestGoesOutAtItsOwnTimeAndNotWhenTheNightEnds) {
  StoredSubscription subscription = Daily(hours(9));
  subscription.subscription.quiet = QuietHours{hours(22), hours(7), kEveryDay, true};
  EXPECT_PLANNED(PlanOne(subscription, SampleNotice(), "2026-05-01T23:00:00Z"), kDigest, kDigest,
                 "2026-05-02T09:00:00Z");
}

TEST(PlanTest, DigestsWhoseTimesLieInQuietHoursAreOneMessageAtTheirEnd) {
  StoredSubscription subscription = Hourly();
  subscription.subscription.quiet = QuietHours{hours(22), hours(7), kEveryDay, true};
  std::set<std::string> messages;
  for (const char* now :
       {"2026-05-01T21:30:00Z", "2026-05-01T22:30:00Z", "2026-05-02T03:30:00Z", "2026-05-02T06:59:00Z"}) {
    const PlannedDelivery delivery = PlanOne(subscription, SampleNotice(), now);
    EXPECT_PLANNED(delivery, kDigest, kDigest, "2026-05-02T07:00:00Z");
    messages.insert(delivery.message.id);
  }
  EXPECT_EQ(messages.size(), 1U);
  AlertNotice critical = SampleNotice();
  critical.severity = TopicSeverity::kCritical;
  EXPECT_PLANNED(PlanOne(subscription, critical, "2026-05-01T22:30:00Z"), kDigest, kDigest, "2026-05-01T23:00:00Z");
}

TEST(PlanTest, ADigestWaitsForCriticalAlertsToo) {
  AlertNotice critical = SampleNotice();
  critical.severity = TopicSeverity::kCritical;
  EXPECT_PLANNED(PlanOne(Daily(hours(7)), critical, kFriday), kDigest, kDigest, "2026-05-02T07:00:00Z");
}

// ---- caps

TEST(PlanTest, ACapCountsByTheReaderFromFullMultiplesOfItsTime) {
  StoredSubscription subscription = SampleSubscription();
  subscription.subscription.cap = RateCap{5, hours(1)};
  const PlannedDelivery delivery = PlanOne(subscription, SampleNotice(), "2026-05-01T10:20:30Z");
  EXPECT_PLANNED(delivery, kAtOnce, kAlert, "2026-05-01T10:20:30Z");
  ASSERT_TRUE(delivery.cap);
  EXPECT_EQ(delivery.cap->reader, "desk@example.org");
  EXPECT_EQ(delivery.cap->begin, At("2026-05-01T10:00:00Z"));
  EXPECT_EQ(delivery.cap->limit, 5U);
  EXPECT_EQ(delivery.cap->overflow.kind, MessageKind::kOverflow);
  EXPECT_EQ(delivery.cap->overflow.due, At("2026-05-01T11:00:00Z"));
  EXPECT_EQ(delivery.cap->overflow.destination, delivery.message.destination);
  EXPECT_NE(delivery.cap->overflow.id, delivery.message.id);
}

TEST(PlanTest, ACapBeginsRightBefore1970Too) {
  StoredSubscription subscription = SampleSubscription();
  subscription.subscription.cap = RateCap{5, hours(1)};
  EXPECT_EQ(PlanOne(subscription, SampleNotice(), "1969-12-31T23:30:00Z").cap->begin, At("1969-12-31T23:00:00Z"));
}

TEST(PlanTest, TheSummaryOfACapWaitsForTheEndOfQuietHours) {
  StoredSubscription subscription = WithQuietNights();
  subscription.subscription.cap = RateCap{5, hours(1)};
  EXPECT_EQ(PlanOne(subscription, SampleNotice(), "2026-05-01T21:30:00Z").cap->overflow.due,
            At("2026-05-02T07:00:00Z"));
}

TEST(PlanTest, ACapCountsNothingThatIsHeld) {
  StoredSubscription quiet = WithQuietNights(), daily = Daily(hours(7)), snoozed = SampleSubscription();
  snoozed.subscription.snoozes = {SnoozeAll("2026-05-02T12:00:00Z")};
  for (StoredSubscription* subscription : {&quiet, &daily, &snoozed}) {
    subscription->subscription.cap = RateCap{5, hours(1)};
    EXPECT_FALSE(PlanOne(*subscription, SampleNotice(), "2026-05-01T23:00:00Z").cap);
  }
}

// ---- kinds

TEST(PlanTest, CorrectionsAndWithdrawalsGoTheWayOfTheAlertBefore) {
  StoredSubscription story = SampleSubscription(), cap = SampleSubscription();
  story.subscription.snoozes = {{Snooze::Of::kStory, SampleNotice().story->id, At("2026-05-02T12:00:00Z")}};
  cap.subscription.cap = RateCap{1, hours(1)};
  for (const StoredSubscription& subscription : {WithQuietNights(), Daily(hours(7)), story, cap}) {
    for (const AlertKind kind : {AlertKind::kCorrection, AlertKind::kWithdrawn}) {
      const PlannedDelivery first = PlanOne(subscription, SampleNotice("1"), "2026-05-01T23:00:00Z");
      AlertNotice later = SampleNotice("2");
      later.kind = kind;
      const PlannedDelivery second = PlanOne(subscription, later, "2026-05-01T23:10:00Z");
      EXPECT_EQ(second.entry.reason, first.entry.reason);
      EXPECT_EQ(second.cap.has_value(), first.cap.has_value());
      if (first.cap) {
        EXPECT_EQ(second.cap->overflow.id, first.cap->overflow.id);
      } else {
        EXPECT_EQ(second.message.id, first.message.id);
      }
    }
  }
}

// ---- messages

TEST(PlanTest, WhatIsHeldForOneReasonUntilOneMomentIsOneMessage) {
  StoredSubscription subscription = WithQuietNights();
  subscription.subscription.snoozes = {{Snooze::Of::kTopic, "5g-vendor-bans", At("2026-05-01T23:00:00Z")},
                                       {Snooze::Of::kTopic, "energy", At("2026-05-02T01:00:00Z")}};
  AlertNotice energy = SampleNotice("2"), gas = SampleNotice("3");
  energy.topic = "energy";
  gas.topic = "gas";
  const PlannedDelivery first = PlanOne(subscription, SampleNotice("1"), "2026-05-01T22:30:00Z");
  const PlannedDelivery second = PlanOne(subscription, energy, "2026-05-01T22:40:00Z");
  EXPECT_EQ(first.message.id, second.message.id);
  const PlannedDelivery of_the_night = PlanOne(subscription, gas, "2026-05-01T22:40:00Z");
  EXPECT_EQ(of_the_night.message.due, first.message.due);
  EXPECT_NE(of_the_night.message.id, first.message.id)
      << "a snooze that is ended early must not send what the night holds";
}

TEST(PlanTest, IdsStayTheSame) {
  const StoredSubscription subscription = WithQuietNights();
  EXPECT_EQ(PlanOne(subscription, SampleNotice(), "2026-05-01T23:00:00Z").message.id,
            "4af7476a757e6a21b64bc2681ec7a54e");
  EXPECT_EQ(PlanOne(subscription, SampleNotice(), kFriday).message.id, "5654c33d95dcb1b813ea5526c7af2d2a");
}

// ---- destinations

TEST(DestinationTest, IsSchemeHostPortAndWhichEndpointThere) {
  const auto of = [](std::string url) {
    SubscribedChannel channel;
    channel.kind = ChannelKind::kWebhook;
    channel.url = std::move(url);
    const std::string destination = DestinationOf(channel);
    return destination.substr(0, destination.find('#'));
  };
  EXPECT_EQ(of("https://Hooks.Example.org/in/secret?key=1"), "https://hooks.example.org");
  EXPECT_EQ(of("HTTP://user:secret@example.org:8080?x"), "http://example.org:8080");
  EXPECT_EQ(of("https://[2001:DB8::1]:8443/x"), "https://[2001:db8::1]:8443");
  EXPECT_EQ(of("https://example.org\\@secret"), "https://example.org");
  EXPECT_EQ(of("secret"), "webhook");
}

TEST(DestinationTest, TwoEndpointsOfOneHostAreTwoAndShowNothingOfTheirUrls) {
  SubscribedChannel one, other;
  one.kind = other.kind = ChannelKind::kSlack;
  one.url = "https://hooks.example.org/services/T0/B0/secret-of-one";
  other.url = "https://hooks.example.org/services/T0/B0/secret-of-other";
  EXPECT_THAT(DestinationOf(one), testing::MatchesRegex("https://hooks\\.example\\.org#[0-9a-f]{12}"));
  EXPECT_NE(DestinationOf(one), DestinationOf(other));
  EXPECT_EQ(DestinationOf(one), DestinationOf(one));
}

TEST(DestinationTest, OfMailIsTheDomainOfTheFirstAddress) {
  SubscribedChannel channel;
  channel.kind = ChannelKind::kEmail;
  EXPECT_EQ(DestinationOf(channel), "email");
  channel.to = {"\"a@b\"@Example.org", "other@example.net"};
  EXPECT_EQ(DestinationOf(channel), "mailto:example.org");
}

// ---- properties

class Draw {
 public:
  explicit Draw(std::uint64_t seed) : random_(seed) {}
  std::uint32_t Below(std::uint32_t below) { return static_cast<std::uint32_t>(random_() % below); }
  bool OneIn(std::uint32_t n) { return Below(n) == 0; }

  StoredSubscription Subscription(std::uint32_t number) {
    StoredSubscription stored = SampleSubscription("s-" + std::to_string(number));
    stored.revision = number;
    wirewatch::Subscription& subscription = stored.subscription;
    subscription.channels.clear();
    for (std::uint32_t i = 0; i < 1 + Below(3); ++i) {
      SubscribedChannel channel;
      channel.kind = kChannelKinds[Below(static_cast<std::uint32_t>(std::size(kChannelKinds)))];
      channel.id = "c-" + std::to_string(i);
      channel.url = "https://" + std::to_string(Below(3)) + ".example.org/x";
      channel.to = {"a@example.org"};
      subscription.channels.push_back(channel);
    }
    subscription.schedule.kind = static_cast<DeliverySchedule::Kind>(Below(3));
    subscription.schedule.at =
        minutes(Below(subscription.schedule.kind == DeliverySchedule::Kind::kHourly ? 60 : 1440));
    subscription.schedule.days = Weekdays(1 + Below(127));
    subscription.time_zone = OneIn(2) ? "UTC" : "America/New_York";
    if (OneIn(2)) {
      const std::uint32_t from = Below(1440);
      subscription.quiet =
          QuietHours{minutes(from), minutes((from + 1 + Below(1439)) % 1440), Weekdays(1 + Below(127)), OneIn(2)};
    }
    if (OneIn(2)) subscription.cap = RateCap{Below(3), minutes(1 + Below(200))};
    for (std::uint32_t i = 0; i < Below(3); ++i) {
      subscription.snoozes.push_back(
          {static_cast<Snooze::Of>(Below(4)), OneIn(2) ? "5g-vendor-bans" : "Example Wire", Time()});
    }
    return stored;
  }
  AlertNotice Notice(std::uint32_t number) {
    AlertNotice notice = SampleNotice("a-" + std::to_string(number));
    notice.severity = static_cast<TopicSeverity>(Below(4));
    notice.kind = kAlertKinds[Below(static_cast<std::uint32_t>(std::size(kAlertKinds)))];
    if (OneIn(3)) notice.topic = "energy";
    if (OneIn(3)) notice.source = "Other Wire";
    return notice;
  }
  // Around the end of daylight saving time in New York, 2026-11-01.
  WallTime Time() { return At("2026-10-29T00:00:00Z") + minutes(Below(7 * 1440)); }

 private:
  std::mt19937_64 random_;
};

TEST(PlanPropertyTest, EveryAlertHasJustOneEntryAChannelThatIsDueLaterAndNotAtNight) {
  Draw draw(1);
  std::map<std::string, std::size_t> reasons;
  for (std::uint32_t round = 0; round < 3'000; ++round) {
    const StoredSubscription subscription = draw.Subscription(round);
    const AlertNotice notice = draw.Notice(round);
    const WallTime now = draw.Time();
    const auto planned = PlanOf(subscription, notice, now);
    ASSERT_EQ(planned.size(), subscription.subscription.channels.size());
    const auto may_go_out = [&](const OutboxMessage& message) {
      const auto& quiet = subscription.subscription.quiet;
      if (!quiet || (quiet->critical_passes && notice.severity == TopicSeverity::kCritical)) return true;
      return !QuietUntil(*quiet, subscription.subscription.time_zone, message.due).has_value();
    };
    for (std::size_t i = 0; i < planned.size(); ++i) {
      const PlannedDelivery& delivery = planned[i];
      const SubscribedChannel& channel = subscription.subscription.channels[i];
      ++reasons[std::string(Name(delivery.entry.reason))];
      EXPECT_EQ(delivery.entry.channel, channel.id);
      EXPECT_EQ(delivery.entry.message, delivery.message.id);
      EXPECT_GE(delivery.message.due, now);
      EXPECT_EQ(delivery.entry.reason == DeliveryReason::kFeed, channel.kind == ChannelKind::kFeed);
      if (channel.kind == ChannelKind::kFeed) continue;
      EXPECT_TRUE(may_go_out(delivery.message)) << FormatRfc3339(delivery.message.due);
      EXPECT_EQ(delivery.message.due == now && delivery.message.kind == MessageKind::kAlert,
                delivery.entry.reason == DeliveryReason::kAtOnce);
      EXPECT_EQ(delivery.cap.has_value(),
                delivery.entry.reason == DeliveryReason::kAtOnce && subscription.subscription.cap.has_value());
      if (!delivery.cap) continue;
      EXPECT_LE(delivery.cap->begin, now);
      EXPECT_GT(delivery.cap->begin + subscription.subscription.cap->per, now);
      EXPECT_GT(delivery.cap->overflow.due, now);
      EXPECT_TRUE(may_go_out(delivery.cap->overflow));
    }
    const auto again = PlanOf(subscription, notice, now);
    for (std::size_t i = 0; i < planned.size(); ++i) EXPECT_EQ(again[i].message.id, planned[i].message.id);
  }
  for (const DeliveryReason reason : kDeliveryReasons) {
    if (reason == DeliveryReason::kOverCap) continue;  // the store's to decide
    EXPECT_GT(reasons[std::string(Name(reason))], 50U) << Name(reason);
  }
}

TEST(PlanPropertyTest, MessagesAreSharedByWhatGoesOutTogetherAndByNothingElse) {
  Draw draw(2);
  std::size_t shared = 0;
  for (std::uint32_t round = 0; round < 100; ++round) {
    const StoredSubscription subscription = draw.Subscription(round);
    // By channel, reason and time; what is not held by its alert, too.
    std::map<std::string, std::string> by_key, by_id;
    for (std::uint32_t i = 0; i < 100; ++i) {
      const AlertNotice notice = draw.Notice(i);
      for (const PlannedDelivery& delivery : PlanOf(subscription, notice, draw.Time())) {
        const bool held = delivery.message.kind != MessageKind::kAlert;
        std::string key = delivery.entry.channel;
        key.append(" ").append(Name(delivery.entry.reason)).append(" ");
        key += held ? FormatRfc3339(delivery.message.due) : notice.id;
        const auto [known, is_new] = by_key.emplace(key, delivery.message.id);
        shared += !is_new;
        EXPECT_EQ(known->second, delivery.message.id) << key;
        EXPECT_EQ(by_id.emplace(delivery.message.id, key).first->second, key);
      }
    }
  }
  EXPECT_GT(shared, 100U);
}

}  // namespace
}  // namespace wirewatch
