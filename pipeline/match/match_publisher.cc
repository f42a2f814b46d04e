#include "pipeline/match/match_publisher.h"

#include <fmt/format.h>

#include <optional>
#include <utility>

#include "pipeline/flow/reader.h"
#include "pipeline/match/article_matcher.h"
#include "pipeline/match/match_message.h"
#include "pipeline/match/match_sink.h"

namespace wirewatch {
namespace {

constexpr std::string_view kMatchRefused = "match-refused";

std::vector<std::string_view> Reasons() {
  std::vector<std::string_view> reasons = MatchRejectionReasons();
  reasons.insert(reasons.end(), {kQuarantined, kMatchRefused});
  return reasons;
}

}  // namespace

MatchPublisher::MatchPublisher(std::unique_ptr<MatchSink> sink, std::unique_ptr<DeadLetterSink> dead_letters,
                               Metrics& metrics)
    : sink_(std::move(sink)),
      dead_letters_(std::move(dead_letters), Reasons(), metrics),
      delivered_(metrics.Delivered(sink_->name())),
      refused_(metrics.Refused(sink_->name())) {}

void MatchPublisher::AddReadiness(Health& health) const {
  health.AddReadiness(fmt::format("sink {}", sink_->name()), [sink = sink_.get()] { return sink->Ready(); });
  dead_letters_.AddReadiness(health);
}

void MatchPublisher::Handle(ReceiptPtr receipt, Outcome<ArticleMatches> outcome) {
  if (outcome.rejection) {
    dead_letters_.Send(receipt, outcome.rejection->reason, std::move(outcome.rejection->message));
  } else if (!outcome.value.matches.empty()) {
    receipt->SetOutcome(RecordOutcome::kMatched);
    for (const Match& match : outcome.value.matches) Send(receipt, match, "match " + MatchId(match));
  }
  if (const auto& revision = outcome.value.revision) Send(receipt, *revision, "revision " + RevisionId(*revision));
  receipt->Settle();
}

template <typename Message>
void MatchPublisher::Send(const ReceiptPtr& receipt, const Message& message, std::string what) {
  receipt->Open();
  sink_->Send(message, Delivery([receipt, inbox = inbox_, delivered = delivered_, refused = refused_,
                                 what = std::move(what)](std::optional<Error> error) mutable {
                if (!error) {
                  delivered.Increment();
                  receipt->Settle();
                  return;
                }
                refused.Increment();
                const std::lock_guard lock(inbox->mutex);
                if (error->code == ErrorCode::kRejected) {
                  inbox->refused.emplace_back(receipt, fmt::format("{} is refused: {}", what, error->message));
                } else {
                  inbox->failure = *std::move(error);
                }
              }));
}

Status MatchPublisher::Tend() {
  std::vector<std::pair<ReceiptPtr, std::string>> refused;
  Status failure;
  {
    const std::lock_guard lock(inbox_->mutex);
    refused.swap(inbox_->refused);
    failure = inbox_->failure;
  }
  for (auto& [receipt, why] : refused) {
    dead_letters_.Send(receipt, kMatchRefused, std::move(why));
    receipt->Settle();  // the match's own outcome; the dead letter's is another
  }
  sink_->Flush();
  if (Status failed = sink_->Failure(); !failed) return failed;
  if (Status tended = dead_letters_.Tend(); !tended) return tended;
  return failure;
}

void MatchPublisher::RequestStop() {
  sink_->RequestStop();
  dead_letters_.RequestStop();
}

Status MatchPublisher::Close(SteadyTime deadline) {
  Status result;
  if (Status closed = sink_->Close(deadline); !closed) result = std::move(closed).error().In(sink_->name());
  // Closing may have brought refusals: their dead letters go before the dead letters are closed.
  if (Status tended = Tend(); !tended) result = tended;
  if (Status closed = dead_letters_.Close(deadline); !closed) result = closed;
  return result;
}

}  // namespace wirewatch
