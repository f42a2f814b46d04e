#include "pipeline/alert/alert_handler.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <functional>
#include <utility>

#include "base/log.h"
#include "pipeline/alert/alert_sink.h"
#include "pipeline/flow/reader.h"
#include "pipeline/match/article_matcher.h"
#include "pipeline/match/match_message.h"

namespace wirewatch {
namespace {

constexpr log::Module kLog("alert");

constexpr std::chrono::milliseconds kRememberInterval{100}, kMemoryRetry{1'000};
constexpr std::chrono::minutes kTellInterval{1};

// One process may do both steps, or the second alone.
std::vector<DeadLetterReason> Reasons() {
  std::vector<DeadLetterReason> reasons = MatchRejectionReasons();
  reasons.insert(reasons.end(), {DeadLetterReason::kInvalidMatch, DeadLetterReason::kAlertRefused,
                                 DeadLetterReason::kEmbargoed, DeadLetterReason::kQuarantined});
  return reasons;
}

// The record of a match that was held: its own is long done.
class HeldRecord : private Receipt::Owner {
 public:
  // `waiting`: each with a hold, which is released when the record is settled.
  static ReceiptPtr Make(std::string match, std::vector<ReceiptPtr> waiting) {
    auto held = std::make_shared<HeldRecord>(std::move(match), std::move(waiting));
    return {held, &held->receipt_};
  }
  HeldRecord(std::string match, std::vector<ReceiptPtr> waiting)
      : waiting_(std::move(waiting)),
        match_(std::make_shared<const std::string>(std::move(match))),
        receipt_(static_cast<Receipt::Owner&>(*this), RecordOf(match_), WallNow()) {}

 private:
  static Record RecordOf(const std::shared_ptr<const std::string>& match) {
    Record record;
    record.payload = *match;
    record.memory = match;
    record.place.stream = "held matches";
    return record;
  }
  void Settled(const Receipt&) override {
    for (const ReceiptPtr& receipt : waiting_) receipt->Release();
  }
  void Destroyed(const Receipt&) override {}

  const std::vector<ReceiptPtr> waiting_;
  const std::shared_ptr<const std::string> match_;
  Receipt receipt_;
};

}  // namespace

AlertHandler::AlertHandler(std::vector<std::unique_ptr<AlertSink>> sinks, std::unique_ptr<DeadLetterSink> dead_letters,
                           AlertHandlerOptions options, MetricsRegistry& metrics)
    : options_(options),
      alerts_(options.alerts),
      sends_(std::move(sinks), std::move(dead_letters), Reasons(), metrics),
      metrics_{metrics} {
  for (const Suppressed why : kAllSuppressed) suppressed_.emplace(why, metrics_.suppressed.With(Name(why)));
}

AlertHandler::~AlertHandler() = default;

Status AlertHandler::Use(std::unique_ptr<AlertMemory> memory) {
  std::size_t articles = 0;
  const auto load = [&](std::string_view text) {
    ++articles;
    return alerts_.Load(text);
  };
  if (Status loaded = memory->Load(WallNow() - options_.alerts.window, load); !loaded) return loaded;
  if (articles > 0)
    kLog.Info("alerts: {articles} articles of the last runs are remembered; their repeats raise none",
              {{"articles", articles}});
  memory_ = std::move(memory);
  return {};
}

void AlertHandler::AddReadiness(Health& health) const {
  sends_.AddReadiness(health);
  if (!memory_) return;
  health.AddReadiness("alert memory", [state = memory_state_] {
    const std::lock_guard lock(state->mutex);
    return state->status;
  });
}

// ----------------------------------------------------------------------------------------------- what comes in

void AlertHandler::Handle(ReceiptPtr receipt, Outcome<ArticleMatches> outcome) {
  const Record& record = receipt->record();
  const Partition partition = record.place.partition;
  if (record.use == RecordUse::kRecalls) {
    receipt->SetOutcome(RecordOutcome::kRecalled);
    Recall(record.place, outcome);
    receipt->Release();
    return;
  }
  std::vector<RaisedAlert> released = alerts_.Advance(record.place, record_times_.at(partition));
  if (record.use == RecordUse::kRestores) {
    // They went out when the record was read for the first time.
    for (const RaisedAlert& raised : released) alerts_.Confirm(raised.key);
    receipt->SetOutcome(RecordOutcome::kRestored);
    Restore(record.place, std::move(outcome.value));
    receipt->Release();
    return;
  }
  if (options_.partitioned) {
    live_.insert(partition);
    JoinReleased(partition, receipt);
  }
  for (RaisedAlert& raised : released) Send(std::move(raised), receipt, partition, true);
  if (outcome.rejection) {
    sends_.Bury(receipt, outcome.rejection->reason, std::move(outcome.rejection->message));
  } else if (!outcome.value.empty()) {
    RaiseAlerts(receipt, std::move(outcome.value));
  }
  receipt->Release();
}

void AlertHandler::Recall(const RecordPlace& place, const Outcome<ArticleMatches>& outcome) {
  if (outcome.value.decision) {
    metrics_.decisions_recalled.Increment();
    return;
  }
  metrics_.decisions_unreadable.Increment();
  if (std::exchange(told_of_unreadable_decisions_, true)) return;
  kLog.Warn(
      "{stream} partition {partition} offset {offset} is passed over: {error}; others like it are counted as "
      "wirewatch_decisions_recalled_total{outcome=\"unreadable\"}",
      {{"stream", place.stream},
       {"partition", static_cast<std::int32_t>(place.partition)},
       {"offset", static_cast<std::int64_t>(place.offset)},
       {"error", outcome.rejection ? outcome.rejection->message : "it holds no decision"}});
}

// What cannot be read became a dead letter when it was read for the first time.
void AlertHandler::Restore(const RecordPlace& place, ArticleMatches found) {
  for (Match& match : found.matches) alerts_.Apply(std::move(match), place);
  if (found.revision) alerts_.Apply(*found.revision, place);
}

void AlertHandler::RaiseAlerts(const ReceiptPtr& receipt, ArticleMatches found) {
  const SteadyTime begin = SteadyNow();
  const RecordPlace& place = receipt->record().place;
  if (!found.matches.empty()) receipt->SetOutcome(RecordOutcome::kSuppressed);
  for (Match& match : found.matches) RaiseAlert(receipt, std::move(match));
  if (found.revision) {
    const Revision& revision = *found.revision;
    std::vector<AlertKey> joined = alerts_.KeysOf(revision);
    std::erase_if(joined, [&](const AlertKey& key) { return !JoinUnderWay(key, receipt); });
    for (RaisedAlert& raised : alerts_.Apply(revision, place)) {
      if (std::find(joined.begin(), joined.end(), raised.key) != joined.end()) continue;
      receipt->SetOutcome(RecordOutcome::kMatched);
      Send(std::move(raised), receipt, place.partition, false);
    }
    if (memory_) changed_.insert(revision.article->id);
  }
  metrics_.alert_duration.Observe(SteadyNow() - begin);
}

void AlertHandler::RaiseAlert(const ReceiptPtr& receipt, Match match) {
  const RecordPlace& place = receipt->record().place;
  const std::shared_ptr<const ArticleFacts> article = match.article;
  const std::string topic = match.topic;
  // Also of one that is under way: a repeat is seen.
  const bool joined = JoinUnderWay(KeyOf(topic, *article), receipt);
  AlertVerdict verdict = alerts_.Apply(std::move(match), place);
  if (memory_) changed_.insert(article->id);
  if (verdict.embargo_too_long) {
    if (receipt->outcome() == RecordOutcome::kDeadLettered) return;  // for another topic
    const std::string way_out = options_.alerts.longest_embargo->count() == 0
                                    ? "nothing here remembers it until then (alerts.state does, or matches: kafka)"
                                    : fmt::format("that is not remembered for longer than alerts.window ({})",
                                                  FormatDuration(*options_.alerts.longest_embargo));
    sends_.Bury(receipt, DeadLetterReason::kEmbargoed,
                fmt::format("article {} on topic {} is under embargo until {}, and {}; replay it when the time has "
                            "come nearer",
                            article->id, topic, FormatRfc3339(*article->embargoed_until), way_out));
  } else if (verdict.held) {
    receipt->SetOutcome(RecordOutcome::kMatched);
    if (!memory_) return;
    receipt->Hold();
    unremembered_.emplace_back(article->id, receipt);
  } else if (joined || verdict.suppressed) {
    suppressed_.at(verdict.suppressed.value_or(Suppressed::kRepeat)).Increment();
  } else {
    receipt->SetOutcome(RecordOutcome::kMatched);
    const Alert& alert = verdict.raised->alert;
    const WallTime now = WallNow();
    if (article->published_at && alert.kind == AlertKind::kNew) {
      metrics_.published_to_alert.Observe(now - *article->published_at);
    }
    metrics_.received_to_alert.Observe(now - alert.match.times.received);
    Send(*std::move(verdict.raised), receipt, place.partition, false);
  }
}

// What a partition's transaction sent is undone before the event comes.
void AlertHandler::Observe(const PartitionEvent& event) {
  if (event.kind == PartitionEvent::Kind::kRestored) {
    if (options_.partitioned) live_.insert(event.partition);
    return;
  }
  if (event.kind == PartitionEvent::Kind::kRevoked) record_times_.erase(event.partition);
  if (event.kind == PartitionEvent::Kind::kUndone) {
    alerts_.Undo(event.partition, event.from);
    DropGivenUp(event.partition, false);
  } else if (options_.partitioned) {
    alerts_.Forget(event.partition);
    live_.erase(event.partition);
    released_.erase(event.partition);
    DropGivenUp(event.partition, false);
  } else {
    DropGivenUp(event.partition, true);  // the state stays ours, without what was not delivered
  }
}

// ------------------------------------------------------------------------------------------------- what goes out

// A record that is read again, after a rebalance say, must not be done before the alert that it repeats: if that is
// lost with this process, the record is what brings it back.
bool AlertHandler::JoinUnderWay(const AlertKey& key, const ReceiptPtr& receipt) {
  const auto at = under_way_.find(key);
  if (at == under_way_.end()) return false;
  const auto joined = sends_.Join(at->second.send, receipt);
  if (joined == DurableSendsBase::Joined::kGivenUp) {
    IsDone(at->second.article);
    under_way_.erase(at);
    alerts_.Forget(key);
  }
  return joined == DurableSendsBase::Joined::kWaits;
}

// A process that restores the state takes an alert for delivered if a record after it is done. So the record must wait
// for the alert.
void AlertHandler::JoinReleased(Partition partition, const ReceiptPtr& receipt) {
  const auto at = released_.find(partition);
  if (at == released_.end()) return;
  std::erase_if(at->second, [&](const AlertKey& key) { return !JoinUnderWay(key, receipt); });
  if (at->second.empty()) released_.erase(at);
}

void AlertHandler::DropGivenUp(Partition partition, bool forget) {
  for (auto at = under_way_.begin(); at != under_way_.end();) {
    if (at->second.partition != partition || !at->second.send.expired()) {
      ++at;
      continue;
    }
    IsDone(at->second.article);
    if (forget) alerts_.Forget(at->first);
    at = under_way_.erase(at);
  }
}

void AlertHandler::Send(RaisedAlert raised, const ReceiptPtr& receipt, Partition partition, bool was_held) {
  Alert& alert = raised.alert;
  alert.alerted = WallNow();
  AlertsFor(alert.match).Increment();
  const std::string& article = alert.match.article->id;
  ++pending_[article];
  if (memory_) changed_.insert(article);
  DurableSend send;
  send.delivered = [this, key = raised.key, article](const DurableSend& delivered) {
    alerts_.Confirm(key);
    Decided(delivered, key, article);
  };
  send.refused = [this, key = raised.key, id = alert.id, article,
                  released = was_held ? ToMessage(alert.match) : ""](DurableSend& refused) {
    Decided(refused, key, article);
    RefuseForGood(refused, key, id, released);
  };
  auto under_way = sends_.Send(alert, receipt, std::move(send));
  under_way_.insert_or_assign(raised.key, UnderWay{std::move(under_way), article, partition});
}

// The same alert may have been sent again meanwhile, for a partition that went and came back.
void AlertHandler::Decided(const DurableSend& send, const AlertKey& key, const std::string& article) {
  IsDone(article);
  const auto at = under_way_.find(key);
  if (at != under_way_.end() && at->second.send.lock().get() == &send) under_way_.erase(at);
}

Status AlertHandler::Tend() {
  if (options_.releases_by_clock) {
    const std::set<Partition>* const only = options_.partitioned ? &live_ : nullptr;
    for (RaisedAlert& raised : alerts_.ReleaseDue(WallNow(), only)) {
      const Partition partition = raised.partition;
      if (options_.partitioned) released_[partition].push_back(raised.key);
      Send(std::move(raised), nullptr, partition, true);
    }
  }
  Status tended = sends_.Tend();
  Remember(false);
  Show();
  return tended;
}

void AlertHandler::IsDone(const std::string& article) {
  const auto pending = pending_.find(article);
  if (--pending->second == 0) pending_.erase(pending);
}

void AlertHandler::RefuseForGood(DurableSend& send, const AlertKey& key, const std::string& alert,
                                 const std::string& released) {
  alerts_.Confirm(key);
  alerts_.Forget(key);
  std::string why;
  for (const DurableSend::Refusal& refusal : send.refusals) {
    why += fmt::format("{}sink {} refused alert {}: {}", why.empty() ? "" : "; ", refusal.sink, alert,
                       refusal.error.message);
  }
  if (released.empty()) return sends_.Bury(send, DeadLetterReason::kAlertRefused, why);
  const ReceiptPtr held = HeldRecord::Make(released, std::exchange(send.receipts, {}));
  sends_.Bury(held, DeadLetterReason::kAlertRefused, why);
  held->Release();
}

void AlertHandler::BuryHeld() {
  if (memory_ || options_.partitioned) return;
  for (const RaisedAlert& raised : alerts_.TakeHeld()) {
    const Match& match = raised.alert.match;
    const ReceiptPtr held = HeldRecord::Make(ToMessage(match), {});
    sends_.Bury(held, DeadLetterReason::kEmbargoed,
                fmt::format("article {} on topic {} is under embargo until {}, and the process ends before; "
                            "alerts.state would remember it",
                            match.article->id, match.topic, FormatRfc3339(*match.article->embargoed_until)));
    held->Release();
  }
}

// --------------------------------------------------------------------------------------------------------- memory

// An article with an alert under way is not remembered: who starts after a crash must not take it for delivered.
void AlertHandler::Remember(bool at_once) {
  if (!memory_ || changed_.empty()) return;
  const bool failed = [&] {
    const std::lock_guard lock(memory_state_->mutex);
    return !memory_state_->status;
  }();
  const SteadyTime now = SteadyNow();
  if (!at_once && now - remembered_ < (failed ? kMemoryRetry : kRememberInterval)) return;
  std::vector<RememberedArticle> articles;
  for (const std::string& article : changed_) {
    if (pending_.contains(article)) continue;
    AlertPolicy::Saved saved = alerts_.Save(article);
    articles.push_back({article, std::move(saved.text), saved.last});
  }
  remembered_ = now;
  if (articles.empty()) return;
  Status written = memory_->Remember(articles, WallNow() - options_.alerts.window);
  {
    const std::lock_guard lock(memory_state_->mutex);
    memory_state_->status = written;
  }
  if (!written) {
    if (!failed) kLog.Error("alert memory: {error}; trying again until it works", {{"error", written.error().message}});
    return;
  }
  for (const RememberedArticle& article : articles) changed_.erase(article.id);
  std::erase_if(unremembered_, [&](const auto& waiting) {
    if (changed_.contains(waiting.first)) return false;
    waiting.second->Release();
    return true;
  });
}

void AlertHandler::Show() {
  metrics_.sightings.Set(static_cast<double>(alerts_.sightings()));
  metrics_.held.Set(static_cast<double>(alerts_.held()));
  const std::size_t more = alerts_.given_up() - given_up_;
  if (more == 0) return;
  metrics_.sightings_given_up.Increment(static_cast<double>(more));
  given_up_ += more;
  const SteadyTime now = SteadyNow();
  if (told_ != SteadyTime() && now - told_ < kTellInterval) return;
  told_ = now;
  kLog.Warn(
      "alerts: more than alerts.max_sightings ({most}): the oldest are forgotten ({forgotten} so far), so "
      "that their repeats may alert again; raise it, or shorten alerts.window",
      {{"most", options_.alerts.max_sightings}, {"forgotten", given_up_}});
}

Status AlertHandler::Close(SteadyTime deadline) {
  Status result = sends_.CloseSinks(deadline);
  BuryHeld();
  if (Status tended = Tend(); !tended) result = tended;
  Remember(true);
  if (!unremembered_.empty()) {
    result = Error{ErrorCode::kTimeout, "what is held by embargo could not be remembered; its records are read again"};
  }
  if (Status closed = sends_.CloseDeadLetters(deadline); !closed) result = closed;
  return result;
}

Counter& AlertHandler::AlertsFor(const Match& match) {
  const std::pair key(match.topic, match.severity);
  const auto at = raised_.find(key);
  if (at != raised_.end()) return at->second;
  return raised_.emplace(key, metrics_.alerts.With(match.topic, Name(match.severity))).first->second;
}

}  // namespace wirewatch
