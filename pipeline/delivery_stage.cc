#include "pipeline/delivery_stage.h"

#include <fmt/format.h>

#include <functional>

#include "pipeline/match_message.h"
#include "pipeline/record_stage.h"

namespace wirewatch {
namespace {

constexpr std::string_view kAlertRefused = "alert-refused";

// One process may do both steps, or the second alone.
std::vector<std::string_view> Reasons() {
  std::vector<std::string_view> reasons = MatchRejectionReasons();
  reasons.insert(reasons.end(), {kInvalidMatch, kAlertRefused, kQuarantined});
  return reasons;
}

// By which the alert stage knows the order of time: that of the record, if its stream tells.
WallTime TimeOf(const Record& record, WallTime received) { return record.timestamp.value_or(received); }

}  // namespace

DeliveryStage::DeliveryStage(std::vector<std::unique_ptr<AlertSink>> sinks,
                             std::unique_ptr<DeadLetterSink> dead_letters, std::chrono::milliseconds window,
                             Metrics& metrics)
    : alerts_(window),
      dead_letters_(std::move(dead_letters), Reasons(), metrics),
      metrics_(metrics),
      repeats_suppressed_(metrics.AlertsSuppressed(Name(Suppressed::kRepeat))) {
  for (auto& sink : sinks) {
    const std::string_view name = sink->name();
    outputs_.push_back({std::move(sink), metrics.Delivered(name), metrics.Refused(name)});
  }
}

DeliveryStage::~DeliveryStage() = default;

void DeliveryStage::AddReadiness(Health& health) const {
  for (const Output& output : outputs_) {
    health.AddReadiness(fmt::format("sink {}", output.sink->name()),
                        [sink = output.sink.get()] { return sink->Ready(); });
  }
  dead_letters_.AddReadiness(health);
}

void DeliveryStage::Handle(ReceiptPtr receipt, MatchOutcome outcome) {
  if (receipt->record().restores) {
    receipt->SetOutcome(RecordOutcome::kRestored);
    Restore(receipt->record(), receipt->received(), std::move(outcome.matches));
  } else if (outcome.rejection) {
    dead_letters_.Send(receipt, outcome.rejection->reason, std::move(outcome.rejection->message));
  } else if (!outcome.matches.empty()) {
    RaiseAlerts(receipt, std::move(outcome.matches));
  }
  receipt->Settle();
}

// What cannot be read became a dead letter when it was read for the first time.
void DeliveryStage::Restore(const Record& record, WallTime received, std::vector<Match> matches) {
  for (Match& match : matches) {
    const Alert alert = AlertOf(std::move(match), received);
    alerts_.Apply(alert, record.place.partition, TimeOf(record, received));
    // If we gave up an alert of that id, another process sent it since.
    const std::lock_guard lock(inbox_->mutex);
    const auto at = inbox_->under_way.find(alert.id);
    if (at != inbox_->under_way.end() && at->second.expired()) inbox_->under_way.erase(at);
  }
}

void DeliveryStage::RaiseAlerts(const ReceiptPtr& receipt, std::vector<Match> matches) {
  const SteadyTime begin = SteadyNow();
  const Partition partition = receipt->record().place.partition;
  const WallTime time = TimeOf(receipt->record(), receipt->received());
  receipt->SetOutcome(RecordOutcome::kSuppressed);
  for (Match& match : matches) {
    const Alert alert = AlertOf(std::move(match), WallNow());
    // Also of one that is under way: a repeat is seen.
    const bool joined = JoinUnderWay(alert.id, receipt);
    if (alerts_.Apply(alert, partition, time) || joined) {
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
      dead_letters_.Send(receipt, kAlertRefused, under_way->refusal);
      receipt->Settle();  // the alert's own outcome; the dead letter's is another
    }
  }
  for (Output& output : outputs_) {
    output.sink->Flush();
    if (Status failed = output.sink->Failure(); !failed) return failed;
  }
  if (Status tended = dead_letters_.Tend(); !tended) return tended;
  return failure;
}

void DeliveryStage::RequestStop() {
  for (Output& output : outputs_) output.sink->RequestStop();
  dead_letters_.RequestStop();
}

Status DeliveryStage::Close(SteadyTime deadline) {
  Status result;
  for (Output& output : outputs_) {
    if (Status closed = output.sink->Close(deadline); !closed)
      result = std::move(closed).error().In(output.sink->name());
  }
  // Closing may have brought refusals: their dead letters go before the dead letters are closed.
  if (Status tended = Tend(); !tended) result = tended;
  if (Status closed = dead_letters_.Close(deadline); !closed) result = closed;
  return result;
}

Counter& DeliveryStage::AlertsFor(const Match& match) {
  const std::pair key(match.topic, match.severity);
  const auto at = raised_.find(key);
  if (at != raised_.end()) return at->second;
  return raised_.emplace(key, metrics_.Alerts(match.topic, Name(match.severity))).first->second;
}

}  // namespace wirewatch
