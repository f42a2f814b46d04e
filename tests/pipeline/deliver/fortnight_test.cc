// A fortnight of alerts through the dispatcher, the store and the sender, by a clock of the test: from Monday, 19
// October 2026, until Monday, 2 November, in Amsterdam, where the clocks go back on Sunday, 25 October, at 03:00. What
// each reader got, and when, stands below as tables.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <sstream>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "base/digest.h"
#include "connectors/store/delivery_stores.h"
#include "monitoring/health.h"
#include "monitoring/metrics.h"
#include "pipeline/alert/alert.h"
#include "pipeline/deliver/alert_notice.h"
#include "pipeline/deliver/dispatcher.h"
#include "pipeline/deliver/schedule.h"
#include "pipeline/deliver/sender.h"
#include "pipeline/deliver/subscription_file.h"
#include "pipeline/deliver/subscription_watch.h"
#include "tests/support/fake_transport.h"
#include "tests/support/sample_alert.h"
#include "tests/support/wait_until.h"

namespace wirewatch {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using ::testing::ElementsAre;

constexpr std::string_view kZone = "Europe/Amsterdam";

constexpr std::string_view kSubscriptions = R"(
subscriptions:
  - id: desk            # each at once
    reader: desk
    filter: {topics: [floods]}
    channels: [{webhook: {url: "https://desk.example.org/"}}]

  - id: hourly          # a quarter past each hour
    reader: ada
    filter: {topics: [floods]}
    channels: [{webhook: {url: "https://hourly.example.org/"}}]
    schedule: {hourly: ":15"}
    time_zone: Europe/Amsterdam

  - id: morning         # on working days, before breakfast
    reader: bram
    filter: {topics: [floods]}
    channels: [{webhook: {url: "https://morning.example.org/"}}]
    schedule: {daily: "07:30", days: [mon, tue, wed, thu, fri]}
    time_zone: Europe/Amsterdam

  - id: sleeper         # at once, but not at night
    reader: chloe
    filter: {topics: [floods]}
    channels: [{webhook: {url: "https://sleeper.example.org/"}}]
    quiet: {from: "23:00", to: "07:00"}
    time_zone: Europe/Amsterdam

  - id: snoozer         # on holiday
    reader: dirk
    filter: {topics: [floods]}
    channels: [{webhook: {url: "https://snoozer.example.org/"}}]
    snooze: [{topic: floods, until: "2026-10-28T12:00:00+01:00"}]
    time_zone: Europe/Amsterdam

  - id: capped          # no more than three an hour
    reader: eva
    filter: {topics: [strikes]}
    channels: [{webhook: {url: "https://capped.example.org/"}}]
    cap: {messages: 3, per: 1h}
    time_zone: Europe/Amsterdam

  - id: flaky           # its server is away on Friday, from 17:30 to 18:20
    reader: femke
    filter: {topics: [floods]}
    channels: [{webhook: {url: "https://flaky.example.org/"}}]

  - id: feed            # reads it when it likes
    reader: gijs
    filter: {topics: [floods]}
    channels: [feed]

  - id: evening         # all of the wire, once a day
    reader: hanna
    filter: {topics: [wire]}
    channels: [{webhook: {url: "https://evening.example.org/"}}, feed]
    schedule: {daily: "18:00"}
    time_zone: Europe/Amsterdam

  - id: night           # all of the wire, within bounds
    reader: ivo
    filter: {topics: [wire]}
    channels: [{webhook: {url: "https://night.example.org/"}}]
    quiet: {from: "22:00", to: "06:30"}
    cap: {messages: 2, per: 3h}
    time_zone: Europe/Amsterdam
)";

struct Row {
  std::string_view time, id, topic;
  TopicSeverity severity = TopicSeverity::kMedium;
};

constexpr Row kAlerts[] = {
    {"2026-10-19T09:10:00+02:00", "f1", "floods"},
    {"2026-10-19T09:40:00+02:00", "f2", "floods"},
    {"2026-10-20T23:30:00+02:00", "f3", "floods", TopicSeverity::kHigh},
    {"2026-10-21T02:00:00+02:00", "f4", "floods", TopicSeverity::kCritical},
    {"2026-10-22T14:05:00+02:00", "s1", "strikes"},
    {"2026-10-22T14:10:00+02:00", "s2", "strikes"},
    {"2026-10-22T14:15:00+02:00", "s3", "strikes"},
    {"2026-10-22T14:20:00+02:00", "s4", "strikes"},
    {"2026-10-22T14:25:00+02:00", "s5", "strikes"},
    {"2026-10-22T14:59:00+02:00", "s6", "strikes"},
    {"2026-10-22T15:10:00+02:00", "s7", "strikes"},
    {"2026-10-23T18:00:00+02:00", "f5", "floods"},
    {"2026-10-25T02:30:00+02:00", "f6", "floods"},  // the first half past two of that night
    {"2026-10-25T02:30:00+01:00", "f7", "floods"},  // the second
    {"2026-10-25T06:59:00+01:00", "f8", "floods"},
    {"2026-10-28T12:30:00+01:00", "f9", "floods"},
    {"2026-11-01T23:59:00+01:00", "f10", "floods"},
};

