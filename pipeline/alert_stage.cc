#include "pipeline/alert_stage.h"

#include <algorithm>

namespace wirewatch {

std::optional<Suppressed> AlertStage::Apply(const Alert& alert, Partition partition, WallTime time) {
  PartitionState& state = partitions_[partition];
  state.clock = std::max(state.clock, time);
  while (!state.sightings.empty() && state.sightings.front().time < state.clock - window_) {
    const auto last = seen_.find(state.sightings.front().alert_id);
    if (last != seen_.end() && last->second == state.sightings.front().time) seen_.erase(last);
    state.sightings.pop_front();
  }
  const auto [known, is_new] = seen_.try_emplace(alert.id, state.clock);
  const bool is_repeat = !is_new && known->second >= state.clock - window_;
  known->second = state.clock;
  state.sightings.push_back({alert.id, state.clock});
  return is_repeat ? std::optional(Suppressed::kRepeat) : std::nullopt;
}

}  // namespace wirewatch
