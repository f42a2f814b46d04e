#include "pipeline/deliver/schedule.h"

#include <date/tz.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <initializer_list>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace wirewatch {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using testing::ElementsAre;
using testing::HasSubstr;

WallTime Utc(std::string_view text) { return *ParseRfc3339(text); }

enum Weekday { kMon, kTue, kWed, kThu, kFri, kSat, kSun };
Weekdays On(std::initializer_list<Weekday> days) {
  Weekdays set;
  for (const Weekday day : days) set.set(static_cast<std::size_t>(day));
  return set;
}

DeliverySchedule Daily(minutes at, Weekdays days = kEveryDay) { return {DeliverySchedule::Kind::kDaily, at, days}; }
DeliverySchedule Hourly(minutes at, Weekdays days = kEveryDay) { return {DeliverySchedule::Kind::kHourly, at, days}; }

// The next `count` times, as RFC 3339.
std::vector<std::string> Times(const DeliverySchedule& schedule, std::string_view zone, std::string_view after,
                               int count) {
  std::vector<std::string> times;
  WallTime now = Utc(after);
  for (int i = 0; i < count; ++i) times.push_back(FormatRfc3339(now = NextTime(schedule, zone, now)));
  return times;
}

std::string Quiet(const QuietHours& quiet, std::string_view zone, std::string_view now) {
  const auto until = QuietUntil(quiet, zone, Utc(now));
  return until ? FormatRfc3339(*until) : "not quiet";
}

std::string ErrorOf(std::string_view zone) {
  const Status status = CheckTimeZone(zone);
  if (status) return "known";
  EXPECT_EQ(status.error().code, ErrorCode::kInvalid);
  return status.error().message;
}

TEST(TimeZoneTest, KnowsThoseOfTheMachine) {
  for (const char* zone : {"UTC", "Europe/Amsterdam", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata",
                           "America/Argentina/Buenos_Aires", "Asia/Calcutta"}) {
    EXPECT_EQ(ErrorOf(zone), "known") << zone;
  }
}

TEST(TimeZoneTest, NamesNearOnesOfWhatIsNone) {
  EXPECT_EQ(ErrorOf("Europe/Amstredam"), "there is no time zone 'Europe/Amstredam': did you mean Europe/Amsterdam?");
  EXPECT_THAT(ErrorOf("europe/amsterdam"), HasSubstr("did you mean Europe/Amsterdam?"));
  EXPECT_THAT(ErrorOf("new york"), HasSubstr("did you mean America/New_York?"));
  EXPECT_THAT(ErrorOf("America/New York"), HasSubstr("did you mean America/New_York?"));
  EXPECT_THAT(ErrorOf("Louisville"), HasSubstr(" or "));  // there are two files of it
  EXPECT_THAT(ErrorOf("the office in the woods"), HasSubstr("a name like Europe/Amsterdam or UTC"));
}

TEST(TimeZoneTest, IsNeitherAPathNorWhateverTheMachineHas) {
  for (const char* zone : {"", "Europe", "../../../etc/passwd", "/usr/share/zoneinfo/UTC", "localtime", "posix/UTC"}) {
    EXPECT_THAT(ErrorOf(zone), HasSubstr("there is no time zone")) << zone;
  }
}

TEST(ScheduleTest, AtOnceIsNow) {
  const WallTime now = Utc("2026-11-23T09:30:00.5Z");
  EXPECT_EQ(NextTime({}, "Europe/Amsterdam", now), now);
}

TEST(ScheduleTest, ADailyDigestIsOfTheReadersClock) {
  EXPECT_THAT(Times(Daily(minutes(450)), "Europe/Amsterdam", "2026-11-23T06:29:59Z", 2),
              ElementsAre("2026-11-23T06:30:00Z", "2026-11-24T06:30:00Z"));
  EXPECT_THAT(Times(Daily(minutes(450)), "Europe/Amsterdam", "2026-11-23T06:30:00Z", 1),
              ElementsAre("2026-11-24T06:30:00Z"));
  EXPECT_THAT(Times(Daily(minutes(450)), "Asia/Kolkata", "2026-11-23T06:30:00Z", 1),
              ElementsAre("2026-11-24T02:00:00Z"));
}

