#include "pipeline/deliver/channel.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <vector>

namespace wirewatch {
namespace {

using std::chrono::hours, std::chrono::minutes, std::chrono::seconds;

TEST(RetryDelayTest, FollowsStandardWebhooks) {
  std::vector<seconds> delays;
  for (std::uint32_t attempts = 0; const auto delay = RetryDelay(attempts, 0); ++attempts) delays.push_back(*delay);
  EXPECT_THAT(delays, testing::ElementsAre(seconds(0), seconds(5), minutes(5), minutes(30), hours(2), hours(5),
                                           hours(10), hours(14), hours(20), hours(24)));
}

TEST(RetryDelayTest, ChanceAddsUpToAFifth) {
  EXPECT_EQ(RetryDelay(0, 0.999), seconds(0));
  EXPECT_EQ(RetryDelay(1, 0.999), seconds(6));
  EXPECT_EQ(RetryDelay(2, 0.5), minutes(5) + seconds(30));
  EXPECT_LE(*RetryDelay(9, 0.999), minutes(24 * 60 * 6 / 5));
}

TEST(RetryDelayTest, TenAttemptsAreAll) {
  EXPECT_EQ(RetryDelay(10, 0), std::nullopt);
  EXPECT_EQ(RetryDelay(4'000'000'000, 0.5), std::nullopt);
}

}  // namespace
}  // namespace wirewatch
