#include "pipeline/alert_stage.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <memory>
#include <random>
#include <string>
#include <utility>
#include <vector>

namespace wirewatch {
namespace {

constexpr std::chrono::hours kWindow(48);

Alert AlertOn(const std::string& topic, const std::string& article, WallTime now = {}) {
  Match match;
  match.topic = topic;
  ArticleFacts facts;
  facts.id = article;
  match.article = std::make_shared<const ArticleFacts>(facts);
  return AlertOf(std::move(match), now);
}

constexpr Partition kPartition{3};

bool Raises(AlertStage& stage, const std::string& topic, const std::string& article, WallTime time = {}) {
  return !stage.Apply(AlertOn(topic, article), kPartition, time);
}

WallTime At(int hours) { return WallTime(std::chrono::hours(500'000 + hours)); }

TEST(AlertStageTest, OneAlertForEachTopicAndArticle) {
  AlertStage stage(kWindow);
  EXPECT_TRUE(Raises(stage, "bans", "a"));
  EXPECT_TRUE(Raises(stage, "spies", "a"));
  EXPECT_TRUE(Raises(stage, "bans", "b"));
  EXPECT_FALSE(Raises(stage, "bans", "a"));
}

TEST(AlertStageTest, AForgottenAlertIsRaisedAgain) {
  AlertStage stage(kWindow);
  ASSERT_TRUE(Raises(stage, "bans", "a"));
  stage.Forget(AlertId("bans", "a"));
  EXPECT_TRUE(Raises(stage, "bans", "a"));
  EXPECT_FALSE(Raises(stage, "bans", "a"));
}

TEST(AlertStageTest, TheIdIsTheSameInEveryProcess) {
  AlertStage one(kWindow), other(kWindow);
  ASSERT_TRUE(Raises(other, "bans", "z"));
  const Alert first = AlertOn("bans", "a", WallTime());
  const Alert second = AlertOn("bans", "a", WallNow());
  ASSERT_TRUE(!one.Apply(first, kPartition, {}) && !other.Apply(second, kPartition, {}));
  EXPECT_EQ(first.id, second.id);
  EXPECT_EQ(first.id.size(), 32u);
}

TEST(AlertStageTest, IdsDoNotRunTopicAndArticleTogether) { EXPECT_NE(AlertId("ab", "c"), AlertId("a", "bc")); }

TEST(AlertStageTest, ARepeatIsKnownForAWindowFromTheLastOneOn) {
  AlertStage stage(std::chrono::hours(48));
  EXPECT_TRUE(Raises(stage, "t", "a", At(0)));
  EXPECT_FALSE(Raises(stage, "t", "a", At(48)));
  EXPECT_FALSE(Raises(stage, "t", "a", At(90)));
  EXPECT_TRUE(Raises(stage, "t", "a", At(139)));
}

TEST(AlertStageTest, APartitionThatIsBehindHasItsOwnTime) {
  AlertStage stage(std::chrono::hours(48));
  ASSERT_TRUE(Raises(stage, "t", "a", At(0)));
  EXPECT_FALSE(stage.Apply(AlertOn("t", "b"), Partition{4}, At(1'000)));
  EXPECT_FALSE(Raises(stage, "t", "a", At(10)));
}

TEST(AlertStageTest, ARecordTimeThatGoesBackDoesNotTurnTheClockBack) {
  AlertStage stage(std::chrono::hours(48));
  ASSERT_TRUE(Raises(stage, "t", "a", At(0)));
  ASSERT_TRUE(Raises(stage, "t", "b", At(49)));
  EXPECT_TRUE(Raises(stage, "t", "a", At(1))) << "its window was over by the clock of the partition";
  EXPECT_FALSE(Raises(stage, "t", "b", At(1)));
}

// A log of one partition: who takes over at any offset, after he has read again the window before it, raises the very
// alerts that one who never stopped would have raised.
TEST(AlertStageTest, ToRestoreAtAnyOffsetIsAsIfNobodyHadStopped) {
  struct Entry {
    std::string article;
    WallTime time;
  };
  std::mt19937_64 random(20261123);
  const auto below = [&](std::uint64_t n) { return random() % n; };
  std::size_t raised = 0, suppressed = 0;
  for (int round = 0; round < 1'000; ++round) {
    const std::chrono::minutes window(1 + below(600));
    std::vector<Entry> log;
    WallTime time = At(0);
    for (std::size_t i = 0; i < 5 + below(120); ++i) {
      time += std::chrono::minutes(below(8) == 0 ? below(700) : below(30));
      // Producers' clocks differ: a record may be written with an earlier time than the one before.
      log.push_back({std::to_string(below(12)), time - std::chrono::minutes(below(4) == 0 ? below(90) : 0)});
    }
    AlertStage never_stopped(window);
    std::vector<bool> expected;
    for (const Entry& entry : log) expected.push_back(Raises(never_stopped, "t", entry.article, entry.time));

    const std::size_t cut = below(log.size() + 1);
    AlertStage restored(window);
    if (cut > 0) {
      // The first record whose time is not before the window of one shortly before the cut: as Kafka finds it.
      const WallTime begin = log[cut - 1 - below(std::min<std::size_t>(cut, 3))].time - window;
      const auto first = std::find_if(log.begin(), log.end(), [&](const Entry& entry) { return entry.time >= begin; });
      for (auto entry = first; entry < log.begin() + static_cast<std::ptrdiff_t>(cut); ++entry) {
        Raises(restored, "t", entry->article, entry->time);
      }
    }
    for (std::size_t i = cut; i < log.size(); ++i) {
      ASSERT_EQ(Raises(restored, "t", log[i].article, log[i].time), expected[i])
          << "round " << round << ", cut at " << cut << " of " << log.size() << ", record " << i;
      ++(expected[i] ? raised : suppressed);
    }
  }
  EXPECT_GT(raised, 1'000u);
  EXPECT_GT(suppressed, 1'000u);
}

}  // namespace
}  // namespace wirewatch