// Europe/Amsterdam 2026: forward on 29 March at 02:00 (01:00Z), back on 25 October at 03:00 (01:00Z).
TEST(ScheduleTest, ATimeThatTheClockJumpsOverIsTheJump) {
  EXPECT_THAT(Times(Daily(minutes(150)), "Europe/Amsterdam", "2026-03-28T00:00:00Z", 3),
              ElementsAre("2026-03-28T01:30:00Z", "2026-03-29T01:00:00Z", "2026-03-30T00:30:00Z"));
  EXPECT_THAT(Times(Daily(minutes(150)), "America/New_York", "2026-03-07T12:00:00Z", 2),
              ElementsAre("2026-03-08T07:00:00Z", "2026-03-09T06:30:00Z"));
  EXPECT_THAT(Times(Daily(minutes(135)), "Australia/Lord_Howe", "2026-10-03T00:00:00Z", 2),  // 02:00 becomes 02:30
              ElementsAre("2026-10-03T15:30:00Z", "2026-10-04T15:15:00Z"));
}

TEST(ScheduleTest, ATimeThatIsThereTwiceIsTheFirst) {
  EXPECT_THAT(Times(Daily(minutes(150)), "Europe/Amsterdam", "2026-10-24T12:00:00Z", 2),
              ElementsAre("2026-10-25T00:30:00Z", "2026-10-26T01:30:00Z"));
  EXPECT_THAT(Times(Daily(minutes(90)), "America/New_York", "2026-11-01T00:00:00Z", 2),
              ElementsAre("2026-11-01T05:30:00Z", "2026-11-02T06:30:00Z"));
  EXPECT_THAT(Times(Daily(minutes(105)), "Australia/Lord_Howe", "2026-04-04T00:00:00Z", 2),  // 02:00 becomes 01:30
              ElementsAre("2026-04-04T14:45:00Z", "2026-04-05T15:15:00Z"));
}

TEST(ScheduleTest, WhereTheClockChangesAtMidnightTheDayHasItsDigest) {
  // Beirut goes from 00:00 to 01:00 on 29 March 2026, and from 00:00 to 23:00 in the night to 25 October.
  EXPECT_THAT(Times(Daily(minutes(30)), "Asia/Beirut", "2026-03-28T12:00:00Z", 2),
              ElementsAre("2026-03-28T22:00:00Z", "2026-03-29T21:30:00Z"));
  EXPECT_THAT(Times(Daily(minutes(23 * 60 + 30)), "Asia/Beirut", "2026-10-24T12:00:00Z", 2),
              ElementsAre("2026-10-24T20:30:00Z", "2026-10-25T21:30:00Z"));
}

TEST(ScheduleTest, DaysAreThoseOfTheReadersCalendar) {
  // Sunday 22:30Z is Monday in Amsterdam.
  EXPECT_THAT(Times(Daily(minutes(0), On({kMon, kThu})), "Europe/Amsterdam", "2026-11-22T12:00:00Z", 3),
              ElementsAre("2026-11-22T23:00:00Z", "2026-11-25T23:00:00Z", "2026-11-29T23:00:00Z"));
  EXPECT_THAT(Times(Daily(minutes(450), On({kMon, kTue, kWed, kThu, kFri})), "UTC", "2026-11-27T08:00:00Z", 1),
              ElementsAre("2026-11-30T07:30:00Z"));
  EXPECT_THAT(Times(Hourly(minutes(15), On({kSun})), "America/New_York", "2026-11-23T04:00:00Z", 2),
              ElementsAre("2026-11-23T04:15:00Z", "2026-11-29T05:15:00Z"));
}

TEST(ScheduleTest, HourlyIsWhatTheReadersClockShows) {
  EXPECT_THAT(Times(Hourly(minutes(15)), "UTC", "2026-11-23T09:14:59.999999Z", 2),
              ElementsAre("2026-11-23T09:15:00Z", "2026-11-23T10:15:00Z"));
  EXPECT_THAT(Times(Hourly(minutes(0)), "Asia/Kolkata", "2026-11-23T09:00:00Z", 2),  // +05:30
              ElementsAre("2026-11-23T09:30:00Z", "2026-11-23T10:30:00Z"));
  EXPECT_THAT(Times(Hourly(minutes(15)), "Asia/Kathmandu", "2026-11-23T09:00:00Z", 1),  // +05:45
              ElementsAre("2026-11-23T09:30:00Z"));
}

TEST(ScheduleTest, HourlyGoesOnThroughAChangeOfTheClock) {
  EXPECT_THAT(Times(Hourly(minutes(30)), "Europe/Amsterdam", "2026-03-29T00:00:00Z", 3),
              ElementsAre("2026-03-29T00:30:00Z", "2026-03-29T01:30:00Z", "2026-03-29T02:30:00Z"));
  EXPECT_THAT(Times(Hourly(minutes(30)), "Europe/Amsterdam", "2026-10-25T00:00:00Z", 3),
              ElementsAre("2026-10-25T00:30:00Z", "2026-10-25T01:30:00Z", "2026-10-25T02:30:00Z"));
  // By half an hour: 14:45Z is 01:45, and so is 15:15Z.
  EXPECT_THAT(Times(Hourly(minutes(45)), "Australia/Lord_Howe", "2026-04-04T14:00:00Z", 3),
              ElementsAre("2026-04-04T14:45:00Z", "2026-04-04T15:15:00Z", "2026-04-04T16:15:00Z"));
  // The clock jumps to a time that counts: 02:00 becomes 02:30.
  EXPECT_THAT(Times(Hourly(minutes(30)), "Australia/Lord_Howe", "2026-10-03T15:00:00Z", 2),
              ElementsAre("2026-10-03T15:30:00Z", "2026-10-03T16:30:00Z"));
}

