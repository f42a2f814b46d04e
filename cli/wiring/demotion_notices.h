// DemotionNotices: tells the owners of rules that were over their budget, by alerts of kind "demoted" to the sinks of
// the configuration, and to subscriptions where this process delivers.
//
// They go from the process that demoted the rule straight to the sinks, from a thread of their own, beside the alert
// step: they follow from the state of one process, not from the log that the alert step is a function of. A sink that
// is away holds up neither articles nor alerts. What is not delivered when the process ends is lost; the log and
// wirewatch_rules_demoted say the same.
#ifndef WIREWATCH_CLI_WIRING_DEMOTION_NOTICES_H_
#define WIREWATCH_CLI_WIRING_DEMOTION_NOTICES_H_

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "base/bounded_queue.h"
#include "base/result.h"
#include "pipeline/alert/alert.h"
#include "pipeline/alert/alert_sink.h"
#include "pipeline/match/rule_budgets.h"

namespace wirewatch {

// The same for the same rule on the same day of record time, in any process: who knows alerts by their ids is told
// once.
Alert AlertOf(const Demotion& demotion);

class DemotionNotices {
 public:
  // `make_sinks`: called in the thread of the notices, with the first one: few processes ever need them.
  using Sinks = std::vector<std::unique_ptr<AlertSink>>;
  // `patience`: how long the destructor waits for what was told, and then for each sink to close.
  explicit DemotionNotices(std::function<Result<Sinks>()> make_sinks,
                           std::chrono::milliseconds patience = std::chrono::seconds(5));
  ~DemotionNotices();
  DemotionNotices(const DemotionNotices&) = delete;
  DemotionNotices& operator=(const DemotionNotices&) = delete;

  // Any thread; does not wait. More than kWaiting at once: the rest is not told.
  void Tell(const Demotion& demotion);

  static constexpr std::size_t kWaiting = 1'000;

 private:
  void Loop();
  void TellAll();

  const std::function<Result<Sinks>()> make_sinks_;
  const std::chrono::milliseconds patience_;
  std::mutex mutex_;
  std::condition_variable ended_changed_;
  Sinks sinks_;  // guarded while they are made
  bool ended_ = false, stopping_ = false;
  BoundedQueue<Demotion> waiting_{kWaiting};
  std::thread thread_;
};

}  // namespace wirewatch

#endif  // WIREWATCH_CLI_WIRING_DEMOTION_NOTICES_H_
