// ~ban, huawei~1 and `han: same`, by example: the engine's answers, which are the reference's.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "rules/engine/matcher.h"
#include "rules/engine/rule_set.h"
#include "rules/pack/pack_loader.h"
#include "rules/pack/topic_terms.h"
#include "rules/reference/reference_matcher.h"
#include "tests/support/topics.h"

namespace wirewatch {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

struct Asked {
  std::string_view expression;
  std::vector<std::string> languages = {};  // of the topic
  bool han_same = false;
};

// Of a process that matches one article after the other.
class WordMarksTest : public ::testing::Test {
 protected:
  void Ask(const std::vector<Asked>& all) {
    Pack pack;
    for (const Asked& asked : all) {
      Topic topic = MakeTopic("topic-" + std::to_string(pack.topics.size()), {asked.expression});
      topic.languages = asked.languages;
      SettleTerms(topic, asked.han_same);
      pack.topics.push_back(std::move(topic));
    }
    std::vector<Pack> packs;
    packs.push_back(std::move(pack));
    rule_set_ = RuleSet::Compile(std::move(packs)).rule_set;
    ASSERT_NE(rule_set_, nullptr);
    auto matcher = Matcher::Create(rule_set_);
    ASSERT_TRUE(matcher);
    matcher_.emplace(*std::move(matcher));
  }
  void Ask(std::string_view expression) { Ask(std::vector<Asked>{{expression}}); }

  // The original bytes of the spans of all topics, in order; the body is `text`.
  std::vector<std::string> Found(std::string_view text, std::string_view language = "en") {
    Document document;
    document.texts[static_cast<std::size_t>(Field::kBody)] = text;
    document.language = language;
    FoldedDocument folded;
    Fold(document, folded);
    const auto matches = matcher_->Match(document, folded);
    EXPECT_TRUE(matches);
    const auto expected = ReferenceMatch(*rule_set_, document);
    EXPECT_TRUE(expected);
    EXPECT_EQ(*matches, *expected) << text;
    std::vector<std::string> found;
    for (const TopicMatch& match : *matches) {
      for (const MatchSpan& span : match.spans) found.emplace_back(span.span.Of(text));
    }
    return found;
  }