TEST(QuietHoursTest, EndWhereTheyAreSaidTo) {
  const QuietHours lunch{minutes(12 * 60), minutes(13 * 60 + 30)};
  EXPECT_EQ(Quiet(lunch, "UTC", "2026-11-23T11:59:59Z"), "not quiet");
  EXPECT_EQ(Quiet(lunch, "UTC", "2026-11-23T12:00:00Z"), "2026-11-23T13:30:00Z");
  EXPECT_EQ(Quiet(lunch, "UTC", "2026-11-23T13:29:59.999999Z"), "2026-11-23T13:30:00Z");
  EXPECT_EQ(Quiet(lunch, "UTC", "2026-11-23T13:30:00Z"), "not quiet");
}

TEST(QuietHoursTest, GoOverMidnight) {
  const QuietHours night{minutes(22 * 60), minutes(7 * 60)};
  EXPECT_EQ(Quiet(night, "Europe/Amsterdam", "2026-11-23T20:59:59Z"), "not quiet");
  EXPECT_EQ(Quiet(night, "Europe/Amsterdam", "2026-11-23T21:00:00Z"), "2026-11-24T06:00:00Z");
  EXPECT_EQ(Quiet(night, "Europe/Amsterdam", "2026-11-24T05:59:59Z"), "2026-11-24T06:00:00Z");
  EXPECT_EQ(Quiet(night, "Europe/Amsterdam", "2026-11-24T06:00:00Z"), "not quiet");
}

TEST(QuietHoursTest, AreThoseOfTheDayOnWhichTheyBegin) {
  const QuietHours weekend{minutes(22 * 60), minutes(9 * 60), On({kFri, kSat})};
  EXPECT_EQ(Quiet(weekend, "UTC", "2026-11-27T23:00:00Z"), "2026-11-28T09:00:00Z");  // Friday
  EXPECT_EQ(Quiet(weekend, "UTC", "2026-11-29T08:00:00Z"), "2026-11-29T09:00:00Z");  // Sunday morning: of Saturday
  EXPECT_EQ(Quiet(weekend, "UTC", "2026-11-29T23:00:00Z"), "not quiet");             // Sunday
  EXPECT_EQ(Quiet(weekend, "UTC", "2026-11-27T08:00:00Z"), "not quiet");             // Friday morning: of Thursday
}

TEST(QuietHoursTest, FollowTheClockThroughAChange) {
  const QuietHours night{minutes(22 * 60), minutes(7 * 60)};
  EXPECT_EQ(Quiet(night, "Europe/Amsterdam", "2026-03-28T23:00:00Z"), "2026-03-29T05:00:00Z");  // 8 hours long
  EXPECT_EQ(Quiet(night, "Europe/Amsterdam", "2026-10-24T23:00:00Z"), "2026-10-25T06:00:00Z");  // 10 hours long
  // What begins or ends within the hour that is not there, or is there twice.
  const QuietHours late{minutes(150), minutes(180)};
  EXPECT_EQ(Quiet(late, "Europe/Amsterdam", "2026-03-29T01:00:00Z"), "not quiet");
  EXPECT_EQ(Quiet(late, "Europe/Amsterdam", "2026-10-25T00:30:00Z"), "2026-10-25T02:00:00Z");
  const QuietHours early{minutes(60), minutes(150)};
  EXPECT_EQ(Quiet(early, "Europe/Amsterdam", "2026-10-25T00:10:00Z"), "2026-10-25T00:30:00Z");
  EXPECT_EQ(Quiet(early, "Europe/Amsterdam", "2026-10-25T00:50:00Z"), "not quiet");
}

TEST(LocalTimeTest, IsShortAndInTheReadersZone) {
  EXPECT_EQ(LocalTime(Utc("2026-11-23T06:30:59Z"), "Europe/Amsterdam"), "Mon 23 Nov, 07:30");
  EXPECT_EQ(LocalTime(Utc("2026-06-30T22:05:00Z"), "Europe/Amsterdam"), "Wed 1 Jul, 00:05");
  EXPECT_EQ(LocalTime(Utc("2026-11-23T06:30:00Z"), "Asia/Kathmandu"), "Mon 23 Nov, 12:15");
}

