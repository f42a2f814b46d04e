#include "base/clock.h"

#include <gtest/gtest.h>

namespace wirewatch {
namespace {

using namespace std::chrono_literals;

// 2026-11-23T09:30:00Z
const WallTime kMorning = std::chrono::sys_days(std::chrono::November / 23 / 2026) + 9h + 30min;

TEST(Rfc3339Test, WritesFractionsOnlyWhereThereAreAny) {
  EXPECT_EQ(FormatRfc3339(kMorning), "2026-11-23T09:30:00Z");
  EXPECT_EQ(FormatRfc3339(kMorning + 5us), "2026-11-23T09:30:00.000005Z");
  EXPECT_EQ(FormatRfc3339(kMorning + 120ms), "2026-11-23T09:30:00.120000Z");
}

TEST(Rfc3339Test, WritesTimesBefore1970) { EXPECT_EQ(FormatRfc3339(WallTime(-1us)), "1969-12-31T23:59:59.999999Z"); }

TEST(Rfc3339Test, ReadsWhatItWrites) {
  for (const WallTime time : {kMorning, kMorning + 1us, WallTime{}, WallTime(-1us), kMorning - 999999us}) {
    EXPECT_EQ(ParseRfc3339(FormatRfc3339(time)), time) << FormatRfc3339(time);
  }
}

TEST(Rfc3339Test, ReadsTheFormsThatPublishersWrite) {
  for (const char* text : {"2026-11-23T09:30:00Z", "2026-11-23t09:30:00z", "2026-11-23 09:30:00Z",
                           "2026-11-23T09:30:00", "2026-11-23T09:30", "2026-11-23T09:30Z", "2026-11-23T10:30:00+01:00",
                           "2026-11-23T10:30:00+0100", "2026-11-23T10:30:00+01", "2026-11-23T03:45:00-05:45",
                           "2026-11-23T09:30:00.000Z", "2026-11-23T09:30:00,0Z", "2026-11-24T00:30:00+15:00"}) {
    EXPECT_EQ(ParseRfc3339(text), kMorning) << text;
  }
  EXPECT_EQ(ParseRfc3339("2026-11-23"), std::chrono::floor<std::chrono::days>(kMorning));
  EXPECT_EQ(ParseRfc3339("2028-02-29"), WallTime(std::chrono::sys_days(std::chrono::February / 29 / 2028)));
}

TEST(Rfc3339Test, CutsFractionsFinerThanAMicrosecond) {
  EXPECT_EQ(ParseRfc3339("2026-11-23T09:30:00.5Z"), kMorning + 500ms);
  EXPECT_EQ(ParseRfc3339("2026-11-23T09:30:00.123456789123456789123456789Z"), kMorning + 123456us);
}

TEST(Rfc3339Test, ReadsALeapSecondAsTheSecondAfter) {
  EXPECT_EQ(ParseRfc3339("2016-12-31T23:59:60Z"), WallTime(std::chrono::sys_days(std::chrono::January / 1 / 2017)));
}

TEST(Rfc3339Test, RefusesWhatIsNoTime) {
  for (const char* text : {"",
                           "yesterday",
                           "2026",
                           "2026-11",
                           "2026-13-01",
                           "2026-02-29",
                           "2026-11-31",
                           "2026-00-10",
                           "26-11-23",
                           "2026-11-23T",
                           "2026-11-23T09",
                           "2026-11-23T09:",
                           "2026-11-23T24:00:00Z",
                           "2026-11-23T09:60:00Z",
                           "2026-11-23T09:30:61Z",
                           "2026-11-23T09:30:",
                           "2026-11-23T09:30:00.",
                           "2026-11-23T09:30:00.Z",
                           "2026-11-23T09:30.5Z",
                           "2026-11-23T09:30:00Z ",
                           "2026-11-23T09:30:00Zulu",
                           "2026-11-23T09:30:00+",
                           "2026-11-23T09:30:00+1",
                           "2026-11-23T09:30:00+01:",
                           "2026-11-23T09:30:00+01:0",
                           "2026-11-23T09:30:00+24:00",
                           "2026-11-23T09:30:00+01:60",
                           " 2026-11-23",
                           "2026-11-23T-9:30:00Z",
                           "20261123T093000Z"}) {
    EXPECT_EQ(ParseRfc3339(text), std::nullopt) << text;
  }
  EXPECT_EQ(ParseRfc3339(std::string_view("2026-11-23\0T09:30", 17)), std::nullopt);
}

TEST(DurationTest, ReadsEveryUnit) {
  EXPECT_EQ(ParseDuration("250ms"), 250ms);
  EXPECT_EQ(ParseDuration("5s"), 5s);
  EXPECT_EQ(ParseDuration("10m"), 10min);
  EXPECT_EQ(ParseDuration("48h"), 48h);
  EXPECT_EQ(ParseDuration("2d"), 48h);
  EXPECT_EQ(ParseDuration("0s"), 0s);
  EXPECT_EQ(ParseDuration("10000d"), kLongestDuration);
}

TEST(DurationTest, RefusesWhatIsNoDuration) {
  for (const char* text : {"", "5", "s", "5 s", " 5s", "5s ", "-5s", "+5s", "1.5s", "5S", "5sec",
                           "99999999999999999999s", "1000000001d", "10001d", "99999999h"}) {
    EXPECT_EQ(ParseDuration(text), std::nullopt) << text;
  }
}

TEST(DurationTest, IsWrittenInTheLargestUnitThatHoldsItWhole) {
  EXPECT_EQ(FormatDuration(0ms), "0s");
  EXPECT_EQ(FormatDuration(250ms), "250ms");
  EXPECT_EQ(FormatDuration(1500ms), "1500ms");
  EXPECT_EQ(FormatDuration(90s), "90s");
  EXPECT_EQ(FormatDuration(10min), "10m");
  EXPECT_EQ(FormatDuration(36h), "36h");
  EXPECT_EQ(FormatDuration(168h), "7d");
}

}  // namespace
}  // namespace wirewatch
