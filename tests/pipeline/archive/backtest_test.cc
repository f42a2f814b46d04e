#include "pipeline/archive/backtest.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "rules/engine/rule_set.h"
#include "tests/support/sample_alert.h"

namespace wirewatch {
namespace {

using testing::ElementsAre;
using testing::Pair;

// A topic of two rules, one without.
std::shared_ptr<const RuleSet> Rules() {
  std::vector<Pack> packs(1);
  for (const auto& [id, rules] : {std::pair("5g-vendor-bans", std::vector<std::string>{"ban-near-vendor", "vendor"}),
                                  std::pair("quiet", std::vector<std::string>{"nothing"})}) {
    Topic& topic = packs.front().topics.emplace_back();
    topic.id = id;
    for (const std::string& rule : rules) {
      Rule& made = topic.rules.emplace_back();
      made.id = rule;
      made.match = *ParseExpression(rule, {}).expression;
      made.match_text = rule;
    }
  }
  return RuleSet::Compile(std::move(packs)).rule_set;
}

class BacktestTest : public testing::Test {
 protected:
  BacktestTest() : rules_(Rules()), backtest_(*rules_, {}) {}

  void Hit(const std::string& id, std::vector<std::string> rules) {
    Match match = SampleAlert(id).match;
    match.rules = std::move(rules);
    backtest_.AddArticle(match.article->published_at);
    backtest_.AddMatch(match, match.article->published_at);
  }

  const std::shared_ptr<const RuleSet> rules_;
  Backtest backtest_;
};

TEST_F(BacktestTest, CountsRulesAloneAndTogetherAndThoseThatNeverFired) {
  Hit("1", {"ban-near-vendor"});
  Hit("2", {"ban-near-vendor", "vendor"});
  Hit("3", {"vendor"});
  Hit("4", {"vendor"});
  backtest_.AddArticle({});
  const TopicHits& topic = backtest_.topics().front();
  EXPECT_EQ(topic.hits, 4u);
  EXPECT_EQ(topic.rules[0].hits, 2u);
  EXPECT_EQ(topic.rules[0].alone, 1u);
  EXPECT_EQ(topic.rules[1].hits, 3u);
  EXPECT_EQ(topic.rules[1].alone, 2u);
  EXPECT_EQ(backtest_.topics()[1].rules.front().hits, 0u);
  EXPECT_EQ(backtest_.articles(), 5u);
  EXPECT_EQ(backtest_.undated(), 1u);
  EXPECT_THAT(topic.sources.Top(5), ElementsAre(TopValues::Count{"example.org", 4, 0}));
  EXPECT_THAT(topic.countries.Top(5), ElementsAre(TopValues::Count{"(unknown)", 4, 0}));
}

TEST_F(BacktestTest, SamplesAreOfTheRuleThatHeldAndBounded) {
  for (int i = 0; i < 100; ++i) Hit(std::to_string(i), {i % 2 == 0 ? "vendor" : "ban-near-vendor"});
  for (const RuleHits& rule : backtest_.topics().front().rules) {
    ASSERT_EQ(rule.samples.kept().size(), 3u);
    for (const auto& kept : rule.samples.kept()) {
      EXPECT_EQ(std::stoi(kept.thing.id) % 2 == 0, rule.rule == "vendor") << kept.thing.id;
    }
  }
}

TEST_F(BacktestTest, AlertsAndWhatRaisedNoneAreOfTheirTopic) {
  const Alert alert = SampleAlert();
  backtest_.AddAlert(alert, *alert.match.article->published_at);
  Decision decision;
  decision.topic = "5g-vendor-bans";
  decision.outcome = "alerted";
  backtest_.AddDecision(decision);
  decision.outcome = "suppressed";
  decision.reason = "same-story";
  backtest_.AddDecision(decision);
  decision.outcome = "held";
  decision.reason = "";
  backtest_.AddDecision(decision);
  decision.topic = "a topic that is not asked for";
  backtest_.AddDecision(decision);
  const TopicHits& topic = backtest_.topics().front();
  EXPECT_EQ(topic.alerts(), 1u);
  EXPECT_EQ(topic.stories(), 1u);
  EXPECT_THAT(topic.not_alerted, ElementsAre(Pair("held", 1u), Pair("same-story", 1u)));
  EXPECT_EQ(backtest_.alerts_by_day().all(), 1u);
}

TEST(SampleOfTest, WordsOfOnePlaceAreOneLine) {
  const Match match = SampleAlert().match;
  const HitSample sample = SampleOf(match, "ban-near-vendor");
  ASSERT_EQ(sample.words.size(), 1u);
  EXPECT_EQ(sample.words.front().text, match.article->title);
  EXPECT_THAT(sample.words.front().marks, ElementsAre(Span{7, 11}, Span{12, 18}));
  EXPECT_TRUE(SampleOf(match, "another rule").words.empty());
}

}  // namespace
}  // namespace wirewatch
