#include "rules/format/pack_formatter.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "rules/format/expression_layout.h"

namespace wirewatch {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

std::string Formatted(const std::string& text, const std::string& file = "pack.yaml") {
  const FormattedPack formatted = FormatPack(text, file);
  return formatted.text ? *formatted.text : "refused:\n" + Render(formatted.errors);
}

TEST(ExpressionLayoutTest, PutsOneBlankBetweenPartsAndSpellsPrefixesOneWay) {
  EXPECT_EQ(ExpressionLine("  huawei   AND\n( lead , title ):ban  OR words:>=200 AND lang:( pl,de )"),
            "huawei AND (title, lead):ban OR words: >= 200 AND lang:(pl, de)");
  EXPECT_EQ(ExpressionLine("2  OF( a,b , c ) AND huawei{3,} NOT  SAME   SENTENCE x"),
            "2 OF (a, b, c) AND huawei{3,} NOT SAME SENTENCE x");
}

TEST(ExpressionLayoutTest, TakesOutParenthesesThatHoldNothingTogether) {
  EXPECT_EQ(ExpressionLine("((a OR b))"), "a OR b");
  EXPECT_EQ(ExpressionLine("title:((a OR b)) AND (c)"), "title:(a OR b) AND c");
  EXPECT_EQ(ExpressionLine("(a AND b) OR c"), "(a AND b) OR c");
  EXPECT_EQ(ExpressionLine("1 OF (@list) AND (a)"), "1 OF (@list) AND a");
}

TEST(ExpressionLayoutTest, BreaksAtOrThenAndThenInsideGroups) {
  EXPECT_THAT(ExpressionLines("title:@vendors AND (title:@government OR lead:@government) AND NOT @wares", 40),
              ElementsAre("title:@vendors", "AND (", "  title:@government OR lead:@government", ")", "AND NOT @wares"));
  EXPECT_THAT(ExpressionLines("one OR two OR three OR four", 14), ElementsAre("one OR two", "OR three", "OR four"));
}

TEST(PackFormatterTest, OrdersKeysAndQuotesExpressions) {
  EXPECT_EQ(Formatted("topics:\n"
                      "- title: \"Bans\"\n"
                      "  # the rules\n"
                      "  rules:\n"
                      "  - {score: 80, match: huawei   AND ban, id: r1}   # first\n"
                      "  id: 'bans'   # the id\n"
                      "pack: telecom\n"),
            "pack: telecom\n"
            "\n"
            "topics:\n"
            "  - id: bans  # the id\n"
            "    title: Bans\n"
            "    # the rules\n"
            "    rules:\n"
            "      # first\n"
            "      - id: r1\n"
            "        match: 'huawei AND ban'\n"
            "        score: 80\n");
}

TEST(PackFormatterTest, KeepsTheLinesOfAListWithComments) {
  EXPECT_EQ(Formatted("pack: p\nlists:\n  names: [ one, # first\n     two,three,\n     # last\n     four ] # all\n"
                      "topics:\n  - id: t\n    title: T\n    rules: [{id: r, match: '@names'}]\n"),
            "pack: p\n\nlists:\n  names: [\n    one,  # first\n    two, three,\n    # last\n    four]  # all\n\n"
            "topics:\n  - id: t\n    title: T\n    rules:\n      - id: r\n        match: '@names'\n");
}

TEST(PackFormatterTest, ASwitchOnTheFirstLineOfAnItemKeepsItsKeysInPlace) {
  const std::string text =
      "pack: p\n\ntopics:\n  - title: T  # wirewatch: off broad-beginning\n    id: t\n    rules:\n      - id: r\n"
      "        match: 'ban'\n";
  EXPECT_EQ(Formatted(text), text);
}

TEST(PackFormatterTest, ASwitchThatWouldCountForSomethingElseIsToldAndTheFileLeftAlone) {
  EXPECT_THAT(Formatted("pack: p\ntopics:\n  - id: t\n    title: T\n    rules:\n      - id: r\n"
                        "        match: 'huawei AND\n          ban'  # wirewatch: off broad-beginning\n"),
              HasSubstr("would count for something else"));
}

TEST(PackFormatterTest, LeavesAFileWithMistakesAloneAndTellsThem) {
  EXPECT_THAT(Formatted("pack: p\ntopics:\n  - id: t\n    title: T\n    rules: [{id: r, match: 'a AND'}]\n"),
              HasSubstr("error["));
  EXPECT_THAT(Formatted("pack: [\n"), HasSubstr("yaml-syntax"));
  EXPECT_THAT(Formatted("- a\n"), HasSubstr("neither a pack"));
  EXPECT_THAT(Formatted(""), HasSubstr("empty-file"));
  EXPECT_THAT(Formatted("tests:\n  - nam: x\n", "p_test.yaml"), HasSubstr("unknown-key"));
}

TEST(PackFormatterTest, WritesTestsALineAKey) {
  EXPECT_EQ(Formatted("tests:\n- fires: [ a,{topic: b, score: 5} ]\n  name: x\n  article: {title: T, body: \"a\\nb: c\"}\n"
                      "- name: y\n  article: { title: T }\n  fires: []\n",
                      "p_test.yaml"),
            "tests:\n  - name: x\n    article:\n      title: T\n      body: |-\n        a\n        b: c\n"
            "    fires: [a, {topic: b, score: 5}]\n  - name: y\n    article: {title: T}\n    fires: []\n");
}

TEST(PackFormatterTest, WritesLanguagesOfALibrarySideBySideWhereTheyFit) {
  EXPECT_EQ(Formatted("lists:\n  NL: {en: [Netherlands, Dutch], nl: [Nederland]}\nlibrary: countries\n"),
            "library: countries\n\nlists:\n  NL: {en: [Netherlands, Dutch], nl: [Nederland]}\n");
}

}  // namespace
}  // namespace wirewatch
