// LiveRules: what a running service does with its rules beside alerting: it keeps the record of those in shadow, holds
// all of them to their budgets, and has the reference matcher look again at a share of the articles.
//
// Downstream of the match step nobody sees any of it: a match is parted here, before it is told.
#ifndef WIREWATCH_PIPELINE_MATCH_LIVE_RULES_H_
#define WIREWATCH_PIPELINE_MATCH_LIVE_RULES_H_

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <vector>

#include "base/clock.h"
#include "monitoring/metrics.h"
#include "pipeline/decode/article.h"
#include "pipeline/match/describe.h"
#include "pipeline/match/live_oracle.h"
#include "pipeline/match/rule_budgets.h"
#include "pipeline/match/shadow_keeper.h"
#include "pipeline/records/record.h"
#include "pipeline/records/sink.h"
#include "rules/engine/match.h"
#include "rules/engine/match_watch.h"
#include "rules/engine/rule_set.h"
#include "rules/pack/pack.h"
#include "rules/text/document.h"
#include "rules/text/fold.h"

namespace wirewatch {

struct LiveRulesOptions {
  std::filesystem::path shadow_file;  // as ShadowKeeper
  RuleBudget budget;                  // as RuleBudgets
  std::uint64_t oracle_one_in = 0;    // as LiveOracle; 0: nothing is looked at
};

// Shared by the workers of a match step, and outlives them.
// Threads: any.
class LiveRules {
 public:
  // Told of each demotion, by any worker; must not wait.
  using TellDemotion = std::function<void(const Demotion&)>;
  // `oracle_letters`: where the oracle's dead letters go; may be null where it has none. `tell`: empty, nobody is told
  // but the log and the metrics. Borrows `metrics`.
  LiveRules(const LiveRulesOptions& options, std::unique_ptr<DeadLetterSink> oracle_letters, TellDemotion tell,
            MetricsRegistry& metrics);

  // The record of rules in shadow goes to its file now: the process may end without destructors.
  void Save() { (void)shadow_.Write(); }  // it tells

 private:
  friend class LiveMatching;

  std::shared_ptr<const RuleStanding> StandingOf(std::shared_ptr<const RuleSet> rules);

  const TellDemotion tell_;
  ShadowKeeper shadow_;
  RuleBudgets budgets_;
  std::unique_ptr<LiveOracle> oracle_;  // null: there is none

  std::mutex mutex_;
  std::shared_ptr<const RuleStanding> known_;  // to shadow_
};

// The part of one worker. For each article in this order: Before, Matcher::Match, After.
// Threads: one at a time.
class LiveMatching {
 public:
  // Borrows `live`. `rules`: those of the matcher.
  LiveMatching(LiveRules& live, std::shared_ptr<const RuleSet> rules);

  void Use(std::shared_ptr<const RuleSet> rules);

  // How the article is to be matched.
  MatchWatch* Before(const Article& article);

  struct Looked {
    const Article& article;
    const Document& document;
    const FoldedDocument& folded;
    const Record& record;
    WallTime time;                    // record time, at most when it was received; where there is none, that
    std::chrono::nanoseconds took{};  // Match
  };
  // Counts and samples, and leaves in `found` what is to be told. What it took out of it is returned: all rules that
  // run in shadow.
  std::vector<TopicMatch> After(const Looked& looked, std::vector<TopicMatch>& found);

  // Of so many articles one is timed.
  static constexpr std::uint32_t kTimedOneIn = 64;
  // Behind an article that took so long the next one is timed, too: rules that are too much are found while they are.
  static constexpr std::chrono::milliseconds kSlow{2};

 private:
  void Refresh();
  void Tell(const std::vector<Demotion>& demotions) const;
  void Sample(const Looked& looked, const TopicMatch& match, bool caught);

  LiveRules* live_;
  std::shared_ptr<const RuleSet> rules_;
  std::shared_ptr<const RuleStanding> standing_;
  Describer describer_;
  MatchWatch watch_;
  std::uint32_t until_timed_ = kTimedOneIn;
  bool scheduled_ = false;  // the article at hand is the one in kTimedOneIn
  bool slow_ = false;       // the one before it was
  bool checked_ = false;    // the article at hand goes to the oracle
};

}  // namespace wirewatch

#endif  // WIREWATCH_PIPELINE_MATCH_LIVE_RULES_H_
