#include "pipeline/flow/dead_letter_outbox.h"

#include <fmt/format.h>

#include <chrono>
#include <utility>

#include "base/log.h"
#include "pipeline/flow/flow_metrics.h"

namespace wirewatch {
namespace {

constexpr log::Module kLog("flow");

constexpr std::chrono::seconds kLogInterval{10};

}  // namespace

DeadLetterOutbox::DeadLetterOutbox(std::unique_ptr<DeadLetterSink> sink, std::span<const DeadLetterReason> reasons,
                                   MetricsRegistry& metrics)
    : sink_(std::move(sink)),
      dead_letters_(DeadLetterMetrics{metrics}.dead_letters),
      delivered_(SinkMetrics{metrics}.delivered.With(sink_->name())),
      refused_(SinkMetrics{metrics}.refused.With(sink_->name())) {
  // All of the closed set from the start: a series that appears with its first event is missed by rate().
  for (const DeadLetterReason reason : reasons) CounterFor(reason);
}

void DeadLetterOutbox::AddReadiness(Health& health) const {
  health.AddReadiness(fmt::format("dead letters {}", sink_->name()), [sink = sink_.get()] { return sink->Ready(); });
}

void DeadLetterOutbox::Send(const ReceiptPtr& receipt, DeadLetterReason reason, std::string message) {
  if (!sink_->IsForPeople()) Log(receipt->record().place, Name(reason), message);
  receipt->SetOutcome(RecordOutcome::kDeadLettered);
  CounterFor(reason).Increment();
  receipt->Hold();
  const DeadLetter letter{receipt->record(), Name(reason), std::move(message), WallNow()};
  sink_->Send(letter, Delivery([receipt, failure = failure_, delivered = delivered_, refused = refused_,
                                sink = sink_->name()](std::optional<Error> error) mutable {
                if (!error) {
                  delivered.Increment();
                  receipt->Release();
                  return;
                }
                refused.Increment();
                const RecordPlace& at = receipt->record().place;
                const std::lock_guard lock(failure->mutex);
                failure->status =
                    Error{ErrorCode::kRejected,
                          fmt::format("{} refused the dead letter of {}:{}:{}: {}; nothing is lost, the record is read "
                                      "again after a restart",
                                      sink, at.stream, static_cast<std::int32_t>(at.partition),
                                      static_cast<std::int64_t>(at.offset), error->message)};
              }));
}

// A producer that went wrong sends thousands: one line tells of all since the last one.
void DeadLetterOutbox::Log(const RecordPlace& place, std::string_view reason, std::string_view message) {
  ++untold_;
  last_ = {reason, std::string(place.stream), place.partition, place.offset, std::string(message)};
  if (told_at_ == SteadyTime() || SteadyNow() - told_at_ >= kLogInterval) Tell();
}

void DeadLetterOutbox::Tell() {
  if (untold_ == 0) return;
  told_at_ = SteadyNow();
  kLog.Warn("dead letters: {count} more; the last: reason={reason} at {stream}:{partition}:{offset}: {message}",
            {{"count", std::exchange(untold_, 0)},
             {"reason", last_.reason},
             {"stream", last_.stream},
             {"partition", static_cast<std::int32_t>(last_.partition)},
             {"offset", static_cast<std::int64_t>(last_.offset)},
             {"message", last_.message}});
}

Status DeadLetterOutbox::Tend() {
  if (SteadyNow() - told_at_ >= kLogInterval) Tell();
  sink_->Flush();
  if (Status failed = sink_->Failure(); !failed) return failed;
  const std::lock_guard lock(failure_->mutex);
  return failure_->status;
}

Status DeadLetterOutbox::Close(SteadyTime deadline) {
  Tell();
  Status closed = sink_->Close(deadline);
  if (!closed) return std::move(closed).error().In(sink_->name());
  return closed;
}

Counter& DeadLetterOutbox::CounterFor(DeadLetterReason reason) {
  const auto at = by_reason_.find(reason);
  if (at != by_reason_.end()) return at->second;
  return by_reason_.emplace(reason, dead_letters_.With(Name(reason))).first->second;
}

}  // namespace wirewatch
