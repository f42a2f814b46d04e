#include "pipeline/story/likeness.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <random>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "base/text/utf8.h"
#include "tests/support/story_texts.h"

namespace wirewatch {
namespace {

using Shingles = std::vector<std::uint32_t>;

constexpr std::size_t kMost = StorySignature::kText;

double Copy(const StorySignature& a, const StorySignature& b) { return CopyLikeness(a.View(), b.View(), {}); }
double Event(const StorySignature& a, const StorySignature& b) { return EventLikeness(a.View(), b.View()); }

// ----------------------------------------------------------------------------------------------------------- Compare

Shingles SketchOf(Shingles shingles) {
  std::sort(shingles.begin(), shingles.end());
  if (shingles.size() > kMost) shingles.resize(kMost);
  return shingles;
}

TEST(CompareTest, SketchesThatHaveAllOfTheirTextsAreComparedInFull) {
  const SharedShingles found = Compare(Shingles{1, 3, 5, 9}, Shingles{3, 4, 9}, kMost);
  EXPECT_EQ(found.shared, 2U);
  EXPECT_EQ(found.of, 3U);
}

TEST(CompareTest, NothingIsSharedWithNothing) {
  for (const auto& [a, b] : {std::pair(Shingles{}, Shingles{}), std::pair(Shingles{1}, Shingles{})}) {
    EXPECT_EQ(Compare(a, b, kMost).of, 0U);
    EXPECT_EQ(Compare(b, a, kMost).of, 0U);
    EXPECT_EQ(Compare(a, b, kMost).share(), 0);
  }
}

TEST(CompareTest, BeyondTheLastShingleOfAFullSketchNothingIsKnown) {
  // The longer text has shingles above 40 that its sketch does not tell.
  const SharedShingles found = Compare(Shingles{10, 20, 30, 40}, Shingles{20, 40, 50}, 4);
  EXPECT_EQ(found.shared, 2U);
  EXPECT_EQ(found.of, 2U);
  EXPECT_EQ(Compare(Shingles{10, 20, 30, 40}, Shingles{41, 42}, 4).of, 0U);
}

TEST(CompareTest, WhatIsLeftOutCountsInNeitherText) {
  const Shingles a = {1, 2, 3, 4, 5}, b = {2, 3, 5, 7};
  const auto found = [&](const Shingles& left_out) {
    const SharedShingles compared = Compare(a, b, kMost, left_out);
    return std::pair(compared.shared, compared.of);
  };
  EXPECT_EQ(found({}), std::pair(3U, 4U));
  EXPECT_EQ(found({2}), std::pair(2U, 3U));
  EXPECT_EQ(found({1}), std::pair(3U, 4U));
  EXPECT_EQ(found({1, 4}), std::pair(3U, 3U));
  EXPECT_EQ(found(a), std::pair(0U, 0U));
  // What is not known does not count anyway.
  EXPECT_EQ(Compare(a, Shingles{2, 3}, 2, Shingles{5}).of, 2U);
  EXPECT_EQ(Compare(a, Shingles{2, 3}, 2, Shingles{3, 5}).shared, 1U);
}

struct Overlap {
  std::size_t size, other_size, shared;
};

class CompareEstimateTest : public testing::TestWithParam<Overlap> {};

// The estimate is a sample of Compare().of shingles without replacement, so its error is at most a binomial one.
TEST_P(CompareEstimateTest, TheShareIsThatOfTheTextsWithinTheErrorOfASample) {
  const auto [size, other_size, shared] = GetParam();
  const double exact = static_cast<double>(shared) / static_cast<double>(std::min(size, other_size));
  std::mt19937 random(static_cast<std::uint32_t>(size * 31 + other_size * 7 + shared));
  double sum = 0;
  std::size_t rounds = 0;
  for (int round = 0; round < 300; ++round) {
    std::unordered_set<std::uint32_t> distinct;
    while (distinct.size() < size + other_size - shared) distinct.insert(static_cast<std::uint32_t>(random()));
    const Shingles all(distinct.begin(), distinct.end());
    const auto at = [&](std::size_t i) { return all.begin() + static_cast<std::ptrdiff_t>(i); };
    const Shingles a = SketchOf({all.begin(), at(size)});
    const Shingles b = SketchOf({at(size - shared), all.end()});
    const SharedShingles found = Compare(a, b, kMost);
    const SharedShingles mirrored = Compare(b, a, kMost);
    ASSERT_EQ(found.shared, mirrored.shared);
    ASSERT_EQ(found.of, mirrored.of);
    ASSERT_LE(found.shared, found.of);
    if (found.of < 8) continue;
    const double error = std::sqrt(exact * (1 - exact) / found.of);
    ASSERT_NEAR(found.share(), exact, 5 * error + 1.0 / found.of) << "round " << round << ", of " << found.of;
    sum += found.share();
    ++rounds;
  }
  ASSERT_GT(rounds, 200U);
  // Of texts of one length the shorter one is not known, and the estimate takes the one with fewer shingles here.
  EXPECT_NEAR(sum / static_cast<double>(rounds), exact, 0.02 + (size == other_size ? 0.1 * exact : 0));
}

INSTANTIATE_TEST_SUITE_P(Texts, CompareEstimateTest,
                         testing::Values(Overlap{40, 60, 20}, Overlap{500, 500, 500}, Overlap{500, 500, 250},
                                         Overlap{500, 500, 0}, Overlap{300, 900, 300}, Overlap{300, 900, 150},
                                         Overlap{900, 300, 30}, Overlap{200, 1'000, 120}, Overlap{5'000, 2'000, 900}),
                         [](const auto& test) {
                           return fmt::format("{}And{}Share{}", test.param.size, test.param.other_size,
                                              test.param.shared);
                         });

// ------------------------------------------------------------------------------------------------------------ copies

class CopyTest : public testing::TestWithParam<SampleReport> {
 protected:
  const SampleReport& report() const { return GetParam(); }
  std::string body() const { return Joined(report().paragraphs); }
  StorySignature original() const { return SignatureOf(report().title, body()); }

  // Whichever comes first.
  void ExpectCopy(const StorySignature& other) const {
    EXPECT_GE(Copy(original(), other), LikenessLimits().copy_share);
    EXPECT_EQ(Copy(other, original()), Copy(original(), other));
  }
};

TEST_P(CopyTest, TheSameTextIsACopyInFull) { EXPECT_EQ(Copy(original(), original()), 1); }

TEST_P(CopyTest, AnotherHeadlineDoesNotCount) {
  const StorySignature other = SignatureOf(report().other_title, body());
  EXPECT_EQ(Copy(original(), other), 1);
}

TEST_P(CopyTest, ATailOfThreeFifthsMayBeCut) {
  const std::string whole = body();
  std::size_t end = whole.size() * 2 / 5;
  while (IsUtf8Tail(whole[end])) ++end;
  ExpectCopy(SignatureOf(report().other_title, std::string_view(whole).substr(0, end)));
}

TEST_P(CopyTest, AHeadMayBeCut) {
  const std::string whole = body();
  std::size_t begin = whole.size() / 2;
  while (IsUtf8Tail(whole[begin])) ++begin;
  ExpectCopy(SignatureOf(report().other_title, std::string_view(whole).substr(begin)));
}

TEST_P(CopyTest, ABylineMayBeAdded) { ExpectCopy(SignatureOf(report().title, report().byline + "\n" + body())); }

TEST_P(CopyTest, ALiveBlogGrowsAtItsTop) {
  ExpectCopy(SignatureOf(report().other_title, Joined(report().live_blog) + body()));
}

TEST_P(CopyTest, BoilerplateMayStandBetween) {
  std::string other;
  for (std::size_t i = 0; i < report().paragraphs.size(); ++i) {
    other += report().boilerplate[i % report().boilerplate.size()] + "\n" + report().paragraphs[i] + "\n";
  }
  ExpectCopy(SignatureOf(report().other_title, other + Joined(report().boilerplate)));
}

TEST_P(CopyTest, ParagraphsMayChangePlaces) {
  std::vector<std::string> turned(report().paragraphs.rbegin(), report().paragraphs.rend());
  ExpectCopy(SignatureOf(report().title, Joined(turned)));
}

TEST_P(CopyTest, OneOfFourParagraphsMayBeWrittenAnew) {
  std::vector<std::string> changed = report().paragraphs;
  changed[1] = report().live_blog[0];
  ExpectCopy(SignatureOf(report().title, Joined(changed)));
}

TEST_P(CopyTest, ReportsOfOtherEventsAreNeitherCopiesNorOfTheEvent) {
  for (const SampleReport& other : SampleReports()) {
    if (other.language == report().language) continue;
    const StorySignature signature = SignatureOf(other.title, Joined(other.paragraphs));
    EXPECT_EQ(Copy(original(), signature), 0) << other.language;
    EXPECT_LT(Event(original(), signature), 0.05) << other.language;
  }
}

TEST_P(CopyTest, WhatFollowsOnAnEventIsOfTheEventThoughNoCopy) {
  const StorySignature later = SignatureOf(report().other_title, Joined(report().live_blog));
  EXPECT_EQ(Copy(original(), later), 0);
  EXPECT_GT(Event(original(), later), 0.05);
}

INSTANTIATE_TEST_SUITE_P(Languages, CopyTest, testing::ValuesIn(SampleReports()),
                         [](const auto& test) { return test.param.language; });

class ReportsOfOneKindTest : public testing::TestWithParam<ReportsOfOneKind> {};

TEST_P(ReportsOfOneKindTest, AreNoCopiesThoughTheirFooterIsTheSame) {
  const auto& [kind, first, second, footer] = GetParam();
  EXPECT_EQ(Copy(SignatureOf(first.first, first.second), SignatureOf(second.first, second.second)), 0);
  EXPECT_EQ(Copy(SignatureOf(first.first, first.second + "\n" + footer),
                 SignatureOf(second.first, second.second + "\n" + footer)),
            0);
}

TEST_P(ReportsOfOneKindTest, TellOfTwoEvents) {
  const auto& [kind, first, second, footer] = GetParam();
  EXPECT_LT(Event(SignatureOf(first.first, first.second), SignatureOf(second.first, second.second)),
            LikenessLimits().event_cosine);
}

INSTANTIATE_TEST_SUITE_P(Kinds, ReportsOfOneKindTest, testing::ValuesIn(SampleKinds()),
                         [](const auto& test) { return test.param.kind; });

TEST(CopyLikenessTest, OfEmptyTextsTheTitlesDecide) {
  const char* const title = "Crane falls across three tracks at Brindlemouth";
  EXPECT_EQ(Copy(SignatureOf(title, ""), SignatureOf(title, "")), 1);
  EXPECT_EQ(Copy(SignatureOf(title, ""), SignatureOf("Gusts close the coast road through Pellworth", "")), 0);
  EXPECT_EQ(Copy(SignatureOf("", ""), SignatureOf("", "")), 0);
  // Four words are too few.
  EXPECT_EQ(Copy(SignatureOf("News in brief today", ""), SignatureOf("News in brief today", "")), 0);
  // One with a text is no copy of one that has none.
  EXPECT_EQ(Copy(SignatureOf(title, ""), SignatureOf(title, "It fell before dawn on Tuesday.")), 0);
}

TEST(CopyLikenessTest, OfShortTextsTheTitlesMustSayTheSame) {
  const char* const title = "Crane falls across three tracks at Brindlemouth";
  EXPECT_EQ(Copy(SignatureOf(title, "More to follow soon."), SignatureOf(title, "More to follow soon.")), 1);
  EXPECT_EQ(Copy(SignatureOf(title, "More to follow soon."),
                 SignatureOf("Gusts close the coast road through Pellworth", "More to follow soon.")),
            0);
  EXPECT_EQ(Copy(SignatureOf("", "More to follow soon."), SignatureOf("", "More to follow soon.")), 0);
}

TEST(CopyLikenessTest, LimitsAreAsked) {
  const auto& report = SampleReports()[0];
  const StorySignature a = SignatureOf(report.title, Joined(report.paragraphs));
  std::vector<std::string> changed = report.paragraphs;
  changed[0] = report.live_blog[0];
  changed[2] = report.live_blog[1];
  const StorySignature b = SignatureOf(report.title, Joined(changed));
  LikenessLimits limits;
  limits.copy_share = 0.2;
  const double likeness = CopyLikeness(a.View(), b.View(), limits);
  ASSERT_GT(likeness, 0.2);
  ASSERT_LT(likeness, 0.9);
  limits.copy_share = 0.9;
  EXPECT_EQ(CopyLikeness(a.View(), b.View(), limits), 0);
  limits.copy_share = 0.2;
  limits.copy_shingles = 60;
  EXPECT_EQ(CopyLikeness(a.View(), b.View(), limits), 0);
}

// ------------------------------------------------------------------------------------------------------------ events

StorySignature OfTerms(std::vector<std::uint32_t> terms, std::vector<std::uint8_t> weights) {
  StorySignature signature;
  signature.terms = std::move(terms);
  signature.weights = std::move(weights);
  return signature;
}

TEST(EventLikenessTest, IsTheCosineOfTheWeights) {
  const StorySignature a = OfTerms({1, 2, 5}, {10, 20, 30}), b = OfTerms({2, 4, 5}, {40, 50, 60});
  const double product = 20 * 40 + 30 * 60;
  EXPECT_DOUBLE_EQ(Event(a, b), product / std::sqrt((100.0 + 400 + 900) * (1600 + 2500 + 3600)));
  EXPECT_DOUBLE_EQ(Event(a, b), Event(b, a));
  EXPECT_DOUBLE_EQ(Event(a, a), 1);
  EXPECT_EQ(Event(a, OfTerms({3, 4, 6}, {1, 1, 1})), 0);
  EXPECT_EQ(Event(a, {}), 0);
  EXPECT_EQ(Event({}, a), 0);
  EXPECT_EQ(Event({}, {}), 0);
}

TEST(EventLikenessTest, AFactorTakesATermBackInBoth) {
  const StorySignature a = OfTerms({1, 2, 5}, {10, 20, 30}), b = OfTerms({2, 4, 5}, {40, 50, 60});
  const std::vector<double> none = {1, 1, 1}, without_five = {1, 1, 0}, half = {1, 1, 0.5};
  EXPECT_DOUBLE_EQ(EventLikeness(a.View(), b.View(), none), Event(a, b));
  EXPECT_DOUBLE_EQ(EventLikeness(a.View(), b.View(), without_five),
                   Event(OfTerms({1, 2}, {10, 20}), OfTerms({2, 4}, {40, 50})));
  EXPECT_DOUBLE_EQ(EventLikeness(a.View(), b.View(), half),
                   Event(OfTerms({1, 2, 5}, {10, 20, 15}), OfTerms({2, 4, 5}, {40, 50, 30})));
  const std::vector<double> nothing = {0, 0, 0};
  EXPECT_EQ(EventLikeness(a.View(), a.View(), nothing), 0);
}

TEST(EventLikenessTest, NeverLeavesZeroToOne) {
  std::mt19937 random(3);
  const auto make = [&] {
    StorySignature signature;
    for (std::uint32_t term = 0; term < 60; ++term) {
      if (random() % 2 == 0 || signature.terms.size() == StorySignature::kTerms) continue;
      signature.terms.push_back(term);
      signature.weights.push_back(static_cast<std::uint8_t>(1 + random() % 255));
    }
    return signature;
  };
  for (int round = 0; round < 2'000; ++round) {
    const StorySignature a = make(), b = make();
    std::vector<double> factors;
    for (std::size_t i = 0; i < a.terms.size(); ++i) factors.push_back(static_cast<double>(random() % 3) / 2);
    const double likeness = EventLikeness(a.View(), b.View(), factors);
    ASSERT_GE(likeness, 0);
    ASSERT_LE(likeness, 1 + 1e-12);
    ASSERT_NEAR(EventLikeness(a.View(), a.View()), 1, 1e-12);
  }
}

}  // namespace
}  // namespace wirewatch
