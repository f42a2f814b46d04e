#include "pipeline/story/word_rarity.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "pipeline/story/word_frequencies.h"
#include "rules/text/fold.h"

namespace wirewatch {
namespace {

float RarityOfWord(std::string_view word) {
  const FoldedDocument folded = FoldText(word);
  EXPECT_EQ(folded.tokens.size(), 1U) << word;
  return RarityOf(StemHash(StemOf(folded.Word(0))));
}

TEST(StemTest, AStemIsTheFirstSixCharacters) {
  EXPECT_EQ(StemOf(""), "");
  EXPECT_EQ(StemOf("a"), "a");
  EXPECT_EQ(StemOf("harbou"), "harbou");
  EXPECT_EQ(StemOf("harbour"), "harbou");
  EXPECT_EQ(StemOf("harbours"), "harbou");
  EXPECT_EQ(StemOf("правительство"), "правит");
  EXPECT_EQ(StemOf("المدينة"), "المدين");
  EXPECT_EQ(StemOf("水獭"), "水獭");
  EXPECT_EQ(StemOf("𐐨𐐩𐐪𐐫𐐬𐐭𐐮"), "𐐨𐐩𐐪𐐫𐐬𐐭");
}

TEST(StemTest, NothingIsReadBehindAWordThatIsCut) {
  for (const std::string word : {"\xF0", "abc\xE4", "\xE4\xB8", "\x80\x80\x80\x80\x80\x80\x80"}) {
    const std::string_view stem = StemOf(word);
    EXPECT_EQ(stem, std::string_view(word).substr(0, stem.size()));
  }
}

TEST(StemTest, FormsOfAWordHaveOneHashAndOtherWordsHaveOthers) {
  EXPECT_EQ(StemHash(StemOf("election")), StemHash(StemOf("elections")));
  EXPECT_EQ(StemHash(StemOf("wyborami")), StemHash(StemOf("wyboramy")));
  EXPECT_NE(StemHash(StemOf("election")), StemHash(StemOf("electric")));
}

TEST(RarityTest, CommonWordsOfManyLanguagesTellLessThanNames) {
  const float name = RarityOfWord("Brindlemouth");
  for (const char* word : {"the", "and", "der", "und",  "les", "dans", "los", "para", "sie", "jest",
                           "nie", "що",  "что", "если", "على", "من",   "het", "een",  "não", "com"}) {
    EXPECT_LT(RarityOfWord(word), name / 2) << word;
  }
  for (const char* word : {"de", "la", "en", "und", "na", "za", "на", "في", "من", "of", "des"}) {
    EXPECT_LT(RarityOfWord(word), 0.5F) << word;
  }
}

TEST(RarityTest, WordsOfTheNewsTellMoreThanArticlesAndLessThanNames) {
  for (const char* word : {"hospital", "Krankenhaus", "szpital", "storm", "больница", "bridge"}) {
    EXPECT_GT(RarityOfWord(word), RarityOfWord("de")) << word;
    EXPECT_LT(RarityOfWord(word), RarityOfWord("Brindlemouth")) << word;
  }
}

// Each stem of the table.
void ForEachListed(const std::function<void(std::string_view stem)>& take) {
  std::string_view rest = WordFrequencies();
  while (!rest.empty()) {
    std::string_view line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(rest.size(), line.size() + 1));
    if (line.empty() || line.front() == '#') continue;
    line.remove_prefix(line.find(' ') + 1);
    while (!line.empty()) {
      const std::string_view stem = line.substr(0, line.find(' '));
      line.remove_prefix(std::min(line.size(), stem.size() + 1));
      take(stem);
      if (::testing::Test::HasFatalFailure()) return;
    }
  }
}

TEST(RarityTest, WhatTheTableDoesNotHaveIsRarerThanAllItHas) {
  const float unlisted = RarityOfWord("zzyzxq");
  int stems = 0;
  ForEachListed([&](std::string_view stem) {
    const float rarity = RarityOf(StemHash(stem));
    ASSERT_GE(rarity, 0) << stem;
    ASSERT_LT(rarity, unlisted) << stem;
    ++stems;
  });
  EXPECT_GT(stems, 20'000);
}

// They are looked up by what the match step makes of words: what it never makes would never be found.
TEST(RarityTest, TheTableHoldsStemsAsSignaturesHaveThem) {
  ForEachListed([](std::string_view stem) {
    const FoldedDocument folded = FoldText(stem);
    std::string again;
    for (std::uint32_t token = 0; token < folded.tokens.size(); ++token) again += folded.Word(token);
    ASSERT_EQ(again, stem);
    ASSERT_LE(StemOf(stem).size(), stem.size());
  });
}

TEST(RarityTest, PairsOfChineseCharactersAreListed) {
  EXPECT_LT(RarityOf(StemHash("中国")), RarityOf(StemHash("獭樟")));
  EXPECT_LT(RarityOf(StemHash("記者")), RarityOf(StemHash("獭樟")));
}

}  // namespace
}  // namespace wirewatch
