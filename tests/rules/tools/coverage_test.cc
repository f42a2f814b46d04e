#include "rules/tools/coverage.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "rules/engine/compile_packs.h"
#include "rules/engine/matcher.h"
#include "tests/support/corpus.h"
#include "tests/support/rule_generator.h"
#include "tests/support/temp_dir.h"

namespace wirewatch {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

class CoverageTest : public testing::Test {
 protected:
  // Compiles a topic of these rules, each a line of YAML, and runs the tests.
  void Measure(std::string_view topic, std::string_view tests, std::string_view extension = "") {
    const fs::path pack = fs::path(directory_.path()) / "p.yaml";
    const fs::path test = fs::path(directory_.path()) / "p_test.yaml";
    std::ofstream(pack) << topic;
    std::ofstream(test) << "tests:\n" << tests;
    if (!extension.empty()) std::ofstream(fs::path(directory_.path()) / "q.yaml") << extension;
    auto compiled = CompilePacks({directory_.path()});
    ASSERT_TRUE(compiled) << compiled.error().message;
    ASSERT_NE(compiled->rule_set, nullptr) << Render(compiled->diagnostics);
    auto coverage = Coverage::Create(compiled->rule_set);
    ASSERT_TRUE(coverage) << coverage.error().message;
    coverage_.emplace(*std::move(coverage));
    RuleTestOptions options;
    options.judged = [&](const JudgedArticle& judged) { return coverage_->Take(judged); };
    const auto report = RunRuleTests(*compiled->rule_set, {test}, options);
    ASSERT_TRUE(report) << report.error().message;
    report_ = *report;
  }

  static std::string Pack(std::string_view match, std::string_view more = "") {
    return fmt::format(
        "pack: p\nlists: {{makers: [huawei, zte], bans: [ban, bans, exclud*]}}\ntopics:\n  - id: t\n    title: T\n"
        "    rules: [{{id: r, match: '{}'}}]\n{}",
        match, more);
  }
  static std::string Fires(std::string_view title) {
    return fmt::format("  - {{name: n, article: {{title: {}}}, fires: [t]}}\n", title);
  }
  static std::string Silent(std::string_view title) {
    return fmt::format("  - {{name: n, article: {{title: {}}}, fires: []}}\n", title);
  }

  // "kind text", or of an entry "entry list: text".
  std::vector<std::string> Places(bool exercised) const {
    std::vector<std::string> texts;
    for (const CoveredPlace& place : coverage_->places()) {
      if (place.exercised() != exercised) continue;
      const std::string list = place.list.empty() ? "" : place.list + ": ";
      texts.push_back(fmt::format("{} {}{}", Name(place.kind), list, place.text));
    }
    return texts;
  }
  std::vector<std::string> Exercised() const { return Places(true); }
  std::vector<std::string> Missing() const { return Places(false); }

