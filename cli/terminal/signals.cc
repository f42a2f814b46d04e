#include "cli/terminal/signals.h"

#include <unistd.h>

#include <csignal>
#include <ctime>
#include <utility>

#include "base/log.h"
#include "cli/terminal/exit_code.h"

namespace wirewatch {
namespace {

constexpr log::Module kLog("cli");

sigset_t OurSignals() {
  sigset_t signals;
  sigemptyset(&signals);
  for (int signal : {SIGINT, SIGTERM, SIGHUP}) sigaddset(&signals, signal);
  return signals;
}

// From now on a SIGINT or SIGTERM ends the process, whatever the thread that calls is at: it may wait for a log that
// nobody reads.
void LeaveAtNextSignal() {
  struct sigaction leave {};
  leave.sa_handler = [](int) { _exit(kInterrupted); };
  sigset_t signals;
  sigemptyset(&signals);
  for (const int signal : {SIGINT, SIGTERM}) {
    sigaction(signal, &leave, nullptr);
    sigaddset(&signals, signal);
  }
  pthread_sigmask(SIG_UNBLOCK, &signals, nullptr);
}

}  // namespace

void BlockSignals() {
  const sigset_t signals = OurSignals();
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  for (const int signal : {SIGPIPE, SIGUSR1, SIGUSR2, SIGALRM}) std::signal(signal, SIG_IGN);
  std::signal(SIGXFSZ, SIG_IGN);  // over a file size limit, write() fails with EFBIG and is retried like a full disk
}

void StopSwitch::Stop() {
  {
    const std::lock_guard lock(mutex_);
    if (stopped_.exchange(true)) return;
    if (stop_) stop_();
  }
  changed_.notify_all();
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

bool StopSwitch::WaitFor(std::chrono::milliseconds time) {
  std::unique_lock lock(mutex_);
  return changed_.wait_for(lock, time, [&] { return stopped_.load(); });
}

void StopSwitch::Wake() {
  { const std::lock_guard lock(mutex_); }  // who looked and saw nothing waits by now
  changed_.notify_all();
}

SignalThread::SignalThread(StopSwitch& stop, std::function<void()> reload)
    : thread_([&stop, reload = std::move(reload)](std::stop_token token) {
        sigset_t signals = OurSignals();
        const timespec moment{0, 100'000'000};
        while (!token.stop_requested()) {
          const int signal = sigtimedwait(&signals, nullptr, &moment);
          if (signal == SIGHUP) {
            reload();
          } else if (signal > 0) {
            sigdelset(&signals, SIGINT);
            sigdelset(&signals, SIGTERM);
            LeaveAtNextSignal();
            kLog.Info("stopping", {{"signal", signal == SIGINT ? "SIGINT" : "SIGTERM"}});
            stop.Stop();
          }
        }
      }) {}

}  // namespace wirewatch
