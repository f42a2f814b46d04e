#include "monitoring/health.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <thread>
#include <vector>

namespace wirewatch {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

TEST(HealthTest, IsAliveWhileEveryLoopBeatsWithinItsLimit) {
  Health health;
  health.AddLoop("match", 10s);
  const HealthReport report = health.Alive(SteadyNow());
  EXPECT_TRUE(report.ok);
  EXPECT_THAT(report.text, HasSubstr("ok loop match: last moved 0.0 s ago, limit 10.0 s\n"));
}

TEST(HealthTest, NamesTheLoopThatStandsStill) {
  Health health;
  health.AddLoop("poll", 10s);
  health.AddLoop("rules", 60s);
  const HealthReport report = health.Alive(SteadyNow() + 30s);
  EXPECT_FALSE(report.ok);
  EXPECT_THAT(report.text, HasSubstr("FAILED loop poll: last moved 30."));
  EXPECT_THAT(report.text, HasSubstr("ok loop rules: last moved 30."));
}

TEST(HealthTest, ABeatStartsTheLimitAnew) {
  Health health;
  Heartbeat& poll = health.AddLoop("poll", 1h);
  // The last instant at which the first beat is still good enough; and so on until a beat reaches beyond it.
  SteadyTime instant = SteadyNow() + 1h;
  while (!health.Alive(instant + 1ms).ok) poll.Beat();
  EXPECT_TRUE(health.Alive(instant + 1ms).ok);
}

TEST(HealthTest, JudgesNoLoopThatRestsUntilItBeatsAgain) {
  Health health;
  Heartbeat& rules = health.AddLoop("rules", 10s);
  rules.Rest();
  EXPECT_TRUE(health.Alive(SteadyNow() + 24h).ok) << "it may compile for as long as it takes";
  EXPECT_THAT(health.Alive(SteadyNow() + 24h).text, HasSubstr("ok loop rules: busy"));
  rules.Beat();
  EXPECT_FALSE(health.Alive(SteadyNow() + 24h).ok);
}

TEST(HealthTest, JudgesNoLoopThatEndedOnPurpose) {
  Health health;
  health.AddLoop("file", 10s).Retire();
  const HealthReport report = health.Alive(SteadyNow() + 1h);
  EXPECT_TRUE(report.ok);
  EXPECT_THAT(report.text, HasSubstr("ok loop file: ended"));
}

TEST(HealthTest, IsReadyWhenEveryCheckPasses) {
  Health health;
  health.AddReadiness("source", [] { return Status(); });
  health.AddReadiness("sink stdout", [] { return Status(); });
  const HealthReport report = health.Ready();
  EXPECT_TRUE(report.ok);
  EXPECT_EQ(report.text, "ok source\nok sink stdout\n");
}

TEST(HealthTest, SaysWhatIsMissing) {
  Health health;
  bool up = false;
  health.AddReadiness("sink kafka", [&up]() -> Status {
    if (up) return {};
    return Error{ErrorCode::kUnavailable, "broker 127.0.0.1:9092 is down"};
  });
  health.AddReadiness("source", [] { return Status(); });
  EXPECT_FALSE(health.Ready().ok);
  EXPECT_EQ(health.Ready().text, "FAILED sink kafka: broker 127.0.0.1:9092 is down\nok source\n");
  up = true;
  EXPECT_TRUE(health.Ready().ok);
}

TEST(HealthTest, IsAliveButNotReadyBeforeAnythingIsRegistered) {
  const Health health;
  EXPECT_TRUE(health.Alive().ok);
  EXPECT_FALSE(health.Ready().ok);
}

TEST(HealthTest, LoopsAndChecksMayRegisterWhileItIsAsked) {
  Health health;
  std::atomic<bool> stop = false;
  std::thread asks([&] {
    while (!stop) {
      EXPECT_TRUE(health.Alive().ok);
      static_cast<void>(health.Ready());
    }
  });
  std::vector<std::thread> loops;
  for (int i = 0; i < 4; ++i) {
    loops.emplace_back([&health] {
      Heartbeat& heartbeat = health.AddLoop("worker", 1h);
      health.AddReadiness("worker", [] { return Status(); });
      for (int beat = 0; beat < 1'000; ++beat) heartbeat.Beat();
      heartbeat.Retire();
    });
  }
  for (std::thread& loop : loops) loop.join();
  stop = true;
  asks.join();
  EXPECT_TRUE(health.Ready().ok);
}

}  // namespace
}  // namespace wirewatch
