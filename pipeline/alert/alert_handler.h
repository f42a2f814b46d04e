// AlertHandler: matches to alerts to sinks; what cannot be processed to the dead letters. The handler of the match step
// where one process does both, of the alert step where a stream stands between them.
//
// What it knows of past alerts (alert_policy.h) survives a restart in one of two ways: it is read again from the stream
// of matches (`partitioned`), or an AlertMemory keeps it. There an alert is remembered after every sink has it: a crash
// in between repeats it, and loses none. A record whose alert is held is done once that is remembered.
#ifndef WIREWATCH_PIPELINE_ALERT_ALERT_HANDLER_H_
#define WIREWATCH_PIPELINE_ALERT_ALERT_HANDLER_H_

#include <chrono>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "monitoring/health.h"
#include "monitoring/metrics.h"
#include "pipeline/alert/alert_memory.h"
#include "pipeline/alert/alert_metrics.h"
#include "pipeline/alert/alert_policy.h"
#include "pipeline/alert/alert_sink.h"
#include "pipeline/flow/durable_sends.h"
#include "pipeline/flow/handler.h"
#include "pipeline/match/article_matches.h"
#include "pipeline/records/sink.h"

namespace wirewatch {

struct AlertHandlerOptions {
  AlertOptions alerts;
  // The state is that of the partitions that are ours: it goes with them, and comes with the records that restore it.
  bool partitioned = false;
  // An alert that is held goes out by the clock, too, without waiting for a record; after a restart it may repeat.
  bool releases_by_clock = true;
};

class AlertHandler : public Handler<ArticleMatches> {
 public:
  // Borrows `metrics`, which must outlive it.
  AlertHandler(std::vector<std::unique_ptr<AlertSink>> sinks, std::unique_ptr<DeadLetterSink> dead_letters,
               AlertHandlerOptions options, MetricsRegistry& metrics);
  ~AlertHandler() override;

  // From now on what it knows is kept in `memory`; what is in there is known. Before all else, once.
  // Errors: it cannot be read.
  Status Use(std::unique_ptr<AlertMemory> memory);

  // "sink kafka", "dead letters file", "alert memory": one readiness check each.
  void AddReadiness(Health& health) const override;

  void Handle(ReceiptPtr receipt, Outcome<ArticleMatches> outcome) override;
  void Observe(const PartitionEvent& event) override;
  void Advance(Partition partition, WallTime record_time) override { record_times_[partition] = record_time; }
  Status Tend() override;
  void RequestStop() override { sends_.RequestStop(); }
  Status Close(SteadyTime deadline) override;

  // Alerts that are not known to be delivered.
  std::size_t under_way() const { return under_way_.size(); }

 private:
  // What is known of an alert that is under way, also when its sinks have given it up.
  struct UnderWay {
    std::weak_ptr<DurableSend> send;
    std::string article;
    Partition partition{};
  };
  // Whether the memory can be written. Shared with the readiness check.
  struct MemoryState {
    std::mutex mutex;
    Status status;
  };

  void RaiseAlerts(const ReceiptPtr& receipt, ArticleMatches found);
  void RaiseAlert(const ReceiptPtr& receipt, Match match);
  void Restore(const RecordPlace& place, ArticleMatches found);
  // Of a record that recalls.
  void Recall(const RecordPlace& place, const Outcome<ArticleMatches>& outcome);
  // True: the alert of that key is under way already, and the record waits for it.
  bool JoinUnderWay(const AlertKey& key, const ReceiptPtr& receipt);
  // Makes the record wait for the alerts of its partition that were held and then sent by the clock, without a record.
  void JoinReleased(Partition partition, const ReceiptPtr& receipt);
  // `receipt`: of the record behind it; null: none. `was_held`: that record is not the one of its match.
  void Send(RaisedAlert raised, const ReceiptPtr& receipt, Partition partition, bool was_held);
  // Every sink of an alert has decided: it is under way no longer.
  void Decided(const DurableSend& send, const AlertKey& key, const std::string& article);
  // Alerts of the partition that nobody delivers any more.
  void DropGivenUp(Partition partition, bool forget);
  // One alert of the article less is under way.
  void IsDone(const std::string& article);
  // `released`: the match of an alert that was held; the records that wait for `send` do not have it. Else empty.
  void RefuseForGood(DurableSend& send, const AlertKey& key, const std::string& alert, const std::string& released);
  // Alerts that are still held would be lost with the process: makes dead letters of them.
  void BuryHeld();
  void Remember(bool at_once);
  void Show();
  Counter& AlertsFor(const Match& match);

  const AlertHandlerOptions options_;
  AlertPolicy alerts_;
  DurableSends<AlertSink> sends_;
  AlertMetrics metrics_;
  std::map<Suppressed, Counter> suppressed_;
  std::map<std::pair<std::string, TopicSeverity>, Counter> raised_;  // a reload may change a topic's severity
  std::map<AlertKey, UnderWay> under_way_;
  std::map<Partition, WallTime> record_times_;  // of the record that is handled next, by Advance
  // Of a partitioned state: the partitions that are restored. What others hold may have gone out already.
  std::set<Partition> live_;
  // Of a partitioned state: the alerts that were sent by the clock, and may be under way.
  std::map<Partition, std::vector<AlertKey>> released_;
  std::size_t given_up_ = 0;  // AlertPolicy::given_up, as far as it is told
  SteadyTime told_{};
  bool told_of_unreadable_decisions_ = false;

  std::unique_ptr<AlertMemory> memory_;      // null: none
  std::unordered_set<std::string> changed_;  // articles whose state is to be remembered
  // Articles with alerts under way, and how many: not remembered before these are done.
  std::unordered_map<std::string, int> pending_;
  std::vector<std::pair<std::string, ReceiptPtr>> unremembered_;  // of articles with held alerts
  SteadyTime remembered_{};
  const std::shared_ptr<MemoryState> memory_state_ = std::make_shared<MemoryState>();
};

}  // namespace wirewatch

#endif  // WIREWATCH_PIPELINE_ALERT_ALERT_HANDLER_H_
