// Suggestions find terms that were planted among chance words.
#include "pipeline/archive/term_suggestions.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "pipeline/archive/statistics.h"
#include "rules/text/fold.h"

namespace wirewatch {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;

struct Planted {
  std::string id, title, body, language = "en";
  Grade grade = Grade::kMustNot;
  bool fired = false, out_of_reach = false;
};

class TermSuggestionsTest : public testing::Test {
 protected:
  // Words that mean nothing, different for each article.
  std::string Noise(int words) {
    std::string text;
    for (int i = 0; i < words; ++i) text += "w" + std::to_string(chance_.Next() % 400) + "x ";
    return text;
  }
  void Add(Grade grade, bool fired, const std::string& title, const std::string& body,
           const std::string& language = "en") {
    articles_.push_back({"a" + std::to_string(articles_.size()), title, Noise(40) + body + " " + Noise(40), language,
                         grade, fired, false});
  }

  Suggestions Learn(const SuggestionOptions& options = {}) {
    TermLearner learner;
    SignatureMaker signatures;
    std::vector<FoldedDocument> folded;
    for (const Planted& article : articles_) {
      Document document;
      document.texts = {article.title, "", article.body};
      Fold(document, folded.emplace_back());
      learner.Add({article.id, article.language, std::nullopt, article.grade, article.fired, article.out_of_reach,
                   signatures.Make(folded.back()), TermUsesOf(folded.back(), article.language)});
    }
    Suggestions suggestions = learner.Suggest(options);
    TermCosts costs(suggestions);
    for (std::size_t i = 0; i < articles_.size(); ++i) costs.Add(folded[i], articles_[i].fired, i >= unlabelled_from_);
    costs.PutInto(suggestions);
    return suggestions;
  }
  // With those beside them.
  static std::vector<std::string> TextsOf(const Suggestions& suggestions, SuggestionKind kind) {
    std::vector<std::string> texts;
    for (const TermSuggestion& one : suggestions.terms) {
      if (one.kind != kind) continue;
      texts.push_back(TermText(one.text));
      for (const std::string& beside : one.beside_texts) texts.push_back(TermText(beside));
    }
    return texts;
  }

