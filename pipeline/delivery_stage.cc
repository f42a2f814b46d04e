#include "pipeline/delivery_stage.h"

#include <fmt/format.h>

#include <chrono>
#include <functional>

#include "base/log.h"

namespace wirewatch {
namespace {

constexpr std::string_view kAlertRefused = "alert-refused";
constexpr DecodeFailure kDecodeFailures[] = {
    DecodeFailure::kEmpty,       DecodeFailure::kTooLarge,  DecodeFailure::kTooDeep, DecodeFailure::kInvalidUtf8,
    DecodeFailure::kInvalidJson, DecodeFailure::kWrongType, DecodeFailure::kNoText};
constexpr std::chrono::seconds kDeadLetterLogInterval{10};

}  // namespace

DeliveryStage::DeliveryStage(std::vector<std::unique_ptr<AlertSink>> sinks,
                             std::unique_ptr<DeadLetterSink> dead_letters, Metrics& metrics)
    : dead_letters_(std::move(dead_letters)),
      letters_delivered_(metrics.Delivered(dead_letters_->name())),
      letters_refused_(metrics.Refused(dead_letters_->name())),
      metrics_(metrics),
      repeats_suppressed_(metrics.AlertsSuppressed(Name(Suppressed::kRepeat))) {
  for (auto& sink : sinks) {
    const std::string_view name = sink->name();
    outputs_.push_back({std::move(sink), metrics.Delivered(name), metrics.Refused(name)});
  }
  // All of the closed set from the start: a series that appears with its first event is missed by rate().
  for (const DecodeFailure failure : kDecodeFailures) DeadLettersFor(Name(failure));
  for (const std::string_view reason : {kEngineError, kAlertRefused}) DeadLettersFor(reason);
}

DeliveryStage::~DeliveryStage() = default;

void DeliveryStage::AddReadiness(Health& health) const {
  for (const Output& output : outputs_) {
    health.AddReadiness(fmt::format("sink {}", output.sink->name()),
                        [sink = output.sink.get()] { return sink->Ready(); });
  }
  health.AddReadiness(fmt::format("dead letters {}", dead_letters_->name()),
                      [sink = dead_letters_.get()] { return sink->Ready(); });
}

void DeliveryStage::Handle(ReceiptPtr receipt, MatchOutcome outcome) {
  if (outcome.rejection) {
    SendDeadLetter(receipt, outcome.rejection->reason, std::move(outcome.rejection->message));
  } else if (!outcome.matches.empty()) {
    RaiseAlerts(receipt, std::move(outcome.matches));
  }
  receipt->Settle();
}

void DeliveryStage::RaiseAlerts(const ReceiptPtr& receipt, std::vector<Match> matches) {
  const SteadyTime begin = SteadyNow();
  receipt->SetOutcome(RecordOutcome::kSuppressed);
  for (Match& match : matches) {
    const Alert alert = AlertOf(std::move(match), WallNow());
    if (JoinUnderWay(alert.id, receipt) || alerts_.Apply(alert)) {
      repeats_suppressed_.Increment();
      continue;
    }
    receipt->SetOutcome(RecordOutcome::kMatched);
    AlertsFor(alert.match).Increment();
    if (alert.match.article->published_at) {
      metrics_.published_to_alert.Observe(alert.alerted - *alert.match.article->published_at);
    }
    metrics_.received_to_alert.Observe(alert.alerted - alert.match.times.received);
    receipt->Open();
    const auto under_way = std::make_shared<UnderWay>(UnderWay{alert.id, outputs_.size(), {receipt}, {}});
    {
      const std::lock_guard lock(inbox_->mutex);
      inbox_->under_way[alert.id] = under_way;
    }
    for (Output& output : outputs_) SendAlert(output, alert, under_way);
  }
  metrics_.alert_duration.Observe(SteadyNow() - begin);
}

// A record that is read again, after a rebalance say, must not be done before the alert that it repeats: if that is
// lost with this process, the record is what brings it back.
bool DeliveryStage::JoinUnderWay(const std::string& alert_id, const ReceiptPtr& receipt) {
  const std::lock_guard lock(inbox_->mutex);
  const auto at = inbox_->under_way.find(alert_id);
  if (at == inbox_->under_way.end()) return false;
  if (const auto under_way = at->second.lock()) {
    receipt->Open();
    under_way->receipts.push_back(receipt);
    return true;
  }
  inbox_->under_way.erase(at);
  alerts_.Forget(alert_id);
  return false;
}

void DeliveryStage::SendAlert(Output& output, const Alert& alert, std::shared_ptr<UnderWay> under_way) {
  output.sink->Send(
      alert, Delivery([under_way = std::move(under_way), inbox = inbox_, delivered = output.delivered,
                       refused = output.refused, sink = output.sink->name()](std::optional<Error> error) mutable {
        if (!error) {
          delivered.Increment();
          return Decided(*inbox, under_way, {});
        }
        refused.Increment();
        if (error->code == ErrorCode::kRejected) {
          return Decided(*inbox, under_way,
                         fmt::format("sink {} refused alert {}: {}", sink, under_way->id, error->message));
        }
        const std::lock_guard lock(inbox->mutex);
        inbox->failure = *std::move(error);
      }));
}

// By the threads of sinks. What a refusal asks for is done by our own.
void DeliveryStage::Decided(Inbox& inbox, const std::shared_ptr<UnderWay>& under_way, const std::string& refusal) {
  std::vector<ReceiptPtr> done;
  {
    const std::lock_guard lock(inbox.mutex);
    if (!refusal.empty()) under_way->refusal += (under_way->refusal.empty() ? "" : "; ") + refusal;
    if (--under_way->sinks != 0) return;
    if (!under_way->refusal.empty()) {
      inbox.refused.push_back(under_way);
      return;
    }
    inbox.under_way.erase(under_way->id);
    done.swap(under_way->receipts);
  }
  for (const ReceiptPtr& receipt : done) receipt->Settle();
}

void DeliveryStage::SendDeadLetter(const ReceiptPtr& receipt, std::string_view reason, std::string message) {
  LogDeadLetter(receipt->record().place, reason, message);
  receipt->SetOutcome(RecordOutcome::kDeadLettered);
  DeadLettersFor(reason).Increment();
  receipt->Open();
  const DeadLetter letter{receipt->record(), reason, std::move(message), WallNow()};
  dead_letters_->Send(
      letter, Delivery([receipt, inbox = inbox_, delivered = letters_delivered_, refused = letters_refused_,
                        sink = dead_letters_->name()](std::optional<Error> error) mutable {
        if (!error) {
          delivered.Increment();
          receipt->Settle();
          return;
        }
        refused.Increment();
        const RecordPlace& at = receipt->record().place;
        const std::lock_guard lock(inbox->mutex);
        inbox->failure =
            Error{ErrorCode::kRejected,
                  fmt::format("{} refused the dead letter of {}:{}:{}: {}; nothing is lost, the record is read again "
                              "after a restart",
                              sink, at.stream, static_cast<std::int32_t>(at.partition),
                              static_cast<std::int64_t>(at.offset), error->message)};
      }));
}

// A producer that went wrong sends thousands: one line tells of all since the last one.
void DeliveryStage::LogDeadLetter(const RecordPlace& place, std::string_view reason, std::string_view message) {
  ++dead_letters_since_logged_;
  const SteadyTime now = SteadyNow();
  if (dead_letter_logged_ != SteadyTime() && now - dead_letter_logged_ < kDeadLetterLogInterval) return;
  dead_letter_logged_ = now;
  log::Warn("dead letters: {} more; the last: reason={} at {}:{}:{}: {}", std::exchange(dead_letters_since_logged_, 0),
            reason, place.stream, static_cast<std::int32_t>(place.partition), static_cast<std::int64_t>(place.offset),
            message);
}

Status DeliveryStage::Tend() {
  std::vector<std::shared_ptr<UnderWay>> refused;
  Status failure;
  {
    const std::lock_guard lock(inbox_->mutex);
    refused.swap(inbox_->refused);
    for (const auto& under_way : refused) inbox_->under_way.erase(under_way->id);
    failure = inbox_->failure;
  }
  for (const auto& under_way : refused) {
    alerts_.Forget(under_way->id);
    for (const ReceiptPtr& receipt : under_way->receipts) {
      SendDeadLetter(receipt, kAlertRefused, under_way->refusal);
      receipt->Settle();  // the alert's own outcome; the dead letter's is another
    }
  }
  for (Output& output : outputs_) output.sink->Flush();
  dead_letters_->Flush();
  return failure;
}

void DeliveryStage::RequestStop() {
  for (Output& output : outputs_) output.sink->RequestStop();
  dead_letters_->RequestStop();
}

Status DeliveryStage::Close(SteadyTime deadline) {
  Status result;
  for (Output& output : outputs_) {
    if (Status closed = output.sink->Close(deadline); !closed)
      result = std::move(closed).error().In(output.sink->name());
  }
  // Closing may have brought refusals: their dead letters go before the dead letters are closed.
  if (Status tended = Tend(); !tended) result = tended;
  if (Status closed = dead_letters_->Close(deadline); !closed) {
    result = std::move(closed).error().In(dead_letters_->name());
  }
  return result;
}

Counter& DeliveryStage::DeadLettersFor(std::string_view reason) {
  const auto at = dead_letters_by_reason_.find(reason);
  if (at != dead_letters_by_reason_.end()) return at->second;
  return dead_letters_by_reason_.emplace(reason, metrics_.DeadLetters(reason)).first->second;
}

Counter& DeliveryStage::AlertsFor(const Match& match) {
  const std::pair key(match.topic, match.severity);
  const auto at = raised_.find(key);
  if (at != raised_.end()) return at->second;
  return raised_.emplace(key, metrics_.Alerts(match.topic, Name(match.severity))).first->second;
}

}  // namespace wirewatch
