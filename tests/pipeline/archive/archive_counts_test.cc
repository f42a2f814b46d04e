// The parts of which statistics of an archive are made, each against the plain way of doing the same.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <map>
#include <random>
#include <string>
#include <vector>

#include "pipeline/archive/day_counts.h"
#include "pipeline/archive/reservoir.h"
#include "pipeline/archive/top_values.h"

namespace wirewatch {
namespace {

using testing::ElementsAre;

WallTime Time(const std::string& text) { return ParseRfc3339(text).value(); }

TEST(ReservoirTest, HoldsAllThatPassedWhileThereIsRoom) {
  Reservoir<int> sample(3, 7);
  for (int i = 0; i < 3; ++i) sample.Put(sample.Pass().value(), i);
  ASSERT_EQ(sample.kept().size(), 3u);
  for (int i = 0; i < 3; ++i) EXPECT_EQ(sample.kept()[static_cast<std::size_t>(i)].thing, i);
}

TEST(ReservoirTest, HoldsEachWithTheSameChance) {
  constexpr int kThings = 20, kRuns = 20'000;
  std::vector<int> held(kThings);
  for (int run = 0; run < kRuns; ++run) {
    Reservoir<int> sample(5, static_cast<std::uint64_t>(run) * 1'000);
    for (int i = 0; i < kThings; ++i) {
      if (const auto place = sample.Pass()) sample.Put(*place, i);
    }
    for (const auto& kept : sample.kept()) {
      ++held[static_cast<std::size_t>(kept.thing)];
      EXPECT_EQ(kept.number, static_cast<std::uint64_t>(kept.thing) + 1);
    }
  }
  // A quarter of 20,000 each; seven standard deviations of 61.
  for (const int times : held) EXPECT_NEAR(times, kRuns / 4, 430);
}

TEST(ReservoirTest, ASeedGivesTheSameSampleAgain) {
  const auto draw = [](std::uint64_t seed) {
    Reservoir<int> sample(4, seed);
    for (int i = 0; i < 1'000; ++i) {
      if (const auto place = sample.Pass()) sample.Put(*place, i);
    }
    std::vector<int> things;
    for (const auto& kept : sample.kept()) things.push_back(kept.thing);
    return things;
  };
  EXPECT_EQ(draw(1), draw(1));
  EXPECT_NE(draw(1), draw(2));
}

TEST(ReservoirTest, OfNoCapacityHoldsNothing) {
  Reservoir<int> sample(0, 1);
  EXPECT_FALSE(sample.Pass());
  EXPECT_EQ(sample.passed(), 1u);
}

TEST(TopValuesTest, IsExactWhileTheValuesFit) {
  TopValues values(3);
  for (const char* value : {"b", "a", "c", "b", "b", "a"}) values.Add(value);
  EXPECT_TRUE(values.is_exact());
  EXPECT_THAT(values.Top(2), ElementsAre(TopValues::Count{"b", 3, 0}, TopValues::Count{"a", 2, 0}));
}

TEST(TopValuesTest, KeepsItsPromisesOnLongStreams) {
  constexpr std::size_t kCapacity = 50;
  std::mt19937 random(1);
  std::geometric_distribution<int> skewed(0.01);
  TopValues values(kCapacity);
  std::map<std::string, std::uint64_t> truth;
  constexpr std::uint64_t kStream = 50'000;
  for (std::uint64_t i = 0; i < kStream; ++i) {
    const std::string value = std::to_string(skewed(random));
    values.Add(value);
    ++truth[value];
  }
  EXPECT_FALSE(values.is_exact());
  EXPECT_EQ(values.size(), kCapacity);
  std::map<std::string, TopValues::Count> counted;
  for (const auto& count : values.Top(kCapacity)) {
    counted[count.value] = count;
    EXPECT_LE(truth[count.value], count.count);
    EXPECT_GE(truth[count.value], count.count - count.over);
  }
  for (const auto& [value, times] : truth) {
    EXPECT_TRUE(times <= kStream / kCapacity || counted.contains(value)) << value;
  }
}

TEST(DayCountsTest, CountsDaysOfUtc) {
  DayCounts counts;
  counts.Add(Time("2026-03-02T23:59:59Z"));
  counts.Add(Time("2026-03-03T00:00:00Z"), 2);
  counts.Add(Time("1969-12-31T12:00:00Z"));
  EXPECT_EQ(counts.on(DayOf(Time("2026-03-02T00:00:00Z"))), 1u);
  EXPECT_EQ(counts.on(DayOf(Time("2026-03-03T10:00:00Z"))), 2u);
  EXPECT_EQ(DayText(counts.days().begin()->first), "1969-12-31");
  EXPECT_EQ(counts.all(), 4u);
}

TEST(DayCountsTest, IsBoundedWhateverTheDates) {
  DayCounts counts;
  for (int day = 0; day < 40'000; ++day) counts.Add(WallTime(std::chrono::days(day)));
  EXPECT_EQ(counts.days().size(), DayCounts::kMostDays);
  EXPECT_EQ(counts.all(), 40'000u);
}

TEST(BucketPlanTest, HoldsEveryDayInAtMostSoManyBuckets) {
  for (const int days : {1, 2, 47, 48, 49, 336, 400, 3'000, 15'000, 30'000}) {
    DayCounts counts;
    counts.Add(WallTime(std::chrono::days(100)));
    counts.Add(WallTime(std::chrono::days(100 + days - 1)), 3);
    const BucketPlan plan = PlanBuckets(counts, 48);
    EXPECT_LE(plan.count, 48u) << days;
    const auto buckets = InBuckets(counts, plan);
    EXPECT_EQ(buckets.size(), plan.count);
    std::uint64_t all = 0;
    for (const std::uint64_t number : buckets) all += number;
    EXPECT_EQ(all, 4u) << days;
    EXPECT_EQ(buckets.back(), days == 1 ? 4u : 3u);
  }
  EXPECT_EQ(PlanBuckets(DayCounts(), 48).count, 0u);
}

TEST(RateOfTest, GoesByTheDaysOfTheArchive) {
  DayCounts archive, alerts;
  for (const int day : {10, 11, 12, 20}) archive.Add(WallTime(std::chrono::days(day)));
  alerts.Add(WallTime(std::chrono::days(11)), 6);
  alerts.Add(WallTime(std::chrono::days(20)), 2);
  const DailyRate rate = RateOf(alerts, archive);
  EXPECT_DOUBLE_EQ(rate.mean, 2);
  EXPECT_DOUBLE_EQ(rate.median, 1);
  EXPECT_EQ(rate.most, 6u);
  EXPECT_EQ(rate.most_on, Day(std::chrono::days(11)));
  EXPECT_EQ(RateOf(alerts, DayCounts()).mean, 0);
}

}  // namespace
}  // namespace wirewatch
