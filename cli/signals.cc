#include "cli/signals.h"

#include <unistd.h>

#include <csignal>
#include <ctime>
#include <utility>

#include "base/log.h"
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
  for (const int signal : {SIGPIPE, SIGUSR1, SIGUSR2, SIGALRM}) std::signal(signal, SIG_IGN);
  std::signal(SIGXFSZ, SIG_IGN);  // over a file size limit, write() fails with EFBIG and is retried like a full disk
}

void StopSwitch::Stop() {
  std::function<void()> stop;
  {
    const std::lock_guard lock(mutex_);
    if (stopped_.exchange(true)) return;
    stop = stop_;
  }
  changed_.notify_all();
  if (stop) stop();
}

void StopSwitch::OnStop(std::function<void()> stop) {
  {
    const std::lock_guard lock(mutex_);
    stop_ = stop;
    if (!stopped_) return;
  }
  stop();
}

bool StopSwitch::WaitFor(const std::atomic<bool>& done) {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return done || stopped_; });
  return done;
}

void StopSwitch::Wake() {
  { const std::lock_guard lock(mutex_); }  // who looked and saw nothing waits by now
  changed_.notify_all();
}

SignalThread::SignalThread(StopSwitch& stop, std::function<void()> reload)
    : thread_([&stop, reload = std::move(reload)](std::stop_token token) {
        const sigset_t signals = OurSignals();
        const timespec moment{0, 100'000'000};
        bool stopping = false;
        while (!token.stop_requested()) {
          const int signal = sigtimedwait(&signals, nullptr, &moment);
          if (signal == SIGHUP) {
            reload();
          } else if (signal > 0) {
            if (std::exchange(stopping, true)) _exit(kInterrupted);
            log::Info("stopping signal={}", signal == SIGINT ? "SIGINT" : "SIGTERM");
            stop.Stop();
          }
        }
      }) {}

}  // namespace wirewatch
