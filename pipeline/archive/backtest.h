// Backtest: what rules did on an archive, counted as its articles pass: hits by topic and rule, what the alert step
// made of them, sources, languages and countries, days, and a sample of articles for each rule.
//
// Pure counting: it reads nothing, prints nothing, and knows no clock. Memory is bounded, whatever the archive: samples
// are reservoirs, sources are counted by Space-Saving, days by DayCounts.
#ifndef WIREWATCH_PIPELINE_ARCHIVE_BACKTEST_H_
#define WIREWATCH_PIPELINE_ARCHIVE_BACKTEST_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/clock.h"
#include "base/span.h"
#include "pipeline/alert/alert.h"
#include "pipeline/alert/decision.h"
#include "pipeline/archive/day_counts.h"
#include "pipeline/archive/reservoir.h"
#include "pipeline/archive/top_values.h"
#include "pipeline/match/match.h"
#include "rules/engine/rule_set.h"
#include "rules/pack/pack.h"

namespace wirewatch {

// Words of an article on one line, and where the rule's words stand in it.
struct SampleWords {
  std::string text;
  std::vector<Span> marks;  // bytes of `text`, rising
};

// An article on which a rule held.
struct HitSample {
  std::string id, title, source, language, url;
  std::optional<WallTime> published_at;
  TopicSeverity severity = TopicSeverity::kMedium;
  std::uint32_t score = 0;
  std::vector<SampleWords> words;  // at most kMostSampleWords, of different places
};
inline constexpr std::size_t kMostSampleWords = 3;
// `rule`: of the topic; its words are taken. Of words that another place has in its snippet the mark is joined there.
HitSample SampleOf(const Match& match, std::string_view rule);

struct RuleHits {
  bool never_fired() const { return hits == 0 && status != RuleStatus::kOff; }

  std::string rule;
  RuleStatus status = RuleStatus::kActive;
  std::uint64_t hits = 0;
  std::uint64_t alone = 0;  // of these: no other rule of the topic held
  Reservoir<HitSample> samples;
};

struct TopicHits {
  std::string topic, title;
  TopicSeverity severity = TopicSeverity::kMedium;  // the topic's own
  std::vector<RuleHits> rules;                      // in the order of the pack; also those that never held
  std::uint64_t hits = 0;                           // articles
  std::uint64_t undated = 0;                        // of these: without a date, so in no day
  DayCounts hits_by_day, alerts_by_day;
  std::array<std::uint64_t, std::size(kAlertKinds)> alerts_by_kind{};  // by AlertKind
  std::map<std::string, std::uint64_t> not_alerted;                    // by Suppressed's name, and "held"
  TopValues sources{512}, languages{64}, countries{128};

  std::uint64_t alerts() const;
  std::uint64_t stories() const { return alerts_by_kind[static_cast<std::size_t>(AlertKind::kNew)]; }
};

struct BacktestOptions {
  std::vector<std::string> topics;  // empty: all
  std::size_t samples = 3;          // of each rule
  std::uint64_t seed = 1;
};

// Threads: one at a time.
class Backtest {
 public:
  Backtest(const RuleSet& rules, const BacktestOptions& options);

  // An article has passed. `time`: its date, if it has one.
  void AddArticle(std::optional<WallTime> time);
  // What came of it; of topics that are not asked for nothing is counted.
  void AddMatch(const Match& match, std::optional<WallTime> time);
  // `time`: the record time at which it was raised.
  void AddAlert(const Alert& alert, WallTime time);
  void AddDecision(const Decision& decision);

  bool Wants(std::string_view topic) const { return by_id_.contains(std::string(topic)); }
  const std::vector<TopicHits>& topics() const { return topics_; }  // in the order of the rule set
  std::uint64_t articles() const { return articles_; }
  std::uint64_t undated() const { return articles_ - days_.all(); }
  // Of all articles, whether anything holds on them: the days of the archive.
  const DayCounts& days() const { return days_; }
  const DayCounts& alerts_by_day() const { return alerts_by_day_; }  // of the topics together

 private:
  TopicHits* Find(const std::string& topic);

  std::vector<TopicHits> topics_;
  std::unordered_map<std::string, std::size_t> by_id_;
  DayCounts days_, alerts_by_day_;
  std::uint64_t articles_ = 0;
};

}  // namespace wirewatch

#endif  // WIREWATCH_PIPELINE_ARCHIVE_BACKTEST_H_
