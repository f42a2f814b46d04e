#include "pipeline/alert_stage.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>

namespace wirewatch {
namespace {

Alert AlertOn(const std::string& topic, const std::string& article, WallTime now = {}) {
  Match match;
  match.topic = topic;
  ArticleFacts facts;
  facts.id = article;
  match.article = std::make_shared<const ArticleFacts>(facts);
  return AlertOf(std::move(match), now);
}

bool Raises(AlertStage& stage, const std::string& topic, const std::string& article) {
  return !stage.Apply(AlertOn(topic, article));
}

TEST(AlertStageTest, OneAlertForEachTopicAndArticle) {
  AlertStage stage;
  EXPECT_TRUE(Raises(stage, "bans", "a"));
  EXPECT_TRUE(Raises(stage, "spies", "a"));
  EXPECT_TRUE(Raises(stage, "bans", "b"));
  EXPECT_FALSE(Raises(stage, "bans", "a"));
}

TEST(AlertStageTest, AForgottenAlertIsRaisedAgain) {
  AlertStage stage;
  ASSERT_TRUE(Raises(stage, "bans", "a"));
  stage.Forget(AlertId("bans", "a"));
  EXPECT_TRUE(Raises(stage, "bans", "a"));
  EXPECT_FALSE(Raises(stage, "bans", "a"));
}

TEST(AlertStageTest, TheIdIsTheSameInEveryProcess) {
  AlertStage one, other;
  ASSERT_TRUE(Raises(other, "bans", "z"));
  const Alert first = AlertOn("bans", "a", WallTime());
  const Alert second = AlertOn("bans", "a", WallNow());
  ASSERT_TRUE(!one.Apply(first) && !other.Apply(second));
  EXPECT_EQ(first.id, second.id);
  EXPECT_EQ(first.id.size(), 32u);
}

TEST(AlertStageTest, IdsDoNotRunTopicAndArticleTogether) { EXPECT_NE(AlertId("ab", "c"), AlertId("a", "bc")); }

TEST(AlertStageTest, TheOldestAlertIsForgottenFirst) {
  AlertStage stage(2);
  ASSERT_TRUE(Raises(stage, "t", "a"));
  ASSERT_TRUE(Raises(stage, "t", "b"));
  ASSERT_TRUE(Raises(stage, "t", "c"));
  EXPECT_FALSE(Raises(stage, "t", "b"));
  EXPECT_TRUE(Raises(stage, "t", "a"));
}

}  // namespace
}  // namespace wirewatch
