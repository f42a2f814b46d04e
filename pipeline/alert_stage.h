// AlertStage: which matches, in their order, raise alerts. A fold: what it decides depends only on the matches before,
// never on a clock or on chance, so a replay gives the same alerts with the same ids. One alert for each topic and
// article: a repeat of an article (sent twice, read again after a crash) raises none.
#ifndef WIREWATCH_PIPELINE_ALERT_STAGE_H_
#define WIREWATCH_PIPELINE_ALERT_STAGE_H_

#include <cstddef>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_set>

#include "pipeline/alert.h"

namespace wirewatch {

// Why a match raises no alert.
enum class Suppressed { kRepeat };  // the topic has alerted on this article before

constexpr std::string_view Name(Suppressed) { return "repeat"; }

// Threads: one at a time.
class AlertStage {
 public:
  // Repeats are known among the last `remembered` alerts (about 200 bytes each).
  explicit AlertStage(std::size_t remembered = 200'000) : remembered_(remembered) {}

  // Nothing: the alert is raised, and remembered.
  std::optional<Suppressed> Apply(const Alert& alert);

  // The alert was never delivered: the next match with its id raises it again.
  void Forget(const std::string& alert_id);

 private:
  const std::size_t remembered_;
  std::unordered_set<std::string> known_;
  std::deque<std::string> order_;  // of known_, oldest first
};

}  // namespace wirewatch

#endif  // WIREWATCH_PIPELINE_ALERT_STAGE_H_
