#include "rules/lanes/misspelled_words.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <random>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace wirewatch {
namespace {

// All texts that one edit makes of `word`, out of the letters a, b and c.
std::set<std::u32string> Edited(const std::set<std::u32string>& words) {
  std::set<std::u32string> edited = words;
  for (const std::u32string& word : words) {
    for (std::size_t i = 0; i <= word.size(); ++i) {
      for (const char32_t letter : {U'a', U'b', U'c'}) {
        edited.insert(word.substr(0, i) + letter + word.substr(i));
        if (i < word.size()) edited.insert(word.substr(0, i) + letter + word.substr(i + 1));
      }
      if (i < word.size()) edited.insert(word.substr(0, i) + word.substr(i + 1));
      if (i + 1 < word.size()) {
        edited.insert(word.substr(0, i) + word[i + 1] + word[i] + word.substr(i + 2));
      }
    }
  }
  return edited;
}

std::string Random(std::mt19937& random, std::size_t least, std::size_t most) {
  std::string word;
  for (std::size_t size = least + random() % (most - least + 1); size > 0; --size) word += "abc"[random() % 3];
  return word;
}

std::u32string Letters(std::string_view word) { return {word.begin(), word.end()}; }

TEST(MisspelledWordsTest, OneEditIsALetterMoreLessOtherOrSwapped) {
  std::mt19937 random(1);
  int within = 0;
  for (int i = 0; i < 3000; ++i) {
    const std::u32string a = Letters(Random(random, 0, 6)), b = Letters(Random(random, 0, 6));
    const bool expected = Edited({a}).contains(b);
    EXPECT_EQ(AreWithin(a, b, 1), expected);
    EXPECT_EQ(AreWithin(b, a, 1), expected);
    within += expected ? 1 : 0;
  }
  EXPECT_GT(within, 50);
  EXPECT_TRUE(AreWithin(U"huawei", U"hwauei", 2));
  EXPECT_FALSE(AreWithin(U"ca", U"abc", 2)) << "no letter is touched twice";
}

TEST(MisspelledWordsTest, FindsJustTheWordsThatAreNearEnough) {
  std::mt19937 random(2);
  std::size_t found_at_all = 0;
  for (int round = 0; round < 200; ++round) {
    MisspelledWords words(random());
    std::vector<std::pair<std::string, std::uint32_t>> all;
    for (std::uint32_t number = 0; number < 20; ++number) {
      all.emplace_back(Random(random, 1, 9), 1 + random() % 2);
      words.Add(number, all.back().first, all.back().second);
    }
    for (int i = 0; i < 20; ++i) {
      const std::string wanted = Random(random, 1, 11);
      std::vector<std::uint32_t> expected, found;
      for (std::uint32_t number = 0; number < all.size(); ++number) {
        if (AreWithin(Letters(all[number].first), Letters(wanted), all[number].second)) expected.push_back(number);
      }
      words.Find(wanted, found);
      std::sort(found.begin(), found.end());
      EXPECT_EQ(found, expected) << wanted;
      found_at_all += found.size();
    }
  }
  EXPECT_GT(found_at_all, 1000u);
}

TEST(MisspelledWordsTest, CountsLettersAndNotBytes) {
  MisspelledWords words(3);
  words.Add(7, "запрет", 1);
  std::vector<std::uint32_t> found;
  words.Find("запрёт", found);
  EXPECT_EQ(found, std::vector<std::uint32_t>{7});
  words.Find("зарёт", found);
  EXPECT_EQ(found.size(), 1u);
}

}  // namespace
}  // namespace wirewatch
