// What the rule language means, example by example: the table of docs/rules.md. Every example is put to the engine and
// to the reference matcher. More than 500 lines, to be read beside that table.
#include "rules/engine/matcher.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "rules/language/expression.h"
#include "rules/language/limits.h"
#include "rules/reference/reference_matcher.h"
#include "tests/support/topics.h"

namespace wirewatch {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

std::shared_ptr<const RuleSet> Compile(std::vector<Topic> topics) {
  Pack pack;
  pack.name = "test";
  pack.file = "test.yaml";
  pack.topics = std::move(topics);
  std::vector<Pack> packs;
  packs.push_back(std::move(pack));
  CompiledRules compiled = RuleSet::Compile(std::move(packs));
  EXPECT_THAT(compiled.diagnostics, IsEmpty()) << Render(compiled.diagnostics);
  return compiled.rule_set;
}

Document Article(std::string_view title, std::string_view summary = "", std::string_view body = "") {
  Document document;
  document.texts = {title, summary, body};
  return document;
}

// The engine's answer, which must be the reference's.
std::vector<TopicMatch> Match(const std::shared_ptr<const RuleSet>& rule_set, const Document& document) {
  auto matcher = Matcher::Create(rule_set);
  EXPECT_TRUE(matcher);
  FoldedDocument folded;
  Fold(document, folded);
  auto matches = matcher->Match(document, folded);
  EXPECT_TRUE(matches) << matches.error().message;
  auto expected = ReferenceMatch(*rule_set, document);
  EXPECT_TRUE(expected) << expected.error().message;
  EXPECT_EQ(*matches, *expected);
  return *std::move(matches);
}

bool Holds(std::string_view expression, const Document& document) {
  return !Match(Compile({MakeTopic("topic", {expression})}), document).empty();
}

// The original bytes of the spans, in order.
std::vector<std::string> Found(std::string_view expression, const Document& document) {
  std::vector<std::string> found;
  for (const TopicMatch& match : Match(Compile({MakeTopic("topic", {expression})}), document)) {
    for (const MatchSpan& span : match.spans) found.emplace_back(span.span.Of(document.text(span.field)));
  }
  return found;
}

TEST(MatcherTest, FindsWholeWordsInAnyCaseWithOrWithoutAccents) {
  EXPECT_THAT(Found("huawei", Article("HUAWEI's rivals; huaweis, Huáwei!")), ElementsAre("HUAWEI", "Huáwei"));
  EXPECT_THAT(Found("Łódź", Article("Lodz i ŁÓDŹ")), ElementsAre("Lodz", "ŁÓDŹ"));
  EXPECT_FALSE(Holds("ban", Article("Albania banned urban bandits")));
}

TEST(MatcherTest, FindsPhrasesOverPunctuationButNotOverParagraphsOrFields) {
  EXPECT_THAT(Found(R"("rip and replace")", Article("Rip-and-replace, or \"rip, and… replace\"")),
              ElementsAre("Rip-and-replace", "rip, and… replace"));
  EXPECT_FALSE(Holds(R"("rip and replace")", Article("rip and", "replace")));
  EXPECT_FALSE(Holds(R"("rip and replace")", Article("", "", "rip and\nreplace")));
  EXPECT_FALSE(Holds(R"("rip and replace")", Article("strip and replace", "rip and replaced")));
}

TEST(MatcherTest, FindsWordsOfScriptsWithoutBlanksAsPhrases) {
  EXPECT_THAT(Found("华为", Article("美国禁止华为进入市场，华 为回应")), ElementsAre("华为", "华 为"));
  EXPECT_THAT(Found("ファーウェイ", Article("米、ファーウェイ製品を禁止")), ElementsAre("ファーウェイ"));
  EXPECT_FALSE(Holds("华为", Article("为华")));
}

TEST(MatcherTest, GivesSpansInOriginalBytesBehindAccentsAndEmoji) {
  EXPECT_THAT(Found("cafe OR 5g OR us", Article("🚫🚫 cafe\u0301 — ５Ｇ in the U.S. né")),
              ElementsAre("cafe\u0301", "５Ｇ", "U.S"));
}

TEST(MatcherTest, LetsWildcardsStandForLettersOfOneWord) {
  EXPECT_THAT(Found("exclud*", Article("Exclude excluding preexclude exclud")),
              ElementsAre("Exclude", "excluding", "exclud"));
  EXPECT_THAT(Found("organi?ation", Article("organisation organization organiation")),
              ElementsAre("organisation", "organization"));
  EXPECT_THAT(Found(R"("telecom* network*")", Article("telecommunications networks, telecom, network-wide")),
              ElementsAre("telecommunications networks", "telecom, network"));
  EXPECT_FALSE(Holds("exclud*", Article("ex clude")));
}

TEST(MatcherTest, TakesExactTermsByTheByte) {
  EXPECT_THAT(Found("=ZTE", Article("ZTE, zte, Zte and ZTE's")), ElementsAre("ZTE", "ZTE"));
  EXPECT_THAT(Found(R"(="US")", Article("us US U.S. uS")), ElementsAre("US"));
  EXPECT_THAT(Found(R"(="U.S.")", Article("the U.S. and the US and U.S")), ElementsAre("U.S."));
  EXPECT_THAT(Found(R"(="C++")", Article("C, C+, C++ and C++11")), ElementsAre("C++", "C++"));
  EXPECT_THAT(Found(R"(="Rip and Replace")", Article("Rip  and\u00a0Replace; Rip-and Replace; rip and Replace")),
              ElementsAre("Rip  and\u00a0Replace"));
  EXPECT_THAT(Found(R"(="(US) ban")", Article("(US)  ban US ban")), ElementsAre("(US)  ban"));
}

TEST(MatcherTest, TakesExactTermsAsAReaderSeesThem) {
  const std::string_view hangul_apart = "\u1112\u1161\u11ab\u1100\u116e\u11a8";
  EXPECT_THAT(Found(R"(="한국")", Article(std::string(hangul_apart) + " 경제")), ElementsAre(hangul_apart));
  EXPECT_TRUE(Holds("=\"" + std::string(hangul_apart) + "\"", Article("한국 경제")));
  EXPECT_THAT(Found("=Wirtschaft", Article("Wirt\u00adschaft")), ElementsAre("Wirt\u00adschaft"));
  EXPECT_TRUE(Holds("=Wirt\u00adschaft", Article("Wirtschaft")));
  EXPECT_TRUE(Holds("=Caf\u00e9", Article("the Cafe\u0301")));
  EXPECT_TRUE(Holds("=Cafe\u0301", Article("the Caf\u00e9")));
  EXPECT_FALSE(Holds("=Cafe", Article("the Caf\u00e9, the Cafe\u0301")));
  EXPECT_FALSE(Holds("=CAF\u00c9", Article("the Caf\u00e9")));
  EXPECT_TRUE(Holds("=ZTE", Article("\u200eZ\u200bT\u200dE\u200f")));
  EXPECT_TRUE(Holds("=ZTE", Article("\ufeffZTE\ufe0f")));
  EXPECT_THAT(Found(R"(="AT&T")", Article("an AT\u200b&\u2060T shop")), ElementsAre("AT\u200b&\u2060T"));
  EXPECT_THAT(Found(R"(="C++")", Article("in C\u200b+\u200b+\u200b, today")), ElementsAre("C\u200b+\u200b+"));
  EXPECT_THAT(Found(R"(="(US) ban")", Article("a (\u200bUS) \u200b ban")), ElementsAre("(\u200bUS) \u200b ban"));
  EXPECT_TRUE(Holds(R"(="Rip and Replace")", Article("Rip\u00a0\u200b and  Repla\u00adce")));
  EXPECT_TRUE(Holds("=\"ガス\"", Article("カ\u3099ス")));
  EXPECT_TRUE(Holds("=\"Việt Nam\"", Article("Vie\u0323\u0302t Nam")));
  EXPECT_TRUE(Holds("=\"Việt Nam\"", Article("Vie\u0302\u0323t Nam")));
  EXPECT_TRUE(Holds("=\"می\u200cخواهم\"", Article("میخواهم")));
  EXPECT_FALSE(Holds("=\"على\"", Article("علي")));
  EXPECT_FALSE(Holds("=ZTE", Article("\uff3a\uff34\uff25")));
  EXPECT_TRUE(Holds("=\"Macy's\"", Article("at Macy's again")));
  EXPECT_FALSE(Holds("=\"Macy's\"", Article("at Macy again")));
  // What is not drawn, and blanks in a row, cost nothing more, whatever there is of them: quadratic time would be
  // minutes.
  std::string nothing, blanks;
  for (int i = 0; i < 100'000; ++i) {
    nothing += "\u200b";
    blanks += " \u200b\u00a0";
  }
  EXPECT_TRUE(Holds(R"(="C++")", Article("", "", "C" + nothing + "++")));
  EXPECT_TRUE(Holds(R"(="((C")", Article("", "", "(" + nothing + "(" + nothing + "C")));
  EXPECT_TRUE(Holds(R"(="C) +")", Article("", "", "C)" + blanks + "+")));
  EXPECT_TRUE(Holds(R"(="+ (C")", Article("", "", "+" + blanks + "(C")));
  EXPECT_FALSE(Holds(R"(="C) ++")", Article("", "", "C)" + blanks + "+" + blanks)));
}

TEST(MatcherTest, TakesNoPossessiveForAWordOfAPhrase) {
  EXPECT_FALSE(Holds(R"("model s")", Article("The model's price rose")));
  EXPECT_FALSE(Holds(R"("model s")", Article("The model\u2019s price rose")));
  EXPECT_TRUE(Holds(R"("model s")", Article("The Model S's price rose")));
  EXPECT_FALSE(Holds(R"("t mobile")", Article("They can't mobile-pay")));
  EXPECT_TRUE(Holds(R"("t mobile")", Article("T-Mobile's network")));
  EXPECT_FALSE(Holds(R"("d day")", Article("They'd day-trade")));
  EXPECT_FALSE(Holds(R"("m series")", Article("I'm series-minded")));
  EXPECT_FALSE(Holds(R"("s class")", Article("the school's class")));
  EXPECT_FALSE(Holds(R"("ll bean")", Article("They'll bean him")));
  EXPECT_FALSE(Holds(R"("re entry")", Article("They're entry-level")));
  EXPECT_THAT(Found("huawei", Article("Huawei's founder")), ElementsAre("Huawei"));
  EXPECT_THAT(Found(R"("huawei founder")", Article("Huawei's founder")), ElementsAre("Huawei's founder"));
  EXPECT_THAT(Found(R"("huawei's founder")", Article("Huawei\u2019s founder")), ElementsAre("Huawei\u2019s founder"));
  EXPECT_TRUE(Holds(R"("macy's")", Article("Macy\u2019s sale")));
  EXPECT_TRUE(Holds(R"("mcdonald's")", Article("MCDONALD'S")));
  EXPECT_TRUE(Holds(R"("us reply")", Article("the U.S.'s reply")));
  EXPECT_TRUE(Holds(R"("won't ban")", Article("Berlin won\u2019t ban it")));
  EXPECT_FALSE(Holds(R"("won't ban")", Article("Berlin won: ban lifted")));
  EXPECT_FALSE(Holds("can", Article("They can't")));
  EXPECT_TRUE(Holds("artagnan", Article("d'Artagnan")));
  EXPECT_TRUE(Holds(R"("l'état")", Article("L\u2019ETAT")));
  EXPECT_TRUE(Holds(R"("o'brien")", Article("O\u2019Brien's")));
  EXPECT_TRUE(Holds(R"("rock 'n' roll")", Article("Rock\u2019n\u2019roll")));
  EXPECT_TRUE(Holds("huawei NEAR/1 ban", Article("Huawei's newest ban")));
  EXPECT_FALSE(Holds("huawei NEAR/1 ban", Article("Huawei's two newest bans, a ban")));
}

TEST(MatcherTest, FindsKoreanWordsWithTheirParticles) {
  EXPECT_THAT(Found("삼성", Article("삼성은 금지했다")), ElementsAre("삼성은"));
  for (const std::string_view text :
       {"삼성", "삼성이", "삼성을", "삼성의", "삼성에", "삼성에서", "삼성에게", "삼성과", "삼성도", "삼성만",
        "삼성으로", "삼성부터", "삼성까지", "삼성에서는", "삼성만의", "‘삼성’은", "삼성처럼,"}) {
    EXPECT_TRUE(Holds("삼성", Article(text))) << text;
  }
  for (const std::string_view text : {"화웨이", "화웨이가", "화웨이를", "화웨이와", "화웨이로", "화웨이는"}) {
    EXPECT_TRUE(Holds("화웨이", Article(text))) << text;
  }
  // Another word, or the particle of another sound.
  for (const std::string_view text :
       {"삼성전자", "삼성동", "삼성는", "삼성를", "삼성로", "삼성은행", "삼", "삼성은은은"}) {
    EXPECT_FALSE(Holds("삼성", Article(text))) << text;
  }
  EXPECT_TRUE(Holds("서울", Article("서울로")));
  EXPECT_FALSE(Holds("서울", Article("서울으로")));
  EXPECT_TRUE(Holds(R"("삼성 반도체")", Article("삼성의 반도체를")));
  EXPECT_TRUE(Holds("삼성 NEAR/1 금지", Article("삼성을 곧 금지")));
  EXPECT_TRUE(Holds("김정은", Article("김정은이 말했다")));
  EXPECT_FALSE(Holds("김정은", Article("김정이 말했다")));
  EXPECT_FALSE(Holds("국", Article("국가")));
  EXPECT_FALSE(Holds("회", Article("회의에서")));
  EXPECT_TRUE(Holds("회의", Article("회의에서")));
  EXPECT_TRUE(Holds("2026년", Article("2026년에는")));
  EXPECT_FALSE(Holds("=삼성", Article("삼성은")));
  EXPECT_TRUE(Holds("=삼성", Article("삼성 (삼성은)")));
  EXPECT_TRUE(Holds("삼성*", Article("삼성전자는")));
  EXPECT_TRUE(Holds("title:삼성", Article("삼성은")));
  EXPECT_FALSE(Holds("body:삼성", Article("삼성은")));
  EXPECT_TRUE(Holds("삼성 AND =삼성", Article("삼성은 삼성")));
}

TEST(MatcherTest, PartsNamesInLatinLettersFromHangul) {
  EXPECT_THAT(Found("5G", Article("5G를 금지")), ElementsAre("5G"));
  EXPECT_TRUE(Holds("LG", Article("LG전자는")));
  EXPECT_TRUE(Holds("LG전자", Article("LG전자는")));
  EXPECT_TRUE(Holds(R"("SK 하이닉스")", Article("SK하이닉스가")));
  EXPECT_TRUE(Holds("=ZTE", Article("ZTE의")));
  EXPECT_TRUE(Holds("SDS", Article("삼성SDS도")));
  EXPECT_FALSE(Holds("5", Article("5G를")));
}

TEST(MatcherTest, FindsTheLongestMatchesOfARegularExpression) {
  EXPECT_THAT(Found(R"(/wei\s+jing/i)", Article("Wei  Jing, WEI\nJING, weijing")),
              ElementsAre("Wei  Jing", "WEI\nJING"));
  EXPECT_THAT(Found(R"(/a\w+/)", Article("an abacus bar")), ElementsAre("an", "abacus", "ar"));
  EXPECT_THAT(Found(R"(/CVE-\d{4}-\d{4,7}/)", Article("CVE-2024-123456 and cve-2024-1234")),
              ElementsAre("CVE-2024-123456"));
  EXPECT_THAT(Found(R"(/€\d+/)", Article("for €500m")), ElementsAre("€500"));
}

TEST(MatcherTest, CombinesWithAndOrNot) {
  const Document document = Article("Huawei ban in Poland");
  EXPECT_THAT(Found("huawei AND ban", document), ElementsAre("Huawei", "ban"));
  EXPECT_FALSE(Holds("huawei AND zte", document));
  EXPECT_THAT(Found("zte OR poland", document), ElementsAre("Poland"));
  EXPECT_THAT(Found("huawei AND NOT zte", document), ElementsAre("Huawei"));
  EXPECT_FALSE(Holds("huawei AND NOT poland", document));
}

TEST(MatcherTest, LeavesOutSpansOfPartsThatDoNotHold) {
  EXPECT_THAT(Found("ban OR (huawei AND zte)", Article("Huawei ban")), ElementsAre("ban"));
}

TEST(MatcherTest, CountsTheWordsBetweenForNear) {
  EXPECT_TRUE(Holds("huawei NEAR/2 ban", Article("ban on all Huawei")));
  EXPECT_FALSE(Holds("huawei NEAR/1 ban", Article("ban on all Huawei")));
  EXPECT_TRUE(Holds("huawei NEAR/1 ban", Article("Huawei ban")));
  EXPECT_TRUE(Holds(R"("hong kong" NEAR/1 "rip and replace")", Article("Rip and replace Hong Kong")));
}

TEST(MatcherTest, GivesThePlacesThatHaveAPartnerForNear) {
  EXPECT_THAT(Found("huawei NEAR/1 ban", Article("ban x x x ban Huawei x x x Huawei x ban")),
              ElementsAre("ban", "Huawei", "Huawei", "ban"));
  EXPECT_THAT(Found("(huawei OR zte) NEAR/1 (ban OR block)", Article("Huawei block, x x x zte x x ban")),
              ElementsAre("Huawei", "block"));
}

TEST(MatcherTest, TakesTheLeftSideFirstForOnear) {
  EXPECT_TRUE(Holds("huawei ONEAR/3 ban", Article("Huawei faces ban")));
  EXPECT_FALSE(Holds("huawei ONEAR/3 ban", Article("ban faces Huawei")));
  EXPECT_THAT(Found("huawei ONEAR/3 ban", Article("ban Huawei ban")), ElementsAre("Huawei", "ban"));
}

TEST(MatcherTest, LetsNearCrossParagraphsButNotFields) {
  EXPECT_TRUE(Holds("huawei NEAR/1 ban", Article("", "", "no Huawei.\n\nBan follows")));
  EXPECT_FALSE(Holds("huawei NEAR/1 ban", Article("no Huawei", "ban follows")));
}

TEST(MatcherTest, WantsTwoPlacesForNearOfATermWithItself) {
  EXPECT_FALSE(Holds("bank NEAR/5 bank", Article("one bank only")));
  EXPECT_THAT(Found("bank NEAR/5 bank", Article("bank to bank")), ElementsAre("bank", "bank"));
  EXPECT_FALSE(Holds(R"("new york" NEAR/5 york)", Article("new york")));
}

TEST(MatcherTest, KeepsRegularExpressionsWithoutAWordOutOfNear) {
  EXPECT_TRUE(Holds(R"(/\$\$/ AND ban)", Article("$$ ban")));
  EXPECT_FALSE(Holds(R"(/\$\$/ NEAR/5 ban)", Article("$$ ban")));
  EXPECT_TRUE(Holds(R"(/\$\$ \w/ NEAR/5 ban)", Article("$$ x ban")));
}

TEST(MatcherTest, LooksOnlyInTheScope) {
  const Document document = Article("title alpha", "summary beta", "\nlead gamma\n\nrest delta");
  for (const auto& [scope, words] :
       std::vector<std::pair<std::string, std::vector<std::string>>>{{"title:", {"alpha"}},
                                                                     {"lead:", {"beta", "gamma"}},
                                                                     {"body:", {"gamma", "delta"}},
                                                                     {"(title, lead):", {"alpha", "beta", "gamma"}},
                                                                     {"(title, body):", {"alpha", "gamma", "delta"}},
                                                                     {"(lead, body):", {"beta", "gamma", "delta"}}}) {
    for (const std::string word : {"alpha", "beta", "gamma", "delta"}) {
      const bool expected = std::find(words.begin(), words.end(), word) != words.end();
      EXPECT_EQ(Holds(scope + word, document), expected) << scope << word;
      EXPECT_EQ(Holds(scope + "/" + word + "/", document), expected) << scope << "/" << word << "/";
      EXPECT_EQ(Holds(scope + "=" + word, document), expected) << scope << "=" << word;
    }
  }
  EXPECT_FALSE(Holds(R"(lead:/gamma\s+rest/)", document));
  EXPECT_TRUE(Holds(R"(body:/gamma\s+rest/)", document));
}

TEST(MatcherTest, NotNearFindsWhatStandsAloneAndOnlyThat) {
  const std::string body = "The ban hit Huawei. Much later another maker saw no ban of any sort.";
  EXPECT_THAT(Found("ban NOT NEAR/3 huawei", Article("", "", body)), ElementsAre("ban"));
  EXPECT_FALSE(Holds("huawei NOT NEAR/3 ban", Article("", "", body)));
  EXPECT_TRUE(Holds("huawei NOT NEAR/3 ban", Article("huawei", "", "a ban")));
  EXPECT_FALSE(Holds("huawei NOT NEAR/3 ban", Article("", "", "a ban")));
  EXPECT_TRUE(Holds("a NOT NEAR/1 b", Article("a x y b")));
  EXPECT_FALSE(Holds("a NOT NEAR/2 b", Article("a x y b")));
  EXPECT_TRUE(Holds("a NOT ONEAR/2 b", Article("b a")));
  EXPECT_FALSE(Holds("a NOT ONEAR/2 b", Article("a b a b")));
  EXPECT_THAT(Found("(a OR c) NOT NEAR/1 (b OR d)", Article("a b x x x c x x d c")), ElementsAre("c"));
}

TEST(MatcherTest, NotNearCountsWhatOverlapsAsNear) {
  EXPECT_FALSE(Holds(R"(ban NOT NEAR/1 "travel ban")", Article("the travel ban")));
  EXPECT_THAT(Found(R"(ban NOT NEAR/1 "travel ban")", Article("the travel ban and a sales ban")), ElementsAre("ban"));
  EXPECT_FALSE(Holds("bank* NOT NEAR/1 bankrupt", Article("a bankrupt")));
  EXPECT_TRUE(Holds("bank* NOT ONEAR/1 bankrupt", Article("bankrupt and a bank")));
  EXPECT_FALSE(Holds(R"(ban NOT ONEAR/1 "ban lifted")", Article("ban lifted")));
}

TEST(MatcherTest, SameSentenceWantsBothBetweenTwoStops) {
  const std::string body =
      "Sweden banned Huawei. Nokia gained, said Mr. Smith of Foo Inc. in the U.S. Senate!\nZTE too.";
  EXPECT_THAT(Found("banned SAME SENTENCE (huawei OR zte)", Article("", "", body)), ElementsAre("banned", "Huawei"));
  EXPECT_TRUE(Holds("nokia SAME SENTENCE senate", Article("", "", body)));
  EXPECT_FALSE(Holds("huawei SAME SENTENCE nokia", Article("", "", body)));
  EXPECT_TRUE(Holds("huawei SAME PARAGRAPH nokia", Article("", "", body)));
  EXPECT_FALSE(Holds("huawei SAME PARAGRAPH zte", Article("", "", body)));
  EXPECT_FALSE(Holds("huawei SAME PARAGRAPH zte", Article("huawei", "zte")));
  EXPECT_FALSE(Holds("huawei SAME SENTENCE huawei", Article("Huawei. Huawei.")));
  EXPECT_TRUE(Holds("huawei SAME SENTENCE huawei", Article("Huawei, Huawei.")));
  EXPECT_FALSE(Holds("ban SAME SENTENCE \"travel ban\"", Article("a travel ban")));
  EXPECT_THAT(Found("zte NOT SAME SENTENCE (ban OR banned)", Article("Ban ZTE! No: ZTE", "", body)),
              ElementsAre("ZTE", "ZTE"));
  // A phrase may reach over a stop: it stands in both sentences.
  EXPECT_THAT(Found("\"huawei nokia\" SAME SENTENCE gained", Article("", "", body)),
              ElementsAre("Huawei. Nokia", "gained"));
  EXPECT_TRUE(Holds("华为 SAME SENTENCE 禁止", Article("部长表示华为被禁止。中兴回应")));
  EXPECT_FALSE(Holds("华为 SAME SENTENCE 中兴", Article("部长表示华为被禁止。中兴回应")));
}

TEST(MatcherTest, OfWantsSoManyDifferentEntries) {
  EXPECT_THAT(Found("2 OF (huawei, zte, nokia AND ban)", Article("Huawei, Huawei, Nokia and a ban")),
              ElementsAre("Huawei", "Huawei", "Nokia", "ban"));
  EXPECT_FALSE(Holds("2 OF (huawei, zte, nokia AND ban)", Article("Huawei, Huawei and Nokia")));
  EXPECT_TRUE(Holds("2 OF (huawei, NOT zte, NOT nokia AND ban)", Article("Huawei")));
  EXPECT_FALSE(Holds("2 OF (huawei, huaw*, zte NEAR/1 ban)", Article("ZTE ban")));
  EXPECT_TRUE(Holds("2 OF (huawei, huaw*, zte NEAR/1 ban)", Article("Huawei")));
  EXPECT_THAT(Found("1 OF (huawei, zte)", Article("ZTE")), ElementsAre("ZTE"));
  EXPECT_FALSE(Holds("title:2 OF (huawei, zte)", Article("Huawei", "ZTE")));
}

TEST(MatcherTest, BracesWantSoManyPlaces) {
  EXPECT_THAT(Found("huawei{3,}", Article("Huawei, huawei", "HUAWEI")), ElementsAre("Huawei", "huawei", "HUAWEI"));
  EXPECT_FALSE(Holds("huawei{3,}", Article("Huawei, huawei", "Huaweis")));
  EXPECT_FALSE(Holds("title:huawei{3,}", Article("Huawei, huawei", "HUAWEI")));
  EXPECT_TRUE(Holds("(huawei OR zte){2,}", Article("ZTE and Huawei")));
  EXPECT_FALSE(Holds("(huawei OR huaw* OR =Huawei){2,}", Article("Huawei")));
  EXPECT_TRUE(Holds("(ban OR \"travel ban\"){2,}", Article("travel ban")));
  EXPECT_TRUE(Holds("\"ban ban\"{2,}", Article("ban ban ban")));
  EXPECT_TRUE(Holds(R"(/[!]/{2,})", Article("! !")));
}

TEST(MatcherTest, AsksTheArticleForItsAttributes) {
  const std::vector<std::string> tags = {"5G Networks", "Économie"};
  Document document = Article("x");
  document.language = "zh-HK";
  document.country = "PL";
  document.source = "The Example Times";
  document.source_host = "news.example.org";
  document.section = "World News";
  document.tags = tags;
  for (const std::string_view holds :
       {"lang:zh", "lang:zh-hk", "lang:ZH", "country:pl", "country:POL", "country:616", "country:Poland",
        "source:\"example times\" OR source:\"the example times\"", "source:example.org", "source:news.example.org",
        "source:www.news.example.org", "tag:\"5g networks\"", "tag:economie", "section:\"world news\""}) {
    EXPECT_TRUE(Holds(holds, document)) << holds;
  }
  for (const std::string_view not_holds : {"lang:en", "lang:zh-TW", "country:de", "source:example", "source:ample.org",
                                           "source:de.news.example.org", "tag:5g", "section:world"}) {
    EXPECT_FALSE(Holds(not_holds, document)) << not_holds;
  }
  EXPECT_FALSE(Holds("lang:en OR country:pl OR source:x OR tag:x OR section:x", Article("x")));
  document.source = "www.reuters.com";
  EXPECT_TRUE(Holds("source:reuters.com", document));
}

TEST(MatcherTest, ComparesAgesAndNumbers) {
  Document document = Article("x", "", "two words");
  for (const std::string_view unknown : {"published: < 9d", "published: >= 0s", "urgency: > 1", "urgency:5"}) {
    EXPECT_FALSE(Holds(unknown, document)) << unknown;
  }
  EXPECT_TRUE(Holds("words: >= 2 AND words: < 3 AND words:2 AND NOT words: > 2", document));
  document.published_at = WallTime(std::chrono::hours(1000));
  EXPECT_FALSE(Holds("published: < 9d OR published: > 0s", document));
  document.now = WallTime(std::chrono::hours(1048));
  document.urgency = 3;
  EXPECT_TRUE(
      Holds("published: <= 48h AND published: >= 2d AND NOT published: < 48h AND NOT published: > 48h", document));
  document.now = *document.now + std::chrono::microseconds(1);
  EXPECT_TRUE(Holds("published: > 48h AND NOT published: <= 48h", document));
  document.now = WallTime(std::chrono::hours(999));  // published ahead of its time
  EXPECT_TRUE(Holds("published: < 1s AND NOT published: >= 0s", document));
  EXPECT_TRUE(Holds("urgency: <= 3 AND urgency:(1, 3)", document));
  EXPECT_FALSE(Holds("urgency: < 3 OR urgency:(1, 2)", document));
}

TEST(MatcherTest, TakesTheHostsBelowADomain) {
  Document document = Article("x");
  document.source_host = "travel.state.gov";
  EXPECT_TRUE(Holds("source:*.gov AND source:*.State.gov AND source:gov", document));
  EXPECT_FALSE(Holds("source:*.travel.state.gov OR source:*.ov OR source:*.uk", document));
  document.source_host = "";
  document.source = "fcc.gov";
  EXPECT_TRUE(Holds("source:(*.gov, reuters.com)", document));
  EXPECT_FALSE(Holds("source:*.fcc.gov", document));
}

TEST(MatcherTest, HoldsForRulesThatNeedNoTerm) {
  Document document = Article("anything");
  document.language = "pl";
  EXPECT_TRUE(Holds("lang:pl AND NOT huawei", document));
  EXPECT_THAT(Found("lang:pl OR anything", document), ElementsAre("anything"));
}

TEST(MatcherTest, ReportsEveryRuleOfATopicThatHoldsAndTheHighestScore) {
  Topic topic = MakeTopic("topic", {"huawei", "zte", "ban"});
  topic.rules[0].score = 20;
  topic.rules[1].score = 90;
  topic.rules[2].score = 60;
  const auto matches = Match(Compile({std::move(topic)}), Article("Huawei ban"));
  ASSERT_THAT(matches, SizeIs(1));
  EXPECT_THAT(matches[0].rules, ElementsAre(0u, 2u));
  EXPECT_EQ(matches[0].score, 60u);
  EXPECT_THAT(matches[0].spans, SizeIs(2));
}

TEST(MatcherTest, ReportsTheHighestSeverityOfTheRulesThatHold) {
  const auto severity_of = [](std::string_view title) {
    Topic topic = MakeTopic("topic", {"huawei", "zte", "ban", "spy"});
    topic.severity = TopicSeverity::kHigh;
    topic.rules[0].severity = TopicSeverity::kLow;
    topic.rules[1].severity = TopicSeverity::kCritical;
    topic.rules[3].severity = TopicSeverity::kMedium;
    return Match(Compile({std::move(topic)}), Article(title)).at(0).severity;
  };
  EXPECT_EQ(severity_of("Huawei"), TopicSeverity::kLow);
  EXPECT_EQ(severity_of("Huawei spy"), TopicSeverity::kMedium);
  EXPECT_EQ(severity_of("ban"), TopicSeverity::kHigh) << "a rule without one has its topic's";
  EXPECT_EQ(severity_of("Huawei ban"), TopicSeverity::kHigh);
  EXPECT_EQ(severity_of("Huawei and ZTE ban"), TopicSeverity::kCritical);
}

TEST(MatcherTest, ReportsBothRulesWhenTheirSpansOverlap) {
  const auto matches = Match(Compile({MakeTopic("topic", {"oil", R"("oil price")"})}), Article("Oil price falls"));
  ASSERT_THAT(matches, SizeIs(1));
  EXPECT_THAT(matches[0].spans,
              ElementsAre(MatchSpan{Field::kTitle, {0, 3}, 0, 0}, MatchSpan{Field::kTitle, {0, 9}, 1, 1}));
}

TEST(MatcherTest, KeepsSilentWhenUnlessHolds) {
  Topic topic = MakeTopic("topic", {"huawei"});
  topic.unless = Parse(R"(title:(review OR "hands on"))");
  const auto rule_set = Compile({std::move(topic), MakeTopic("other", {"huawei"})});
  EXPECT_THAT(Match(rule_set, Article("Huawei news", "a review")), SizeIs(2));
  EXPECT_THAT(Match(rule_set, Article("Huawei phone: hands-on")), SizeIs(1));
}

TEST(MatcherTest, FiltersTopicsByLanguageAndLetsTheUnknownPass) {
  Topic topic = MakeTopic("topic", {"huawei"});
  topic.languages = {"en", "zh"};
  const auto rule_set = Compile({std::move(topic)});
  Document document = Article("huawei");
  EXPECT_THAT(Match(rule_set, document), SizeIs(1));
  for (const std::string_view language : {"en", "en-GB", "zh-HK", "yue"}) {
    document.language = language;
    EXPECT_THAT(Match(rule_set, document), SizeIs(1)) << language;
  }
  for (const std::string_view language : {"pl", "eng", "e"}) {
    document.language = language;
    EXPECT_THAT(Match(rule_set, document), IsEmpty()) << language;
  }
}

TEST(MatcherTest, WorksWithoutAnyRuleAndWithoutAnyText) {
  EXPECT_THAT(Match(Compile({}), Article("huawei")), IsEmpty());
  EXPECT_THAT(Match(Compile({MakeTopic("topic", {"huawei OR /x+/"})}), Article("")), IsEmpty());
}

TEST(MatcherTest, ForgetsTheArticleBefore) {
  const auto rule_set = Compile({MakeTopic("topic", {"huawei AND /ban\\w*/"})});
  auto matcher = Matcher::Create(rule_set);
  ASSERT_TRUE(matcher);
  FoldedDocument folded;
  for (const auto& [title, expected] : std::vector<std::pair<std::string, std::size_t>>{
           {"Huawei banned", 1}, {"Huawei", 0}, {"banned", 0}, {"", 0}, {"Huawei banned", 1}}) {
    const Document document = Article(title);
    Fold(document, folded);
    EXPECT_THAT(matcher->Match(document, folded).value(), SizeIs(expected)) << title;
  }
}

TEST(MatcherTest, FindsWhatHyperscansLiteralInterfaceLoses) {
  // Long runs of one byte beside other literals: hyperscan issues 303 and 353.
  const std::string run(300, 'd');
  const auto rule_set = Compile({MakeTopic("runs", {run, "\"xt " + run + "\"", "123"})});
  EXPECT_THAT(Match(rule_set, Article("xt " + run + " 123")), SizeIs(1));
  EXPECT_THAT(Found("\"" + run + " " + run + "\"", Article(run + " " + run + " " + run)), SizeIs(2));
}

TEST(MatcherTest, CountsTheFirstTenThousandPlacesOfATerm) {
  std::string body;
  for (int i = 0; i < 5'000; ++i) body += "ban bans =B ";
  const std::string title = body;
  body += "zte ";
  body += body + body;
  const Document document = Article(title, "", body);
  EXPECT_THAT(Found("ban", document), SizeIs(kMaxPlaces)) << "a word by itself";
  EXPECT_THAT(Found("\"ban bans\"", document), SizeIs(kMaxPlaces)) << "a phrase";
  EXPECT_THAT(Found("ban*", document), SizeIs(kMaxPlaces)) << "twice as often";
  EXPECT_THAT(Found("=\"=B\"", document), SizeIs(kMaxPlaces));
  EXPECT_THAT(Found("/=[A-Z]/", document), SizeIs(kMaxPlaces));
  EXPECT_THAT(Found("body:ban", document), SizeIs(kMaxPlaces)) << "those out of scope do not count";
  EXPECT_TRUE(Holds("zte NEAR/2 ban", document));
  EXPECT_FALSE(Holds("ban* ONEAR/2 zte", document)) << "all that count are in the title";
}

TEST(MatcherTest, StaysFastWhenATermStandsAHundredThousandTimes) {
  std::string body;
  for (int i = 0; i < 100'000; ++i) body += "ban huawei ";
  const auto rule_set =
      Compile({MakeTopic("topic", {"huawei NEAR/3 ban", "huawei ONEAR/100 ban", "huawei NOT NEAR/3 ban",
                                   "huawei SAME SENTENCE ban", "huawei NOT SAME PARAGRAPH ban"})});
  auto matcher = Matcher::Create(rule_set);
  ASSERT_TRUE(matcher);
  const Document document = Article("", "", body);
  FoldedDocument folded;
  Fold(document, folded);
  const auto matches = matcher->Match(document, folded);  // all pairs would be 10^10: the test would time out
  ASSERT_TRUE(matches);
  EXPECT_THAT(matches->at(0).spans, SizeIs(2 * kMaxPlaces + (2 * kMaxPlaces - 2) + 2 * kMaxPlaces));
}

}  // namespace
}  // namespace wirewatch
