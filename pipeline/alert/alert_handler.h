// AlertHandler: matches to alerts to sinks; what cannot be processed to the dead letters. Behind the match step where
// one process does both, behind the alert step where a stream stands between them.
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
#include "pipeline/alert/alert_policy.h"
#include "pipeline/alert/alert_sink.h"
#include "pipeline/flow/dead_letter_outbox.h"
#include "pipeline/flow/handler.h"
#include "pipeline/match/article_matches.h"
#include "pipeline/records/sink.h"

namespace wirewatch {

struct DeliveryOptions {
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
               DeliveryOptions options, Metrics& metrics);
  ~AlertHandler() override;

  // From now on what it knows is kept in `memory`; what is in there is known. Before all else, once.
  // Errors: it cannot be read.
  Status Use(std::unique_ptr<AlertMemory> memory);

  // "sink kafka", "dead letters file", "alert memory": one readiness check each.
  void AddReadiness(Health& health) const;

  void Handle(ReceiptPtr receipt, Outcome<ArticleMatches> outcome) override;
  void Observe(const PartitionEvent& event) override;
  Status Tend() override;
  void RequestStop() override;
  Status Close(SteadyTime deadline) override;

  // Alerts that are not known to be delivered.
  std::size_t under_way() const;

 private:
  struct Output {
    std::unique_ptr<AlertSink> sink;
    Counter delivered, refused;
  };
  // An alert until every sink has taken or refused it. Held by its deliveries.
  struct UnderWay {
    AlertKey key;
    std::string id, article;           // of the alert; of its article
    std::size_t sinks = 0;             // that have not decided
    std::vector<ReceiptPtr> receipts;  // of its record, and of repeats: they are done when it is, and not before
    std::string refusal;               // why a sink will never take it; empty: none so far
    std::string released;              // of one that was held: its match, which no record of `receipts` tells
  };
  // What is known of an alert that is under way, also when its sinks have given it up.
  struct Sent {
    std::weak_ptr<UnderWay> under_way;
    std::string article;
    Partition partition{};
  };
  // What sinks post from their threads. Shared with the deliveries, which may outlive this handler in a sink that
  // hangs.
  struct Inbox {
    std::mutex mutex;
    std::map<AlertKey, Sent> sent;
    std::vector<std::shared_ptr<UnderWay>> refused;           // their records become dead letters
    std::vector<std::pair<AlertKey, std::string>> delivered;  // and their articles
    Status failure;                                           // a sink takes nothing any more
  };
  // Whether the memory can be written. Shared with the readiness check.
  struct MemoryState {
    std::mutex mutex;
    Status status;
  };

  void RaiseAlerts(const ReceiptPtr& receipt, ArticleMatches found);
  void RaiseAlert(const ReceiptPtr& receipt, Match match);
  void Restore(const RecordPlace& place, ArticleMatches found);
  // True: the alert of that key is under way already, and the record waits for it.
  bool JoinUnderWay(const AlertKey& key, const ReceiptPtr& receipt);
  // The record waits for what was held in its partition and went out without one.
  void JoinReleased(Partition partition, const ReceiptPtr& receipt);
  // `receipt`: of the record behind it; null: none. `was_held`: that record is not the one of its match.
  void Send(RaisedAlert raised, const ReceiptPtr& receipt, Partition partition, bool was_held);
  void SendTo(Output& output, const Alert& alert, std::shared_ptr<UnderWay> under_way);
  static void Decided(Inbox& inbox, const std::shared_ptr<UnderWay>& under_way, const std::string& refusal);
  // Alerts of the partition that nobody delivers any more.
  void DropGivenUp(Partition partition, bool forget);
  // One alert of the article less is under way.
  void IsDone(const std::string& article);
  void RefuseForGood(const UnderWay& under_way);
  // What holds is gone with the process: dead letters keep it.
  void BuryHeld();
  void Remember(bool at_once);
  void Show();
  Counter& AlertsFor(const Match& match);

  const DeliveryOptions options_;
  AlertPolicy alerts_;
  std::vector<Output> outputs_;
  DeadLetterOutbox dead_letters_;
  Metrics& metrics_;
  std::map<Suppressed, Counter> suppressed_;
  std::map<std::pair<std::string, TopicSeverity>, Counter> raised_;  // a reload may change a topic's severity
  const std::shared_ptr<Inbox> inbox_ = std::make_shared<Inbox>();
  std::set<Partition>
      live_;  // of a partitioned state: those that are restored; what is held in others may be out already
  std::map<Partition, std::vector<AlertKey>> released_;  // of a partitioned state: by the clock, and may be under way
  std::size_t given_up_ = 0;                             // AlertPolicy::given_up, as far as it is told
  SteadyTime told_{};

  std::unique_ptr<AlertMemory> memory_;      // null: none
  std::unordered_set<std::string> changed_;  // articles whose state is to be remembered
  std::unordered_map<std::string, int>
      pending_;  // articles with alerts under way: not remembered before these are done
  std::vector<std::pair<std::string, ReceiptPtr>> unremembered_;  // of articles with held alerts
  SteadyTime remembered_{};
  const std::shared_ptr<MemoryState> memory_state_ = std::make_shared<MemoryState>();
};

}  // namespace wirewatch

#endif  // WIREWATCH_PIPELINE_ALERT_ALERT_HANDLER_H_
