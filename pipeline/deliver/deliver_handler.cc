#include "pipeline/deliver/deliver_handler.h"

#include <fmt/format.h>

#include <array>
#include <utility>

#include "pipeline/records/dead_letter_reason.h"

namespace wirewatch {
namespace {

constexpr std::array kReasons = {DeadLetterReason::kInvalidAlert, DeadLetterReason::kUnreadable,
                                 DeadLetterReason::kQuarantined, DeadLetterReason::kAlertRefused};

}  // namespace

DeliverHandler::DeliverHandler(std::unique_ptr<Dispatcher> dispatcher, std::unique_ptr<DeadLetterSink> dead_letters,
                               MetricsRegistry& metrics)
    : sends_(std::move(dispatcher), std::move(dead_letters), kReasons, metrics) {}

void DeliverHandler::Handle(ReceiptPtr receipt, Outcome<AlertNotice> outcome) {
  if (outcome.rejection) {
    sends_.Bury(receipt, outcome.rejection->reason, std::move(outcome.rejection->message));
  } else {
    receipt->SetOutcome(RecordOutcome::kMatched);
    DurableSend send;
    send.refused = [this, id = outcome.value.id](const DurableSend& refused) {
      sends_.Bury(refused, DeadLetterReason::kAlertRefused,
                  fmt::format("alert {} is refused: {}", id, refused.refusals.front().error.message));
    };
    sends_.Send(outcome.value, receipt, std::move(send));
  }
  receipt->Release();
}

}  // namespace wirewatch
