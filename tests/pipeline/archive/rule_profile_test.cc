#include "pipeline/archive/rule_profile.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "rules/language/expression.h"

namespace wirewatch {
namespace {

std::shared_ptr<const RuleSet> Rules() {
  std::vector<Pack> packs(1);
  Topic& topic = packs.front().topics.emplace_back();
  topic.id = "harbour";
  for (const auto& [id, text] : {std::pair("near", "harbour NEAR/2 closed"), std::pair("ice", "ice"),
                                 std::pair("never", "quay AND pilots"), std::pair("regex", "/stra+um/")}) {
    Rule& rule = topic.rules.emplace_back();
    rule.id = id;
    rule.match = *ParseExpression(text, {}).expression;
    rule.match_text = text;
  }
  topic.unless = ParseExpression("football", {}).expression;
  return RuleSet::Compile(std::move(packs)).rule_set;
}

Article Titled(const std::string& title) {
  Article article;
  article.title = title;
  return article;
}

TEST(RuleProfilerTest, CountsWhatWasLookedAtWhatHeldAndTermsThatStandThere) {
  const auto rules = Rules();
  auto profiler = RuleProfiler::Create(rules);
  ASSERT_TRUE(profiler);
  const std::vector<Article> articles = {Titled("Harbour closed"),
                                         Titled("Harbour of Straumsey in the north is closed"), Titled("Clocks"),
                                         Titled("Ice, ice and football"), Titled("Football")};
  for (const Article& article : articles) {
    const Document document = DocumentOf(article);
    FoldedDocument folded;
    Fold(document, folded);
    ASSERT_TRUE(profiler->Add(document, folded));
  }
  RuleProfile twice(*rules);
  twice.Add(profiler->profile());
  twice.Add(profiler->profile());
  EXPECT_EQ(twice.articles, 10u);
  const auto& costs = twice.rules.front();
  EXPECT_EQ(costs[0].held, 2u);
  EXPECT_EQ(costs[0].evaluated, 4u) << "harbour and closed stand in both";
  EXPECT_EQ(costs[1].held, 0u) << "`unless` was in the way";
  EXPECT_EQ(costs[1].evaluated, 2u);
  EXPECT_EQ(costs[2].evaluated, 0u) << "its terms stand nowhere";
  EXPECT_EQ(twice.unless.front().evaluated, 4u) << "where a rule held";
  EXPECT_EQ(twice.unless.front().held, 2u);
  for (std::uint32_t term = 0; term < rules->term_count(); ++term) {
    const std::string text = ToText(rules->term(term));
    const std::uint64_t expected = text == "harbour" || text == "closed" || text == "football" ? 4
                                   : text == "ice"                                             ? 2
                                                                                               : 0;
    EXPECT_EQ(twice.term_articles[term], expected) << text;
  }
}

TEST(MeasureRegexesTest, EachIsRunAlone) {
  const auto rules = Rules();
  const auto costs = MeasureRegexes(*rules, {Titled("straaum"), Titled("Straum"), Titled("quay")}, 10);
  ASSERT_EQ(costs.size(), 1u);
  EXPECT_EQ(ToText(rules->term(costs.front().term)), "/stra+um/");
  EXPECT_EQ(costs.front().held, 1u);
  EXPECT_TRUE(MeasureRegexes(*rules, {}, 10).empty());
}

}  // namespace
}  // namespace wirewatch
