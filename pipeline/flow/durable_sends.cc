#include "pipeline/flow/durable_sends.h"

#include <fmt/format.h>

#include "pipeline/flow/flow_metrics.h"

namespace wirewatch {

DurableSendsBase::DurableSendsBase(std::span<SinkBase* const> sinks, std::unique_ptr<DeadLetterSink> dead_letters,
                                   std::span<const DeadLetterReason> reasons, MetricsRegistry& metrics) {
  const SinkMetrics by_sink{metrics};
  for (SinkBase* const sink : sinks) {
    outputs_.push_back({sink, by_sink.delivered.With(sink->name()), by_sink.refused.With(sink->name())});
  }
  if (dead_letters) dead_letters_.emplace(std::move(dead_letters), reasons, metrics);
}

void DurableSendsBase::AddReadiness(Health& health) const {
  for (const Output& output : outputs_) {
    health.AddReadiness(fmt::format("sink {}", output.sink->name()), [sink = output.sink] { return sink->Ready(); });
  }
  if (dead_letters_) dead_letters_->AddReadiness(health);
}

std::shared_ptr<DurableSend> DurableSendsBase::Begin(DurableSend send, const ReceiptPtr& receipt) const {
  send.undecided = outputs_.size();
  if (receipt) {
    receipt->Hold();
    send.receipts.push_back(receipt);
  }
  return std::make_shared<DurableSend>(std::move(send));
}

Delivery DurableSendsBase::DeliveryOf(const std::shared_ptr<DurableSend>& send, std::size_t sink) const {
  const Output& output = outputs_[sink];
  return Delivery([send, mailbox = mailbox_, delivered = output.delivered, refused = output.refused,
                   name = output.sink->name()](std::optional<Error> error) mutable {
    if (!error) {
      delivered.Increment();
      return mailbox->Decided(send, std::nullopt);
    }
    refused.Increment();
    if (send->is_optional) return mailbox->Decided(send, std::nullopt);
    if (error->code == ErrorCode::kRejected) {
      return mailbox->Decided(send, DurableSend::Refusal{name, *std::move(error)});
    }
    const std::lock_guard lock(mailbox->mutex);
    mailbox->failure = *std::move(error);
  });
}

// In a thread of the sink. What a refusal asks for is done by the handler's own, in Tend.
void DurableSendsBase::Mailbox::Decided(const std::shared_ptr<DurableSend>& send,
                                        std::optional<DurableSend::Refusal> refusal) {
  std::vector<ReceiptPtr> done;
  {
    const std::lock_guard lock(mutex);
    if (refusal) send->refusals.push_back(*std::move(refusal));
    if (--send->undecided != 0) return;
    if (send->refusals.empty()) done.swap(send->receipts);
    if (!send->refusals.empty() || send->delivered) decided.push_back(send);
  }
  for (const ReceiptPtr& receipt : done) receipt->Release();
}

DurableSendsBase::Joined DurableSendsBase::Join(const std::weak_ptr<DurableSend>& send, const ReceiptPtr& receipt) {
  const std::shared_ptr<DurableSend> alive = send.lock();
  if (!alive) return Joined::kGivenUp;
  const std::lock_guard lock(mailbox_->mutex);
  if (alive->undecided == 0 && alive->refusals.empty()) return Joined::kDurable;
  receipt->Hold();
  alive->receipts.push_back(receipt);
  return Joined::kWaits;
}

void DurableSendsBase::Bury(const ReceiptPtr& receipt, DeadLetterReason reason, std::string message) {
  dead_letters_->Send(receipt, reason, std::move(message));
}

void DurableSendsBase::Bury(const DurableSend& send, DeadLetterReason reason, const std::string& message) {
  for (const ReceiptPtr& receipt : send.receipts) Bury(receipt, reason, message);
}

Status DurableSendsBase::Tend() {
  std::vector<std::shared_ptr<DurableSend>> decided;
  Status failure;
  {
    const std::lock_guard lock(mailbox_->mutex);
    decided.swap(mailbox_->decided);
    failure = mailbox_->failure;
  }
  for (const auto& send : decided) {
    if (send->refusals.empty()) {
      send->delivered(*send);
      continue;
    }
    send->refused(*send);
    for (const ReceiptPtr& receipt : send->receipts) receipt->Release();
    send->receipts.clear();
  }
  for (const Output& output : outputs_) {
    output.sink->Flush();
    if (Status failed = output.sink->Failure(); !failed) return failed;
  }
  if (dead_letters_) {
    if (Status tended = dead_letters_->Tend(); !tended) return tended;
  }
  return failure;
}

void DurableSendsBase::RequestStop() {
  for (const Output& output : outputs_) output.sink->RequestStop();
  if (dead_letters_) dead_letters_->RequestStop();
}

Status DurableSendsBase::Close(SteadyTime deadline) {
  Status result = CloseSinks(deadline);
  if (Status tended = Tend(); !tended) result = std::move(tended);
  if (Status closed = CloseDeadLetters(deadline); !closed) result = std::move(closed);
  return result;
}

Status DurableSendsBase::CloseSinks(SteadyTime deadline) {
  Status result;
  for (const Output& output : outputs_) {
    if (Status closed = output.sink->Close(deadline); !closed) {
      result = std::move(closed).error().In(output.sink->name());
    }
  }
  return result;
}

Status DurableSendsBase::CloseDeadLetters(SteadyTime deadline) {
  return dead_letters_ ? dead_letters_->Close(deadline) : Status();
}

}  // namespace wirewatch
