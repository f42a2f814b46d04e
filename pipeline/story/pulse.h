// Pulse: the rhythm of one topic, in record time. It says when the topic boils (burst), and when the topic or one of
// its sources is silent for far longer than it usually is (quiet).
//
// A fold: what it says depends on the calls before alone, never on a clock of the machine or on chance. The state is
// whole numbers. Decisions are made in these or with what IEEE 754 rounds alike everywhere (division, square root), but
// for one: the probability of a burst needs log and exp, whose last digit is the C library's.
//
// Baseline. Of each clock hour (UTC) of the last 14 days: its distinct stories and its matches. The hour in which the
// topic was first seen is not known, nor is any before; every hour after it is, those of silence as zeros. What is
// usual in an hour are the hours of the same time of day on the days before, where at least three of these are known;
// else all known hours together, or what is known of the same time of day if that is more.
//   An hour that boiled must not stand in the way of the next one. So a known hour adds at most kHourAddsTimes what was
// usual for it, or kHourAlwaysAdds where that is more. A topic that has come to stay on another level is usual again
// within three weeks. The first 24 known hours are not cut: nothing is usual yet.
//
// Burst. Looked at are the distinct stories of the last 60 minutes, whole minutes, the running one included. With k
// known hours that had S stories together, and Jeffreys' prior, the next hour is distributed as a negative binomial
// with shape S + 1/2 and mean (S + 1/2) / k (Gelman et al., Bayesian Data Analysis, 3rd edition, section 2.6); with
// much history that is the Poisson distribution. The 60 minutes lie in up to two clock hours; the one that has usually
// more is taken. It is a burst if so many stories or more have at most the probability alpha, if they are also `times`
// as many as usual, and if there are enough stories and sources. `times` is there because hours of real topics differ
// by more than chance, and alpha alone would find each good day of a busy topic strange. In the first 24 known hours
// only a number of stories and one of sources are asked for.
//   A burst is said once. The next can be said after the topic has calmed: a match came before which the last 60
// minutes had no more stories than usual plus one standard deviation, or fewer than half of those a burst needs.
//
// Quiet. A topic with at least 3 known days and 50 matches in them is quiet when the matches expected since its last
// one, summed over the hours of its baseline, are at least ln(1/kQuietAlpha): of as many, none is a Poisson chance of
// kQuietAlpha. Matches come in swarms and rest at weekends, so the silence must also last half as long again as the
// longest run of empty hours in the baseline. A source is quiet by its daily mean, with at least 3 whole days and 50
// matches in the last 14 days of it, and if its silence is a day longer than its longest run of empty days. It is
// measured at matches of the topic: in a topic that is silent altogether no source is quiet, and once a quiet topic
// goes on, the silence of its sources is counted from there. Said once for each silence.
//   Of sources the kSources most frequent are followed: space-saving (Metwally, Agrawal, El Abbadi, "Efficient
// computation of frequent and top-k elements in data streams", ICDT 2005), its counts halved every week.
//
// Bounds: of the last 60 minutes kWindow stories and as many sources; more are not counted there. Of an
// hour, and of a source's day, 65,535 matches are counted. Some 1.4 KB, and 16 bytes for each story and source of the
// last hour, 100 for each source that is followed. A copy shares the names of the sources. Threads: one at a time.
#ifndef WIREWATCH_PIPELINE_STORY_PULSE_H_
#define WIREWATCH_PIPELINE_STORY_PULSE_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "rules/pack/pack.h"

namespace wirewatch {

// What a burst needs. The last hour is another one every minute, and some tens of them a day are independent of each
// other: chance alone raises fewer than 100 * alpha bursts a day in a topic (measured: tests, pulse_noise_test.cc).
struct BurstRule {
  double alpha;
  unsigned tenths;            // `times` of the usual, in tenths
  unsigned stories, sources;  // at least, once there is a baseline
  unsigned first_stories;     // at least, in the first 24 known hours; sources as above
};

// REQUIRES: not kOff.
constexpr BurstRule RuleOf(BurstSensitivity sensitivity) {
  switch (sensitivity) {
    // For topics that hundreds read: what a front page would notice. By chance: never.
    case BurstSensitivity::kLow: return {1e-8, 30, 12, 6, 40};
    // Six stories of four sources are more than one event and its echo. By chance: once in 27 years.
    case BurstSensitivity::kMedium: return {1e-6, 20, 6, 4, 20};
    // For desks that would rather look once too often. By chance: once in 100 days.
    case BurstSensitivity::kHigh: return {1e-4, 15, 4, 3, 10};
    case BurstSensitivity::kOff: break;
  }
  std::abort();
}

// A match of the topic.
struct Beat {
  WallTime time;            // record time; one before the last counts as at the last
  std::uint64_t story = 0;  // any hash of the story
  std::string_view source;  // its name
};

struct Burst {
  unsigned stories = 0, sources = 0;  // distinct, in the hour looked at
  WallTime since;                     // its begin
  // Nothing in the first 24 known hours:
  std::optional<double> expected;     // stories
  std::optional<double> probability;  // of so many or more
};

struct Quiet {
  std::string source;  // empty: the whole topic
  WallTime since;      // its last match; of a source, the minute of it
  double per_day = 0;  // matches that are usual
};

class Pulse {
 public:
  static constexpr int kDays = 14;
  static constexpr std::size_t kSources = 64, kWindow = 4'096;
  static constexpr int kHourAddsTimes = 4, kHourAlwaysAdds = 20;
  static constexpr double kQuietAlpha = 1e-6;