  TempDir directory_;
  std::optional<Coverage> coverage_;
  RuleTestReport report_;
};

TEST_F(CoverageTest, NoTestNeedExerciseTheEntriesOfALibrary) {
  directory_.Write("makers.yaml", "library: makers\nlists: {cn: [huawei, zte], fi: [nokia]}\n");
  Measure(
      "pack: p\nuse: [makers.yaml]\nlists: {own: ['@makers.fi', ericsson]}\ntopics:\n  - id: t\n    title: T\n"
      "    rules: [{id: r, match: '@makers.cn OR @own'}]\n",
      Fires("Huawei sells"));
  EXPECT_THAT(Places(true), UnorderedElementsAre("rule r", "term @makers.cn"));
  EXPECT_THAT(Places(false), UnorderedElementsAre("term @own", "entry own: ericsson"));
}

TEST_F(CoverageTest, WithoutTestsNothingIsExercised) {
  Measure(Pack("huawei AND (ban OR (fine AND court))"), "  - {name: n, article: {title: a}, fires: []}\n");
  EXPECT_THAT(Exercised(), IsEmpty());
  EXPECT_THAT(Missing(),
              ElementsAre("rule r", "term huawei", "term ban", "branch fine AND court", "term fine", "term court"));
}

TEST_F(CoverageTest, ATermIsExercisedWhereItsBranchHolds) {
  Measure(Pack("huawei AND (ban OR (fine AND court))"), Fires("Huawei ban in court"));
  EXPECT_THAT(Exercised(), ElementsAre("rule r", "term huawei", "term ban"));
  EXPECT_THAT(Missing(), ElementsAre("branch fine AND court", "term fine", "term court"));
}

TEST_F(CoverageTest, OnlyATestThatWantsTheTopicToFireExercisesItsRules) {
  Measure(Pack("huawei"), Fires("ZTE") + Silent("Huawei"));  // both fail
  EXPECT_EQ(report_.failed, 2u);
  EXPECT_THAT(Exercised(), IsEmpty());
}

TEST_F(CoverageTest, WhatIsToDoExercisesNothing) {
  Measure(Pack("huawei"), "  - {name: n, article: {title: Huawei}, todo: true, fires: [t]}\n");
  EXPECT_THAT(Exercised(), IsEmpty());
}

TEST_F(CoverageTest, BesideNearATermMustHaveAPartner) {
  Measure(Pack("(ban OR fine) NEAR/1 (huawei OR zte)"),
          Fires("A ban of Huawei and a day later the fine, said a ZTE man"));
  EXPECT_THAT(Exercised(), ElementsAre("rule r", "term ban", "term huawei"));
  EXPECT_THAT(Missing(), ElementsAre("term fine", "term zte"));
}

TEST_F(CoverageTest, TheUseOfAListIsAPlaceAndItsEntriesCountOnceATopic) {
  Measure(Pack("title:@makers OR @makers NEAR/3 @bans"), Fires("ZTE") + Fires("news, body: A ban hits Huawei"));
  EXPECT_THAT(Exercised(), ElementsAre("rule r", "term title:@makers", "branch @makers NEAR/3 @bans", "term @makers",
                                       "term @bans", "entry makers: huawei", "entry makers: zte", "entry bans: ban"));
  EXPECT_THAT(Missing(), ElementsAre("entry bans: bans", "entry bans: exclud*"));
}

TEST_F(CoverageTest, ANotIsExercisedByATestThatIsSilentBecauseOfIt) {
  const std::string pack = Pack("huawei AND ban AND NOT (review OR rumour)");
  Measure(pack, Fires("Huawei ban") + Silent("Huawei review"));  // silent, but for want of a ban
  EXPECT_THAT(Missing(), ElementsAre("exclusion NOT (review OR rumour)", "term review", "term rumour"));
  Measure(pack, Silent("Huawei ban review"));
  EXPECT_THAT(Exercised(), ElementsAre("exclusion NOT (review OR rumour)", "term review"));
}

TEST_F(CoverageTest, ANotInAnotherIsExercisedWhereTheTopicFiresBecauseOfIt) {
  const std::string pack = Pack("huawei AND NOT (review AND NOT ban)");
  Measure(pack, Fires("Huawei"));
  EXPECT_THAT(Exercised(), ElementsAre("rule r", "term huawei"));
  Measure(pack, Fires("Huawei review of a ban"));
  EXPECT_THAT(Exercised(), ElementsAre("rule r", "term huawei", "exclusion NOT ban", "term ban"));
  Measure(pack, Silent("Huawei review"));
  EXPECT_THAT(Exercised(), ElementsAre("exclusion NOT (review AND NOT ban)", "term review"));
}

TEST_F(CoverageTest, TheRightSideOfNotNearIsAnExclusion) {
  const std::string pack = Pack("ban NOT NEAR/1 (travel OR visa)");
  Measure(pack, Fires("A ban"));
  EXPECT_THAT(Exercised(), ElementsAre("rule r", "term ban"));
  Measure(pack, Silent("A travel ban"));
  EXPECT_THAT(Exercised(), ElementsAre("exclusion ban NOT NEAR/1 (travel OR visa)", "term travel"));
}

TEST_F(CoverageTest, UnlessIsExercisedByATestThatIsSilentBecauseOfIt) {
  const std::string pack = Pack("huawei", "    unless: 'title:review OR section:sports'\n");
  Measure(pack, Fires("Huawei") + Silent("review"));
  EXPECT_THAT(Missing(), ElementsAre("exclusion unless title:review OR section:sports", "term title:review",
                                     "term section:sports"));
  Measure(pack, Silent("Huawei, section: Sports"));
  EXPECT_THAT(Exercised(), ElementsAre("exclusion unless title:review OR section:sports", "term section:sports"));
}

TEST_F(CoverageTest, AnArticleInAnotherLanguageIsSilentBecauseOfThat) {
  Measure(Pack("huawei AND NOT review", "    languages: [en]\n"), Silent("Huawei review, language: de"));
  EXPECT_THAT(Exercised(), IsEmpty());
}

TEST_F(CoverageTest, OfRepeatedTermsThoseThatStandThereAreExercised) {
  Measure(Pack("(huawei OR zte){2,} OR 2 OF (ban, fine, court)"),
          Fires("Huawei and Huawei") + Fires("A ban and a fine"));
  EXPECT_THAT(Missing(), ElementsAre("term zte", "term court"));
}

TEST_F(CoverageTest, EachPlaceIsWhereItStandsInTheFile) {
  Measure(
      "pack: p\nlists:\n  makers:\n    - huawei\n    - zte\ntopics:\n  - id: t\n    title: T\n    rules:\n"
      "      - id: r\n        match: >-\n          @makers\n          AND (ban OR fine)\n",
      Fires("Huawei ban"));
  std::vector<std::string> places;
  for (const CoveredPlace& place : coverage_->places()) {
    places.push_back(fmt::format("{} {}:{}+{}", place.text, place.position.line, place.position.column, place.length));
  }
  EXPECT_THAT(places,
              ElementsAre("r 12:11+7", "@makers 12:11+7", "ban 13:16+3", "fine 13:23+4", "huawei 4:7+6", "zte 5:7+3"));
}

TEST_F(CoverageTest, ATestCountsOnceForEachPlace) {
  Measure(Pack("huawei OR (huawei AND ban)"), Fires("Huawei ban") + Fires("Huawei"));
  std::vector<std::size_t> tests;
  for (const CoveredPlace& place : coverage_->places()) tests.push_back(place.tests);
  EXPECT_THAT(tests, ElementsAre(2, 2, 1, 1, 1));
}

TEST_F(CoverageTest, RulesOfAnExtensionCountOnlyInTheirLanguageAndItsUnlessOnce) {
  constexpr std::string_view kExtension =
      "pack: q\nlists: {makers: [huawei, zte]}\ntopics:\n  - extends: t\n    languages: [de]\n    rules:\n"
      "      - {id: de, match: '@makers'}\n      - {id: de-verbot, match: 'verbot AND @makers'}\n    unless: review\n";
  Measure(Pack("huawei", "    languages: [en]\n"), Fires("Huawei, language: en"), kExtension);
  EXPECT_THAT(Exercised(), ElementsAre("rule r", "term huawei"));
  EXPECT_THAT(Missing(), ElementsAre("rule de", "term @makers", "exclusion NOT review", "term review", "rule de-verbot",
                                     "term verbot", "term @makers", "entry makers: huawei", "entry makers: zte"));
  Measure(Pack("huawei", "    languages: [en]\n"), Silent("Huawei review, language: de"), kExtension);
  EXPECT_THAT(Exercised(), ElementsAre("exclusion NOT review", "term review"));
}

// ---- generated rules: what is exercised is held against the matches themselves, and against rules that are edited

bool HasExclusion(const Expression& e) {
  return e.kind == Expression::Kind::kNot || e.negated ||
         std::any_of(e.children.begin(), e.children.end(), HasExclusion);
}

void CollectTerms(const Expression& e, std::set<std::string>& terms) {
  if (e.kind == Expression::Kind::kTerm) terms.insert(ToText(e.term));
  for (const Expression& child : e.children) CollectTerms(child, terms);
}

std::shared_ptr<const RuleSet> CompileOne(Topic topic) {
  Pack pack;
  pack.topics.push_back(std::move(topic));
  std::vector<Pack> packs;
  packs.push_back(std::move(pack));
  return RuleSet::Compile(std::move(packs)).rule_set;
}

// Null: a regular expression that Hyperscan does not take.
std::shared_ptr<const RuleSet> CompileGenerated(RuleGenerator& generator, int number) {
  return CompileOne(generator.MakeTopic(fmt::format("t{}", number)));
}

// Puts articles to a topic, each as a test that wants what comes of it.
class Trial {
 public:
  explicit Trial(const std::shared_ptr<const RuleSet>& rules)
      : coverage_(Coverage::Create(rules).value()), matcher_(Matcher::Create(rules).value()) {}

