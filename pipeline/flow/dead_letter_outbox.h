// DeadLetterOutbox: sends records that can never be processed to the dead letters, counts them and tells of them. What
// the handlers of both steps share.
#ifndef WIREWATCH_PIPELINE_FLOW_DEAD_LETTER_OUTBOX_H_
#define WIREWATCH_PIPELINE_FLOW_DEAD_LETTER_OUTBOX_H_

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "monitoring/health.h"
#include "monitoring/metrics.h"
#include "pipeline/records/dead_letter_reason.h"
#include "pipeline/records/receipt.h"
#include "pipeline/records/sink.h"

namespace wirewatch {

// Threads: one at a time, but for RequestStop.
class DeadLetterOutbox {
 public:
  // `reasons`: all that Send will be given. Borrows `metrics`, which must outlive it.
  DeadLetterOutbox(std::unique_ptr<DeadLetterSink> sink, std::span<const DeadLetterReason> reasons,
                   MetricsRegistry& metrics);

  // "dead letters file"
  void AddReadiness(Health& health) const;

  // Makes the receipt's outcome kDeadLettered, and holds the receipt until the letter is durable.
  void Send(const ReceiptPtr& receipt, DeadLetterReason reason, std::string message);

  // Pushes out what is buffered. An error: a dead letter was refused, so that nothing safe is left to do.
  Status Tend();
  void RequestStop() { sink_->RequestStop(); }
  // As SinkBase::Close.
  Status Close(SteadyTime deadline);

 private:
  // Shared with the deliveries, which may outlive this object in a sink that hangs.
  struct Failure {
    std::mutex mutex;
    Status status;
  };

  void Log(const RecordPlace& place, std::string_view reason, std::string_view message);
  // Logs what was not told yet: also when no more come, so that the last of a burst are not passed over.
  void Tell();
  Counter& CounterFor(DeadLetterReason reason);

  const std::unique_ptr<DeadLetterSink> sink_;
  const CounterFamily dead_letters_;
  Counter delivered_, refused_;
  std::map<DeadLetterReason, Counter> by_reason_;
  std::uint64_t untold_ = 0;  // dead letters since the last line of the log
  std::string last_;          // of them, as it is told
  SteadyTime told_at_{};
  const std::shared_ptr<Failure> failure_ = std::make_shared<Failure>();
};

}  // namespace wirewatch

#endif  // WIREWATCH_PIPELINE_FLOW_DEAD_LETTER_OUTBOX_H_
