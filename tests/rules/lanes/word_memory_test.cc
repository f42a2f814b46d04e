#include "rules/lanes/word_memory.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "rules/lanes/vocabulary.h"
#include "rules/lanes/word_key.h"
#include "rules/text/fold.h"

namespace wirewatch {
namespace {

using ::testing::ElementsAre;
using ::testing::ElementsAreArray;

class WordMemoryTest : public ::testing::Test {
 protected:
  // What each word of `text` is, as the memory tells it.
  std::vector<std::string> LookUp(const std::string& text) {
    const FoldedDocument folded = FoldText(text);
    words_.clear();
    is_first_.clear();
    memory_.LookUp(folded, [&](std::uint32_t token, const WordMemory::Word& word, bool is_first) {
      EXPECT_EQ(token, words_.size());
      EXPECT_EQ(word.plain, memory_.known(word.number).plain);
      words_.push_back(word);
      is_first_.push_back(is_first);
    });
    std::vector<std::string> found;
    for (const WordMemory::Word& word : words_) {
      std::string all;
      if (word.plain != WordMemory::kNone) all = vocabulary_.word(word.plain);
      for (const auto& [wildcard, uses] : memory_.WildcardsOf(word.number)) {
        all += (all.empty() ? "" : " ") + std::string(vocabulary_.word(wildcard));
      }
      found.push_back(all);
    }
    return found;
  }
  void Know(const std::vector<std::string>& words) {
    for (const std::string& word : words) vocabulary_.Add(word);
    memory_.Use(vocabulary_);
  }

  Vocabulary vocabulary_;
  WordMemory memory_;
  std::vector<WordMemory::Word> words_;  // of the last text
  std::vector<bool> is_first_;
};

TEST_F(WordMemoryTest, TellsWhatEveryWordIsTheFirstTimeAndLater) {
  Know({"huawei", "exclud*", "ex*", "organi?ation", "bans"});
  for (int time = 0; time < 2; ++time) {
    EXPECT_THAT(LookUp("Huawei excluded, organisation bans Huaweis"),
                ElementsAre("huawei", "exclud* ex*", "organi?ation", "bans", ""));
  }
}

TEST_F(WordMemoryTest, WordsThatAreLongAndNearlyEqualDiffer) {
  const std::string long_word = "donaudampfschifffahrt", other = "donaudampfschifffahrd",
                    first_16 = long_word.substr(0, 16);
  Know({long_word, first_16});
  EXPECT_THAT(LookUp(long_word + " " + other + " " + first_16 + " " + first_16.substr(0, 15) + " " + other),
              ElementsAre(long_word, "", first_16, "", ""));
}

TEST_F(WordMemoryTest, AWordAtTheEndOfTheTextIsTheSameWord) {
  Know({"a", "abcdefgh", "abcdefghi"});
  EXPECT_THAT(LookUp("a abcdefgh abcdefghi a"), ElementsAre("a", "abcdefgh", "abcdefghi", "a"));
  EXPECT_THAT(LookUp("abcdefghi"), ElementsAre("abcdefghi"));
}

TEST_F(WordMemoryTest, AWordHasTheUsesOfAllThatItIs) {
  vocabulary_.AddUse(vocabulary_.Add("bans"), 1);
  vocabulary_.AddUse(vocabulary_.Add("ban*"), 4);
  vocabulary_.Add("zte");
  memory_.Use(vocabulary_);
  LookUp("ZTE bans what banned");
  std::vector<int> uses;
  for (const WordMemory::Word& word : words_) uses.push_back(word.uses);
  EXPECT_THAT(uses, ElementsAre(0, 5, 0, 4));
}

TEST_F(WordMemoryTest, TheFirstSightOfAWordIsOncePerArticle) {
  Know({"zte"});
  for (int article = 0; article < 2; ++article) {
    LookUp("ZTE and ZTE");
    EXPECT_THAT(is_first_, ElementsAre(true, true, false));
  }
}

// Longer than the number of an article is remembered.
TEST_F(WordMemoryTest, AnArticleOfLongAgoDoesNotCountAsThisOne) {
  Know({"zte"});
  LookUp("ZTE");
  for (int article = 1; article < 1 << 16; ++article) LookUp("other");
  LookUp("ZTE");
  EXPECT_THAT(is_first_, ElementsAre(true));
}

TEST_F(WordMemoryTest, AWordKnowsTheTermThatItIsAlone) {
  vocabulary_.SetAlone(vocabulary_.Add("zte"), 7);
  vocabulary_.Add("huawei");
  memory_.Use(vocabulary_);
  LookUp("ZTE Huawei bans");
  EXPECT_EQ(words_[0].alone, 7u);
  EXPECT_EQ(words_[1].alone, WordMemory::kNone);
  EXPECT_EQ(words_[2].alone, WordMemory::kNone);
}

// More different words than the table holds, in one article and over many.
TEST_F(WordMemoryTest, HoldsWhatOneArticleHasAndForgetsBetweenArticles) {
  std::vector<std::string> known, expected;
  std::string text;
  for (int i = 0; i < 200'000; ++i) {
    const std::string word = "w" + std::to_string(i) + (i % 3 == 0 ? "withalongendingbehind" : "");
    if (i % 2 == 0) known.push_back(word);
    expected.push_back(i % 2 == 0 ? word : "");
    text += word + ' ';
  }
  Know(known);
  EXPECT_THAT(LookUp(text), ElementsAreArray(expected));
  EXPECT_THAT(LookUp("w4 w5 w6withalongendingbehind"), ElementsAre("w4", "", "w6withalongendingbehind"));
  for (int article = 0; article < 100; ++article) {
    const auto found = LookUp(text.substr(static_cast<std::size_t>(article) * 10'000, 10'000));
    ASSERT_FALSE(found.empty());
  }
  EXPECT_THAT(LookUp("w4 w5 w6withalongendingbehind"), ElementsAre("w4", "", "w6withalongendingbehind"));
}

TEST_F(WordMemoryTest, AnotherVocabularyMeansOtherNumbers) {
  Know({"zte"});
  EXPECT_THAT(LookUp("zte huawei"), ElementsAre("zte", ""));
  vocabulary_ = Vocabulary();
  Know({"huawei", "zt?"});
  EXPECT_THAT(LookUp("zte huawei"), ElementsAre("zt?", "huawei"));
}

TEST(WordKeyTest, TakesAnEmptyPrefixForNoWord) {
  EXPECT_TRUE(KeyOf("", 0, 1).is_nothing());
  EXPECT_TRUE(KeyOf({}, 0, 1).is_nothing());
}

TEST(VocabularyTest, TakesAWordWithParticlesForAWordOfItsOwn) {
  Vocabulary vocabulary;
  const auto plain = vocabulary.Add("삼성"), with = vocabulary.Add("삼성", Vocabulary::Meaning::kParticles);
  EXPECT_NE(plain, with);
  EXPECT_EQ(vocabulary.Add("삼성"), plain);
  EXPECT_EQ(vocabulary.Add("삼성", Vocabulary::Meaning::kParticles), with);
  EXPECT_EQ(vocabulary.FindPlain("삼성"), plain);
  std::vector<std::uint32_t> numbers;
  for (const std::string_view word : {"삼성", "삼성은", "삼성전자", "삼"})
    vocabulary.FindWildcards(word, TextLanguage(), numbers);
  EXPECT_THAT(numbers, ElementsAre(with, with));
}

}  // namespace
}  // namespace wirewatch
