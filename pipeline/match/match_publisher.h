// MatchPublisher: what stands behind the match step where the alert step is another process's: each match goes to the
// stream between the two (sink.h: MatchSink), and each revision; what cannot be processed goes to the dead letters. It
// keeps no state: an article that is read twice sends its matches twice, and the alert step knows them again by their
// ids.
#ifndef WIREWATCH_PIPELINE_MATCH_MATCH_PUBLISHER_H_
#define WIREWATCH_PIPELINE_MATCH_MATCH_PUBLISHER_H_

#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "monitoring/health.h"
#include "monitoring/metrics.h"
#include "pipeline/flow/dead_letter_outbox.h"
#include "pipeline/flow/handler.h"
#include "pipeline/match/article_matches.h"
#include "pipeline/match/match_sink.h"
#include "pipeline/records/sink.h"

namespace wirewatch {

class MatchPublisher : public Handler<ArticleMatches> {
 public:
  // Borrows `metrics`, which must outlive it.
  MatchPublisher(std::unique_ptr<MatchSink> sink, std::unique_ptr<DeadLetterSink> dead_letters, Metrics& metrics);

  // "sink matches", "dead letters kafka": one readiness check each.
  void AddReadiness(Health& health) const;

  void Handle(ReceiptPtr receipt, Outcome<ArticleMatches> outcome) override;
  Status Tend() override;
  void RequestStop() override;
  Status Close(SteadyTime deadline) override;

 private:
  // What the sink posts from its thread. Shared with the deliveries, which may outlive this object in a sink that
  // hangs.
  struct Inbox {
    std::mutex mutex;
    std::vector<std::pair<ReceiptPtr, std::string>> refused;  // and why: their records become dead letters
    Status failure;                                           // the sink takes nothing any more
  };

  // `what`: "match ID", for the dead letter.
  template <typename Message>
  void Send(const ReceiptPtr& receipt, const Message& message, std::string what);

  const std::unique_ptr<MatchSink> sink_;
  DeadLetterOutbox dead_letters_;
  Counter delivered_, refused_;
  const std::shared_ptr<Inbox> inbox_ = std::make_shared<Inbox>();
};

}  // namespace wirewatch

#endif  // WIREWATCH_PIPELINE_MATCH_MATCH_PUBLISHER_H_
