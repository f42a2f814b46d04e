#include "pipeline/story/throttle.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <optional>
#include <random>
#include <string>
#include <utility>
#include <vector>

namespace wirewatch {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using ::testing::HasSubstr;

WallTime At(const char* clock) { return *ParseRfc3339(std::string("2026-03-02T") + clock + ":00Z"); }

FoldedAlert Alert(int number) {
  return {fmt::format("id-{}", number), "new",          fmt::format("Port of call {}", number),
          "https://wire.example/a",     "Harbour Wire", "story-1"};
}

Throttle Loaded(const Throttle& throttle) {
  auto loaded = Throttle::Load(throttle.Save());
  EXPECT_TRUE(loaded.has_value());
  return loaded ? *std::move(loaded) : Throttle();
}

TEST(ThrottleTest, TheEleventhAlertOfAnHourIsFoldedAndComesInTheSummary) {
  Throttle throttle;
  for (int i = 1; i <= 10; ++i) EXPECT_TRUE(throttle.Pass(At("09:05"), 10, Alert(i)));
  EXPECT_EQ(throttle.Due(), std::nullopt);
  EXPECT_FALSE(throttle.Pass(At("09:40"), 10, Alert(11)));
  EXPECT_EQ(throttle.Due(), At("10:00"));
  EXPECT_FALSE(throttle.Close(At("09:59")).has_value());

  const auto summary = throttle.Close(At("10:00"));
  ASSERT_TRUE(summary.has_value());
  EXPECT_EQ(summary->begin, At("09:00"));
  EXPECT_EQ(summary->end, At("10:00"));
  EXPECT_EQ(summary->count, 1U);
  ASSERT_EQ(summary->alerts.size(), 1U);
  EXPECT_EQ(*summary->alerts[0], Alert(11));
  EXPECT_TRUE(throttle.Pass(At("10:00"), 10, Alert(12)));
}

TEST(ThrottleTest, EmptyHoursGiveNothing) {
  Throttle throttle;
  EXPECT_FALSE(throttle.Close(At("08:00")).has_value());
  EXPECT_FALSE(throttle.Pass(At("09:40"), 0, Alert(1)));
  EXPECT_TRUE(throttle.Close(At("10:30")).has_value());
  EXPECT_FALSE(throttle.Close(At("11:00")).has_value());
  EXPECT_FALSE(throttle.Close(At("12:00")).has_value());
}

TEST(ThrottleTest, TheSummaryOfAnHourComesAlsoWhenManyHoursHavePassed) {
  Throttle throttle;
  EXPECT_FALSE(throttle.Pass(At("09:40"), 0, Alert(1)));
  const auto summary = throttle.Close(At("17:20"));
  ASSERT_TRUE(summary.has_value());
  EXPECT_EQ(summary->begin, At("09:00"));
  EXPECT_EQ(summary->end, At("10:00"));
}

TEST(ThrottleTest, ATimeBeforeTheLastCountsAsTheLast) {
  Throttle throttle;
  EXPECT_TRUE(throttle.Pass(At("10:05"), 1, Alert(1)));
  EXPECT_FALSE(throttle.Pass(At("09:55"), 1, Alert(2)));
  EXPECT_EQ(throttle.Due(), At("11:00"));
  EXPECT_TRUE(throttle.Close(At("11:10")).has_value());
  EXPECT_TRUE(throttle.Pass(At("10:50"), 1, Alert(3)));
  EXPECT_FALSE(throttle.Pass(At("10:50"), 1, Alert(4)));
  EXPECT_EQ(throttle.Due(), At("12:00"));
}

TEST(ThrottleTest, TheLimitMayChangeWithinAnHour) {
  Throttle throttle;
  EXPECT_TRUE(throttle.Pass(At("09:05"), 1, Alert(1)));
  EXPECT_FALSE(throttle.Pass(At("09:06"), 1, Alert(2)));
  EXPECT_TRUE(throttle.Pass(At("09:07"), 2, Alert(3)));
}

TEST(ThrottleTest, AHundredAreListedAndAllAreCounted) {
  Throttle throttle;
  for (int i = 0; i < 250; ++i) throttle.Pass(At("09:05"), 0, Alert(i));
  Throttle loaded = Loaded(throttle);
  EXPECT_EQ(loaded, throttle);
  const auto summary = loaded.Close(At("10:00"));
  ASSERT_TRUE(summary.has_value());
  EXPECT_EQ(summary->count, 250U);
  ASSERT_EQ(summary->alerts.size(), 100U);
  EXPECT_EQ(*summary->alerts[99], Alert(99));
}

TEST(ThrottleTest, AnAlertWithoutItsSummaryIsAMistakeOfTheCaller) {
  Throttle throttle;
  EXPECT_FALSE(throttle.Pass(At("09:05"), 0, Alert(1)));
  EXPECT_DEATH(throttle.Pass(At("10:05"), 0, Alert(2)), "");
}

// What a throttle said in a history: of each alert whether it passed, of each summary what it had.
class History {
 public:
  explicit History(std::uint32_t seed) : random_(seed) {}

  std::string Next(Throttle& throttle) {
    time_ += minutes(random_() % 3 == 0 ? random_() % 90 : random_() % 3);
    std::string said;
    if (const auto summary = throttle.Close(time_)) {
      said = fmt::format("{} {}:", FormatRfc3339(summary->begin), summary->count);
      for (const auto& alert : summary->alerts) said += ' ' + alert->id;
    }
    const bool passed = throttle.Pass(time_, 3, Alert(++number_));
    return said + (passed ? " passed" : " folded");
  }

 private:
  std::mt19937 random_;
  WallTime time_ = At("00:00");
  int number_ = 0;
};

TEST(ThrottleTest, SavedAndLoadedAnywhereItGoesOnTheSame) {
  for (std::uint32_t seed = 0; seed < 20; ++seed) {
    History history(seed), again(seed), cut(seed);
    Throttle straight, replayed, loaded;
    for (int step = 0; step < 300; ++step) {
      loaded = Loaded(loaded);
      const std::string said = history.Next(straight);
      ASSERT_EQ(again.Next(replayed), said);
      ASSERT_EQ(cut.Next(loaded), said);
      ASSERT_EQ(loaded, straight);
    }
  }
}

TEST(ThrottleTest, WhatIsNoThrottleIsRefused) {
  Throttle throttle;
  throttle.Pass(At("09:05"), 0, Alert(1));
  const std::string text = throttle.Save();
  for (std::size_t size = 0; size < text.size(); ++size) {
    const auto loaded = Throttle::Load(text.substr(0, size));
    ASSERT_FALSE(loaded.has_value()) << size;
    EXPECT_EQ(loaded.error().code, ErrorCode::kInvalid);
  }
  const auto newer = Throttle::Load("CQA=");
  ASSERT_FALSE(newer.has_value());
  EXPECT_THAT(newer.error().message, HasSubstr("it is of version 9, and 1 is read"));
}

}  // namespace
}  // namespace wirewatch
