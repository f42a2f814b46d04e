// RecordFeed: a source's way to its inbox, and its way to wait: while it waits it hands on what it has, says that it is
// alive, and notices that it shall stop.
#ifndef WIREWATCH_CONNECTORS_BYTES_RECORD_FEED_H_
#define WIREWATCH_CONNECTORS_BYTES_RECORD_FEED_H_

#include <poll.h>

#include <chrono>

#include "base/io/stop_signal.h"
#include "pipeline/records/source.h"

namespace wirewatch {

// Threads: the source's own. Borrows both.
class RecordFeed {
 public:
  RecordFeed(RecordInbox& inbox, const StopSignal& stop) : inbox_(inbox), stop_(stop) {}

  // False: stopped; `record` was not taken.
  bool Offer(Record& record) {
    while (!inbox_.Offer(record, SteadyNow() + kSlice)) {
      if (!Idle()) return false;
    }
    return true;
  }

  // To be called between short waits. False: stopped.
  bool Idle() {
    inbox_.Flush();
    inbox_.Beat();
    return !stopped();
  }

  // False: stopped.
  bool WaitReadable(int fd) {
    if (const Waited now = stop_.WaitFor(fd, POLLIN, {}); now != Waited::kTimeout) return now == Waited::kReady;
    while (Idle()) {
      if (const Waited waited = stop_.WaitFor(fd, POLLIN, kSlice); waited == Waited::kReady) return true;
    }
    return false;
  }

  // Waits; at most kSlice.
  void Pause(std::chrono::milliseconds pause) {
    Idle();
    stop_.WaitFor(-1, 0, pause);
  }

  bool stopped() const { return stop_.raised(); }

  // Longest time without a beat.
  static constexpr std::chrono::milliseconds kSlice{200};

 private:
  RecordInbox& inbox_;
  const StopSignal& stop_;
};

}  // namespace wirewatch

#endif  // WIREWATCH_CONNECTORS_BYTES_RECORD_FEED_H_
