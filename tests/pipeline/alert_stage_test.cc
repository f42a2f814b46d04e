#include "pipeline/alert_stage.h"

#include <gtest/gtest.h>

#include <string>

namespace wirewatch {
namespace {

Match MatchOf(const std::string& topic, const std::string& article) {
  Match match;
  match.topic = topic;
  ArticleFacts facts;
  facts.id = article;
  match.article = std::make_shared<const ArticleFacts>(facts);
  return match;
}

TEST(AlertStageTest, OneAlertForEachTopicAndArticle) {
  AlertStage stage;
  EXPECT_TRUE(stage.Apply(MatchOf("bans", "a"), {}));
  EXPECT_TRUE(stage.Apply(MatchOf("spies", "a"), {}));
  EXPECT_TRUE(stage.Apply(MatchOf("bans", "b"), {}));
  EXPECT_FALSE(stage.Apply(MatchOf("bans", "a"), {}));
}

TEST(AlertStageTest, AForgottenAlertIsRaisedAgain) {
  AlertStage stage;
  ASSERT_TRUE(stage.Apply(MatchOf("bans", "a"), {}));
  stage.Forget(AlertId("bans", "a"));
  EXPECT_TRUE(stage.Apply(MatchOf("bans", "a"), {}));
  EXPECT_FALSE(stage.Apply(MatchOf("bans", "a"), {}));
}

TEST(AlertStageTest, TheIdIsTheSameInEveryProcess) {
  AlertStage one, other;
  other.Apply(MatchOf("bans", "z"), {});
  const auto first = one.Apply(MatchOf("bans", "a"), WallTime());
  const auto second = other.Apply(MatchOf("bans", "a"), WallNow());
  ASSERT_TRUE(first && second);
  EXPECT_EQ(first->id, second->id);
  EXPECT_EQ(first->id.size(), 32u);
}

TEST(AlertStageTest, IdsDoNotRunTopicAndArticleTogether) { EXPECT_NE(AlertId("ab", "c"), AlertId("a", "bc")); }

TEST(AlertStageTest, TheOldestAlertIsForgottenFirst) {
  AlertStage stage(2);
  stage.Apply(MatchOf("t", "a"), {});
  stage.Apply(MatchOf("t", "b"), {});
  stage.Apply(MatchOf("t", "c"), {});
  EXPECT_FALSE(stage.Apply(MatchOf("t", "b"), {}));
  EXPECT_TRUE(stage.Apply(MatchOf("t", "a"), {}));
}

}  // namespace
}  // namespace wirewatch
