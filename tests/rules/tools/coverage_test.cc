#include "rules/tools/coverage.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "rules/engine/compile_packs.h"
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
  void Measure(std::string_view topic, std::string_view tests) {
    const fs::path pack = fs::path(directory_.path()) / "p.yaml";
    const fs::path test = fs::path(directory_.path()) / "p_test.yaml";
    std::ofstream(pack) << topic;
    std::ofstream(test) << "tests:\n" << tests;
    auto compiled = CompilePacks({pack});
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

}  // namespace
}  // namespace wirewatch
