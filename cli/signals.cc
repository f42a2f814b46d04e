#include "cli/signals.h"

#include <unistd.h>

#include <csignal>
#include <ctime>
#include <utility>

#include "cli/exit_code.h"

namespace wirewatch {
namespace {

sigset_t OurSignals() {
  sigset_t signals;
  sigemptyset(&signals);
  for (int signal : {SIGINT, SIGTERM, SIGHUP}) sigaddset(&signals, signal);
  return signals;
}

}  // namespace

void BlockSignals() {
  const sigset_t signals = OurSignals();
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  std::signal(SIGPIPE, SIG_IGN);
  std::signal(SIGXFSZ, SIG_IGN);  // over a file size limit, write() fails with EFBIG and is retried like a full disk
}

SignalThread::SignalThread(std::function<void()> stop, std::function<void()> reload)
    : thread_([stop = std::move(stop), reload = std::move(reload)](std::stop_token token) {
        const sigset_t signals = OurSignals();
        const timespec moment{0, 100'000'000};
        bool stopping = false;
        while (!token.stop_requested()) {
          const int signal = sigtimedwait(&signals, nullptr, &moment);
          if (signal == SIGHUP) {
            reload();
          } else if (signal > 0) {
            if (std::exchange(stopping, true)) _exit(kInterrupted);
            stop();
          }
        }
      }) {}

}  // namespace wirewatch
