// Progress: one line on stderr that tells how far long work is, while stderr is a terminal. By hand,
// since the library indicators is bigger than the need.
#ifndef WIREWATCH_CLI_TERMINAL_PROGRESS_H_
#define WIREWATCH_CLI_TERMINAL_PROGRESS_H_

#include <chrono>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <thread>

namespace wirewatch {

class Progress {
 public:
  // `line` is asked five times a second, from a thread of its own; what is wider than the terminal is cut. `wanted`
  // false, or stderr no terminal: nothing is shown.
  Progress(bool wanted, std::function<std::string()> line);

 private:
  std::jthread thread_;  // wipes its line when it ends
};

// "[=====>              ]  27 %, 1:05 left", for the beginning of such a line. `share`: [0, 1] of the work that is
// done. The time that is left is said from the second second on, as if the rest went at the rate so far. Nothing is
// known of the end: only how long it has been, "1:05".
std::string ProgressBar(std::optional<double> share, std::chrono::duration<double> so_far);

// "1,234,567"
std::string Grouped(double number);

}  // namespace wirewatch

#endif  // WIREWATCH_CLI_TERMINAL_PROGRESS_H_
