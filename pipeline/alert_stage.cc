#include "pipeline/alert_stage.h"

namespace wirewatch {

std::optional<Suppressed> AlertStage::Apply(const Alert& alert) {
  if (!known_.insert(alert.id).second) return Suppressed::kRepeat;
  order_.push_back(alert.id);
  if (order_.size() > remembered_) {
    known_.erase(order_.front());
    order_.pop_front();
  }
  return std::nullopt;
}

void AlertStage::Forget(const std::string& alert_id) {
  if (known_.erase(alert_id) != 0) std::erase(order_, alert_id);
}

}  // namespace wirewatch
