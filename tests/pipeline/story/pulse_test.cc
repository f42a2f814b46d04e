#include "pipeline/story/pulse.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <random>
#include <string>
#include <utility>
#include <vector>

namespace wirewatch {
namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::minutes;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr BurstSensitivity kMedium = BurstSensitivity::kMedium;

// A Monday, at midnight.
WallTime Begin() { return *ParseRfc3339("2026-03-02"); }

Pulse Loaded(const Pulse& pulse) {
  auto loaded = Pulse::Load(pulse.Save());
  EXPECT_TRUE(loaded.has_value()) << loaded.error().message;
  return loaded ? *std::move(loaded) : Pulse();
}

// A topic whose hours are played one after the other.
class Topic {
 public:
  explicit Topic(BurstSensitivity sensitivity = kMedium) : sensitivity_(sensitivity) {}

  WallTime now() const { return now_; }
  Pulse& pulse() { return pulse_; }
  const std::vector<Burst>& bursts() const { return bursts_; }

  // An hour of so many new stories, each of another source, up to `sources`, evenly over the hour.
  void Hour(int stories, int sources = 30) {
    for (int i = 0; i < stories; ++i) {
      Match(now_ + minutes(60 * i / stories), ++story_, fmt::format("Source {}", i % sources));
    }
    now_ += hours(1);
  }
  void Hours(int count, int stories) {
    for (int i = 0; i < count; ++i) Hour(stories);
  }
  // Days of hours with as many stories as `stories` has for the hour of the day.
  void Days(int count, const std::function<int(int)>& stories) {
    for (int hour = 0; hour < 24 * count; ++hour) Hour(stories(hour % 24));
  }
  void Match(WallTime time, std::uint64_t story, std::string_view source) {
    if (auto burst = pulse_.Add({time, story, source}, sensitivity_)) bursts_.push_back(*burst);
  }
  void SetSensitivity(BurstSensitivity sensitivity) { sensitivity_ = sensitivity; }

