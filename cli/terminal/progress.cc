#include "cli/terminal/progress.h"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <mutex>
#include <utility>

#include "cli/terminal/tell.h"

namespace wirewatch {
namespace {

constexpr std::size_t kBarWidth = 20;

// A line that is wider than the terminal wraps, and could not be wiped. Lines of progress are ASCII.
std::string CutToTerminal(std::string line) {
  winsize size{};
  if (ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 1 && line.size() >= size.ws_col) {
    line.resize(size.ws_col - 1u);
  }
  return line;
}

// "1:05", "2:03:09"
std::string ClockText(std::chrono::duration<double> time) {
  const auto seconds = static_cast<long>(std::min(time.count(), 359'999.0) + 0.5);
  if (seconds < 3600) return fmt::format("{}:{:02}", seconds / 60, seconds % 60);
  return fmt::format("{}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60);
}

}  // namespace

Progress::Progress(bool wanted, std::function<std::string()> line) {
  if (!wanted || isatty(STDERR_FILENO) == 0) return;
  thread_ = std::jthread([line = std::move(line)](std::stop_token token) {
    std::mutex mutex;
    std::condition_variable_any wake;
    std::unique_lock lock(mutex);
    while (!wake.wait_for(lock, token, std::chrono::milliseconds(200), [&] { return token.stop_requested(); })) {
      Tell("\r\x1b[K" + CutToTerminal(line()));
    }
    Tell("\r\x1b[K");
  });
}

std::string ProgressBar(std::optional<double> share, std::chrono::duration<double> so_far) {
  if (!share) return ClockText(so_far);
  const double done = std::clamp(*share, 0.0, 1.0);
  const auto filled = static_cast<std::size_t>(done * kBarWidth);
  std::string bar = std::string(filled, '=') + (filled < kBarWidth ? ">" : "");
  bar.resize(kBarWidth, ' ');
  std::string text = fmt::format("[{}] {:3.0f} %", bar, 100 * done);
  if (so_far.count() >= 1 && done > 0) text += fmt::format(", {} left", ClockText(so_far * ((1 - done) / done)));
  return text;
}

std::string Grouped(double number) {
  std::string digits = fmt::format("{:.0f}", number);
  for (std::size_t at = digits.size(); at > 3;) {
    at -= 3;
    digits.insert(at, 1, ',');
  }
  return digits;
}

}  // namespace wirewatch
