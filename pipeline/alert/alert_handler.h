// AlertHandler: matches to alerts to sinks; what cannot be processed to the dead letters. The handler of the match step
// where one process does both, of the alert step where a stream stands between them.
//
// What it knows of past alerts and stories (alert_policy.h, story_alerts.h) survives a restart in one of two ways: it
// is read again from the streams of matches and of decisions (`partitioned`), or an AlertMemory keeps it. There an
// alert is remembered after every sink has it: a crash in between repeats it, and loses none. A record whose alert is
// held, by embargo or for a summary, is done once that is remembered.
#ifndef WIREWATCH_PIPELINE_ALERT_ALERT_HANDLER_H_
#define WIREWATCH_PIPELINE_ALERT_ALERT_HANDLER_H_

#include <chrono>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
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
#include "pipeline/alert/decision.h"
#include "pipeline/alert/decision_sink.h"
#include "pipeline/alert/story_alerts.h"
#include "pipeline/flow/durable_sends.h"
#include "pipeline/flow/handler.h"
#include "pipeline/match/article_matches.h"
#include "pipeline/records/sink.h"

namespace wirewatch {

struct AlertHandlerOptions {
  AlertOptions alerts;
  std::size_t max_articles = StoryOptions().max_articles;
  // The state is that of the partitions that are ours: it goes with them, and comes with the records that restore it.
  bool partitioned = false;
  // An alert that is held goes out by the clock, too, without waiting for a record; after a crash it may repeat.
  bool releases_by_clock = true;
  // But only where no record of its partition came for so long. Else these bring its time themselves: while what has
  // piled up is read, the clock is far ahead of them, and must not take the time of topics with it.
  std::chrono::milliseconds clock_waits{1'000};
  bool transactional = false;  // what was handled may be undone
  // The articles are of another time than the clock's: what is remembered is not forgotten by it.
  bool archive = false;
};

class AlertHandler : public Handler<ArticleMatches> {
 public:
  // `decisions`: null, none are written. Borrows `metrics`, which must outlive it.
  AlertHandler(std::vector<std::unique_ptr<AlertSink>> sinks, std::unique_ptr<DeadLetterSink> dead_letters,
               std::unique_ptr<DecisionSink> decisions, AlertHandlerOptions options, MetricsRegistry& metrics);
  ~AlertHandler() override;

  // From now on what it knows is kept in `memory`; what is in there is known. Before all else, once.
  // Errors: it cannot be read.
  Status Use(std::unique_ptr<AlertMemory> memory);

  // "sink kafka", "dead letters file", "alert memory": one readiness check each.
  void AddReadiness(Health& health) const override;

  void Handle(ReceiptPtr receipt, Outcome<ArticleMatches> outcome) override;
  void Observe(const PartitionEvent& event) override;
  void Advance(Partition partition, WallTime record_time) override { record_times_[partition] = record_time; }
  void Committed(Partition partition) override;
  Status Tend() override;
  void RequestStop() override { sends_.RequestStop(); }
  Status Close(SteadyTime deadline) override;

  // Alerts that are not known to be delivered.
  std::size_t under_way() const { return under_way_.size(); }

 private:
  // What is known of an alert that is under way, also when its sinks have given it up.
  struct UnderWay {
    std::weak_ptr<DurableSend> send;
    Partition partition{};
  };
  // How all stood behind one record. It is remembered when every alert until then is delivered: who starts after a
  // crash must not take one for delivered that is not.
  struct Snapshot {
    std::vector<RememberedEntry> entries;
    std::unordered_set<std::string> articles;  // that had changed
    std::set<std::string> topics;              // the same
    std::vector<ReceiptPtr> receipts;
    std::set<AlertKey> under_way;
  };
  // Whether the memory can be written. Shared with the readiness check.
  struct MemoryState {
    std::mutex mutex;
    Status status;
  };

