// Sinks: where matches, alerts and dead letters go. Delivery: how a sink tells the outcome.
#ifndef WIREWATCH_PIPELINE_RECORDS_SINK_H_
#define WIREWATCH_PIPELINE_RECORDS_SINK_H_

#include <functional>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>

#include "base/clock.h"
#include "base/result.h"
#include "pipeline/records/dead_letter.h"

namespace wirewatch {

// The one outcome of one thing that was sent. Move-only; complete it once, from any thread. Destroyed without an
// outcome, the record behind it is never acknowledged, so its offset is not committed and it is read again after a
// restart.
class Delivery {
 public:
  // `done` is told nothing when delivered, or why it was refused for good.
  explicit Delivery(std::function<void(std::optional<Error>)> done) : done_(std::move(done)) {}
  Delivery(Delivery&& other) noexcept : done_(std::exchange(other.done_, nullptr)) {}
  Delivery& operator=(Delivery&& other) noexcept {
    done_ = std::exchange(other.done_, nullptr);
    return *this;
  }

  void Delivered() { std::exchange(done_, nullptr)(std::nullopt); }
  // kRejected: it will never be taken (too large, not allowed): its record becomes a dead letter.
  // Any other code: nothing will ever be taken again (nobody reads stdout any more): the pipeline stops with this
  // error.
  void Refused(Error error) { std::exchange(done_, nullptr)(std::move(error)); }

 private:
  std::function<void(std::optional<Error>)> done_;
};

// What both kinds of sink share.
// Threads: Send and Flush are called by one thread; Ready and RequestStop by any.
class SinkBase {
 public:
  virtual ~SinkBase() = default;

  virtual std::string_view name() const = 0;  // "kafka", "file", ...: the label of metrics

  // Able to take; the error says what is wrong. Any thread.
  virtual Status Ready() const = 0;

  // An error: waiting is of no use, and the pipeline ends with it: where it is to go was never there. Any thread.
  virtual Status Failure() const { return {}; }

  // Makes a Send that waits give up (its delivery stays without outcome). Any thread.
  virtual void RequestStop() = 0;

  // Pushes what is buffered towards the other side; does not wait for it.
  virtual void Flush() = 0;

  // Waits until everything sent has its outcome, or `deadline`. kTimeout: something has none.
  virtual Status Close(SteadyTime deadline) = 0;
};

// Sinks of all kinds: Send takes one thing to be delivered. It borrows it during the call and completes `delivery` once
// it is durable, now or later. Blocks while there is no room or the other side is away: it retries for as long as it
// takes (back-pressure, no loss).
class DeadLetterSink : public SinkBase {
 public:
  // Whether people see each letter as it is sent: the log need not tell of it then.
  virtual bool IsForPeople() const { return false; }
  virtual void Send(const DeadLetter& letter, Delivery delivery) = 0;
};

}  // namespace wirewatch

#endif  // WIREWATCH_PIPELINE_RECORDS_SINK_H_
