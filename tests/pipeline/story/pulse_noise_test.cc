// How often a topic of chance alone raises a burst: the false alarms of each sensitivity, over 1,000 days of topics of
// several sizes.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <chrono>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <random>
#include <string>

#include "pipeline/story/pulse.h"

namespace wirewatch {
namespace {

constexpr int kKnownDays = 14;

// In [0, 1). Of the generator's bits, since the distributions of <random> differ between libraries.
double Uniform(std::mt19937_64& random) { return static_cast<double>(random() >> 11) * 0x1p-53; }

struct Noise {
  double per_day;          // stories; by night a seventh of those by day
  double uneven_days = 0;  // a day has that share more or less, at most
};

// Bursts in 50 days, after those of the baseline.
int BurstsOf(const Noise& noise, BurstSensitivity sensitivity, std::uint64_t seed) {
  const WallTime begin = *ParseRfc3339("2026-03-02");
  const double mean = noise.per_day / 24, highest = mean * 1.75 * (1 + noise.uneven_days);
  std::mt19937_64 random(seed);
  Pulse pulse;
  int bursts = 0, day = -1;
  double level = 0;
  // A process of the highest rate, thinned (Lewis and Shedler, 1979).
  for (double hour = 0; (hour -= std::log(1 - Uniform(random)) / highest) < 24 * (kKnownDays + 50);) {
    for (; day < static_cast<int>(hour / 24); ++day) level = 1 + noise.uneven_days * (2 * Uniform(random) - 1);
    const double rate = mean * level * (1 - 0.75 * std::cos(hour * 3.141592653589793 / 12));
    if (Uniform(random) * highest >= rate) continue;
    const WallTime time = begin + std::chrono::microseconds(static_cast<std::int64_t>(hour * 3.6e9));
    const std::string source = fmt::format("Source {}", random() % 40);
    const bool said = pulse.Add({time, random(), source}, sensitivity).has_value();
    if (said && day >= kKnownDays) ++bursts;
  }
  return bursts;
}

int BurstsInThousandDays(const Noise& noise, BurstSensitivity sensitivity) {
  int bursts = 0;
  for (std::uint64_t seed = 1; seed <= 20; ++seed) bursts += BurstsOf(noise, sensitivity, seed);
  return bursts;
}

constexpr BurstSensitivity kAll[] = {BurstSensitivity::kLow, BurstSensitivity::kMedium, BurstSensitivity::kHigh};
constexpr double kSizes[] = {5, 20, 100, 500};

TEST(PulseNoiseTest, ChanceAloneRaisesFewerBurstsThanAHundredTimesAlphaADay) {
  for (const BurstSensitivity sensitivity : kAll) {
    for (const double per_day : kSizes) {
      EXPECT_LE(BurstsInThousandDays({per_day}, sensitivity), 1'000 * 100 * RuleOf(sensitivity).alpha)
          << Name(sensitivity) << ", stories a day: " << per_day;
    }
  }
}

// Alpha alone would find a good day of a busy topic strange; `times` does not.
TEST(PulseNoiseTest, DaysThatDifferByAThirdRaiseFewBursts) {
  constexpr int kMost[] = {0, 5, 100};
  for (std::size_t i = 0; i < std::size(kAll); ++i) {
    for (const double per_day : kSizes) {
      EXPECT_LE(BurstsInThousandDays({per_day, 0.3}, kAll[i]), kMost[i])
          << Name(kAll[i]) << ", stories a day: " << per_day;
    }
  }
}

}  // namespace
}  // namespace wirewatch
