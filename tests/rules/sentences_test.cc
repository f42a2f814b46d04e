#include "rules/sentences.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "rules/fold.h"

namespace wirewatch {
namespace {

using testing::ElementsAre;

// The folded words of each unit of a body.
std::vector<std::string> Units(TextUnit unit, std::string_view body) {
  Document document;
  document.texts[static_cast<std::size_t>(Field::kBody)] = body;
  FoldedDocument folded;
  Fold(document, folded);
  Sentences sentences;
  sentences.Begin(document, folded);
  std::vector<std::string> units;
  for (std::uint32_t token = 0; token < folded.tokens.size();) {
    const TokenRange around = sentences.Around(unit, {token, token + 1});
    EXPECT_EQ(around.begin, token);
    units.emplace_back(
        Span{folded.tokens[around.begin].folded.begin, folded.tokens[around.end - 1].folded.end}.Of(folded.text));
    token = around.end;
  }
  return units;
}

std::vector<std::string> SentencesOf(std::string_view body) { return Units(TextUnit::kSentence, body); }

TEST(SentencesTest, EndAtStopsBeforeABlank) {
  EXPECT_THAT(SentencesOf("One two. Three! Four? Five… Six"), ElementsAre("one two", "three", "four", "five", "six"));
  EXPECT_THAT(SentencesOf("Wow!! Really?! Yes..."), ElementsAre("wow", "really", "yes"));
  EXPECT_THAT(SentencesOf("one; two: three, four - five"), ElementsAre("one two three four five"));
  EXPECT_THAT(SentencesOf("wirewatch.example and a.bc!d"), ElementsAre("wirewatch example and a bc d"));
  EXPECT_THAT(SentencesOf("Up 3.5 % to 1,000.00. Then 2. Third"), ElementsAre("up 3 5 to 1 000 00", "then 2", "third"));
  EXPECT_THAT(SentencesOf("one\u00a0two.\u3000Three"), ElementsAre("one two", "three"));
}

TEST(SentencesTest, EndAtParagraphsToo) {
  EXPECT_THAT(SentencesOf("One two\nthree. Four\r\n\r\nfive"), ElementsAre("one two", "three", "four", "five"));
  EXPECT_THAT(Units(TextUnit::kParagraph, "One. Two\nthree. Four"), ElementsAre("one two", "three four"));
}

TEST(SentencesTest, TakeClosingQuotesAndBrackets) {
  EXPECT_THAT(SentencesOf("He said \"stop.\" Then (we left.) Next"),
              ElementsAre("he said stop", "then we left", "next"));
  EXPECT_THAT(SentencesOf("„Nein.“ Sie ging. »Ja.« Er kam."), ElementsAre("nein", "sie ging", "ja", "er kam"));
  EXPECT_THAT(SentencesOf("\"Why?\" she asked. \"Why?\" She left."), ElementsAre("why she asked", "why", "she left"));
}

TEST(SentencesTest, GoOnBehindAbbreviations) {
  EXPECT_THAT(SentencesOf("Mr. Smith met Dr. Jones. They talked"), ElementsAre("mr smith met dr jones", "they talked"));
  EXPECT_THAT(SentencesOf("The U.S. Senate vs. Huawei Inc. Ltd, e.g. J. Smith"),
              ElementsAre("the us senate vs huawei inc ltd eg j smith"));
  EXPECT_THAT(SentencesOf("No. 5 came. The answer is no. But"), ElementsAre("no 5 came", "the answer is no", "but"));
  EXPECT_THAT(SentencesOf("He is a rep. She met Rep. Miller"), ElementsAre("he is a rep", "she met rep miller"));
  EXPECT_THAT(SentencesOf("Approx. Ten or abbr. five… and six"), ElementsAre("approx ten or abbr five and six"));
  EXPECT_THAT(SentencesOf("banned! zte sues? yes"), ElementsAre("banned", "zte sues", "yes"));
  EXPECT_THAT(SentencesOf("Who met Mr.? Nobody"), ElementsAre("who met mr", "nobody"));
}

TEST(SentencesTest, EndAtTheStopsOfOtherScripts) {
  EXPECT_THAT(SentencesOf("华为。中兴！5G？好"), ElementsAre("华 为", "中 兴", "5g", "好"));
  EXPECT_THAT(SentencesOf("「はい。」と言う"), ElementsAre("は い", "と 言 う"));
  EXPECT_THAT(SentencesOf("सरकार। कंपनी"), testing::SizeIs(2));
  EXPECT_THAT(SentencesOf("لا؟ نعم"), testing::SizeIs(2));
}

// What stands between two words may be as long as an article. One call for each stop would need a stack of that depth,
// and one search for each its square of time.
TEST(SentencesTest, TakeRowsOfStopsOfAnyLength) {
  for (const std::string_view row : {". ", "* . ", "... ", ".\" ", "! ", "?) ", "\u2026 ", ".", "..", ".\"", "\u00a0. ",
                                     "\u3000", "\uff0e ", "( ", "\u0964", ". \u0964", "- . - "}) {
    std::string body = "Huawei ";
    for (int i = 0; i < 1'000'000; ++i) body += row;
    body += " Ban";
    EXPECT_LE(SentencesOf(body).size(), 2u) << row;
  }
  std::string body = "Huawei";
  for (int i = 0; i < 1'000'000; ++i) body += ". ";
  EXPECT_THAT(SentencesOf(body + "Ban"), ElementsAre("huawei", "ban"));
  EXPECT_THAT(SentencesOf(body + "ban"), ElementsAre("huawei ban"));
}

TEST(SentencesTest, FieldsAreApart) {
  Document document;
  document.texts = {"A title", "", "a body. And more"};
  FoldedDocument folded;
  Fold(document, folded);
  Sentences sentences;
  sentences.Begin(document, folded);
  EXPECT_EQ(sentences.Around(TextUnit::kSentence, {1, 2}), (TokenRange{0, 2}));
  EXPECT_EQ(sentences.Around(TextUnit::kSentence, {2, 5}), (TokenRange{2, 6}));
  document.texts = {"other", "", ""};
  Fold(document, folded);
  sentences.Begin(document, folded);
  EXPECT_EQ(sentences.Around(TextUnit::kParagraph, {0, 1}), (TokenRange{0, 1}));
}

}  // namespace
}  // namespace wirewatch
