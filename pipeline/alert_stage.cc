#include "pipeline/alert_stage.h"

#include <utility>

namespace wirewatch {

std::optional<Alert> AlertStage::Apply(Match match, WallTime now) {
  std::string id = AlertId(match.topic, match.article->id);
  if (!known_.insert(id).second) return std::nullopt;
  order_.push_back(id);
  if (order_.size() > remembered_) {
    known_.erase(order_.front());
    order_.pop_front();
  }
  return Alert{std::move(id), std::move(match), now};
}

void AlertStage::Forget(const std::string& alert_id) {
  if (known_.erase(alert_id) != 0) std::erase(order_, alert_id);
}

}  // namespace wirewatch
