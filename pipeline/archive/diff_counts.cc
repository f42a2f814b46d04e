#include "pipeline/archive/diff_counts.h"

#include <algorithm>
#include <utility>

namespace wirewatch {
namespace {

constexpr std::size_t kNotAsked = ~std::size_t{0};

}  // namespace

void StoryLedger::Add(const std::string& story, bool alone) {
  const auto [at, is_new] = alone_by_id_.try_emplace(story, true);
  if (is_new) {
    ++stories_;
    ++alone_;
    order_.push_back(story);
    if (order_.size() > kMostStories) {
      alone_by_id_.erase(order_.front());
      order_.pop_front();
    }
  }
  if (!alone && at->second) {
    at->second = false;
    --alone_;
  }
}

DiffCounts::DiffCounts(const PackComparison& comparison, const DiffOptions& options) {
  for (const PackComparison::Pair& pair : comparison.topics()) {
    const auto& asked = options.topics;
    if (!asked.empty() && std::find(asked.begin(), asked.end(), pair.id) == asked.end()) {
      by_pair_.push_back(kNotAsked);
      continue;
    }
    by_pair_.push_back(topics_.size());
    by_id_.emplace(pair.id, topics_.size());
    const auto sample = [&](ChangeKind kind) {
      return Reservoir<ChangedArticle>(options.samples,
                                       options.seed * 31 + topics_.size() * 4 + static_cast<int>(kind));
    };
    topics_.push_back(
        {.topic = pair.id,
         .hits = {},
         .changes = {},
         .causes = {},
         .samples = {sample(ChangeKind::kGained), sample(ChangeKind::kLost), sample(ChangeKind::kChanged)},
         .alerts_by_day = {},
         .stories = {}});
  }
}

TopicDiff* DiffCounts::Find(const std::string& topic) {
  const auto at = by_id_.find(topic);
  return at == by_id_.end() ? nullptr : &topics_[at->second];
}

void DiffCounts::AddArticle(std::optional<WallTime> time) {
  ++articles_;
  if (time) days_.Add(*time);
}

void DiffCounts::AddHit(Side side, const std::string& topic) {
  if (TopicDiff* const diff = Find(topic)) ++diff->hits[static_cast<std::size_t>(side)];
}

bool DiffCounts::Add(const ChangedArticle& changed) {
  const std::size_t at = by_pair_[changed.change.pair];
  if (at == kNotAsked) return false;
  TopicDiff& diff = topics_[at];
  const auto kind = static_cast<std::size_t>(changed.change.kind);
  ++diff.changes[kind];
  ++diff.causes[kind][changed.change.cause];
  if (const auto place = diff.samples[kind].Pass()) diff.samples[kind].Put(*place, changed);
  return true;
}

void DiffCounts::AddAlert(Side side, const std::string& topic, WallTime time) {
  TopicDiff* const diff = Find(topic);
  if (diff == nullptr) return;
  diff->alerts_by_day[static_cast<std::size_t>(side)].Add(time);
  alerts_by_day_[static_cast<std::size_t>(side)].Add(time);
}

void DiffCounts::AddDecision(Side side, const Decision& decision, bool alone) {
  if (decision.story_id.empty()) return;
  if (TopicDiff* const diff = Find(decision.topic)) {
    diff->stories[static_cast<std::size_t>(side)].Add(decision.story_id, alone);
  }
}

double DiffCounts::AlertsGained(const TopicDiff& topic) const {
  return RateOf(topic.alerts_by_day[1], days_).mean - RateOf(topic.alerts_by_day[0], days_).mean;
}

double DiffCounts::AlertsGained() const {
  return RateOf(alerts_by_day_[1], days_).mean - RateOf(alerts_by_day_[0], days_).mean;
}

}  // namespace wirewatch
