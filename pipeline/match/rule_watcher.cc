#include "pipeline/match/rule_watcher.h"

#include <algorithm>
#include <utility>

namespace wirewatch {

RuleWatcher::~RuleWatcher() {
  Stop();
  if (thread_.joinable()) thread_.join();
}

void RuleWatcher::Start(std::chrono::milliseconds interval, Heartbeat& heartbeat, Look look) {
  thread_ = std::thread([this, interval, &heartbeat, look = std::move(look)] { Loop(interval, heartbeat, look); });
}

void RuleWatcher::Request() {
  {
    const std::lock_guard lock(mutex_);
    requested_ = true;
  }
  wake_.notify_all();
}

bool RuleWatcher::Stop() {
  bool looking = false;
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    looking = looking_;
  }
  wake_.notify_all();
  return looking;
}

void RuleWatcher::Loop(std::chrono::milliseconds interval, Heartbeat& heartbeat, const Look& look) {
  SteadyTime::duration pause = interval;
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    heartbeat.Beat();
    wake_.wait_for(lock, pause, [&] { return stopping_ || requested_; });
    if (stopping_) break;
    const bool requested = std::exchange(requested_, false);
    looking_ = true;
    lock.unlock();
    pause = std::max<SteadyTime::duration>(interval, look(requested));
    lock.lock();
    looking_ = false;
  }
  heartbeat.Retire();
}

}  // namespace wirewatch
