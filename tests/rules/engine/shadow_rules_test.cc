#include "rules/engine/shadow_rules.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "rules/engine/matcher.h"
#include "rules/reference/reference_matcher.h"
#include "rules/text/fold.h"
#include "tests/support/corpus.h"
#include "tests/support/difference.h"
#include "tests/support/rule_generator.h"
#include "tests/support/topics.h"

namespace wirewatch {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

std::vector<TopicMatch> Found(const std::shared_ptr<const RuleSet>& rules, const Document& document) {
  auto matcher = Matcher::Create(rules);
  EXPECT_TRUE(matcher);
  FoldedDocument folded;
  const auto answers = Compare(*matcher, document, folded);
  EXPECT_TRUE(answers);
  EXPECT_TRUE(answers->equal());
  return answers->engine;
}

Document Article(std::string_view title) {
  Document document;
  document.texts[static_cast<std::size_t>(Field::kTitle)] = title;
  return document;
}

TEST(ShadowRulesTest, AShadowRuleGivesAMatchNeitherScoreNorSpans) {
  Topic topic = MakeTopic("t", {"huawei", "ban"});
  topic.rules[0].score = 40;
  topic.rules[1].score = 90;
  topic.rules[1].severity = TopicSeverity::kCritical;
  topic.rules[1].status = RuleStatus::kShadow;
  const auto rules = CompileTopics({topic});
  const ShadowRules shadow(*rules);
  EXPECT_FALSE(shadow.empty());

  const auto found = Found(rules, Article("A ban of Huawei"));
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].score, 90u);
  const MatchParts parts = shadow.Part(*rules, found[0]);
  ASSERT_TRUE(parts.active && parts.shadow);
  EXPECT_THAT(parts.active->rules, ElementsAre(0));
  EXPECT_EQ(parts.active->score, 40u);
  EXPECT_EQ(parts.active->severity, TopicSeverity::kMedium);
  ASSERT_EQ(parts.active->spans.size(), 1u);
  EXPECT_EQ(parts.active->spans[0].span, (Span{9, 15}));
  EXPECT_THAT(parts.shadow->rules, ElementsAre(1));
  EXPECT_EQ(parts.shadow->severity, TopicSeverity::kCritical);

  // It never makes its topic fire.
  const auto alone = Found(rules, Article("A ban"));
  ASSERT_EQ(alone.size(), 1u);
  EXPECT_FALSE(shadow.Part(*rules, alone[0]).active);
}

TEST(ShadowRulesTest, ATopicInShadowAndADemotedRuleArePartedInTheSameWay) {
  Topic quiet = MakeTopic("quiet", {"huawei"});
  quiet.status = RuleStatus::kShadow;
  const auto rules = CompileTopics({quiet, MakeTopic("loud", {"huawei", "ban"})});
  const ShadowRules shadow(*rules, {{1, 0}});
  EXPECT_TRUE(shadow.Has({0, 0}));
  EXPECT_TRUE(shadow.Has({1, 0}));
  EXPECT_FALSE(shadow.Has({1, 1}));
  const auto found = Found(rules, Article("Huawei"));
  ASSERT_EQ(found.size(), 2u);
  for (const TopicMatch& match : found) EXPECT_FALSE(shadow.Part(*rules, match).active) << match.topic;
  EXPECT_TRUE(ShadowRules(*CompileTopics({MakeTopic("loud", {"huawei"})})).empty());
}

TEST(ShadowRulesTest, ARuleThatIsOffIsNotRun) {
  Topic topic = MakeTopic("t", {"huawei", "ban"});
  topic.rules[0].status = RuleStatus::kOff;
  Topic off = MakeTopic("off", {"huawei"});
  off.status = RuleStatus::kOff;
  const auto rules = CompileTopics({topic, off});
  EXPECT_THAT(Found(rules, Article("Huawei")), IsEmpty());
  const auto found = Found(rules, Article("Huawei ban"));
  ASSERT_EQ(found.size(), 1u);
  EXPECT_THAT(found[0].rules, ElementsAre(1));
}

// What is compared of a match: numbers of topics, rules and terms differ between the two sets.
std::string Told(const RuleSet& rules, const TopicMatch& match) {
  const Topic& topic = *rules.topics()[match.topic];
  std::string told = topic.id + " " + std::string(Name(match.severity)) + " " + std::to_string(match.score);
  for (const std::uint32_t rule : match.rules) told += " " + topic.rules[rule].id;
  for (const MatchSpan& span : match.spans) {
    told += " " + std::to_string(static_cast<int>(span.field)) + ":" + std::to_string(span.span.begin) + "-" +
            std::to_string(span.span.end) + topic.rules[span.rule].id;
  }
  return told;
}

// The property: what is left is what the engine finds when nobody has written the rules in shadow.
TEST(ShadowRulesTest, WhatIsLeftIsWhatIsFoundWithoutTheRulesInShadow) {
  const std::vector<StoredArticle>& articles = SampleArticles();
  RuleGenerator generator(11, articles);
  std::mt19937_64 random(11);
  std::vector<Topic> topics, without;
  for (int i = 0; i < 80; ++i) {
    Topic topic = generator.MakeTopic("t" + std::to_string(i));
    for (Rule& rule : topic.rules) {
      rule.score = static_cast<std::uint32_t>(random() % 101);
      if (random() % 3 == 0) rule.status = RuleStatus::kShadow;
      if (random() % 3 == 0) rule.severity = TopicSeverity::kCritical;
    }
    Topic bare = topic;
    std::erase_if(bare.rules, [](const Rule& rule) { return rule.status == RuleStatus::kShadow; });
    topics.push_back(std::move(topic));
    without.push_back(std::move(bare));
  }
  const auto rules = CompileTopics(topics), bare_rules = CompileTopics(without);
  ASSERT_TRUE(rules && bare_rules);
  const ShadowRules shadow(*rules);
  std::size_t in_shadow = 0, in_both = 0;
  for (const StoredArticle& article : articles) {
    std::vector<std::string> left, expected;
    for (TopicMatch& match : Found(rules, article.document())) {
      MatchParts parts = shadow.Part(*rules, std::move(match));
      if (parts.active) left.push_back(Told(*rules, *parts.active));
      if (parts.shadow) ++in_shadow;
      if (parts.active && parts.shadow) ++in_both;
    }
    for (const TopicMatch& match : Found(bare_rules, article.document())) expected.push_back(Told(*bare_rules, match));
    // Two terms may stand at one place: the order of their spans is that of their numbers.
    EXPECT_THAT(left, testing::ElementsAreArray(expected)) << article.id;
  }
  EXPECT_GT(in_shadow, 10u);
  EXPECT_GT(in_both, 1u);
}

}  // namespace
}  // namespace wirewatch
