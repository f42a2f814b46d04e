#include "connectors/desk/rate_limiter.h"

#include <gtest/gtest.h>

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>

#include "base/clock.h"

namespace wirewatch {
namespace {

using std::chrono::seconds;

constexpr SteadyTime kStart{};

TEST(RateLimiterTest, ABurstGoesThroughAndTheNextWaits) {
  RateLimiter limiter({.per_second = 0.5, .burst = 3});
  for (int i = 0; i < 3; ++i) EXPECT_EQ(limiter.Take("a", kStart), std::nullopt) << i;
  EXPECT_EQ(limiter.Take("a", kStart), seconds(2));
  EXPECT_EQ(limiter.Take("a", kStart + seconds(1)), seconds(1));
  EXPECT_EQ(limiter.Take("a", kStart + seconds(2)), std::nullopt);
  EXPECT_EQ(limiter.Take("a", kStart + seconds(2)), seconds(2));
}

TEST(RateLimiterTest, ASilenceFillsTheBucketAndNoMore) {
  RateLimiter limiter({.per_second = 10, .burst = 2});
  EXPECT_EQ(limiter.Take("a", kStart), std::nullopt);
  const SteadyTime later = kStart + std::chrono::hours(24);
  EXPECT_EQ(limiter.Take("a", later), std::nullopt);
  EXPECT_EQ(limiter.Take("a", later), std::nullopt);
  EXPECT_EQ(limiter.Take("a", later), seconds(1));
}

TEST(RateLimiterTest, KeysHaveBucketsOfTheirOwn) {
  RateLimiter limiter({.per_second = 1, .burst = 1});
  EXPECT_EQ(limiter.Take("a", kStart), std::nullopt);
  EXPECT_EQ(limiter.Take("b", kStart), std::nullopt);
  EXPECT_NE(limiter.Take("a", kStart), std::nullopt);
}

TEST(RateLimiterTest, ALookTakesNothing) {
  RateLimiter limiter({.per_second = 1, .burst = 1});
  EXPECT_EQ(limiter.Look("a", kStart), std::nullopt);
  EXPECT_EQ(limiter.keys(), 0U);
  EXPECT_EQ(limiter.Take("a", kStart), std::nullopt);
  EXPECT_EQ(limiter.Look("a", kStart), seconds(1));
  EXPECT_EQ(limiter.Look("a", kStart + seconds(1)), std::nullopt);
  EXPECT_EQ(limiter.Take("a", kStart + seconds(1)), std::nullopt);
}

TEST(RateLimiterTest, AMillionKeysTakeNoMoreMemoryThanItsBound) {
  RateLimiter limiter({.per_second = 0, .burst = 1}, 100);
  for (int i = 0; i < 1'000'000; ++i) {
    limiter.Take(std::to_string(i), kStart);
    ASSERT_LE(limiter.keys(), 100U);
  }
}

TEST(RateLimiterTest, TheKeyOfTheLongestSilenceMakesRoom) {
  RateLimiter limiter({.per_second = 0, .burst = 2}, 2);
  limiter.Take("old", kStart);
  limiter.Take("new", kStart);
  limiter.Take("old", kStart);    // used again, and empty now
  limiter.Take("third", kStart);  // takes the place of "new"
  EXPECT_NE(limiter.Look("old", kStart), std::nullopt);
  EXPECT_EQ(limiter.keys(), 2U);
}

TEST(RateLimiterTest, ABucketThatNeverFillsNamesADay) {
  RateLimiter limiter({.per_second = 0, .burst = 1});
  limiter.Take("a", kStart);
  EXPECT_EQ(limiter.Take("a", kStart + std::chrono::hours(1000)), std::chrono::hours(24));
}

TEST(RateLimiterTest, AClockThatGoesBackGivesNothing) {
  RateLimiter limiter({.per_second = 1, .burst = 1});
  EXPECT_EQ(limiter.Take("a", kStart + seconds(100)), std::nullopt);
  EXPECT_EQ(limiter.Take("a", kStart), seconds(1));
  EXPECT_EQ(limiter.Take("a", kStart + seconds(100)), seconds(1));
}

TEST(PeerKeyTest, AnIpv6NetworkIsOnePeer) {
  EXPECT_EQ(PeerKey("2001:db8:1:2::1"), PeerKey("2001:db8:1:2:ffff::9"));
  EXPECT_NE(PeerKey("2001:db8:1:2::1"), PeerKey("2001:db8:1:3::1"));
  EXPECT_EQ(PeerKey("fe80::1%eth0"), PeerKey("fe80::2"));
}

TEST(PeerKeyTest, AnIpv4AddressIsItselfInEitherForm) {
  EXPECT_EQ(PeerKey("192.0.2.7"), "192.0.2.7");
  EXPECT_EQ(PeerKey("::ffff:192.0.2.7"), "192.0.2.7");
  EXPECT_NE(PeerKey("192.0.2.7"), PeerKey("192.0.2.8"));
}

}  // namespace
}  // namespace wirewatch