  void RaiseAlerts(const ReceiptPtr& receipt, ArticleMatches found);
  void RaiseAlert(const ReceiptPtr& receipt, Match match);
  // The embargo is over: time goes on to its end, and then it is judged.
  void JudgeHeld(RaisedAlert raised, const ReceiptPtr& receipt, const RecordPlace& place);
  // What stories make of it, at `time`. `receipt`: null, none waits. `was_held`: as of Send.
  void Judge(RaisedAlert raised, const ReceiptPtr& receipt, const RecordPlace& place, WallTime time, bool was_held);
  void SendOfTopics(TopicVerdicts verdicts, const ReceiptPtr& receipt, const RecordPlace& place, WallTime time);
  // Where there is a memory, the record is done once that has what it left behind.
  void HoldUntilRemembered(const ReceiptPtr& receipt);
  void BuryEmbargoed(const ReceiptPtr& receipt, const Match& match);
  // What was held is never told: `by` came before its embargo ended.
  void Drop(const RaisedAlert& held, const ArticleFacts& by, const ReceiptPtr& receipt, const RecordPlace& place);
  void ReleaseHeld(WallTime now);
  WallTime ForgottenBefore() const;
  // `time`: at which it was decided.
  void Write(Decision decision, const ReceiptPtr& receipt, const RecordPlace& place, WallTime time);
  Decision DecisionOn(const std::string& topic, const ArticleFacts& article) const;
  // `released`: from what was held, by its time.
  void Restore(const RecordPlace& place, WallTime time, std::vector<RaisedAlert> released, ArticleMatches found);
  // Of a record that recalls.
  void Recall(const RecordPlace& place, const Outcome<ArticleMatches>& outcome);
  // True: the alert of that key is under way already, and the record waits for it.
  bool JoinUnderWay(const AlertKey& key, const ReceiptPtr& receipt);
  // Makes the record wait for what was decided by the clock on its partition, without a record: alerts, and decisions.
  void JoinReleased(Partition partition, const ReceiptPtr& receipt);
  // `receipt`: of the record behind it; null: none. `was_held`: that record is not the one of its match.
  void Send(RaisedAlert raised, const ReceiptPtr& receipt, Partition partition, bool was_held);
  // Every sink of an alert has decided: it is under way no longer.
  void Decided(const DurableSend& send, const AlertKey& key);
  // It was never delivered.
  void Forget(const AlertKey& key);
  // Alerts of the partition that nobody delivers any more.
  void DropGivenUp(Partition partition, bool forget);
  // `released`: the match of an alert that was held; the records that wait for `send` do not have it. Else empty.
  void RefuseForGood(DurableSend& send, const AlertKey& key, const std::string& alert, const std::string& released);
  // Alerts that are still held would be lost with the process: makes dead letters of them.
  void BuryHeld();
  // Tend, but for what the clock brings about: the sinks may be closed.
  Status TendSends();
  void Remember(bool at_once);
  void TakeSnapshot();
  void Show();
  Counter& AlertsFor(const Match& match);

  const AlertHandlerOptions options_;
  AlertPolicy alerts_;
  StoryAlerts stories_;
  DurableSends<AlertSink> sends_;
  std::optional<DurableSends<DecisionSink>> decisions_;
  AlertMetrics metrics_;
  std::vector<Counter> kinds_;  // by AlertKind
  std::map<Suppressed, Counter> suppressed_;
  std::map<std::pair<std::string, TopicSeverity>, Counter> raised_;  // a reload may change a topic's severity
  std::map<AlertKey, UnderWay> under_way_;
  std::map<Partition, WallTime> record_times_;  // of the record that is handled next, by Advance
  struct Handled {
    Offset offset{};
    SteadyTime at{};
  };
  std::map<Partition, Handled> handled_;  // the last record
  // Of a partitioned state: the partitions that are restored. What others hold may have gone out already.
  std::set<Partition> live_;
  // Of a partitioned state: what was sent by the clock, and may be under way.
  struct ByClock {
    std::vector<AlertKey> alerts;
    std::vector<std::weak_ptr<DurableSend>> decisions;
  };
  std::map<Partition, ByClock> by_clock_;
  std::size_t given_up_ = 0, given_up_articles_ = 0;  // AlertPolicy's and StoryAlerts', as far as they are told
  SteadyTime told_{};
  bool told_of_unreadable_decisions_ = false;

  std::unique_ptr<AlertMemory> memory_;      // null: none
  std::unordered_set<std::string> changed_;  // articles whose state is to be remembered
  std::set<std::string> changed_topics_;     // the same
  std::vector<ReceiptPtr> unremembered_;     // of records whose alerts are held or folded
  std::optional<Snapshot> snapshot_;         // on its way to the memory
  SteadyTime remembered_{};
  const std::shared_ptr<MemoryState> memory_state_ = std::make_shared<MemoryState>();
};

}  // namespace wirewatch

#endif  // WIREWATCH_PIPELINE_ALERT_ALERT_HANDLER_H_