const WallTime kBegin = *ParseRfc3339("2026-10-19T00:00:00+02:00");
const WallTime kEnd = *ParseRfc3339("2026-11-02T12:00:00+01:00");

// Answers at once, as `answer` says.
class ClockedTransport : public Transport {
 public:
  explicit ClockedTransport(std::function<CallAnswer(const HttpCall&)> answer) : answer_(std::move(answer)) {}
  void Start(Call call, std::function<void(CallAnswer)> done) override { done(answer_(std::get<HttpCall>(call))); }

 private:
  const std::function<CallAnswer(const HttpCall&)> answer_;
};

class FortnightTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() { fortnight_ = new Fortnight(); }
  static void TearDownTestSuite() {
    delete fortnight_;
    fortnight_ = nullptr;
  }

  struct Fortnight {
    Fortnight() {
      for (const Row& row : kAlerts) alerts.emplace(*ParseRfc3339(row.time), row);
      // The wire goes on, day and night.
      int number = 0;
      for (WallTime time = kBegin + minutes(7); time < kEnd - hours(20); time += minutes(37)) {
        wire_ids.push_back("w" + std::to_string(++number));
      }
      number = 0;
      for (WallTime time = kBegin + minutes(7); time < kEnd - hours(20); time += minutes(37)) {
        alerts.emplace(time, Row{"", wire_ids[static_cast<std::size_t>(number++)], "wire"});
      }
      Run();
    }

    void Run() {
      auto opened = OpenSqliteStore(":memory:");
      ASSERT_TRUE(opened) << opened.error().message;
      store = *std::move(opened);
      const ReadSubscriptions read = ReadSubscriptionFile(kSubscriptions, "fortnight.yaml");
      ASSERT_FALSE(HasErrors(read.diagnostics)) << Render(read.diagnostics);
      ASSERT_TRUE(store->Sync(kFileOrigin, read.subscriptions, kBegin));
      const auto clock = [this] { return now.load(); };
      SubscriptionWatch watch(*store, {}, metrics, clock);
      ASSERT_TRUE(watch.Look(false));
      ClockedTransport transport([this](const HttpCall& call) { return Answer(call); });
      FakeChannel channel;
      SenderOptions options;
      options.owner = "fortnight";
      options.poll = hours(1);
      options.clock = clock;
      options.random = [] { return 0.0; };
      Sender sender(
          *store, transport, [&](ChannelKind) { return &channel; }, options, metrics);
      DispatcherOptions dispatching;
      dispatching.clock = clock;
      Dispatcher dispatcher(*store, watch, dispatching, metrics, health.AddLoop("dispatcher", std::chrono::minutes(5)));
      auto next_alert = alerts.begin();
      while (now.load() < kEnd) {
        const WallTime next = sender.Turn();
        now = std::min(next, next_alert != alerts.end() ? next_alert->first : kEnd);
        for (; next_alert != alerts.end() && next_alert->first <= now.load(); ++next_alert) {
          Alert alert = SampleAlert();
          alert.id = DigestHex({next_alert->second.id});
          names[alert.id] = next_alert->second.id;
          alert.match.topic = next_alert->second.topic;
          alert.match.severity = next_alert->second.severity;
          alert.alerted = now;
          const auto notice = ReadNotice(ToJson(alert));
          ASSERT_TRUE(notice) << notice.error().message;
          // Twice: whoever raises alerts may repeat them.
          for (int i = 0; i < 2; ++i) dispatcher.Send(*notice, Delivery([](const std::optional<Error>&) {}));
          ASSERT_TRUE(dispatcher.Close(SteadyNow() + kLong));
        }
      }
      sender.Turn();
    }

    CallAnswer Answer(const HttpCall& call) {
      const WallTime away = *ParseRfc3339("2026-10-23T17:30:00+02:00"), back = away + minutes(50);
      if (call.url == "https://flaky.example.org/" && now.load() >= away && now.load() < back) return Answered(503);
      std::string line = LocalTime(now.load(), kZone) + ':';
      std::istringstream told(call.body);
      for (std::string id; told >> id;) line += ' ' + names.at(id);
      got[call.url].push_back(line);
      ids.push_back(call.headers.front().second);
      return Answered(200);
    }

    std::vector<std::string> wire_ids;
    std::multimap<WallTime, Row> alerts;
    std::map<std::string, std::string> names;  // of alerts, by their ids
    std::atomic<WallTime> now = kBegin;
    MetricsRegistry metrics;
    Health health;
    std::unique_ptr<DeliveryStore> store;
    std::map<std::string, std::vector<std::string>> got;  // by URL: "local time: alerts"
    std::vector<std::string> ids;                         // of messages that were taken
  };

  // What the endpoint of a subscription got.
  static std::vector<std::string> GotBy(const std::string& subscription) {
    return fortnight_->got["https://" + subscription + ".example.org/"];
  }
  static std::vector<LedgerRow> LedgerOf(const std::string& subscription) {
    std::vector<LedgerRow> rows;
    LedgerQuery query;
    query.subscription = subscription;
    Page page;
    while (true) {
      const auto read = fortnight_->store->Ledger(query, page);
      if (!read || read->empty()) break;
      rows.insert(rows.end(), read->begin(), read->end());
      page.after = read->back().key;
    }
    return rows;
  }

  static inline Fortnight* fortnight_ = nullptr;
};

