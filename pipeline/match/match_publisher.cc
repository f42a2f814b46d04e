#include "pipeline/match/match_publisher.h"

#include <fmt/format.h>

#include <utility>
#include <vector>

#include "pipeline/match/article_matcher.h"
#include "pipeline/match/match_message.h"

namespace wirewatch {
namespace {

std::vector<DeadLetterReason> Reasons() {
  std::vector<DeadLetterReason> reasons = MatchRejectionReasons();
  reasons.insert(reasons.end(), {DeadLetterReason::kQuarantined, DeadLetterReason::kMatchRefused});
  return reasons;
}

}  // namespace

MatchPublisher::MatchPublisher(std::unique_ptr<MatchSink> sink, std::unique_ptr<DeadLetterSink> dead_letters,
                               MetricsRegistry& metrics)
    : sends_(std::move(sink), std::move(dead_letters), Reasons(), metrics) {}

void MatchPublisher::Handle(ReceiptPtr receipt, Outcome<ArticleMatches> outcome) {
  auto& matches = outcome.value.matches;
  auto& revision = outcome.value.revision;
  // The alert step sees matches alone: what is found in an article whose time is not known goes on at that of the
  // records before it.
  const auto time = [&](StepTimes& times) {
    if (!times.recorded) times.recorded = record_times_.at(receipt->record().place.partition);
  };
  for (Match& match : matches) time(match.times);
  if (revision) time(revision->times);
  if (outcome.rejection) {
    sends_.Bury(receipt, outcome.rejection->reason, std::move(outcome.rejection->message));
  } else if (!matches.empty()) {
    receipt->SetOutcome(RecordOutcome::kMatched);
    for (const Match& match : matches) {
      Send(receipt, match,
           [topic = match.topic, article = match.article] { return "match " + MatchId(topic, *article); });
    }
  }
  if (revision) {
    Send(receipt, *revision, [article = revision->article] { return "revision " + RevisionId(*article); });
  }
  receipt->Release();
}

template <typename Message, typename What>
void MatchPublisher::Send(const ReceiptPtr& receipt, const Message& message, What what) {
  DurableSend send;
  send.refused = [this, what = std::move(what)](const DurableSend& refused) {
    sends_.Bury(refused, DeadLetterReason::kMatchRefused,
                fmt::format("{} is refused: {}", what(), refused.refusals.front().error.message));
  };
  sends_.Send(message, receipt, std::move(send));
}

}  // namespace wirewatch
