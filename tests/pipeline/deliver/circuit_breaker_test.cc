#include "pipeline/deliver/circuit_breaker.h"

#include <gtest/gtest.h>

#include <chrono>

namespace wirewatch {
namespace {

using std::chrono::seconds;
using State = CircuitBreaker::State;

const WallTime kBegin = *ParseRfc3339("2026-10-19T06:00:00Z");

class CircuitBreakerTest : public ::testing::Test {
 protected:
  void Fail(int times) {
    for (int i = 0; i < times; ++i) {
      breaker_.Begin(now_);
      breaker_.Failed(now_);
    }
  }
  // As an operator sees it: whether it may be tried, once it has rested so long.
  bool AllowsAfter(seconds rest) const { return breaker_.Allows(now_ + rest); }

  WallTime now_ = kBegin;
  CircuitBreaker breaker_{{.failures = 3, .rest = seconds(30), .longest_rest = seconds(100)}};
};

TEST_F(CircuitBreakerTest, OpensAfterSoManyFailuresInARow) {
  Fail(2);
  EXPECT_TRUE(breaker_.Allows(now_));
  Fail(1);
  EXPECT_FALSE(breaker_.Allows(now_));
  EXPECT_EQ(breaker_.state(now_), State::kOpen);
  EXPECT_EQ(breaker_.RestsUntil(), now_ + seconds(30));
}

TEST_F(CircuitBreakerTest, ASuccessInBetweenBeginsTheCountAnew) {
  Fail(2);
  breaker_.Succeeded();
  Fail(2);
  EXPECT_TRUE(breaker_.Allows(now_));
}

TEST_F(CircuitBreakerTest, AfterItsRestItAllowsOneAttemptAndNoOther) {
  Fail(3);
  EXPECT_FALSE(AllowsAfter(seconds(29)));
  now_ += seconds(30);
  EXPECT_EQ(breaker_.state(now_), State::kHalfOpen);
  ASSERT_TRUE(breaker_.Allows(now_));
  breaker_.Begin(now_);
  EXPECT_FALSE(breaker_.Allows(now_));
  EXPECT_EQ(breaker_.state(now_), State::kHalfOpen);
}

TEST_F(CircuitBreakerTest, ClosesWhenThatAttemptSucceeds) {
  Fail(3);
  now_ += seconds(30);
  breaker_.Begin(now_);
  breaker_.Succeeded();
  EXPECT_EQ(breaker_.state(now_), State::kClosed);
  Fail(2);
  EXPECT_TRUE(breaker_.Allows(now_));
}

TEST_F(CircuitBreakerTest, RestsTwiceAsLongEachTimeThatItFailsUpToTheLongest) {
  Fail(3);
  for (const seconds rest : {seconds(30), seconds(60), seconds(100), seconds(100)}) {
    EXPECT_FALSE(AllowsAfter(rest - seconds(1))) << rest.count();
    ASSERT_TRUE(AllowsAfter(rest)) << rest.count();
    now_ += rest;
    Fail(1);
  }
  // And begins with the shortest rest again when it has been well.
  now_ += seconds(100);
  breaker_.Begin(now_);
  breaker_.Succeeded();
  Fail(3);
  EXPECT_TRUE(AllowsAfter(seconds(30)));
}

TEST_F(CircuitBreakerTest, FailuresThatHadBegunBeforeItOpenedTellNothingNew) {
  Fail(3);
  const WallTime until = breaker_.RestsUntil();
  now_ += seconds(10);
  breaker_.Failed(now_);
  breaker_.Failed(now_);
  EXPECT_EQ(breaker_.RestsUntil(), until);
}

TEST_F(CircuitBreakerTest, AnAttemptThatWasNeverSentLeavesTheTryToTheNext) {
  Fail(3);
  now_ += seconds(30);
  breaker_.Begin(now_);
  breaker_.Unknown();
  EXPECT_TRUE(breaker_.Allows(now_));
  EXPECT_EQ(breaker_.state(now_), State::kHalfOpen);
}

TEST_F(CircuitBreakerTest, RestsForAsLongAsItAsksWithoutBeingBroken) {
  breaker_.SlowDown(now_, seconds(7));
  EXPECT_TRUE(breaker_.slowed(now_));
  EXPECT_EQ(breaker_.state(now_), State::kClosed);
  EXPECT_FALSE(AllowsAfter(seconds(6)));
  EXPECT_TRUE(AllowsAfter(seconds(7)));
}

TEST_F(CircuitBreakerTest, AskedForNoTimeItRestsAsByItself) {
  breaker_.SlowDown(now_, seconds(0));
  EXPECT_FALSE(AllowsAfter(seconds(29)));
  EXPECT_TRUE(AllowsAfter(seconds(30)));
}

TEST_F(CircuitBreakerTest, IsIdleWhenItKnowsNothing) {
  EXPECT_TRUE(breaker_.idle(now_));
  Fail(1);
  EXPECT_FALSE(breaker_.idle(now_));
  breaker_.Succeeded();
  EXPECT_TRUE(breaker_.idle(now_));
  breaker_.SlowDown(now_, seconds(1));
  EXPECT_FALSE(breaker_.idle(now_));
  EXPECT_TRUE(breaker_.idle(now_ + seconds(1)));
}

}  // namespace
}  // namespace wirewatch
