#include "rules/pack/pack_extensions.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "rules/engine/matcher.h"
#include "rules/engine/rule_set.h"
#include "rules/pack/pack_cache.h"
#include "rules/reference/reference_matcher.h"
#include "rules/tools/explanation.h"
#include "tests/support/temp_dir.h"

namespace wirewatch {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

constexpr std::string_view kEnglish = R"(
pack: bans
topics:
  - {id: other, title: O, rules: [{id: r, match: port}]}
  - id: bans
    title: Bans
    severity: high
    languages: [en]
    rules: [{id: ban, match: 'ban AND huawei'}]
)";
constexpr std::string_view kDutch = R"(
pack: bans.nl
lists:
  banning: [verbod, weren]
topics:
  - extends: bans
    languages: [nl]
    rules:
      - {id: nl-ban, match: '@banning AND huawei', score: 80}
      - {id: nl-mention, match: huawei, score: 20, severity: low}
    unless: recensie
)";

class PackExtensionsTest : public testing::Test {
 protected:
  LoadedPacks Load() {
    PackCache cache({dir_.path()});
    auto loaded = cache.Load();
    EXPECT_TRUE(loaded);
    return *std::move(loaded);
  }

  // The rules of the topic `bans` that hold. Both matchers are asked, and must agree.
  std::vector<std::string> RulesOn(const std::string& title, const std::string& language) {
    const CompiledRules compiled = RuleSet::Compile(Load().packs);
    EXPECT_NE(compiled.rule_set, nullptr) << Render(compiled.diagnostics);
    Document document;
    document.texts[static_cast<std::size_t>(Field::kTitle)] = title;
    document.language = language;
    FoldedDocument folded;
    Fold(document, folded);
    auto matcher = Matcher::Create(compiled.rule_set);
    const auto matches = matcher->Match(document, folded);
    const auto reference = ReferenceMatch(*compiled.rule_set, document);
    EXPECT_EQ(*matches, *reference);
    std::vector<std::string> rules;
    for (const TopicMatch& match : *matches) {
      const Topic& topic = *compiled.rule_set->topics()[match.topic];
      EXPECT_EQ(topic.id, "bans");
      for (const std::uint32_t rule : match.rules) rules.push_back(topic.rules[rule].id);
    }
    return rules;
  }

  const TempDir dir_;
};

TEST_F(PackExtensionsTest, ATopicHasTheRulesAndLanguagesOfAllItsFiles) {
  dir_.Write("bans.yaml", kEnglish);
  dir_.Write("bans/nl.yaml", kDutch);
  const LoadedPacks loaded = Load();
  ASSERT_THAT(Render(loaded.diagnostics), "");
  ASSERT_THAT(loaded.packs, SizeIs(2));
  EXPECT_THAT(loaded.packs[1]->topics, IsEmpty()) << "it has rules for topics of others only";
  const Topic& topic = loaded.packs[0]->topics.at(1);
  std::vector<std::string> rules;
  for (const Rule& rule : topic.rules) rules.push_back(rule.id);
  EXPECT_THAT(rules, ElementsAre("ban", "nl-ban", "nl-mention"));
  EXPECT_THAT(topic.languages, ElementsAre("en", "nl"));
  EXPECT_THAT(topic.rules[1].file, HasSubstr("nl.yaml"));
}

TEST_F(PackExtensionsTest, ARuleReadsTheLanguagesOfItsFile) {
  dir_.Write("bans.yaml", kEnglish);
  dir_.Write("bans/nl.yaml", kDutch);
  EXPECT_THAT(RulesOn("Huawei ban, verbod", "en"), ElementsAre("ban"));
  EXPECT_THAT(RulesOn("Huawei ban, verbod", "nl-BE"), ElementsAre("nl-ban", "nl-mention"));
  EXPECT_THAT(RulesOn("Huawei ban, verbod", ""), ElementsAre("ban", "nl-ban", "nl-mention")) << "nobody gave it";
  EXPECT_THAT(RulesOn("Huawei ban, verbod", "de"), IsEmpty());
}

TEST_F(PackExtensionsTest, UnlessOfAFileLeavesOutWhatItsOwnRulesFind) {
  dir_.Write("bans.yaml", kEnglish);
  dir_.Write("bans/nl.yaml", kDutch);
  EXPECT_THAT(RulesOn("Huawei verbod recensie", "nl"), IsEmpty());
  EXPECT_THAT(RulesOn("Huawei ban verbod recensie", ""), ElementsAre("ban"));
}

TEST_F(PackExtensionsTest, HanOfAnExtensionIsInPlaceOfThatOfItsPack) {
  dir_.Write("bans.yaml", kEnglish);
  dir_.Write("bans/zh.yaml",
             "pack: zh\nhan: same\ntopics:\n"
             "  - {extends: bans, han: apart, languages: [zh], rules: [{id: apart, match: 華為}]}\n"
             "  - {extends: bans, languages: [zh], rules: [{id: same, match: 華為}]}\n");
  EXPECT_THAT(RulesOn("華為", "zh"), ElementsAre("apart", "same"));
  EXPECT_THAT(RulesOn("华为", "zh"), ElementsAre("same"));
}