 private:
  BurstSensitivity sensitivity_;
  Pulse pulse_;
  WallTime now_ = Begin();
  std::uint64_t story_ = 0;
  std::vector<Burst> bursts_;
};

int EveryFourHours(int hour) { return hour % 4 == 0 ? 1 : 0; }

// ---------------------------------------------------------------------------------------------------------- bursts

TEST(PulseTest, ACalmTopicThatBoilsRaisesOneBurst) {
  Topic topic;
  topic.Days(15, EveryFourHours);
  EXPECT_THAT(topic.bursts(), IsEmpty());
  const WallTime boils = topic.now();
  topic.Hour(20);
  ASSERT_THAT(topic.bursts(), SizeIs(1));
  const Burst& burst = topic.bursts()[0];
  EXPECT_EQ(burst.expected, 1.0);  // midnight has one, the hour before none
  // 14 hours with one each: shape 29/2, success 14/15. Of 10 or more it would be 1.1e-6. Worked out with 60 digits.
  EXPECT_EQ(burst.stories, 11U);
  EXPECT_NEAR(*burst.probability, 1.65687708496193559e-7, 1e-18);
  EXPECT_EQ(burst.sources, 11U);
  EXPECT_EQ(burst.since, boils + minutes(30 - 59));
}

TEST(PulseTest, ATopicThatBoilsOnForHoursRaisesNoSecondBurst) {
  Topic topic;
  topic.Days(15, EveryFourHours);
  topic.Hours(3, 20);
  EXPECT_THAT(topic.bursts(), SizeIs(1));
}

TEST(PulseTest, ATopicThatCalmsAndBoilsAgainRaisesASecondBurst) {
  Topic topic;
  topic.Days(15, EveryFourHours);
  topic.Hours(3, 20);
  topic.Hours(3, 1);
  topic.Hours(3, 20);
  EXPECT_THAT(topic.bursts(), SizeIs(2));
}

TEST(PulseTest, ATopicThatIsBusyEveryDayAtNineDoesNotBurstAtNine) {
  Topic topic;
  const auto busy_at_nine = [](int hour) { return hour == 9 ? 40 : 1; };
  topic.Days(1, busy_at_nine);  // what is usual is not known yet
  const std::size_t at_first = topic.bursts().size();
  topic.Days(20, busy_at_nine);
  EXPECT_THAT(topic.bursts(), SizeIs(at_first));
  topic.Hours(9, 1);
  topic.Hour(120);
  EXPECT_THAT(topic.bursts(), SizeIs(at_first + 1));
}

TEST(PulseTest, TheFirstDayNeedsAMinimumOfStories) {
  Topic topic;
  topic.Hours(10, 19);
  EXPECT_THAT(topic.bursts(), IsEmpty());
  topic.Hour(25);
  ASSERT_THAT(topic.bursts(), SizeIs(1));
  EXPECT_EQ(topic.bursts()[0].stories, 20U);
  EXPECT_EQ(topic.bursts()[0].expected, std::nullopt);
  EXPECT_EQ(topic.bursts()[0].probability, std::nullopt);
  topic.Hours(9, 19);
  EXPECT_THAT(topic.bursts(), SizeIs(1)) << "it has not calmed";
}

TEST(PulseTest, HoursBeforeATopicWasSeenAreNotKnownAndThoseOfSilenceAreZeros) {
  Topic young;
  young.Hour(1);
  young.Hours(23, 0);
  young.Hour(15);
  EXPECT_THAT(young.bursts(), IsEmpty()) << "fewer than 24 hours are known: 20 are asked for";

  Topic old;
  old.Hour(1);
  old.Hours(24, 0);
  old.Hour(15);
  ASSERT_THAT(old.bursts(), SizeIs(1));
  EXPECT_EQ(old.bursts()[0].expected, 0.0);
  // 24 hours with none: shape 1/2, success 24/25. Of 6 or more: worked out with 60 digits.
  EXPECT_NEAR(*old.bursts()[0].probability, 9.40268521222852446e-10, 1e-20);
}

TEST(PulseTest, AnHourThatBoiledDoesNotStandInTheWayOfTheNextOne) {
  Topic topic;
  topic.Days(14, EveryFourHours);
  topic.Hours(15, 0);
  topic.Hour(600);
  EXPECT_THAT(topic.bursts(), SizeIs(1));
  topic.Hours(23, 0);
  topic.Hour(20);
  ASSERT_THAT(topic.bursts(), SizeIs(2));
  EXPECT_EQ(topic.bursts()[1].expected, 20.0 / 14) << "of the 600 so many are kept";
}

TEST(PulseTest, ATopicThatStaysOnAnotherLevelIsUsualAgainWithinThreeWeeks) {
  Topic topic;
  topic.Days(14, [](int) { return 2; });
  topic.Days(21, [](int) { return 40; });
  EXPECT_THAT(topic.bursts(), SizeIs(1));
  topic.Hour(200);
  EXPECT_THAT(topic.bursts(), SizeIs(2)) << "it can boil from there";
}

TEST(PulseTest, FewSourcesOrFewStoriesAreNoBurst) {
  Topic topic;
  topic.Days(15, EveryFourHours);
  topic.Hour(60, 3);
  EXPECT_THAT(topic.bursts(), IsEmpty()) << "one house that publishes a lot";
  topic.Hours(2, 0);
  for (int i = 0; i < 60; ++i) topic.Match(topic.now() + minutes(i / 2), 1'000'000, fmt::format("Source {}", i));
  EXPECT_THAT(topic.bursts(), IsEmpty()) << "one story that all have";
}

TEST(PulseTest, ABurstIsSoonerSaidTheHigherTheSensitivity) {
  std::vector<unsigned> stories;
  for (const auto sensitivity : {BurstSensitivity::kLow, BurstSensitivity::kMedium, BurstSensitivity::kHigh}) {
    Topic topic(sensitivity);
    topic.Days(15, [](int) { return 3; });
    topic.Hour(60);
    ASSERT_THAT(topic.bursts(), SizeIs(1)) << Name(sensitivity);
    stories.push_back(topic.bursts()[0].stories);
  }
  EXPECT_GT(stories[0], stories[1]);
  EXPECT_GT(stories[1], stories[2]);
}

TEST(PulseTest, ATopicWhoseBurstsAreOffIsStillCounted) {
  Topic topic(BurstSensitivity::kOff);
  topic.Days(15, [](int) { return 3; });
  topic.Hour(60);
  EXPECT_THAT(topic.bursts(), IsEmpty());
  topic.Hours(3, 3);
  topic.SetSensitivity(kMedium);
  topic.Hour(60);
  ASSERT_THAT(topic.bursts(), SizeIs(1));
  EXPECT_EQ(topic.bursts()[0].expected, 3.0);
}

TEST(PulseTest, OfMoreStoriesThanTheWindowHoldsSoManyAreCounted) {
  Topic topic(BurstSensitivity::kOff);
  topic.Hours(30, 1);
  for (int i = 0; i < 5'000; ++i)
    topic.Match(topic.now(), 1'000'000U + static_cast<unsigned>(i), fmt::format("S{}", i));
  topic.SetSensitivity(kMedium);
  topic.Match(topic.now(), 1, "Source 0");
  ASSERT_THAT(topic.bursts(), SizeIs(1));
  EXPECT_EQ(topic.bursts()[0].stories, 4'096U);
  EXPECT_EQ(topic.bursts()[0].sources, 4'096U);
  EXPECT_EQ(Loaded(topic.pulse()), topic.pulse());
}

TEST(PulseTest, ATimeBeforeTheLastCountsAsTheLast) {
  Pulse back, still;
  back.Add({Begin() + hours(5), 1, "Harbour Wire"}, kMedium);
  still.Add({Begin() + hours(5), 1, "Harbour Wire"}, kMedium);
  back.Add({Begin(), 2, "Dock Daily"}, kMedium);
  still.Add({Begin() + hours(5), 2, "Dock Daily"}, kMedium);
  EXPECT_EQ(back, still);
}

// ----------------------------------------------------------------------------------------------------------- quiet

int ByDayOnly(int hour) { return hour >= 6 && hour < 22 ? 20 : 0; }

TEST(PulseTest, ATopicThatIsSilentOverItsUsualNightIsNotQuiet) {
  Topic topic;
  topic.Days(6, ByDayOnly);
  const WallTime morning = topic.now() + hours(6);
  const auto due = topic.pulse().QuietDue();
  ASSERT_TRUE(due.has_value());
  EXPECT_GT(*due, morning);
  EXPECT_LE(*due, morning + hours(4));
  EXPECT_THAT(topic.pulse().CheckQuiet(morning), IsEmpty());
}

TEST(PulseTest, ATopicThatIsSilentForDaysIsQuietOnce) {
  Topic topic;
  topic.Days(6, ByDayOnly);
  Pulse& pulse = topic.pulse();
  for (int silence = 1; silence <= 2; ++silence) {
    const auto due = pulse.QuietDue();
    ASSERT_TRUE(due.has_value());
    EXPECT_THAT(pulse.CheckQuiet(*due - minutes(1)), IsEmpty());
    const std::vector<Quiet> said = pulse.CheckQuiet(*due);
    ASSERT_THAT(said, SizeIs(1));
    EXPECT_EQ(said[0].source, "");
    if (silence == 1) {
      EXPECT_EQ(said[0].since, Begin() + days(5) + hours(21) + minutes(57));
      EXPECT_EQ(said[0].per_day, 320);
    }
    EXPECT_EQ(pulse.QuietDue(), std::nullopt);
    EXPECT_THAT(pulse.CheckQuiet(*due + days(3)), IsEmpty());
    topic.Match(*due + days(3), 1'000'000, "Source 1");
  }
}

TEST(PulseTest, QuietNeedsThreeKnownDaysAndFiftyMatches) {
  Topic young;
  young.Days(3, [](int) { return 20; });
  EXPECT_EQ(young.pulse().QuietDue(), std::nullopt) << "of the first hour not all is known, the last is not over";
  young.Hours(2, 20);
  EXPECT_TRUE(young.pulse().QuietDue().has_value());

  Topic rare;
  rare.Days(14, [](int hour) { return hour % 8 == 0 ? 1 : 0; });
  EXPECT_EQ(rare.pulse().QuietDue(), std::nullopt) << "42 matches in 14 days";
  EXPECT_EQ(Pulse().QuietDue(), std::nullopt);
  EXPECT_THAT(Pulse().CheckQuiet(Begin()), IsEmpty());
}

TEST(PulseTest, ATopicThatRestsAtWeekendsIsNotQuietAtTheSecond) {
  Topic topic;
  topic.Days(5, ByDayOnly);
  ASSERT_TRUE(topic.pulse().QuietDue().has_value());
  EXPECT_LT(*topic.pulse().QuietDue(), Begin() + days(7)) << "nobody knows of weekends yet";
  topic.Hours(48, 0);
  topic.Days(5, ByDayOnly);
  ASSERT_TRUE(topic.pulse().QuietDue().has_value());
  EXPECT_GT(*topic.pulse().QuietDue(), Begin() + days(14) + hours(6));
}

TEST(PulseTest, ABurstLongAgoMakesNoTopicQuiet) {
  Topic topic;
  topic.Days(5, EveryFourHours);
  topic.Hours(15, 0);
  topic.Hour(2'000);
  topic.Hours(8, 0);
  topic.Days(4, EveryFourHours);
  ASSERT_TRUE(topic.pulse().QuietDue().has_value());
  EXPECT_GT(*topic.pulse().QuietDue(), topic.now() + days(1));
}

// Two sources an hour for `count` days; `Dock Daily` stops after `until` of them.
void TwoSources(Topic& topic, WallTime begin, int count, int until) {
  for (int hour = 0; hour < 24 * count; ++hour) {
    topic.Match(begin + hours(hour), 1, "Harbour Wire");
    if (hour < 24 * until) topic.Match(begin + hours(hour) + minutes(30), 1, "Dock Daily");
  }
}

TEST(PulseTest, ASourceThatStopsWhileOthersGoOnIsQuietOnce) {
  Topic topic;
  Pulse& pulse = topic.pulse();
  TwoSources(topic, Begin(), 6, 6);
  EXPECT_GT(pulse.QuietDue(), Begin() + days(6));
  TwoSources(topic, Begin() + days(6), 1, 0);
  EXPECT_THAT(pulse.CheckQuiet(Begin() + days(7)), IsEmpty()) << "a day without it is not long";
  topic.Match(Begin() + days(7), 1, "Harbour Wire");
  ASSERT_EQ(pulse.QuietDue(), Begin() + days(7)) << "at once";
  const std::vector<Quiet> said = pulse.CheckQuiet(Begin() + days(7));
  ASSERT_THAT(said, SizeIs(1));
  EXPECT_EQ(said[0].source, "Dock Daily");
  EXPECT_EQ(said[0].since, Begin() + days(5) + hours(23) + minutes(30));
  EXPECT_EQ(said[0].per_day, 24);
  TwoSources(topic, Begin() + days(7), 4, 0);
  EXPECT_THAT(pulse.CheckQuiet(Begin() + days(11)), IsEmpty());

  TwoSources(topic, Begin() + days(11), 7, 5);
  EXPECT_THAT(pulse.CheckQuiet(Begin() + days(18)), IsEmpty()) << "it was longer away before";
  TwoSources(topic, Begin() + days(18), 5, 0);
  EXPECT_THAT(pulse.CheckQuiet(Begin() + days(23)), SizeIs(1));
}

TEST(PulseTest, InATopicThatIsSilentAltogetherNoSourceIsQuiet) {
  Topic topic;
  Pulse& pulse = topic.pulse();
  TwoSources(topic, Begin(), 6, 6);
  const std::vector<Quiet> said = pulse.CheckQuiet(Begin() + days(9));
  ASSERT_THAT(said, SizeIs(1));
  EXPECT_EQ(said[0].source, "");
  TwoSources(topic, Begin() + days(9), 1, 0);
  EXPECT_THAT(pulse.CheckQuiet(Begin() + days(10)), IsEmpty()) << "its silence is counted from there";
  TwoSources(topic, Begin() + days(10), 1, 0);
  EXPECT_THAT(pulse.CheckQuiet(Begin() + days(11)), SizeIs(1));
}

// 12 sources an hour that never come again; `Dock Daily` every hour from `first` on and before `last`.
void StrangersAndOne(Topic& topic, WallTime end, WallTime first, WallTime last) {
  int stranger = 0;
  for (WallTime time = Begin() + days(1); time < end; time += hours(1)) {
    if (time >= first && time < last) topic.Match(time, 1, "Dock Daily");
    for (int i = 0; i < 12; ++i) topic.Match(time + minutes(i), 1, fmt::format("Stranger {}", ++stranger));
  }
}

TEST(PulseTest, SourcesThatComeOnceDoNotPushOutOneThatComesDaily) {
  Topic topic;
  StrangersAndOne(topic, Begin() + days(16), Begin() + days(3), Begin() + days(12));
  const std::vector<Quiet> said = topic.pulse().CheckQuiet(Begin() + days(16));
  ASSERT_THAT(said, SizeIs(1));
  EXPECT_EQ(said[0].source, "Dock Daily");
}

TEST(PulseTest, SourcesThatWereFrequentLongAgoMakeRoom) {
  Topic topic;
  for (int i = 0; i < 60 * 3'000; ++i) topic.Match(Begin(), 1, fmt::format("Giant {}", i % 60));
  StrangersAndOne(topic, Begin() + days(32), Begin() + days(1), Begin() + days(28));
  const std::vector<Quiet> said = topic.pulse().CheckQuiet(Begin() + days(32));
  ASSERT_THAT(said, SizeIs(1));
  EXPECT_EQ(said[0].source, "Dock Daily");
}

// ------------------------------------------------------------------------------------------------------------ text

// A random topic: quiet stretches, bursts, sources that stop, and questions in between.
class History {
 public:
  explicit History(std::uint32_t seed) : random_(seed) {}

  std::string Next(Pulse& pulse) {
    if (--left_ <= 0) {
      left_ = static_cast<int>(random_() % 300);
      pace_ = std::vector{1, 10, 60, 300}[random_() % 4];
      sources_ = 1 + static_cast<unsigned>(random_() % 100);
      if (random_() % 8 == 0) time_ += hours(random_() % 500);
      sensitivity_ = static_cast<BurstSensitivity>(random_() % 4);
    }
    time_ += minutes(random_() % static_cast<unsigned>(pace_));
    std::string said;
    if (random_() % 4 == 0) said += Said(pulse.CheckQuiet(time_));
    const std::string source = fmt::format("Source {}", random_() % sources_);
    const auto burst = pulse.Add({time_, random_() % 3 == 0 ? 1 : random_(), source}, sensitivity_);
    if (burst) {
      said += fmt::format("burst {} {} {} {} {}", burst->stories, burst->sources, FormatRfc3339(burst->since),
                          burst->expected.value_or(-1), burst->probability.value_or(-1));
    }
    if (const auto due = pulse.QuietDue()) said += " due " + FormatRfc3339(*due);
    return said + Said(pulse.CheckQuiet(time_));
  }

 private:
  static std::string Said(const std::vector<Quiet>& all) {
    std::string said;
    for (const Quiet& quiet : all) {
      said += fmt::format(" quiet {} {} {}", quiet.source, FormatRfc3339(quiet.since), quiet.per_day);
    }
    return said;
  }

  std::mt19937 random_;
  WallTime time_ = Begin();
  int left_ = 0, pace_ = 1;
  unsigned sources_ = 1;
  BurstSensitivity sensitivity_ = kMedium;
};

TEST(PulseTest, SavedAndLoadedAnywhereItGoesOnTheSame) {
  std::size_t bursts = 0, quiet = 0;
  for (std::uint32_t seed = 0; seed < 10; ++seed) {
    History history(seed), again(seed), cut(seed);
    Pulse straight, replayed, loaded;
    for (int step = 0; step < 3'000; ++step) {
      loaded = Loaded(loaded);
      const std::string said = history.Next(straight);
      ASSERT_EQ(again.Next(replayed), said);
      ASSERT_EQ(cut.Next(loaded), said) << seed << ", step " << step;
      ASSERT_EQ(loaded, straight) << seed << ", step " << step;
      bursts += said.find("burst") != std::string::npos ? 1 : 0;
      quiet += said.find("quiet") != std::string::npos ? 1 : 0;
    }
  }
  EXPECT_GT(bursts, 20U);
  EXPECT_GT(quiet, 10U);
}

TEST(PulseTest, TimesBefore1970AreAsGoodAsOthers) {
  Pulse pulse;
  for (int hour = 0; hour < 100; ++hour) {
    pulse.Add({WallTime(hours(hour - 50)) - minutes(7), static_cast<unsigned>(hour), "Harbour Wire"}, kMedium);
    ASSERT_EQ(Loaded(pulse), pulse);
  }
  EXPECT_TRUE(pulse.QuietDue().has_value());
}

TEST(PulseTest, ABusyTopicIsSavedInFewKilobytes) {
  Topic topic;
  topic.Days(20, [](int) { return 50; });
  EXPECT_LE(topic.pulse().Save().size(), 3'000U);
}

TEST(PulseTest, WhatIsNoPulseIsRefused) {
  Topic topic;
  topic.Days(2, EveryFourHours);
  const std::string text = topic.pulse().Save();
  for (std::size_t size = 0; size < text.size(); ++size) {
    const auto loaded = Pulse::Load(text.substr(0, size));
    ASSERT_FALSE(loaded.has_value()) << size;
    EXPECT_EQ(loaded.error().code, ErrorCode::kInvalid);
  }
  const auto newer = Pulse::Load("CQA=");
  ASSERT_FALSE(newer.has_value());
  EXPECT_THAT(newer.error().message, HasSubstr("it is of version 9, and 1 is read"));
}

TEST(PulseTest, ATextThatWasTamperedWithIsRefusedOrRead) {
  Topic topic;
  topic.Days(5, EveryFourHours);
  const std::string text = topic.pulse().Save();
  std::mt19937 random(7);
  int refused = 0;
  for (int i = 0; i < 3'000; ++i) {
    std::string other = text;
    other[random() % other.size()] = "ABCXYZabcxyz0189+/"[random() % 18];
    auto loaded = Pulse::Load(other);
    if (!loaded) {
      ++refused;
      continue;
    }
    EXPECT_EQ(Loaded(*loaded), *loaded);
    loaded->CheckQuiet(topic.now() + days(30));
    loaded->Add({topic.now() + days(1), 1, "Harbour Wire"}, kMedium);
    loaded->QuietDue();
  }
  EXPECT_GT(refused, 500);
}

}  // namespace
}  // namespace wirewatch