TEST_F(FortnightTest, AtOnceIsAtOnce) {
  EXPECT_THAT(GotBy("desk"), ElementsAre("Mon 19 Oct, 09:10: f1",  //
                                         "Mon 19 Oct, 09:40: f2",  //
                                         "Tue 20 Oct, 23:30: f3",  //
                                         "Wed 21 Oct, 02:00: f4",  //
                                         "Fri 23 Oct, 18:00: f5",  //
                                         "Sun 25 Oct, 02:30: f6",  //
                                         "Sun 25 Oct, 02:30: f7",  // an hour later
                                         "Sun 25 Oct, 06:59: f8",  //
                                         "Wed 28 Oct, 12:30: f9",  //
                                         "Sun 1 Nov, 23:59: f10"));
}

TEST_F(FortnightTest, AnHourlyDigestGoesOutAtItsMinute) {
  EXPECT_THAT(GotBy("hourly"), ElementsAre("Mon 19 Oct, 09:15: f1",  //
                                           "Mon 19 Oct, 10:15: f2",  //
                                           "Wed 21 Oct, 00:15: f3",  //
                                           "Wed 21 Oct, 02:15: f4",  //
                                           "Fri 23 Oct, 18:15: f5",  //
                                           "Sun 25 Oct, 02:15: f6",  // three quarters of an hour later
                                           "Sun 25 Oct, 03:15: f7",  //
                                           "Sun 25 Oct, 07:15: f8",  //
                                           "Wed 28 Oct, 13:15: f9",  //
                                           "Mon 2 Nov, 00:15: f10"));
}

TEST_F(FortnightTest, ADigestOfWorkingDaysWaitsOverTheWeekendAndKeepsItsTimeWhenTheClocksChange) {
  EXPECT_THAT(GotBy("morning"), ElementsAre("Tue 20 Oct, 07:30: f1 f2",        //
                                            "Wed 21 Oct, 07:30: f3 f4",        //
                                            "Mon 26 Oct, 07:30: f5 f6 f7 f8",  //
                                            "Thu 29 Oct, 07:30: f9",           //
                                            "Mon 2 Nov, 07:30: f10"));
}

TEST_F(FortnightTest, QuietHoursHoldAllButWhatIsCriticalAndTellItInOneMessageWhenTheyEnd) {
  EXPECT_THAT(GotBy("sleeper"), ElementsAre("Mon 19 Oct, 09:10: f1",        //
                                            "Mon 19 Oct, 09:40: f2",        //
                                            "Wed 21 Oct, 02:00: f4",        // critical
                                            "Wed 21 Oct, 07:00: f3",        //
                                            "Fri 23 Oct, 18:00: f5",        //
                                            "Sun 25 Oct, 07:00: f6 f7 f8",  //
                                            "Wed 28 Oct, 12:30: f9",        //
                                            "Mon 2 Nov, 07:00: f10"));
}

