// DiffCounts: what two rule sets do differently on an archive, counted as its articles pass. Pure counting, bounded
// memory, as Backtest.
#ifndef WIREWATCH_PIPELINE_ARCHIVE_DIFF_COUNTS_H_
#define WIREWATCH_PIPELINE_ARCHIVE_DIFF_COUNTS_H_

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/clock.h"
#include "pipeline/alert/alert.h"
#include "pipeline/alert/decision.h"
#include "pipeline/archive/day_counts.h"
#include "pipeline/archive/pack_comparison.h"
#include "pipeline/archive/reservoir.h"
#include "pipeline/decode/article.h"

namespace wirewatch {

enum class Side : std::uint8_t { kOld, kNew };

// Which stories of one side have no article on which the other side holds. The last kMostStories are known; of older
// ones the answer is what it was then.
class StoryLedger {
 public:
  static constexpr std::size_t kMostStories = 100'000;

  // `alone`: on this article the other side does not hold.
  void Add(const std::string& story, bool alone);
  std::uint64_t stories() const { return stories_; }
  std::uint64_t alone() const { return alone_; }

 private:
  std::unordered_map<std::string, bool> alone_by_id_;
  std::deque<std::string> order_;
  std::uint64_t stories_ = 0, alone_ = 0;
};

// An article of which something changed, with its text, so that it can be explained.
struct ChangedArticle {
  TopicChange change;
  Article article;
};

struct TopicDiff {
  std::string topic;
  std::array<std::uint64_t, 2> hits{};                           // by Side
  std::array<std::uint64_t, std::size(kChangeKinds)> changes{};  // articles, by ChangeKind
  std::array<std::map<ChangeCause, std::uint64_t>, std::size(kChangeKinds)> causes;
  std::array<Reservoir<ChangedArticle>, std::size(kChangeKinds)> samples;  // by ChangeKind
  std::array<DayCounts, 2> alerts_by_day;
  std::array<StoryLedger, 2> stories;  // alone(): of kOld lost, of kNew gained

  std::uint64_t count(ChangeKind kind) const { return changes[static_cast<std::size_t>(kind)]; }
};

struct DiffOptions {
  std::vector<std::string> topics;  // empty: all
  std::size_t samples = 5;          // of each topic and kind
  std::uint64_t seed = 1;
};

// Threads: one at a time.
class DiffCounts {
 public:
  DiffCounts(const PackComparison& comparison, const DiffOptions& options);

  void AddArticle(std::optional<WallTime> time);
  // The topics, by id, that hold on it.
  void AddHit(Side side, const std::string& topic);
  // True: it is of a topic that is asked for.
  bool Add(const ChangedArticle& changed);
  void AddAlert(Side side, const std::string& topic, WallTime time);
  // On a match of that side. `alone`: as of StoryLedger.
  void AddDecision(Side side, const Decision& decision, bool alone);
  void AddCost(Side side, std::chrono::nanoseconds cpu) { cost_[static_cast<std::size_t>(side)] += cpu; }

  const std::vector<TopicDiff>& topics() const { return topics_; }  // in the order of PackComparison
  std::uint64_t articles() const { return articles_; }
  const DayCounts& days() const { return days_; }
  std::chrono::nanoseconds cost(Side side) const { return cost_[static_cast<std::size_t>(side)]; }
  const DayCounts& alerts_by_day(Side side) const { return alerts_by_day_[static_cast<std::size_t>(side)]; }
  // How many alerts a day NEW raises more than OLD, on the days of the archive; below 0: fewer.
  double AlertsGained(const TopicDiff& topic) const;
  double AlertsGained() const;

 private:
  TopicDiff* Find(const std::string& topic);

  std::vector<TopicDiff> topics_;
  std::unordered_map<std::string, std::size_t> by_id_;
  std::vector<std::size_t> by_pair_;  // index into topics_, or none_
  DayCounts days_;
  std::array<DayCounts, 2> alerts_by_day_;
  std::array<std::chrono::nanoseconds, 2> cost_{};
  std::uint64_t articles_ = 0;
};

}  // namespace wirewatch

#endif  // WIREWATCH_PIPELINE_ARCHIVE_DIFF_COUNTS_H_
