// Signals: SIGINT and SIGTERM stop, SIGHUP reloads; each calls a function in a thread where everything is allowed.
#ifndef WIREWATCH_CLI_SIGNALS_H_
#define WIREWATCH_CLI_SIGNALS_H_

#include <functional>
#include <stop_token>
#include <thread>

namespace wirewatch {

// Blocks these signals in this thread and in those it starts, and makes a write to a closed pipe an error instead of a
// death. Call before any other thread starts.
void BlockSignals();

// Waits for signals from construction to destruction.
class SignalThread {
 public:
  // `stop` is called for the first SIGINT or SIGTERM; another one ends the process at once (exit code 130).
  SignalThread(std::function<void()> stop, std::function<void()> reload);

 private:
  std::jthread thread_;  // told to stop and joined on destruction
};

}  // namespace wirewatch

#endif  // WIREWATCH_CLI_SIGNALS_H_
