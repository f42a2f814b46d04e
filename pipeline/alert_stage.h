// AlertStage: which matches, in their order, raise alerts. A fold: what it decides depends only on the matches before
// and their record times, never on a clock or on chance, so a replay gives the same alerts with the same ids. One alert
// for each topic and article: a repeat of an article (sent twice, read again after a crash) raises none.
//
// A repeat is known for `window` after the article was last seen, by the clock of its partition: the latest record time
// so far. So what the stage knows of a partition is settled by the records of its last window alone: one that begins
// there, wherever it takes over, goes on like one that never stopped.
#ifndef WIREWATCH_PIPELINE_ALERT_STAGE_H_
#define WIREWATCH_PIPELINE_ALERT_STAGE_H_

#include <chrono>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/clock.h"
#include "pipeline/alert.h"
#include "pipeline/record.h"

namespace wirewatch {

// Why a match raises no alert.
enum class Suppressed { kRepeat };  // the topic has alerted on this article before

constexpr std::string_view Name(Suppressed) { return "repeat"; }

// Threads: one at a time. Memory: about 200 bytes for each match of the last window.
class AlertStage {
 public:
  explicit AlertStage(std::chrono::milliseconds window) : window_(window) {}

  // `time`: of the record. Nothing: the alert is raised. Either way it is remembered.
  std::optional<Suppressed> Apply(const Alert& alert, Partition partition, WallTime time);

  // The alert was never delivered: the next match with its id raises it again.
  void Forget(const std::string& alert_id) { seen_.erase(alert_id); }

 private:
  struct Sighting {
    std::string alert_id;
    WallTime time;
  };
  struct PartitionState {
    WallTime clock{};
    std::deque<Sighting> sightings;  // of the last window; in order of time
  };

  const std::chrono::milliseconds window_;
  std::unordered_map<std::string, WallTime> seen_;  // alert id: the last time
  std::map<Partition, PartitionState> partitions_;
};

}  // namespace wirewatch

#endif  // WIREWATCH_PIPELINE_ALERT_STAGE_H_
