#include "pipeline/story/story_index.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "tests/support/story_texts.h"

namespace wirewatch {
namespace {

using std::chrono::hours;
using std::chrono::minutes;

constexpr std::uint32_t kAgency = 1, kGazette = 2;
const WallTime kBegin = *ParseRfc3339("2026-03-02T08:00:00Z");

std::uint32_t Pick(std::mt19937& random, std::uint32_t end) { return static_cast<std::uint32_t>(random() % end); }

StorySignature OfReport(const SampleReport& report) { return SignatureOf(report.title, Joined(report.paragraphs)); }

std::optional<StoryNumber> StoryOf(StoryIndex& index, const StorySignature& signature, std::uint32_t source = kAgency,
                                   WallTime since = WallTime::min(), std::span<const std::uint32_t> topic_words = {}) {
  const auto nearest = index.Find(signature.View(), source, since, topic_words);
  return nearest ? std::optional(nearest->story) : std::nullopt;
}

// `count` of the ascending numbers base, base + step, ...
std::vector<std::uint32_t> Numbers(std::uint32_t base, std::size_t count, std::uint32_t step = 1) {
  std::vector<std::uint32_t> numbers;
  for (std::size_t i = 0; i < count; ++i) numbers.push_back(base + static_cast<std::uint32_t>(i) * step);
  return numbers;
}

StorySignature OfShingles(std::vector<std::uint32_t> shingles) {
  StorySignature signature;
  std::sort(shingles.begin(), shingles.end());
  signature.text = std::move(shingles);
  return signature;
}

StorySignature OfTerms(const std::map<std::uint32_t, std::uint8_t>& terms) {
  StorySignature signature;
  for (const auto& [term, weight] : terms) {
    signature.terms.push_back(term);
    signature.weights.push_back(weight);
  }
  return signature;
}

// ------------------------------------------------------------------------------------------------------- one story

TEST(StoryIndexTest, AnEmptyIndexHasNoStory) {
  StoryIndex index;
  EXPECT_FALSE(index.Find(OfReport(SampleReports()[0]).View(), kAgency, WallTime::min()));
  EXPECT_FALSE(index.Find({}, kAgency, WallTime::min()));
  EXPECT_EQ(index.articles(), 0U);
  EXPECT_EQ(index.stories(), 0U);
}

TEST(StoryIndexTest, ACopyGoesToTheStoryOfItsOriginal) {
  StoryIndex index;
  std::vector<StoryIndex::Entry> entries;
  for (std::uint32_t i = 0; i < SampleReports().size(); ++i) {
    entries.push_back(index.Add(OfReport(SampleReports()[i]).View(), kAgency, 100 + i, kBegin, i));
  }
  EXPECT_EQ(index.articles(), SampleReports().size());
  EXPECT_EQ(index.stories(), SampleReports().size());
  for (std::uint32_t i = 0; i < SampleReports().size(); ++i) {
    const SampleReport& report = SampleReports()[i];
    const std::vector<std::string> beginning(report.paragraphs.begin(), report.paragraphs.begin() + 2);
    const auto nearest =
        index.Find(SignatureOf(report.other_title, Joined(beginning)).View(), kGazette, WallTime::min());
    ASSERT_TRUE(nearest) << report.language;
    EXPECT_EQ(nearest->story, 100 + i);
    EXPECT_EQ(nearest->article, entries[i]);
    EXPECT_TRUE(nearest->is_copy);
    EXPECT_GE(nearest->likeness, LikenessLimits().copy_share);
  }
}

TEST(StoryIndexTest, AnotherReportOfTheEventGoesToItsStory) {
  StoryIndex index;
  index.Add(OfReport(SampleReports()[0]).View(), kAgency, 100, kBegin, 1);
  const StorySignature other = SignatureOf(
      "Brindlemouth harbour crane topples onto railway",
      "Grain exports from Brindlemouth are at a standstill since a gantry crane toppled onto the railway. "
      "Inspector Venn blames a sheared bolt. Halmer Lines is rerouting its ships, and barley piles up in the "
      "Tessin valley, growers there told this newspaper.");
  const auto nearest = index.Find(other.View(), kGazette, WallTime::min());
  ASSERT_TRUE(nearest);
  EXPECT_EQ(nearest->story, 100U);
  EXPECT_FALSE(nearest->is_copy);
  EXPECT_GE(nearest->likeness, LikenessLimits().event_cosine);
  EXPECT_LT(nearest->likeness, 1);
}

TEST(StoryIndexTest, ReportsOfOneKindAreTwoStories) {
  for (const auto& [kind, first, second, footer] : SampleKinds()) {
    StoryIndex index;
    index.Add(SignatureOf(first.first, first.second).View(), kAgency, 100, kBegin, 1);
    EXPECT_FALSE(StoryOf(index, SignatureOf(second.first, second.second))) << kind;
  }
}

TEST(StoryIndexTest, AnArticleOfNoWordsBelongsToNoStory) {
  StoryIndex index;
  const auto entry = index.Add({}, kAgency, 100, kBegin, 1);
  EXPECT_FALSE(StoryOf(index, {}));
  EXPECT_EQ(index.articles(), 1U);
  index.Remove(entry);
  EXPECT_EQ(index.articles(), 0U);
}

TEST(StoryIndexTest, WhatIsRemovedIsNotFound) {
  StoryIndex index;
  const StorySignature signature = OfReport(SampleReports()[0]);
  const auto first = index.Add(signature.View(), kAgency, 100, kBegin, 1);
  const auto second = index.Add(signature.View(), kAgency, 100, kBegin, 2);
  EXPECT_EQ(index.stories(), 1U);
  index.Remove(first);
  EXPECT_EQ(StoryOf(index, signature), 100U);
  index.Remove(second);
  EXPECT_EQ(index.stories(), 0U);
  EXPECT_FALSE(StoryOf(index, signature));
}

TEST(StoryIndexTest, ArticlesBeforeTheWindowArePassedOver) {
  const StorySignature copy = OfShingles(Numbers(1'000, 40));
  const StorySignature event = OfTerms({{7, 90}, {8, 90}, {9, 90}});
  for (const StorySignature& signature : {copy, event}) {
    StoryIndex index;
    index.Add(signature.View(), kAgency, 100, kBegin, 1);
    EXPECT_EQ(StoryOf(index, signature, kGazette, kBegin - minutes(1)), 100U);
    EXPECT_EQ(StoryOf(index, signature, kGazette, kBegin), 100U);
    EXPECT_FALSE(StoryOf(index, signature, kGazette, kBegin + minutes(1)));
    index.Add(signature.View(), kAgency, 200, kBegin + hours(2), 2);
    EXPECT_EQ(StoryOf(index, signature, kGazette, kBegin + minutes(1)), 200U);
  }
}

TEST(StoryIndexTest, OfArticlesThatAreAlikeTheLaterCountsByTimeAndThenByOrder) {
  const StorySignature signature = OfShingles(Numbers(1'000, 40));
  StoryIndex index;
  index.Add(signature.View(), kAgency, 100, kBegin + hours(1), 5);
  index.Add(signature.View(), kGazette, 200, kBegin, 7);
  EXPECT_EQ(StoryOf(index, signature), 100U);
  index.Add(signature.View(), kGazette, 300, kBegin + hours(1), 6);
  EXPECT_EQ(StoryOf(index, signature), 300U);
  index.Add(signature.View(), kGazette, 400, kBegin + hours(1), 4);
  EXPECT_EQ(StoryOf(index, signature), 300U);
}

TEST(StoryIndexTest, LimitsAreAsked) {
  const StorySignature a = OfTerms({{1, 100}, {2, 100}, {3, 100}}), b = OfTerms({{1, 100}, {4, 100}, {5, 100}});
  for (const auto& [cosine, found] : {std::pair(0.3, true), std::pair(0.4, false)}) {
    StoryIndex index({.event_cosine = cosine, .event_few_terms = 0});
    index.Add(a.View(), kAgency, 100, kBegin, 1);
    EXPECT_EQ(StoryOf(index, b).has_value(), found);
  }
}

// A chance word weighs more in a short text.
TEST(StoryIndexTest, AnArticleOfFewTermsMustBeMoreAlike) {
  const StorySignature a = OfTerms({{1, 100}, {2, 100}, {3, 100}}), b = OfTerms({{1, 100}, {4, 100}, {5, 100}});
  for (const auto& [more, found] : {std::pair(0.0, true), std::pair(0.1, false)}) {
    StoryIndex index({.event_cosine = 0.3, .event_few_terms = more});
    index.Add(a.View(), kAgency, 100, kBegin, 1);
    EXPECT_EQ(StoryOf(index, b).has_value(), found);
  }
}

// ------------------------------------------------------------------------------------------------- what is common

// Three texts of one source: a footer of 30 shingles, and 35 of each that no other has.
std::vector<std::uint32_t> WithFooter(std::uint32_t text) {
  auto shingles = Numbers(1'000 + text, 34, 7'919);
  for (const std::uint32_t footer : Numbers(500, 30, 7'919)) shingles.push_back(footer);
  return shingles;
}

TEST(StoryIndexTest, AFooterThatStandsInThreeStoriesOfASourceIsLeftOut) {
  StoryIndex index;
  for (std::uint32_t i = 0; i < 2; ++i) index.Add(OfShingles(WithFooter(i)).View(), kAgency, 100 + i, kBegin, i);
  // Two may be chance: 30 of 64 are a copy.
  EXPECT_TRUE(StoryOf(index, OfShingles(WithFooter(2))));
  index.Add(OfShingles(WithFooter(2)).View(), kAgency, 102, kBegin, 2);
  EXPECT_FALSE(StoryOf(index, OfShingles(WithFooter(3))));
  // Of another source they are no boilerplate but wire copy.
  EXPECT_TRUE(StoryOf(index, OfShingles(WithFooter(3)), kGazette));
  // A text that is the same beside the footer is a copy still.
  EXPECT_EQ(StoryOf(index, OfShingles(WithFooter(1))), 101U);
}

// That its own shingles bring a story forward does not make the footer count.
TEST(StoryIndexTest, AFooterThatIsLeftOutDoesNotMakeAQuoteACopy) {
  StoryIndex index;
  for (std::uint32_t i = 0; i < 3; ++i) index.Add(OfShingles(WithFooter(i)).View(), kAgency, 100 + i, kBegin, i);
  std::vector<std::uint32_t> quotes = WithFooter(9);
  quotes[0] = WithFooter(1)[0];
  EXPECT_FALSE(StoryOf(index, OfShingles(quotes)));
}

TEST(StoryIndexTest, WordsOfTheTopicTellLess) {
  const StorySignature a = OfTerms({{1, 100}, {2, 50}, {3, 100}, {4, 100}}),
                       b = OfTerms({{1, 100}, {5, 100}, {6, 100}});
  StoryIndex index({.event_few_terms = 0});
  index.Add(a.View(), kAgency, 100, kBegin, 1);
  EXPECT_EQ(StoryOf(index, b), 100U);
  EXPECT_FALSE(StoryOf(index, b, kAgency, kBegin, std::vector<std::uint32_t>{1}));
  EXPECT_EQ(StoryOf(index, b, kAgency, kBegin, std::vector<std::uint32_t>{2, 3, 5}), 100U);
}

TEST(StoryIndexTest, ATermThatManyStoriesHaveTellsLess) {
  const auto about = [](std::uint32_t own) {
    return OfTerms({{1, 100}, {1'000 + own, 80}, {2'000 + own, 80}, {3'000 + own, 80}});
  };
  StoryIndex index({.event_few_terms = 0});
  index.Add(about(0).View(), kAgency, 0, kBegin, 0);
  EXPECT_TRUE(StoryOf(index, about(99)));
  for (std::uint32_t i = 1; i < 20; ++i) index.Add(about(i).View(), kAgency, i, kBegin, i);
  EXPECT_FALSE(StoryOf(index, about(99)));
  EXPECT_EQ(StoryOf(index, about(7)), 7U);
}

TEST(StoryIndexTest, ATermOfOneStoryTellsInFullHoweverManyWriteAboutIt) {
  const auto about = [](std::uint32_t own) {
    return OfTerms({{1, 100}, {1'000 + own, 80}, {2'000 + own, 80}, {3'000 + own, 80}});
  };
  StoryIndex index({.event_few_terms = 0});
  for (std::uint32_t i = 0; i < 20; ++i) index.Add(about(i).View(), i, 100, kBegin, i);
  EXPECT_EQ(StoryOf(index, about(99)), 100U);
}

TEST(StoryIndexTest, AStoryOfSeveralArticlesIsJudgedByItsBestThree) {
  // The probe shares its first term with one article of story 100 and nothing with the others of it.
  const StorySignature probe = OfTerms({{1, 100}, {2, 100}, {3, 100}});
  StoryIndex index({.event_cosine = 0.33, .event_few_terms = 0});
  index.Add(OfTerms({{1, 100}, {11, 100}, {12, 100}}).View(), kAgency, 100, kBegin, 1);
  EXPECT_EQ(StoryOf(index, probe), 100U);
  // One that shares less pulls the mean of the story down.
  index.Add(OfTerms({{1, 30}, {13, 100}, {14, 100}}).View(), kAgency, 100, kBegin, 2);
  EXPECT_FALSE(StoryOf(index, probe));
}

// -------------------------------------------------------------------------------------------------------- histories

struct Filed {
  StorySignature signature;
  std::uint32_t source = 0;
  StoryNumber story = 0;
  WallTime time;
  std::uint64_t order = 0;
};

// What Find answers, with the article by its order, since entries have other names in other indexes.
struct Answer {
  StoryNumber story = 0;
  std::uint64_t order = 0;
  bool is_copy = false;
  double likeness = 0;
  bool operator==(const Answer&) const = default;
  friend void PrintTo(const Answer& answer, std::ostream* out) {
    *out << fmt::format("story {} article {} {} {}", answer.story, answer.order, answer.is_copy ? "copy" : "event",
                        answer.likeness);
  }
};

// An index and the articles that are in it.
class FiledIndex {
 public:
  void Add(const Filed& filed) {
    const auto entry = index_.Add(filed.signature.View(), filed.source, filed.story, filed.time, filed.order);
    EXPECT_TRUE(orders_.emplace(entry, filed.order).second);
    entries_[filed.order] = entry;
  }
  void Remove(std::uint64_t order) {
    const auto entry = entries_.at(order);
    index_.Remove(entry);
    orders_.erase(entry);
    entries_.erase(order);
  }
  std::vector<std::optional<Answer>> AnswersTo(const std::vector<Filed>& probes, WallTime since,
                                               std::span<const std::uint32_t> topic_words) {
    std::vector<std::optional<Answer>> answers;
    for (const Filed& probe : probes) {
      const auto nearest = index_.Find(probe.signature.View(), probe.source, since, topic_words);
      answers.push_back(nearest ? std::optional(Answer{nearest->story, orders_.at(nearest->article), nearest->is_copy,
                                                       nearest->likeness})
                                : std::nullopt);
    }
    return answers;
  }
  const StoryIndex& index() const { return index_; }

 private:
  StoryIndex index_;
  std::map<std::uint64_t, StoryIndex::Entry> entries_;
  std::map<StoryIndex::Entry, std::uint64_t> orders_;
};

// Articles of few stories, so that they share much, times are the same, and lists are longer than what is looked at.
class StoryHistoryTest : public testing::TestWithParam<std::uint32_t> {
 protected:
  Filed Make(std::uint64_t order) {
    Filed filed;
    filed.order = order;
    filed.story = Pick(random_, 12);
    filed.source = Pick(random_, 4);
    filed.time = kBegin + minutes(static_cast<int>(order / 8));
    const auto take = [&](std::uint32_t base, std::uint32_t of, std::size_t count, std::vector<std::uint32_t>& to) {
      while (count-- > 0) to.push_back((base + Pick(random_, of)) * 0x9E3779B1);
    };
    const auto sorted = [](std::vector<std::uint32_t>& numbers, std::size_t most) {
      std::sort(numbers.begin(), numbers.end());
      numbers.erase(std::unique(numbers.begin(), numbers.end()), numbers.end());
      if (numbers.size() > most) numbers.resize(most);
    };
    auto& [text, title, terms, weights] = filed.signature;
    if (Pick(random_, 3) == 0) take(1'000 * filed.story, 25, 40, text);           // copies
    if (Pick(random_, 3) == 0) take(500'000 + 100 * filed.source, 20, 15, text);  // boilerplate
    take(600'000, 100'000, 2 + Pick(random_, 30), text);
    take(1'000 * filed.story, 6, Pick(random_, 4), title);
    take(1'000 * filed.story, 15, 6, terms);
    take(700'000, 40, 12, terms);
    sorted(text, StorySignature::kText);
    sorted(title, StorySignature::kTitle);
    sorted(terms, StorySignature::kTerms);
    for (std::size_t i = 0; i < terms.size(); ++i)
      weights.push_back(static_cast<std::uint8_t>(30 + 10 * Pick(random_, 8)));
    return filed;
  }

  std::vector<Filed> MakeSome(std::uint64_t first, std::size_t count) {
    std::vector<Filed> made;
    while (made.size() < count) made.push_back(Make(first + made.size()));
    return made;
  }

  std::mt19937 random_{GetParam()};
  const std::vector<std::uint32_t> topic_words_ = {700'003 * 0x9E3779B1, 700'004 * 0x9E3779B1};
  const WallTime since_ = kBegin + minutes(10);
};

TEST_P(StoryHistoryTest, TheArticlesInItDecideNotWhatWasAddedAndRemovedNorInWhichOrder) {
  const std::vector<Filed> probes = MakeSome(10'000, 60);
  const std::vector<Filed> articles = MakeSome(0, 400);
  FiledIndex aged;
  std::vector<bool> inside(articles.size());
  for (int step = 0; step < 3'000; ++step) {
    const std::size_t at = Pick(random_, static_cast<std::uint32_t>(articles.size()));
    if (inside[at]) {
      aged.Remove(at);
    } else {
      aged.Add(articles[at]);
    }
    inside[at] = !inside[at];
    if (step % 300 != 299) continue;
    FiledIndex fresh;
    for (std::size_t i = 0; i < articles.size(); ++i) {
      if (inside[i]) fresh.Add(articles[i]);
    }
    ASSERT_EQ(aged.index().articles(), fresh.index().articles());
    ASSERT_EQ(aged.index().stories(), fresh.index().stories());
    const auto answers = aged.AnswersTo(probes, since_, topic_words_);
    ASSERT_EQ(answers, fresh.AnswersTo(probes, since_, topic_words_)) << "step " << step;
    const auto kinds = [&](bool copies) {
      return std::count_if(answers.begin(), answers.end(),
                           [&](const auto& answer) { return answer && answer->is_copy == copies; });
    };
    ASSERT_GT(kinds(true), 0);
    ASSERT_GT(kinds(false), 0);
  }
}

TEST_P(StoryHistoryTest, WhatIsUndoneInTurnRestoresAllAnswers) {
  const std::vector<Filed> probes = MakeSome(10'000, 40);
  const std::vector<Filed> articles = MakeSome(0, 200);
  FiledIndex index;
  std::vector<std::vector<std::optional<Answer>>> before;
  for (const Filed& article : articles) {
    before.push_back(index.AnswersTo(probes, since_, topic_words_));
    index.Add(article);
  }
  for (std::size_t i = articles.size(); i-- > 120;) {
    index.Remove(i);
    ASSERT_EQ(index.AnswersTo(probes, since_, topic_words_), before[i]) << i;
    // It may come and go again.
    index.Add(articles[i]);
    if (i + 1 < articles.size()) {
      ASSERT_EQ(index.AnswersTo(probes, since_, topic_words_), before[i + 1]) << i;
    }
    index.Remove(i);
  }
}

// The oldest leave as the window moves on; undone, each comes back to the front of its lists.
TEST_P(StoryHistoryTest, AnEvictionThatIsUndoneRestoresAllAnswers) {
  const std::vector<Filed> probes = MakeSome(10'000, 40);
  const std::vector<Filed> articles = MakeSome(0, 200);
  FiledIndex index;
  for (const Filed& article : articles) index.Add(article);
  std::vector<std::vector<std::optional<Answer>>> before;
  for (std::size_t i = 0; i < 80; ++i) {
    before.push_back(index.AnswersTo(probes, WallTime::min(), topic_words_));
    index.Remove(i);
  }
  for (std::size_t i = before.size(); i-- > 0;) {
    index.Add(articles[i]);
    ASSERT_EQ(index.AnswersTo(probes, WallTime::min(), topic_words_), before[i]) << i;
  }
}

INSTANTIATE_TEST_SUITE_P(Seeds, StoryHistoryTest, testing::Range(1U, 5U));

// ----------------------------------------------------------------------------------------------------------- memory

TEST(StoryIndexTest, AStoryTakesAboutEightHundredBytesAndWhatLeavesIsUsedAgain) {
  std::mt19937 random(9);
  const auto make = [&] {
    StorySignature signature;
    for (auto* list : {&signature.text, &signature.title, &signature.terms}) {
      const std::size_t most = list == &signature.text    ? StorySignature::kText
                               : list == &signature.title ? StorySignature::kTitle
                                                          : StorySignature::kTerms;
      for (std::size_t i = 0; i < most; ++i) list->push_back(static_cast<std::uint32_t>(random()));
      std::sort(list->begin(), list->end());
    }
    signature.weights.assign(signature.terms.size(), 50);
    return signature;
  };
  StoryIndex index({.event_few_terms = 0});
  EXPECT_LT(index.bytes(), 1'000U);
  std::vector<StoryIndex::Entry> entries;
  for (std::uint32_t i = 0; i < 20'000; ++i) entries.push_back(index.Add(make().View(), kAgency, i, kBegin, i));
  const std::size_t full = index.bytes();
  EXPECT_GT(full, 20'000U * 600);
  EXPECT_LT(full, 20'000U * 1'000);

  for (std::uint32_t i = 0; i < 10'000; ++i) index.Remove(entries[i]);
  EXPECT_LT(index.bytes(), full - 10'000 * 400);
  for (std::uint32_t i = 0; i < 10'000; ++i) index.Add(make().View(), kAgency, 50'000 + i, kBegin, 50'000 + i);
  EXPECT_LT(index.bytes(), full + full / 50);
  EXPECT_EQ(index.articles(), 20'000U);
  EXPECT_EQ(index.stories(), 20'000U);
}

}  // namespace
}  // namespace wirewatch