TEST_F(PackExtensionsTest, ATopicOfAnyLanguageStaysOne) {
  dir_.Write("bans.yaml", "pack: b\ntopics:\n  - {id: bans, title: B, rules: [{id: r, match: huawei}]}\n");
  dir_.Write("bans/nl.yaml", kDutch);
  EXPECT_THAT(RulesOn("Huawei", "de"), ElementsAre("r"));
  EXPECT_THAT(RulesOn("Huawei", "nl"), ElementsAre("r", "nl-mention"));
}

TEST_F(PackExtensionsTest, ARuleMayHaveLanguagesOfItsOwn) {
  dir_.Write("bans.yaml",
             "pack: b\ntopics:\n  - {id: bans, title: B, rules: [{id: r, match: huawei, languages: [de]}, "
             "{id: any, match: zte}]}\n");
  EXPECT_THAT(RulesOn("Huawei and ZTE", "de"), ElementsAre("r", "any"));
  EXPECT_THAT(RulesOn("Huawei and ZTE", "en"), ElementsAre("any"));
}

TEST_F(PackExtensionsTest, ARuleMayReadLanguagesThatItsTopicDoesNot) {
  dir_.Write("bans.yaml",
             "pack: b\ntopics:\n  - {id: bans, title: B, languages: [en], rules: [{id: r, match: huawei, "
             "languages: [de]}, {id: own, match: zte}]}\n");
  EXPECT_THAT(RulesOn("Huawei and ZTE", "de"), ElementsAre("r"));
  EXPECT_THAT(RulesOn("Huawei and ZTE", "en"), ElementsAre("own"));
  EXPECT_THAT(RulesOn("Huawei and ZTE", "fr"), IsEmpty());
}

TEST_F(PackExtensionsTest, WhatIsExtendedMustBeThereAndWhatItBringsMustBeNew) {
  dir_.Write("a.yaml", kEnglish);
  dir_.Write("b.yaml", "pack: b\ntopics:\n  - {extends: bansx, rules: [{id: r, match: zte}]}\n");
  dir_.Write("c.yaml", "pack: c\ntopics:\n  - {extends: bans, rules: [{id: ban, match: zte}]}\n");
  const LoadedPacks loaded = Load();
  ASSERT_THAT(loaded.diagnostics, SizeIs(2));
  EXPECT_EQ(loaded.diagnostics[0].code, "unknown-topic");
  EXPECT_THAT(loaded.diagnostics[0].file, HasSubstr("b.yaml"));
  EXPECT_EQ(loaded.diagnostics[0].position.line, 3u);
  EXPECT_EQ(loaded.diagnostics[0].help, "did you mean 'bans'?");
  EXPECT_EQ(loaded.diagnostics[1].code, "duplicate-id");
  EXPECT_THAT(loaded.diagnostics[1].file, HasSubstr("c.yaml"));
  EXPECT_EQ(loaded.diagnostics[1].message, "the topic 'bans' already has a rule 'ban'");
}

TEST_F(PackExtensionsTest, WhatDidNotChangeIsTheSameObjectAndWhatDidIsAnother) {
  dir_.Write("bans.yaml", kEnglish);
  dir_.Write("bans/nl.yaml", kDutch);
  PackCache cache({dir_.path()});
  const auto first = cache.Load();
  const auto again = cache.Load();
  EXPECT_EQ(first->packs, again->packs);
  dir_.Write("bans/nl.yaml", "pack: n\ntopics:\n  - {extends: bans, rules: [{id: x, match: zte}]}\n");
  const auto after = cache.Load();
  EXPECT_NE(first->packs[0], after->packs[0]);
  ASSERT_THAT(after->packs[0]->topics.at(1).rules, SizeIs(2));
  EXPECT_EQ(after->packs[0]->topics[1].rules[1].id, "x");
}

TEST_F(PackExtensionsTest, ExplanationsSpeakOfTheRulesThatReadTheArticle) {
  dir_.Write("bans.yaml", kEnglish);
  dir_.Write("bans/nl.yaml", kDutch);
  const LoadedPacks loaded = Load();
  Document document;
  document.texts[static_cast<std::size_t>(Field::kTitle)] = "Nokia verbod";
  document.language = "nl";
  const std::string why = WhyNot(loaded.packs[0]->topics.at(1), document);
  EXPECT_THAT(why, HasSubstr("rule 'nl-ban'"));
  EXPECT_THAT(why, Not(HasSubstr("rule 'ban'")));
}

}  // namespace
}  // namespace wirewatch