  std::shared_ptr<const RuleSet> rule_set_;
  std::optional<Matcher> matcher_;
};

TEST_F(WordMarksTest, FormsAreThoseOfTheArticlesLanguage) {
  Ask("~verboten");
  EXPECT_THAT(Found("Verbot, Verbote, verboten", "de"), ElementsAre("Verbot", "Verbote", "verboten"));
  EXPECT_THAT(Found("Verbot, Verbote, verboten", "en"), ElementsAre("verboten"));
  EXPECT_THAT(Found("Verbot, Verbote, verboten", "de-CH"), ElementsAre("Verbot", "Verbote", "verboten"));
  EXPECT_THAT(Found("Verbot, Verbote, verboten", "zh"), ElementsAre("verboten"));
  Ask("~ban");
  EXPECT_THAT(Found("Bans on banning BANNED band and bank; the ban's end"),
              ElementsAre("Bans", "banning", "BANNED", "ban"));
}

TEST_F(WordMarksTest, AnArticleThatDoesNotSayItsLanguageHasTheFormsOfTheTopics) {
  Ask({{"~zakaz", {"pl"}}, {"~ban", {}}, {"~запрет", {}}, {"~Verboten", {"de", "zh"}}, {"~Verboten", {}}});
  EXPECT_THAT(Found("zakazem bans запретами Verbot", ""), ElementsAre("zakazem", "bans", "запретами", "Verbot"));
  EXPECT_THAT(Found("zakazem bans запретами Verbot", "zh"), IsEmpty());
  EXPECT_THAT(Found("zakazem bans запретами Verbot", "de"), ElementsAre("bans", "Verbot", "Verbot"));
}

TEST_F(WordMarksTest, AccentsCountForFormsAsLittleAsForWords) {
  Ask("~bloquer");
  EXPECT_THAT(Found("BLOQUEES, bloquée, bloqués, bloquent", "fr"),
              ElementsAre("BLOQUEES", "bloquée", "bloqués", "bloquent"));
  Ask("~prohibición");
  EXPECT_THAT(Found("PROHIBICIONES, prohibicion", "es"), ElementsAre("PROHIBICIONES", "prohibicion"));
}

TEST_F(WordMarksTest, FormsStandInPhrasesListsAndPairs) {
  Ask("\"~ban on ~vendor\"");
  EXPECT_THAT(Found("bans on vendors, banned on vendor; ban the vendor, ban on a vendor"),
              ElementsAre("bans on vendors", "banned on vendor"));
  Ask("~ban NEAR/2 (~vendor OR huawei~1)");
  EXPECT_THAT(Found("banned all vendors. Long after it Huwaei was banning"),
              ElementsAre("banned", "vendors", "Huwaei", "banning"));
  Ask("title:~ban OR ~ban{3,}");
  EXPECT_THAT(Found("ban, bans"), IsEmpty());
  EXPECT_THAT(Found("ban, bans, banned"), ElementsAre("ban", "bans", "banned"));
  Ask("~ban NOT NEAR/1 \"travel ~ban\"");
  EXPECT_THAT(Found("travel bans only"), IsEmpty());
  EXPECT_THAT(Found("travel bans and then all other sales banned"), ElementsAre("banned"));
  Ask("\"~ban vend* huawei~1\"");
  EXPECT_THAT(Found("bans vending Huavei"), ElementsAre("bans vending Huavei"));
}

TEST_F(WordMarksTest, OneLetterMayBeWrong) {
  Ask("huawei~1");
  EXPECT_THAT(Found("Huawei Hwawei Huwei Huaawei Hauwei Huáwei awei huaweis huaweisx hauwie"),
              ElementsAre("Huawei", "Hwawei", "Huwei", "Huaawei", "Hauwei", "Huáwei", "huaweis"));
  Ask("kaspersky~2");
  EXPECT_THAT(Found("Kaspersky Kasperski Kasperskyy Caspersky Kaspresyk Kspersk Kaspers Kaspe"),
              ElementsAre("Kaspersky", "Kasperski", "Kasperskyy", "Caspersky", "Kaspresyk", "Kspersk", "Kaspers"));
  Ask("Хуавей~1");
  EXPECT_THAT(Found("Хуавэй Хуавей Хвей", "ru"), ElementsAre("Хуавэй", "Хуавей")) << "letters, not bytes";
}

TEST_F(WordMarksTest, TraditionalAndSimplifiedAreOneWhereTheTopicSaysSo) {
  Ask({{"华为", {}, true}, {"华为", {}, false}});
  EXPECT_THAT(Found("華為與华为", "zh"), ElementsAre("華為", "华为", "华为"));
  Ask({{"頭髮 OR \"发展 5G\" OR =後", {}, true}});
  EXPECT_THAT(Found("头发，頭發；發展5G，后後", "zh"), ElementsAre("头发", "頭發", "發展5G", "後"));
}

TEST_F(WordMarksTest, AWordOfAllThreeKindsIsFoundByEach) {
  Ask({{"vendors"}, {"~vendor"}, {"vendors~1"}, {"vend*"}, {"=vendors"}, {"\"~vendor ~ban\""}});
  EXPECT_THAT(Found("vendors ban"), ElementsAre("vendors", "vendors", "vendors", "vendors", "vendors", "vendors ban"));
  EXPECT_THAT(Found("vendor banned"), ElementsAre("vendor", "vendor", "vendor", "vendor banned"));
}

TEST(HanOfPacksTest, ThePackSaysItAndATopicOtherwise) {
  const auto loaded = LoadPackText(
      "pack: p\nhan: same\ntopics:\n"
      "  - {id: a, title: A, rules: [{id: r, match: '华为'}]}\n"
      "  - {id: b, title: B, han: apart, rules: [{id: r, match: '华为 OR ~ban'}]}\n"
      "  - {id: c, title: C, languages: [pl, zh], rules: [{id: r, match: '人 OR ~ban'}], unless: '华'}\n",
      "p.yaml");
  EXPECT_THAT(loaded.diagnostics, IsEmpty()) << Render(loaded.diagnostics);
  const auto& topics = loaded.packs.at(0)->topics;
  EXPECT_TRUE(topics[0].rules[0].match.term.han_same);
  EXPECT_FALSE(topics[1].rules[0].match.children[0].term.han_same);
  EXPECT_EQ(topics[1].rules[0].match.children[1].term.languages, 0u);
  EXPECT_FALSE(topics[2].rules[0].match.children[0].term.han_same) << "the character has no variant";
  EXPECT_EQ(topics[2].rules[0].match.children[1].term.languages,
            BitOf(StemLanguage::kPolish) | BitOf(StemLanguage::kNone));
  EXPECT_TRUE(topics[2].unless->term.han_same);
}

TEST(HanOfPacksTest, ARuleOfItsOwnLanguagesAndAnExtensionHaveTheForms) {
  const auto loaded = LoadPackText(
      "pack: p\nhan: same\ntopics:\n"
      "  - {id: a, title: A, languages: [en, de], rules: [{id: r, languages: [de], match: '~ban'}, {id: s, match: "
      "'~ban'}]}\n"
      "  - {extends: other, languages: [pl], rules: [{id: r, match: '~zakaz AND 华为'}]}\n",
      "p.yaml");
  const Pack& pack = *loaded.packs.at(0);
  EXPECT_EQ(pack.topics.at(0).rules.at(0).match.term.languages, BitOf(StemLanguage::kGerman));
  EXPECT_EQ(pack.topics[0].rules.at(1).match.term.languages,
            BitOf(StemLanguage::kEnglish) | BitOf(StemLanguage::kGerman));
  const Expression& extension = pack.extensions.at(0).rules.at(0).match;
  EXPECT_EQ(extension.children.at(0).term.languages, BitOf(StemLanguage::kPolish));
  EXPECT_TRUE(extension.children.at(1).term.han_same);
}

}  // namespace
}  // namespace wirewatch