TEST_F(FortnightTest, ASnoozeEndsInOneMessageOfWhatItHeld) {
  EXPECT_THAT(GotBy("snoozer"), ElementsAre("Wed 28 Oct, 12:00: f1 f2 f3 f4 f5 f6 f7 f8",  //
                                            "Wed 28 Oct, 12:30: f9",                       //
                                            "Sun 1 Nov, 23:59: f10"));
}

TEST_F(FortnightTest, WhatIsOverTheCapComesInOneMessageAtTheEndOfItsHour) {
  EXPECT_THAT(GotBy("capped"), ElementsAre("Thu 22 Oct, 14:05: s1",        //
                                           "Thu 22 Oct, 14:10: s2",        //
                                           "Thu 22 Oct, 14:15: s3",        //
                                           "Thu 22 Oct, 15:00: s4 s5 s6",  //
                                           "Thu 22 Oct, 15:10: s7"));
}

TEST_F(FortnightTest, WhatAServerCouldNotTakeComesWhenItIsBack) {
  const std::vector<std::string> got = GotBy("flaky");
  EXPECT_THAT(got, testing::SizeIs(10));
  EXPECT_THAT(got, testing::Contains("Fri 23 Oct, 18:35: f5"));
}

TEST_F(FortnightTest, ADailyDigestGoesOutOnceADayAlsoOnTheDayOfTwentyFiveHours) {
  const std::vector<std::string> got = GotBy("evening");
  ASSERT_THAT(got, testing::SizeIs(14));
  std::size_t alerts = 0;
  for (const std::string& line : got) {
    EXPECT_THAT(line, testing::HasSubstr(", 18:00: ")) << line;
    alerts += static_cast<std::size_t>(std::count(line.begin(), line.end(), 'w'));
  }
  // What came after the last six o'clock waits for the next.
  std::size_t waiting = 0;
  for (const LedgerRow& row : LedgerOf("evening")) waiting += row.message.state == MessageState::kWaiting;
  EXPECT_EQ(alerts + waiting, fortnight_->wire_ids.size());
}

TEST_F(FortnightTest, QuietHoursAndACapTogetherHoldTheirBounds) {
  std::map<std::string, int> by_window;  // three hours, from 1970 in UTC: at 02, 05, 08 ... in summer
  for (const LedgerRow& row : LedgerOf("night")) {
    EXPECT_EQ(row.message.state, MessageState::kDelivered) << row.entry.alert;
    if (row.message.kind != MessageKind::kAlert) continue;
    const auto window = row.message.due.time_since_epoch() / hours(3);
    EXPECT_LE(++by_window[std::to_string(window)], 2);
  }
  for (const std::string& line : GotBy("night")) {
    const std::string time = line.substr(line.find(", ") + 2, 5);
    EXPECT_TRUE(time >= "06:30" && time <= "22:00") << line;
  }
}

TEST_F(FortnightTest, EveryAlertIsInTheLedgerOnceForEachChannelAndNoneIsSentTwice) {
  std::map<std::string, std::set<std::string>> by_topic;
  for (const auto& [time, row] : fortnight_->alerts) by_topic[std::string(row.topic)].emplace(row.id);
  const std::pair<const char*, std::pair<const char*, int>> kExpected[] = {
      {"desk", {"floods", 1}},    {"hourly", {"floods", 1}},  {"morning", {"floods", 1}}, {"sleeper", {"floods", 1}},
      {"snoozer", {"floods", 1}}, {"capped", {"strikes", 1}}, {"flaky", {"floods", 1}},   {"feed", {"floods", 1}},
      {"evening", {"wire", 2}},   {"night", {"wire", 1}}};
  for (const auto& [subscription, takes] : kExpected) {
    std::map<std::string, std::set<std::string>> alerts;  // by channel
    const std::vector<LedgerRow> rows = LedgerOf(subscription);
    for (const LedgerRow& row : rows) {
      EXPECT_TRUE(alerts[row.entry.channel].insert(fortnight_->names.at(row.entry.alert)).second)
          << subscription << ' ' << row.entry.alert;
      EXPECT_EQ(row.message.state, MessageState::kDelivered) << subscription << ' ' << row.entry.alert;
    }
    EXPECT_EQ(alerts.size(), static_cast<std::size_t>(takes.second)) << subscription;
    for (const auto& [channel, ids] : alerts) EXPECT_EQ(ids, by_topic[takes.first]) << subscription << ' ' << channel;
  }
  std::vector<std::string> ids = fortnight_->ids;
  std::sort(ids.begin(), ids.end());
  EXPECT_EQ(std::adjacent_find(ids.begin(), ids.end()), ids.end());
}

}  // namespace
}  // namespace wirewatch
