// DeliveryStage: matches to alerts to sinks; what cannot be processed to the dead letters. Behind the match step where
// one process does both, behind the alert step where a stream stands between them.
#ifndef WIREWATCH_PIPELINE_DELIVERY_STAGE_H_
#define WIREWATCH_PIPELINE_DELIVERY_STAGE_H_

#include <chrono>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "monitoring/health.h"
#include "monitoring/metrics.h"
#include "pipeline/alert_stage.h"
#include "pipeline/dead_letter_desk.h"
#include "pipeline/outcome_handler.h"
#include "pipeline/sink.h"

namespace wirewatch {

class DeliveryStage : public OutcomeHandler {
 public:
  // Borrows `metrics`, which must outlive it.
  // `window`: as AlertStage.
  DeliveryStage(std::vector<std::unique_ptr<AlertSink>> sinks, std::unique_ptr<DeadLetterSink> dead_letters,
                std::chrono::milliseconds window, Metrics& metrics);
  ~DeliveryStage() override;

  // "sink kafka", "dead letters file": one readiness check each.
  void AddReadiness(Health& health) const;

  void Handle(ReceiptPtr receipt, MatchOutcome outcome) override;
  Status Tend() override;
  void RequestStop() override;
  Status Close(SteadyTime deadline) override;

 private:
  struct Output {
    std::unique_ptr<AlertSink> sink;
    Counter delivered, refused;
  };
  // An alert until every sink has taken or refused it. Held by its deliveries.
  struct UnderWay {
    std::string id;
    std::size_t sinks = 0;             // that have not decided
    std::vector<ReceiptPtr> receipts;  // of its record, and of repeats: they are done when it is, and not before
    std::string refusal;               // why a sink will never take it; empty: none so far
  };
  // What sinks post from their threads. Shared with the deliveries, which may outlive this stage in a sink that hangs.
  struct Inbox {
    std::mutex mutex;
    std::unordered_map<std::string, std::weak_ptr<UnderWay>> under_way;  // by id; expired: given up by its sinks
    std::vector<std::shared_ptr<UnderWay>> refused;                      // their records become dead letters
    Status failure;                                                      // a sink takes nothing any more
  };

  void RaiseAlerts(const ReceiptPtr& receipt, std::vector<Match> matches);
  void Restore(const Record& record, WallTime received, std::vector<Match> matches);
  // True: the alert of that id is under way already, and the record waits for it.
  bool JoinUnderWay(const std::string& alert_id, const ReceiptPtr& receipt);
  void SendAlert(Output& output, const Alert& alert, std::shared_ptr<UnderWay> under_way);
  static void Decided(Inbox& inbox, const std::shared_ptr<UnderWay>& under_way, const std::string& refusal);
  Counter& AlertsFor(const Match& match);

  AlertStage alerts_;
  std::vector<Output> outputs_;
  DeadLetterDesk dead_letters_;
  Metrics& metrics_;
  Counter repeats_suppressed_;
  std::map<std::pair<std::string, TopicSeverity>, Counter> raised_;  // a reload may change a topic's severity
  const std::shared_ptr<Inbox> inbox_ = std::make_shared<Inbox>();
};

}  // namespace wirewatch

#endif  // WIREWATCH_PIPELINE_DELIVERY_STAGE_H_
