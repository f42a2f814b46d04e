// Progress: one line on stderr that tells how far long work is, while stderr is a terminal. By hand,
// since the library indicators is bigger than the need.
#ifndef WIREWATCH_CLI_TERMINAL_PROGRESS_H_
#define WIREWATCH_CLI_TERMINAL_PROGRESS_H_

#include <functional>
#include <stop_token>
#include <string>
#include <thread>

namespace wirewatch {

class Progress {
 public:
  // `line` is asked five times a second, from a thread of its own. `wanted` false, or stderr no terminal: nothing is
  // shown.
  Progress(bool wanted, std::function<std::string()> line);

 private:
  std::jthread thread_;  // wipes its line when it ends
};

// "1,234,567"
std::string Grouped(double number);

}  // namespace wirewatch

#endif  // WIREWATCH_CLI_TERMINAL_PROGRESS_H_