  // The topic's sensitivity may change from match to match.
  std::optional<Burst> Add(const Beat& beat, BurstSensitivity sensitivity);

  // When CheckQuiet has something to say at the earliest, if no match comes before; a time that has passed: at once.
  // Nothing: not within 14 days. Changes with Add and CheckQuiet alone, so who has many topics can sort them by it.
  std::optional<WallTime> QuietDue() const;
  // From when on it knows nothing any more: the time that the baseline reaches back, and an hour, are over. Whoever
  // drops it then has one that counts as new.
  WallTime Forgotten() const;
  // What has become quiet by `now`: the topic alone, or sources of it, by their names.
  std::vector<Quiet> CheckQuiet(WallTime now);

  // The whole state. What Load makes of it answers every later call as this one does.
  std::string Save() const;
  // kInvalid: it is no such text, or of another version.
  static Result<Pulse> Load(std::string_view text);

  bool operator==(const Pulse&) const = default;

 private:
  static constexpr std::int64_t kHours = std::int64_t{24} * kDays;

  struct Hour {
    bool operator==(const Hour&) const = default;
    std::uint16_t stories = 0, matches = 0;
  };
  struct Seen {
    bool operator==(const Seen&) const = default;
    std::uint32_t hash = 0;
    std::int64_t minute = 0;  // the last
  };
  struct Source {
    bool operator==(const Source& other) const;
    std::shared_ptr<const std::string> name;
    std::uint32_t hash = 0;    // of the name
    std::uint32_t weight = 0;  // of space-saving
    bool quiet = false;        // said in this silence
    std::int64_t last_minute = 0;
    std::int64_t first_day = 0;
    std::array<std::uint16_t, kDays> matches{};  // by day, backwards from that of last_minute
  };
  struct Evidence {  // hours with so many in all
    std::int64_t hours = 0, sum = 0;
  };
  struct Rhythm;
  struct SourceRhythm {
    std::int64_t days = 0, matches = 0;
    std::int64_t longest_empty = 0;  // days on end
  };

  std::int64_t KnownBegin() const;
  std::int64_t Known() const;
  static std::size_t Slot(std::int64_t hour) { return static_cast<std::size_t>((hour % kHours + kHours) % kHours); }
  Evidence UsualIn(std::int64_t hour, std::uint16_t Hour::*what) const;
  Evidence UsualInWindow() const;
  std::uint16_t Cut(std::uint16_t Hour::*what) const;
  void GoOnTo(WallTime time);
  bool IsCalm(const BurstRule& rule) const;
  std::optional<Burst> TestBurst(const BurstRule& rule) const;
  void CountSource(std::string_view name, std::uint32_t hash);
  Rhythm RhythmOfDay() const;
  std::optional<WallTime> TopicDue() const;
  static SourceRhythm RhythmOf(const Source& source);
  bool IsQuiet(const Source& source) const;

  std::optional<WallTime> last_;  // match; every hour below counts back from it
  std::int64_t first_hour_ = 0;
  Hour open_;                                   // the hour of last_, so far
  std::array<Hour, kHours> hours_{};            // the known ones, by hour since 1970 modulo kHours; else zeros
  std::vector<Seen> stories_, origins_;         // of the last 60 minutes, by hash; origins are sources
  bool boils_ = false;                          // a burst was said, and it has not calmed
  bool quiet_ = false;                          // said in this silence
  std::optional<std::int64_t> resumed_minute_;  // of the match that ended the last quiet
  std::vector<Source> sources_;                 // in the order in which they took their places
};

}  // namespace wirewatch

#endif  // WIREWATCH_PIPELINE_STORY_PULSE_H_
