// Statistics against values that are published, or worked out another way.
#include "pipeline/archive/statistics.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <vector>

namespace wirewatch {
namespace {

using testing::DoubleNear;

// The root form of the interval: both p that solve |p' - p| = z sqrt(p (1 - p) / n).
TEST(StatisticsTest, TheEndsOfWilsonsIntervalLieJustSoManyDeviationsFromTheShare) {
  for (const auto& [part, whole] : {std::pair(1, 10), std::pair(8, 10), std::pair(170, 175), std::pair(500, 1000)}) {
    const auto [low, high] = WilsonInterval(static_cast<std::uint64_t>(part), static_cast<std::uint64_t>(whole));
    const double share = static_cast<double>(part) / whole;
    for (const double end : {low, high}) {
      EXPECT_NEAR(std::abs(share - end) / std::sqrt(end * (1 - end) / whole), kZ95, 1e-9) << part << " of " << whole;
    }
  }
}

// R. G. Newcombe, "Two-sided confidence intervals for the single proportion", Statistics in Medicine 17 (1998), table
// I, method 3.
TEST(StatisticsTest, WilsonsIntervalIsThatOfNewcombesTable) {
  const auto is = [](Interval interval, double low, double high) {
    EXPECT_NEAR(interval.low, low, 5e-5);
    EXPECT_NEAR(interval.high, high, 5e-5);
  };
  is(WilsonInterval(81, 263), 0.2553, 0.3662);
  is(WilsonInterval(15, 148), 0.0624, 0.1605);
  is(WilsonInterval(0, 20), 0.0, 0.1611);
  is(WilsonInterval(1, 29), 0.0061, 0.1718);
}

TEST(StatisticsTest, NothingSeenLeavesEveryShare) { EXPECT_EQ(WilsonInterval(0, 0), (Interval{0, 1})); }

TEST(StatisticsTest, SplitMixGivesTheNumbersOfItsAuthors) {
  SplitMix64 chance(1234567);  // the test vector of Vigna's splitmix64.c
  EXPECT_EQ(chance.Next(), 6457827717110365317U);
  EXPECT_EQ(chance.Next(), 3203168211198807973U);
}

TEST(StatisticsTest, PoissonNumbersHaveMeanAndVarianceOne) {
  SplitMix64 chance(1);
  double sum = 0, squares = 0;
  constexpr int kTimes = 100'000;
  for (int i = 0; i < kTimes; ++i) {
    const double number = chance.PoissonOne();
    sum += number;
    squares += number * number;
  }
  EXPECT_THAT(sum / kTimes, DoubleNear(1, 0.02));
  EXPECT_THAT(squares / kTimes - sum / kTimes * (sum / kTimes), DoubleNear(1, 0.03));
}

TEST(StatisticsTest, F1IsTheHarmonicMean) {
  // precision 8 of 10 (a label 1 is not false), recall 7 of 14
  EXPECT_NEAR(F1Of({14, 7, 1, 2}).value(), 2 * 0.8 * 0.5 / 1.3, 1e-12);
  EXPECT_FALSE(F1Of({0, 0, 3, 1}));
  EXPECT_EQ(F1Of({4, 0, 0, 0}), 0);
}

TEST(StatisticsTest, TheBootstrapIsTheSameForTheSameSeedAndNarrowerWithMoreArticles) {
  const auto groups = [](std::size_t times) {
    std::vector<HitCounts> made;
    for (std::size_t i = 0; i < times; ++i) {
      made.insert(made.end(), {{1, 1, 0, 0}, {1, 1, 0, 0}, {1, 0, 0, 0}, {0, 0, 0, 1}});
    }
    return made;
  };
  const Interval few = BootstrapF1(groups(5), 1000, 7).value(), again = BootstrapF1(groups(5), 1000, 7).value();
  const Interval many = BootstrapF1(groups(500), 1000, 7).value();
  EXPECT_EQ(few, again);
  const double f1 = 2.0 / 3;  // of all of them
  EXPECT_LT(few.low, f1);
  EXPECT_GT(few.high, f1);
  EXPECT_LT((many.high - many.low) * 5, few.high - few.low);
  EXPECT_LT(many.low, f1);
  EXPECT_GT(many.high, f1);
  EXPECT_FALSE(BootstrapF1({{0, 0, 0, 1}}, 100, 1));
}

// Ten articles of one story are one witness.
TEST(StatisticsTest, CopiesInOneGroupMakeTheIntervalWider) {
  std::vector<HitCounts> apart, together;
  for (int i = 0; i < 10; ++i) {
    apart.insert(apart.end(), 10, HitCounts{1, i < 7 ? 1U : 0U, 0, 0});
    together.push_back({10, i < 7 ? 10U : 0U, 0, 0});
  }
  const Interval narrow = BootstrapF1(apart, 1000, 3).value(), wide = BootstrapF1(together, 1000, 3).value();
  EXPECT_GT(wide.high - wide.low, 2 * (narrow.high - narrow.low));
}

TEST(StatisticsTest, LogOddsAreThoseOfTheFormula) {
  const WordOdds odds = LogOddsWithPrior(30, 1000, 10, 2000, 2, 100);
  const double ratio = std::log(32.0 / (1100 - 32)) - std::log(12.0 / (2100 - 12));
  EXPECT_NEAR(odds.log_odds_ratio, ratio, 1e-12);
  EXPECT_NEAR(odds.z, ratio / std::sqrt(1 / 32.0 + 1 / 12.0), 1e-12);
  // Which group is which turns the sign.
  EXPECT_NEAR(LogOddsWithPrior(10, 2000, 30, 1000, 2, 100).z, -odds.z, 1e-12);
  // A prior draws the ratio towards none.
  EXPECT_LT(LogOddsWithPrior(3, 1000, 0, 2000, 5, 100).log_odds_ratio,
            LogOddsWithPrior(3, 1000, 0, 2000, 1, 100).log_odds_ratio);
}

TEST(StatisticsTest, MannKendallCountsPairs) {
  const Trend falls = MannKendallFalls({10, 9, 8, 7, 6, 5, 4, 3, 2, 1});
  EXPECT_EQ(falls.s, -45);
  EXPECT_NEAR(falls.z, -44 / std::sqrt(125.0), 1e-12);  // variance n (n - 1) (2 n + 5) / 18
  EXPECT_NEAR(falls.p, 4.15e-5, 1e-6);
  EXPECT_GT(MannKendallFalls({1, 2, 3, 4, 5, 6, 7, 8}).p, 0.99);
  EXPECT_EQ(MannKendallFalls({3, 3, 3, 3}).p, 1);
  EXPECT_EQ(MannKendallFalls({}).p, 1);
  // Ties take from the variance: of 2 2 1 1 it is (4 * 3 * 13 - 2 * 2 * 1 * 9) / 18.
  EXPECT_NEAR(MannKendallFalls({2, 2, 1, 1}).z, -3 / std::sqrt((156.0 - 36) / 18), 1e-12);
}

TEST(StatisticsTest, APoissonDropIsABinomialTail) {
  // Of 10 events none in the second half: 1/1024; at most one: 11/1024.
  EXPECT_NEAR(PoissonDropP(10, 5, 0, 5), 1 / 1024.0, 1e-12);
  EXPECT_NEAR(PoissonDropP(9, 5, 1, 5), 11 / 1024.0, 1e-12);
  EXPECT_NEAR(PoissonDropP(20, 3, 0, 1), std::pow(0.75, 20), 1e-12);
  EXPECT_EQ(PoissonDropP(0, 1, 0, 1), 1);
  EXPECT_NEAR(PoissonDropP(0, 5, 10, 5), 1, 1e-12);
}

}  // namespace
}  // namespace wirewatch
