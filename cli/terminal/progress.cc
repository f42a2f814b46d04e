#include "cli/terminal/progress.h"

#include <fmt/format.h>
#include <unistd.h>

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <utility>

#include "cli/terminal/tell.h"

namespace wirewatch {

Progress::Progress(bool wanted, std::function<std::string()> line) {
  if (!wanted || isatty(STDERR_FILENO) == 0) return;
  thread_ = std::jthread([line = std::move(line)](std::stop_token token) {
    std::mutex mutex;
    std::condition_variable_any wake;
    std::unique_lock lock(mutex);
    while (!wake.wait_for(lock, token, std::chrono::milliseconds(200), [&] { return token.stop_requested(); })) {
      Tell("\r\x1b[K" + line());
    }
    Tell("\r\x1b[K");
  });
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
