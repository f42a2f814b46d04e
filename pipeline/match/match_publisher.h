// MatchPublisher: the handler of the match step where the alert step is another process's: each match goes to the
// stream between the two (MatchSink), and each revision; what cannot be processed goes to the dead letters. It keeps no
// state: an article that is read twice sends its matches twice, and the alert step knows them again by their ids.
//
// Every match and revision that it sends has a record time (StepTimes::recorded).
#ifndef WIREWATCH_PIPELINE_MATCH_MATCH_PUBLISHER_H_
#define WIREWATCH_PIPELINE_MATCH_MATCH_PUBLISHER_H_

#include <map>
#include <memory>
#include <string>

#include "base/clock.h"
#include "monitoring/health.h"
#include "monitoring/metrics.h"
#include "pipeline/flow/durable_sends.h"
#include "pipeline/flow/handler.h"
#include "pipeline/match/article_matches.h"
#include "pipeline/match/match_sink.h"
#include "pipeline/records/record.h"
#include "pipeline/records/sink.h"

namespace wirewatch {

class MatchPublisher : public Handler<ArticleMatches> {
 public:
  // Borrows `metrics`, which must outlive it.
  MatchPublisher(std::unique_ptr<MatchSink> sink, std::unique_ptr<DeadLetterSink> dead_letters,
                 MetricsRegistry& metrics);

  // "sink matches", "dead letters kafka": one readiness check each.
  void AddReadiness(Health& health) const override { sends_.AddReadiness(health); }

  void Handle(ReceiptPtr receipt, Outcome<ArticleMatches> outcome) override;
  void Advance(Partition partition, WallTime record_time) override { record_times_[partition] = record_time; }
  Status Tend() override { return sends_.Tend(); }
  void RequestStop() override { sends_.RequestStop(); }
  Status Close(SteadyTime deadline) override { return sends_.Close(deadline); }

 private:
  // `what()` is "match ID", a hash: it is called only for those few that are refused, for their dead letter.
  template <typename Message, typename What>
  void Send(const ReceiptPtr& receipt, const Message& message, What what);

  DurableSends<MatchSink> sends_;
  std::map<Partition, WallTime> record_times_;  // of the record that is handled next
};

}  // namespace wirewatch

#endif  // WIREWATCH_PIPELINE_MATCH_MATCH_PUBLISHER_H_