TEST(ScheduleTest, AZoneThatHasGoneCountsAsUtc) {
  EXPECT_THAT(Times(Daily(minutes(450)), "Europe/Atlantis", "2026-11-23T07:00:00Z", 1),
              ElementsAre("2026-11-23T07:30:00Z"));
  EXPECT_EQ(LocalTime(Utc("2026-11-23T06:30:00Z"), "Europe/Atlantis"), "Mon 23 Nov, 06:30");
}

struct Fortnight {
  const char* zone;
  const char* begin;
};

// Around a change of the clock, where there is one.
class FortnightTest : public testing::TestWithParam<Fortnight> {
 protected:
  const std::string_view zone_ = GetParam().zone;
  const WallTime begin_ = Utc(GetParam().begin), end_ = begin_ + std::chrono::days(14);
};

TEST_P(FortnightTest, TheNextTimeIsLaterAndNeverGoesBack) {
  for (const DeliverySchedule& schedule :
       {Daily(minutes(0)), Daily(minutes(150)), Daily(minutes(23 * 60 + 59)), Daily(minutes(450), On({kTue})),
        Hourly(minutes(0)), Hourly(minutes(30)), Hourly(minutes(59)), Hourly(minutes(45), On({kSat, kSun}))}) {
    WallTime before;
    for (WallTime now = begin_; now < end_; now += minutes(1)) {
      const WallTime next = NextTime(schedule, zone_, now);
      ASSERT_GT(next, now) << FormatRfc3339(now);
      ASSERT_GE(next, before) << FormatRfc3339(now);
      ASSERT_TRUE(before == WallTime() || next == before || before <= now) << "left out: " << FormatRfc3339(before);
      before = next;
    }
  }
}

TEST_P(FortnightTest, EachLocalDayHasOneDailyDigest) {
  for (const minutes at : {minutes(0), minutes(30), minutes(105), minutes(120), minutes(150), minutes(23 * 60 + 30)}) {
    std::map<std::string, int> digests;
    for (WallTime time = NextTime(Daily(at), zone_, begin_); time < end_; time = NextTime(Daily(at), zone_, time)) {
      ++digests[LocalTime(time, zone_).substr(0, 10)];
    }
    EXPECT_GE(digests.size(), 13u);
    for (const auto& [day, count] : digests) EXPECT_EQ(count, 1) << day << " at " << at.count();
  }
}

TEST_P(FortnightTest, HourlyIsExactlyWhatTheClockShows) {
  const date::time_zone* const zone = date::locate_zone(zone_);
  for (const minutes at : {minutes(0), minutes(30), minutes(45)}) {
    WallTime next = NextTime(Hourly(at), zone_, begin_);
    for (WallTime now = begin_ + minutes(1); now < end_; now += minutes(1)) {
      const auto local = zone->to_local(now);
      const bool shown = local - std::chrono::floor<hours>(local) == at;
      ASSERT_EQ(next == now, shown) << FormatRfc3339(now);
      if (shown) next = NextTime(Hourly(at), zone_, now);
    }
  }
}

TEST_P(FortnightTest, AMinuteIsQuietWhenItsClockIsWithinTheHours) {
  const date::time_zone* const zone = date::locate_zone(zone_);
  const QuietHours night{minutes(22 * 60), minutes(7 * 60)};
  for (WallTime now = begin_; now < end_; now += minutes(1)) {
    const auto local = zone->to_local(now);
    const auto clock = local - std::chrono::floor<std::chrono::days>(local);
    const auto until = QuietUntil(night, zone_, now);
    ASSERT_EQ(until.has_value(), clock >= night.from || clock < night.to) << FormatRfc3339(now);
    if (until) {
      ASSERT_GT(*until, now);
      ASSERT_FALSE(QuietUntil(night, zone_, *until).has_value());
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Zones, FortnightTest,
                         testing::Values(Fortnight{"UTC", "2026-03-20T00:00:00Z"},
                                         Fortnight{"Europe/Amsterdam", "2026-03-22T00:00:00Z"},
                                         Fortnight{"Europe/Amsterdam", "2026-10-18T00:00:00Z"},
                                         Fortnight{"America/New_York", "2026-03-01T00:00:00Z"},
                                         Fortnight{"America/New_York", "2026-10-25T00:00:00Z"},
                                         Fortnight{"Australia/Lord_Howe", "2026-03-29T00:00:00Z"},
                                         Fortnight{"Australia/Lord_Howe", "2026-09-27T00:00:00Z"},
                                         Fortnight{"Asia/Kolkata", "2026-03-22T00:00:00Z"},
                                         Fortnight{"Asia/Beirut", "2026-03-22T00:00:00Z"}));

}  // namespace
}  // namespace wirewatch