  SplitMix64 chance_{11};
  std::vector<Planted> articles_;
  std::size_t unlabelled_from_ = 0;  // all are labelled
};

TEST_F(TermSuggestionsTest, FindsThePlantedPhraseOfWhatIsMissed) {
  for (int i = 0; i < 6; ++i) Add(Grade::kMust, false, Noise(5), "by the lock gate");
  for (int i = 0; i < 6; ++i) Add(Grade::kMust, true, "quay " + Noise(4), "");
  for (int i = 0; i < 40; ++i) Add(Grade::kMustNot, false, Noise(5), i == 0 ? "a gate opened" : "");
  const Suggestions suggestions = Learn();
  ASSERT_FALSE(suggestions.terms.empty());
  const TermSuggestion& best = suggestions.terms.front();
  EXPECT_THAT(TextsOf(suggestions, SuggestionKind::kRecall), Contains("lock gate"));
  EXPECT_EQ(best.kind, SuggestionKind::kRecall);
  EXPECT_THAT(best.articles, ElementsAre(0, 0, 6));
  EXPECT_EQ(best.stories, 6u);
  EXPECT_GT(best.z, 1.96);
  // Chance words, which stand in both, are weaker.
  for (const TermSuggestion& one : suggestions.terms) {
    if (TermText(one.text).front() == 'w') {
      EXPECT_LT(one.z, best.z);
    }
  }
}

TEST_F(TermSuggestionsTest, FindsWhatFalseAlarmsShareAndNoRightOneHas) {
  for (int i = 0; i < 8; ++i) Add(Grade::kMust, true, "harbour closed " + Noise(3), "");
  for (int i = 0; i < 4; ++i) Add(Grade::kMustNot, true, "harbour closed in film review " + Noise(3), "");
  for (int i = 0; i < 4; ++i) Add(Grade::kMay, true, "harbour closed " + Noise(3), "");
  for (int i = 0; i < 10; ++i) Add(Grade::kMustNot, false, Noise(5), "");
  const Suggestions suggestions = Learn();
  const TermSuggestion& best = suggestions.terms.front();
  EXPECT_EQ(best.kind, SuggestionKind::kPrecision);
  EXPECT_THAT(best.articles, ElementsAre(4, 0, 0));
  for (const std::string& text : TextsOf(suggestions, SuggestionKind::kPrecision)) EXPECT_NE(text, "harbour closed");
  const std::string found = TermText(best.text) + " " + (best.beside_texts.empty() ? "" : best.beside_texts.front());
  EXPECT_TRUE(found.find("film") != found.npos || found.find("review") != found.npos) << found;
}

TEST_F(TermSuggestionsTest, CopiesOfOneStoryAreNoSupport) {
  const std::string copy = "the crane of the north quay fell into the dock during the storm and nobody was hurt at all";
  for (int i = 0; i < 5; ++i) {
    articles_.push_back({"c" + std::to_string(i), "crane falls", copy, "en", Grade::kMust, false, false});
  }
  for (int i = 0; i < 10; ++i) Add(Grade::kMustNot, false, Noise(5), "");
  const Suggestions suggestions = Learn();
  EXPECT_THAT(suggestions.terms, IsEmpty());
  ASSERT_EQ(suggestions.grounds.size(), 1u);
  EXPECT_EQ(suggestions.grounds.front().missed, 5u);
  EXPECT_EQ(suggestions.grounds.front().missed_stories, 1u);
  EXPECT_FALSE(suggestions.grounds.front().enough_for_recall);
}

TEST_F(TermSuggestionsTest, LanguagesAreLookedAtOneByOneAndHanIsWrittenWithoutBlanks) {
  for (int i = 0; i < 3; ++i) Add(Grade::kMust, false, Noise(3), "港口關閉", "zh");
  for (int i = 0; i < 10; ++i) Add(Grade::kMustNot, false, Noise(3), "", "zh");
  Add(Grade::kMust, false, Noise(3), "lock gate", "en");
  Add(Grade::kMustNot, false, Noise(3), "", "en");
  const Suggestions suggestions = Learn();
  for (const TermSuggestion& one : suggestions.terms) EXPECT_EQ(one.language, "zh");
  EXPECT_EQ(suggestions.terms.front().articles[2], 3u);
  std::vector<std::string> all = {TermText(suggestions.terms.front().text)};
  for (const std::string& beside : suggestions.terms.front().beside_texts) all.push_back(TermText(beside));
  EXPECT_TRUE(std::any_of(all.begin(), all.end(), [](const std::string& text) {
    return std::string("港口關閉").find(text) != std::string::npos;
  })) << all.front();
}

TEST_F(TermSuggestionsTest, WhatNoTermCanBringInIsSetApart) {
  for (int i = 0; i < 3; ++i) {
    Add(Grade::kMust, false, "lock gate", "");
    articles_.back().out_of_reach = true;
  }
  Add(Grade::kMustNot, false, Noise(3), "");
  const Suggestions suggestions = Learn();
  EXPECT_THAT(suggestions.terms, IsEmpty());
  EXPECT_EQ(suggestions.grounds.front().out_of_reach, 3u);
}

TEST_F(TermSuggestionsTest, CostsAreCountedOnTheWholeArchive) {
  for (int i = 0; i < 4; ++i) Add(Grade::kMust, false, "lock gate " + Noise(3), "");
  for (int i = 0; i < 10; ++i) Add(Grade::kMustNot, false, Noise(3), "");
  unlabelled_from_ = articles_.size();
  const Suggestions suggestions = Learn();
  const auto at = std::find_if(suggestions.terms.begin(), suggestions.terms.end(), [](const TermSuggestion& one) {
    return TermText(one.text) == "lock gate" || TermText(one.text) == "lock" || TermText(one.text) == "gate";
  });
  ASSERT_NE(at, suggestions.terms.end());
  EXPECT_EQ(at->archive_articles, 4u);
  EXPECT_EQ(at->new_hits, 4u);
}

TEST(TermUsesTest, CommonWordsAndNumbersBeginAndEndNoTerm) {
  Document document;
  document.texts = {"The end of the lock", "", "In 2026"};
  FoldedDocument folded;
  Fold(document, folded);
  std::vector<std::string> terms;
  const std::vector<TermUse> uses = TermUsesOf(folded, "en");
  ForEachTerm(folded, [&](TermUse use, std::string_view term) {
    const bool kept =
        std::any_of(uses.begin(), uses.end(), [&](TermUse each) { return (each & kTermBits) == (use & kTermBits); });
    if (kept) terms.emplace_back(term);
  });
  EXPECT_THAT(terms, testing::Each(testing::Not(testing::AnyOf("the", "of", "of the", "in", "2026", "in 2026"))));
  EXPECT_THAT(terms, Contains("lock"));
}

}  // namespace
}  // namespace wirewatch