  // The match; null: none. Valid until the next one.
  const TopicMatch* Put(const StoredArticle& article) {
    before_.clear();
    for (const CoveredPlace& place : coverage_.places()) before_.push_back(place.tests);
    const Document document = article.document();
    Fold(document, folded_);
    matches_ = matcher_.Match(document, folded_).value();
    JudgedArticle judged{document, folded_, matches_, {}, {}};
    (matches_.empty() ? judged.silent : judged.fired).push_back(0);
    EXPECT_TRUE(coverage_.Take(judged));
    return matches_.empty() ? nullptr : &matches_.front();
  }

  const std::vector<CoveredPlace>& places() const { return coverage_.places(); }
  // By the last article.
  bool IsExercised(std::size_t place) const { return places()[place].tests > before_[place]; }

 private:
  Coverage coverage_;
  Matcher matcher_;
  FoldedDocument folded_;
  std::vector<TopicMatch> matches_;
  std::vector<std::size_t> before_;  // tests of each place
};

TEST(CoverageRandomTest, ExercisedRulesAndTermsAreThoseOfTheMatch) {
  const std::vector<StoredArticle>& articles = SampleArticles();
  RuleGenerator generator(1, articles);
  std::size_t fired = 0;
  for (int i = 0; i < 400; ++i) {
    const auto rules = CompileGenerated(generator, i);
    if (rules == nullptr) continue;
    const Topic& topic = *rules->topics()[0];
    Trial trial(rules);
    for (std::size_t a = 0; a < 4; ++a) {
      const TopicMatch* const match = trial.Put(articles[(static_cast<std::size_t>(i) * 4 + a) % articles.size()]);
      if (match == nullptr) continue;
      ++fired;
      std::set<std::uint32_t> exercised;
      std::map<std::uint32_t, std::set<std::string>> terms, spans;
      for (std::size_t p = 0; p < trial.places().size(); ++p) {
        const CoveredPlace& place = trial.places()[p];
        if (!trial.IsExercised(p) || !place.rule) continue;
        if (place.kind == PlaceKind::kRule) exercised.insert(*place.rule);
        if (place.kind == PlaceKind::kTerm) terms[*place.rule].insert(place.text);
      }
      for (const MatchSpan& span : match->spans) spans[span.rule].insert(ToText(rules->term(span.term)));
      const std::vector<std::uint32_t>& holding = match->rules;
      EXPECT_EQ(exercised, std::set<std::uint32_t>(holding.begin(), holding.end()));
      for (const std::uint32_t rule : holding) {
        std::set<std::string> known;  // without attributes
        CollectTerms(topic.rules[rule].match, known);
        std::set<std::string> found;
        std::set_intersection(terms[rule].begin(), terms[rule].end(), known.begin(), known.end(),
                              std::inserter(found, found.end()));
        if (HasExclusion(topic.rules[rule].match)) {
          EXPECT_TRUE(std::includes(found.begin(), found.end(), spans[rule].begin(), spans[rule].end()))
              << ToText(topic.rules[rule].match);
        } else {
          EXPECT_EQ(found, spans[rule]) << ToText(topic.rules[rule].match);
        }
      }
    }
  }
  EXPECT_GT(fired, 200u);
}

TEST(CoverageRandomTest, AnExclusionIsExercisedJustWhereItsTopicFiresWithoutIt) {
  const std::vector<StoredArticle>& articles = SampleArticles();
  RuleGenerator generator(2, articles);
  std::size_t compared = 0, exercised = 0;
  for (int i = 0; i < 100; ++i) {
    const Topic made = generator.MakeTopic(fmt::format("t{}", i));
    Topic topic = made;
    // Behind AND NOT stands what holds on many of the articles.
    Rule& rule = topic.rules[0];
    Expression excluded;
    excluded.kind = Expression::Kind::kNot;
    excluded.children.push_back(generator.MakeExpression(2));
    Expression both;
    both.kind = Expression::Kind::kAnd;
    both.children = {rule.match, excluded};
    rule.match = both;
    const auto rules = CompileOne(std::move(topic));
    const auto without = CompileOne(made);
    if (rules == nullptr || without == nullptr) continue;
    const Expression& exclusion = rules->topics()[0]->rules[0].match.children[1];
    Trial trial(rules), trial_without(without);
    const std::string text = ToText(exclusion);
    std::size_t place = 0;
    const auto is_it = [&](const CoveredPlace& p) {
      const std::string shown = p.text.ends_with("...") ? p.text.substr(0, p.text.size() - 3) : p.text;
      return p.kind == PlaceKind::kExclusion && p.rule == 0u && text.starts_with(shown);
    };
    while (place < trial.places().size() && !is_it(trial.places()[place])) ++place;
    ASSERT_LT(place, trial.places().size()) << text;
    for (std::size_t a = 0; a < 20; ++a) {
      const StoredArticle& article = articles[(static_cast<std::size_t>(i) * 20 + a) % articles.size()];
      if (trial.Put(article) != nullptr) continue;  // it is silent
      ++compared;
      exercised += trial.IsExercised(place) ? 1 : 0;
      EXPECT_EQ(trial.IsExercised(place), trial_without.Put(article) != nullptr)
          << ToText(rules->topics()[0]->rules[0].match);
    }
  }
  EXPECT_GT(compared, 1000u);
  EXPECT_GT(exercised, 50u);
}

}  // namespace
}  // namespace wirewatch
