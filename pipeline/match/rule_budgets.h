// RuleBudgets: holds rules to what they may take (RuleBudget): articles an hour, and processor time an article. A rule
// that is over is demoted: it runs as if it were in shadow. So is a topic with all its rules.
//
// A demotion is a state of this process. It decides which matches the match step makes from then on, and nothing else:
// the alert step has only matches, so what it decides, restores and replays stays a function of its log. It lasts until
// the topic changes in its pack, or the process ends. Matching itself stays pure (rules/engine/matcher.h): a match is
// parted after it was found.
//
// Hits are counted in full hours of record time: what is read late in one go is no flood. CPU time is measured on one
// article of kTimedOneIn, and on each behind one that took long (live_rules.h); it counts what only that rule costs
// (match_watch.h).
#ifndef WIREWATCH_PIPELINE_MATCH_RULE_BUDGETS_H_
#define WIREWATCH_PIPELINE_MATCH_RULE_BUDGETS_H_

#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/digest.h"
#include "monitoring/metrics.h"
#include "pipeline/match/shadow_metrics.h"
#include "rules/engine/match.h"
#include "rules/engine/match_watch.h"
#include "rules/engine/rule_set.h"
#include "rules/engine/shadow_rules.h"
#include "rules/pack/pack.h"

namespace wirewatch {

enum class DemotionCause : std::uint8_t { kCpu, kHits };

constexpr std::string_view Name(DemotionCause cause) { return cause == DemotionCause::kCpu ? "cpu" : "hits"; }

// What happened, for people.
struct Demotion {
  std::string topic, topic_title;
  TopicSeverity severity = TopicSeverity::kMedium;  // of the topic
  std::vector<std::string> tags;                    // the same
  std::string rule_set;                             // hash
  std::string rule;                                 // empty: the whole topic
  std::string owner;                                // of its pack; empty: nobody
  DemotionCause cause = DemotionCause::kHits;
  std::string because;  // a sentence without a full stop
  WallTime time;        // record time of the article that was too much
};

// Which rules of a rule set run in shadow, by their packs or since they were demoted. Immutable.
struct RuleStanding {
  std::shared_ptr<const RuleSet> rules;
  ShadowRules shadow;
  std::map<RulePlace, std::string> demoted;  // of shadow: why
  std::vector<RulePlace> resting;            // of these, those over their time, sorted: not looked at
  bool counts_hits = false;                  // one has a budget of hits
  bool takes_times = false;                  // one has a budget of time
  std::uint64_t generation = 0;              // RuleBudgets::generation() it is of
};

// Threads: any.
class RuleBudgets {
 public:
  // `defaults`: of rules that say nothing themselves; topics have none. Borrows `metrics`.
  RuleBudgets(RuleBudget defaults, MetricsRegistry& metrics);

  // Cheap: a new one when anything was demoted.
  std::uint64_t generation() const { return generation_.load(std::memory_order_acquire); }
  std::shared_ptr<const RuleStanding> StandingOf(std::shared_ptr<const RuleSet> rules);

  // `found`: on an article of that record time, by a matcher of the standing's rules. What was demoted for it; the
  // article itself still counts.
  std::vector<Demotion> CountHits(const RuleStanding& standing, const std::vector<TopicMatch>& found, WallTime time);

  // `times`: on an article that stands for `weight` articles.
  std::vector<Demotion> CountTimes(const RuleStanding& standing, const std::vector<RuleTime>& times,
                                   std::uint32_t weight, WallTime time);

  // Nothing is judged by its time before so many articles were timed, and none that was looked at on fewer of them.
  static constexpr std::uint32_t kLeastTimed = 100, kLeastLooks = 10;
  // The average is over about so many articles.
  static constexpr std::uint64_t kAveragedArticles = 200'000;
  // Hours of record time that are counted side by side: partitions are not read in step.
  static constexpr std::size_t kHours = 3;

 private:
  static constexpr std::uint32_t kWholeTopic = ~std::uint32_t{0} - 1;
  // A topic as it is written, and a rule of it or kWholeTopic.
  using Key = std::pair<Digest, std::uint32_t>;
  struct Hour {
    std::int64_t hour = 0;  // since 1970
    std::uint32_t hits = 0;
  };
  struct State {
    std::array<Hour, kHours> hours;
    double nanoseconds = 0;  // of all articles that were looked at, as far as is known
    std::uint32_t looks = 0;
  };

  const RuleBudget& BudgetOf(const Topic& topic, std::uint32_t rule) const;
  std::optional<std::uint32_t> HitsOf(const Topic& topic, std::uint32_t rule) const;
  std::optional<std::chrono::nanoseconds> CpuOf(const Topic& topic, std::uint32_t rule) const;
  // True: the hour's hits have come to more than `most` with this one.
  static bool IsOver(State& state, WallTime time, std::uint32_t most);
  void Halve();
  std::optional<Demotion> Demote(const RuleStanding& standing, std::uint32_t topic, std::uint32_t rule,
                                 DemotionCause cause, std::string because, WallTime time);
  void ShowLifted(const RuleSet& rules);

  struct Demoted {
    Demotion what;
    Gauge shown;
  };

  const RuleBudget defaults_;
  ShadowMetrics metrics_;
  std::atomic<std::uint64_t> generation_{1};

  std::mutex mutex_;
  std::map<Key, State> states_;
  std::map<Key, Demoted> demoted_;
  std::string hash_;         // of the rules in use last
  double articles_ = 0;      // that the times stand for
  std::uint32_t timed_ = 0;  // articles
  std::shared_ptr<const RuleStanding> standing_;
};

}  // namespace wirewatch

#endif  // WIREWATCH_PIPELINE_MATCH_RULE_BUDGETS_H_
