// Hygiene finds what was planted: twins, a rule inside another, a rule that dies out, terms that stand nowhere.
#include "pipeline/archive/rule_hygiene.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "rules/engine/matcher.h"
#include "rules/language/expression.h"
#include "rules/text/fold.h"

namespace wirewatch {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;

class RuleHygieneTest : public testing::Test {
 protected:
  void Use(const std::vector<std::pair<std::string, std::string>>& rules, const NamedLists& lists = {}) {
    std::vector<Pack> packs(1);
    packs.front().file = "harbours.yaml";
    Topic& topic = packs.front().topics.emplace_back();
    topic.id = "harbour";
    for (const auto& [id, match] : rules) {
      Rule& rule = topic.rules.emplace_back();
      rule.id = id;
      rule.match = *ParseExpression(match, lists).expression;
      rule.match_text = match;
    }
    rules_ = RuleSet::Compile(std::move(packs)).rule_set;
    matcher_.emplace(*Matcher::Create(rules_));
    hygiene_.emplace(*rules_);
  }

  void Read(const std::string& text, std::optional<WallTime> time = {}, std::optional<Grade> grade = {}) {
    Document document;
    document.texts[0] = text;
    FoldedDocument folded;
    Fold(document, folded);
    HygieneHit hit;
    const auto found = matcher_->Match(document, folded);
    matcher_->AppendFoundTerms(hit.found);
    for (const TopicMatch& match : *found) {
      hit.topics.push_back({match.topic, match.rules, grade});
      for (const MatchSpan& span : match.spans) hit.used.push_back(span.term);
    }
    std::sort(hit.used.begin(), hit.used.end());
    hit.used.erase(std::unique(hit.used.begin(), hit.used.end()), hit.used.end());
    hygiene_->Add(hit, time);
  }
  static WallTime AtDay(int day) { return WallTime(std::chrono::days(20'000 + day)); }
  std::string Id(RulePlace place) const { return rules_->topics()[place.topic]->rules[place.rule].id; }

  std::shared_ptr<const RuleSet> rules_;
  std::optional<Matcher> matcher_;
  std::optional<RuleHygiene> hygiene_;
};

TEST_F(RuleHygieneTest, FindsPlantedTwinsAndTellsProofFromObservation) {
  Use({{"quay", "quay"},
       {"mole", "mole"},
       {"both-ways", "crane OR derrick"},
       {"other-way", "derrick OR crane"},
       {"lonely", "lock"}});
  for (int i = 0; i < 5; ++i) Read("the quay and the mole");
  for (int i = 0; i < 5; ++i) Read("a crane");
  Read("the lock");
  const auto pairs = hygiene_->Pairs({});
  ASSERT_EQ(pairs.size(), 2u);
  EXPECT_EQ(Id(pairs[0].first), "quay");
  EXPECT_EQ(Id(pairs[0].second), "mole");
  EXPECT_EQ(pairs[0].kind, RulePair::Kind::kTwins);
  EXPECT_EQ(pairs[0].both, 5u);
  EXPECT_FALSE(pairs[0].proven);
  EXPECT_EQ(Id(pairs[1].first), "both-ways");
  EXPECT_TRUE(pairs[1].proven);
}

TEST_F(RuleHygieneTest, FindsTheRuleInsideAnother) {
  Use({{"wide", "quay"}, {"proven", "quay AND crane"}, {"observed", "mole"}});
  for (int i = 0; i < 4; ++i) Read("the quay");
  for (int i = 0; i < 4; ++i) Read("the quay and a crane");
  for (int i = 0; i < 4; ++i) Read("the quay and the mole");
  const auto pairs = hygiene_->Pairs({});
  ASSERT_EQ(pairs.size(), 2u);
  EXPECT_EQ(Id(pairs[0].first), "proven");
  EXPECT_EQ(Id(pairs[0].second), "wide");
  EXPECT_EQ(pairs[0].kind, RulePair::Kind::kInside);
  EXPECT_TRUE(pairs[0].proven);
  EXPECT_EQ(Id(pairs[1].first), "observed");
  EXPECT_FALSE(pairs[1].proven);
}

TEST_F(RuleHygieneTest, NearTwinsAreToldFromTwins) {
  Use({{"quay", "quay"}, {"mole", "mole"}});
  for (int i = 0; i < 98; ++i) Read("the quay and the mole");
  Read("the quay");
  Read("the mole");
  const auto pairs = hygiene_->Pairs({});
  ASSERT_EQ(pairs.size(), 1u);
  EXPECT_EQ(pairs[0].kind, RulePair::Kind::kNearTwins);
  EXPECT_DOUBLE_EQ(pairs[0].jaccard, 0.98);
  EXPECT_THAT(hygiene_->Pairs({.near = 0.99}), IsEmpty());
}

TEST_F(RuleHygieneTest, ARuleThatDiesOutDriftsAndASteadyOneDoesNot) {
  Use({{"dying", "telex"}, {"steady", "quay"}});
  for (int day = 0; day < 360; ++day) {
    Read("nothing to see", AtDay(day));
    if (day % 5 == 0) Read("the quay", AtDay(day));
    if (day % 6 == 0 && day < 200) Read("a telex came", AtDay(day));
  }
  const auto drifting = hygiene_->Drifting({});
  ASSERT_EQ(drifting.size(), 1u);
  EXPECT_EQ(Id(drifting[0].place), "dying");
  EXPECT_EQ(drifting[0].after, 0u);
  EXPECT_LT(drifting[0].p, 0.005);
  ASSERT_TRUE(drifting[0].trend_p);
  EXPECT_LT(*drifting[0].trend_p, 0.05);
}

// When the whole wire thins out, no rule drifts.
TEST_F(RuleHygieneTest, FewerArticlesAreNoDrift) {
  Use({{"quay", "quay"}});
  for (int day = 0; day < 360; ++day) {
    const int articles = day < 270 ? 10 : 1;
    for (int i = 0; i < articles; ++i) Read(day % 3 == 0 ? "the quay" : "nothing", AtDay(day));
  }
  EXPECT_THAT(hygiene_->Drifting({}), IsEmpty());
}

TEST_F(RuleHygieneTest, SilentTopicsAndWhatNeverHeld) {
  Use({{"quay", "quay"}, {"never", "zeppelin"}});
  Read("the quay", AtDay(0));
  Read("nothing", AtDay(40));
  const auto never = hygiene_->NeverHeld();
  ASSERT_EQ(never.size(), 1u);
  EXPECT_EQ(Id(never[0]), "never");
  const auto silent = hygiene_->Silent({});
  ASSERT_EQ(silent.size(), 1u);
  EXPECT_EQ(silent[0].days, 40);
  EXPECT_THAT(hygiene_->Silent({.silent_days = 41}), IsEmpty());
  EXPECT_THAT(hygiene_->WithoutOwner(), ElementsAre(0));
}

TEST_F(RuleHygieneTest, EntriesThatStandNowhereAndThoseThatMakeNothingHold) {
  NamedLists lists;
  Expression list = *ParseExpression("crane OR derrick OR winch", {}).expression;
  list.list = "gear";
  lists.emplace("gear", list);
  Use({{"gear", "title:@gear AND quay"}, {"not", "quay AND NOT mast"}}, lists);
  Read("the crane of the quay");
  Read("a winch");
  const auto idle = hygiene_->IdleTerms();
  std::vector<std::string> found;
  for (const IdleTerm& term : idle) found.push_back(term.list + ":" + term.text + ":" + std::to_string(term.articles));
  // A term under NOT makes nothing hold by its nature.
  EXPECT_THAT(found, ElementsAre("gear:derrick:0", "gear:winch:1"));
}

TEST_F(RuleHygieneTest, RulesThatBringOnlyFalseAlarms) {
  Use({{"bad", "zeppelin"}, {"good", "quay"}, {"unsure", "mole"}});
  for (int i = 0; i < 2; ++i) Read("a zeppelin", {}, Grade::kMustNot);
  Read("the quay", {}, Grade::kMustNot);
  Read("the quay", {}, Grade::kMustNot);
  Read("the quay", {}, Grade::kMust);
  Read("the mole", {}, Grade::kMustNot);
  const auto only = hygiene_->OnlyFalse();
  ASSERT_EQ(only.size(), 1u);
  EXPECT_EQ(Id(only[0]), "bad");
}

}  // namespace
}  // namespace wirewatch
