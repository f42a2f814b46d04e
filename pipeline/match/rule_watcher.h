// RuleWatcher: the thread that looks again and again whether packs changed, and on request.
#ifndef WIREWATCH_PIPELINE_MATCH_RULE_WATCHER_H_
#define WIREWATCH_PIPELINE_MATCH_RULE_WATCHER_H_

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>

#include "base/clock.h"
#include "monitoring/health.h"

namespace wirewatch {

// Threads: Request and Stop by any; Start once.
class RuleWatcher {
 public:
  // A look: `requested` tells whether Request was called since the last one. Gives the shortest pause until the next.
  // Runs in the watcher's thread, and may take long: a heartbeat's limit does not count meanwhile if it calls Rest.
  using Look = std::function<SteadyTime::duration(bool requested)>;

  RuleWatcher() = default;
  ~RuleWatcher();  // as Stop, and waits for the look under way
  RuleWatcher(const RuleWatcher&) = delete;
  RuleWatcher& operator=(const RuleWatcher&) = delete;

  // Looks after every pause, which is `interval` or longer, and after each Request.
  void Start(std::chrono::milliseconds interval, Heartbeat& heartbeat, Look look);
  void Request();
  // No look is begun any more. True: one is under way.
  bool Stop();

 private:
  void Loop(std::chrono::milliseconds interval, Heartbeat& heartbeat, const Look& look);

  std::mutex mutex_;
  std::condition_variable wake_;
  bool stopping_ = false;
  bool requested_ = false;
  bool looking_ = false;
  std::thread thread_;
};

}  // namespace wirewatch

#endif  // WIREWATCH_PIPELINE_MATCH_RULE_WATCHER_H_
