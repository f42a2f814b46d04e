// Signals: SIGINT and SIGTERM stop, SIGHUP reloads; each calls a function in a thread where everything is allowed.
// SIGUSR1, SIGUSR2, SIGALRM and SIGPIPE, which would end a process at once, do nothing.
#ifndef WIREWATCH_CLI_TERMINAL_SIGNALS_H_
#define WIREWATCH_CLI_TERMINAL_SIGNALS_H_

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <stop_token>
#include <thread>

namespace wirewatch {

// Blocks these signals in this thread and in those it starts, and makes a write to a closed pipe an error instead of a
// death. Call before any other thread starts.
void BlockSignals();

// Whether to stop. Any thread.
class StopSwitch {
 public:
  // The first time: calls what OnStop was given.
  void Stop();
  bool stopped() const { return stopped_; }
  // `stop` is called by Stop; at once, if that was called before. It takes the place of the one before, which is not
  // called any more, nor under way, when this returns. REQUIRES: `stop` does not come back here.
  void OnStop(std::function<void()> stop);

  // Waits until `done` or stopped; true: done. Who sets `done` calls Wake after it.
  bool WaitFor(const std::atomic<bool>& done);
  // Waits for so long, or until stopped; true: stopped.
  bool WaitFor(std::chrono::milliseconds time);
  void Wake();

 private:
  std::atomic<bool> stopped_ = false;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::function<void()> stop_;
};

// Waits for signals from construction to destruction: to be made before all that may take long, and destroyed after it.
class SignalThread {
 public:
  // The first SIGINT or SIGTERM logs that the process stops, and stops it; another one ends it at once (exit code 130).
  SignalThread(StopSwitch& stop, std::function<void()> reload);

 private:
  std::jthread thread_;  // told to stop and joined on destruction
};

}  // namespace wirewatch

#endif  // WIREWATCH_CLI_TERMINAL_SIGNALS_H_
