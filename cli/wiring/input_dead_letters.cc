#include "cli/wiring/input_dead_letters.h"

#include <fmt/format.h>

#include <utility>

#include "cli/terminal/progress.h"
#include "cli/terminal/tell.h"
#include "pipeline/records/dead_letter.h"
#include "pipeline/records/dead_letter_reason.h"

namespace wirewatch {

InputDeadLetters::InputDeadLetters(std::unique_ptr<DeadLetterSink> sink, bool keeps, DeadLetterCounts& counts,
                                   MetricsRegistry& metrics)
    : sink_(*sink), sends_(std::move(sink), nullptr, {}, metrics), keeps_(keeps), counts_(counts) {}

void InputDeadLetters::Add(const ReceiptPtr& receipt, Rejection rejection) {
  ++counts_[std::string(Name(rejection.reason))];
  receipt->SetOutcome(RecordOutcome::kDeadLettered);
  if (!keeps_ && ++told_ > kTold) return;
  DurableSend send;
  send.is_optional = !keeps_;
  send.refused = [this](DurableSend& refused) {
    if (failure_) failure_ = refused.refusals.front().error;
    refused.receipts.clear();  // it was not done
  };
  sends_.Send(DeadLetter{receipt->record(), Name(rejection.reason), std::move(rejection.message), WallNow()}, receipt,
              std::move(send));
}

Status InputDeadLetters::Tend() {
  Status tended = sends_.Tend();
  return failure_ ? tended : failure_;
}

Status InputDeadLetters::Close(SteadyTime deadline) {
  if (Status closed = sink_.Close(deadline); !closed) return closed;
  return Tend();
}

void TellOfUntold(double dead_letters) {
  if (dead_letters <= InputDeadLetters::kTold) return;
  Tell(fmt::format("{} dead letters are not told here; --dead-letters FILE keeps all of them, whole\n",
                   Grouped(dead_letters - InputDeadLetters::kTold)));
}

}  // namespace wirewatch
