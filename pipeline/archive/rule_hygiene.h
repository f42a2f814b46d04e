// Rule hygiene: which rules of a set do nothing any more, as far as an archive shows: never fired, always with another
// one, inside another one, less and less; terms that stand nowhere.
//
// All of it is counted, none of it sampled: hits of each rule, of each pair of rules of a topic that held together, of
// pairs of topics, and hits by 30 days. What is observed on an archive may be otherwise tomorrow; where the expressions
// alone prove it (NeverHolds), that is said.
//
// Memory: does not grow with the archive. For each rule at most 1,200 numbers (30 days each, a hundred years); for
// pairs at most kMostPairs counts: what comes beyond is not counted, and is_complete() says so.
#ifndef WIREWATCH_PIPELINE_ARCHIVE_RULE_HYGIENE_H_
#define WIREWATCH_PIPELINE_ARCHIVE_RULE_HYGIENE_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/clock.h"
#include "pipeline/archive/day_counts.h"
#include "pipeline/archive/labels.h"
#include "rules/engine/match.h"
#include "rules/engine/rule_set.h"

namespace wirewatch {

// What one article leads to.
struct HygieneHit {
  struct OnTopic {
    std::uint32_t topic = 0;
    std::vector<std::uint32_t> rules;  // rising
    std::optional<Grade> grade;
  };
  std::vector<OnTopic> topics;       // rising
  std::vector<std::uint32_t> found;  // terms that stand in it (Matcher::AppendFoundTerms)
  std::vector<std::uint32_t> used;   // terms that made a rule hold, each once
};

struct RuleTally {
  std::uint64_t hits = 0;
  std::uint64_t alone = 0;  // no other rule of the topic held
  std::array<std::uint64_t, kGrades> grades{};
  std::map<std::int64_t, std::uint64_t> months;  // hits by 30 days since 1970
};

struct RulePair {
  enum class Kind : std::uint8_t {
    kTwins,      // on just the same articles
    kNearTwins,  // on nearly the same
    kInside,     // every hit of the first is one of the second
  };
  Kind kind = Kind::kTwins;
  RulePlace first, second;
  std::uint64_t first_hits = 0, second_hits = 0, both = 0;
  double jaccard = 0;   // both / either
  bool proven = false;  // kInside, kTwins: no article can be otherwise
  // kInside: the first raises score or severity, so it is there for that.
  bool raises = false;
};

// Fewer and fewer.
struct RuleDrift {
  RulePlace place;
  std::uint64_t before = 0, after = 0;                     // hits before the last quarter of the time, and in it
  double before_per_thousand = 0, after_per_thousand = 0;  // articles with a date
  double p = 1;                                            // PoissonDropP
  std::optional<double> trend_p = {};      // MannKendallFalls over 30 days each; nothing: under 8 of them
  std::vector<std::uint64_t> months = {};  // hits, all 30 days of the archive, for a plot
};

struct SilentTopic {
  std::uint32_t topic = 0;
  std::optional<Day> last;  // nothing: it never fired on an article with a date
  std::int64_t days = 0;    // from then to the archive's last article; never: of the whole archive
};

// An entry of a list, or a term that is written out.
struct IdleTerm {
  std::string list;                 // empty: written out
  std::string text;                 // as an analyst writes it
  std::vector<std::string> topics;  // ids of those that have it
  std::uint64_t articles = 0;       // that hold it; 0: it stands nowhere
};

struct HygieneOptions {
  std::uint64_t min_hits = 3;     // of each rule of a pair
  double near = 0.95;             // Jaccard of near twins
  std::uint64_t drift_hits = 10;  // before the last quarter
  double drift_p = 0.01;          // divided by the number of rules that are tested (Bonferroni)
  std::int64_t silent_days = 30;
};

// Threads: one at a time.
class RuleHygiene {
 public:
  static constexpr std::size_t kMostPairs = 2'000'000;

  explicit RuleHygiene(const RuleSet& rules);

  void Add(const HygieneHit& hit, std::optional<WallTime> time);

  const RuleTally& tally(RulePlace place) const { return tallies_[place.topic][place.rule]; }
  std::uint64_t topic_hits(std::uint32_t topic) const { return topic_hits_[topic]; }
  const DayCounts& days() const { return days_; }
  // All pairs were counted.
  bool is_complete() const { return complete_; }

  // Rules that are in use and never held.
  std::vector<RulePlace> NeverHeld() const;
  // Of rules of one topic, by topic; each rule that lies inside others only with the first of them. Twins are not also
  // told as lying inside each other.
  std::vector<RulePair> Pairs(const HygieneOptions& options) const;
  // Topics that fire on nearly the same articles; `rule` of the places is 0.
  std::vector<RulePair> TopicPairs(const HygieneOptions& options) const;
  std::vector<RuleDrift> Drifting(const HygieneOptions& options) const;
  std::vector<SilentTopic> Silent(const HygieneOptions& options) const;
  // Rules that brought two labels or more, all of them 0.
  std::vector<RulePlace> OnlyFalse() const;
  // Entries of lists, then terms that are written out: that stand nowhere, or stand somewhere and never made a rule
  // hold. Those of libraries that many packs share are only counted.
  std::vector<IdleTerm> IdleTerms() const;
  std::size_t idle_library_entries() const { return idle_library_entries_; }
  // Indices into RuleSet::packs().
  std::vector<std::size_t> WithoutOwner() const;

 private:
  using PairKey = std::uint64_t;
  using PairCounts = std::unordered_map<PairKey, std::uint64_t>;

  std::optional<RulePair> PairOf(RulePlace first, RulePlace second, std::uint64_t first_hits, std::uint64_t second_hits,
                                 std::uint64_t both, const HygieneOptions& options) const;

  const RuleSet& rules_;
  std::vector<std::vector<RuleTally>> tallies_;  // by topic and rule
  std::vector<std::uint64_t> topic_hits_;
  std::vector<std::optional<Day>> topic_last_;
  std::vector<PairCounts> pairs_;  // by topic: of rules, the smaller index first
  PairCounts topic_pairs_;
  std::size_t pair_count_ = 0;
  bool complete_ = true;
  DayCounts days_;                                // articles
  std::map<std::int64_t, std::uint64_t> months_;  // articles by 30 days since 1970
  std::vector<std::uint64_t> found_, used_;       // by term
  mutable std::size_t idle_library_entries_ = 0;
};

}  // namespace wirewatch

#endif  // WIREWATCH_PIPELINE_ARCHIVE_RULE_HYGIENE_H_
