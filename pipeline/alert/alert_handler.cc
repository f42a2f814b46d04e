// One class of more than 500 lines: what comes in, what goes out and what is remembered share what is under way.
#include "pipeline/alert/alert_handler.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <functional>
#include <iterator>
#include <span>
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
// Before the ids of entries of the alert memory; those of AlertPolicy are article ids alone, none of which begins so.
const std::string kStoryEntry = "\x1fstory ", kTopicEntry = "\x1ftopic ";

const char* SentenceOf(Suppressed why) {
  switch (why) {
    case Suppressed::kRepeat: return "this version of the article was seen before";
    case Suppressed::kOutdated: return "a later version of the article was seen before";
    default: return "the article is canceled, and there is nothing to withdraw";
  }
}

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
                           std::unique_ptr<DecisionSink> decisions, AlertHandlerOptions options,
                           MetricsRegistry& metrics)
    : options_(options),
      alerts_(options.alerts),
      stories_({options.alerts.window, options.max_articles, options.partitioned, options.transactional}),
      sends_(std::move(sinks), std::move(dead_letters), Reasons(), metrics),
      metrics_{metrics} {
  for (const AlertKind kind : kAlertKinds) kinds_.push_back(metrics_.kinds.With(Name(kind)));
  for (const Suppressed why : kAllSuppressed) suppressed_.emplace(why, metrics_.suppressed.With(Name(why)));
  if (decisions) decisions_.emplace(std::move(decisions), nullptr, std::span<const DeadLetterReason>(), metrics);
}

AlertHandler::~AlertHandler() = default;

Status AlertHandler::Use(std::unique_ptr<AlertMemory> memory) {
  std::size_t articles = 0;
  const auto load = [&](std::string_view text) -> Status {
    if (StoryAlerts::IsSaved(text)) return stories_.Load(text);
    ++articles;
    return alerts_.Load(text);
  };
  if (Status loaded = memory->Load(ForgottenBefore(), load); !loaded) {
    Error error = std::move(loaded).error();
    if (error.code == ErrorCode::kInvalid) {
      error.message += "; move the file away (alerts.state): what has alerted is forgotten then, and may alert again";
    }
    return error;
  }
  stories_.Loaded();
  if (articles > 0)
    kLog.Info("alerts: {articles} articles of the last runs are remembered; their repeats raise none",
              {{"articles", articles}});
  memory_ = std::move(memory);
  return {};
}

WallTime AlertHandler::ForgottenBefore() const {
  return options_.archive ? WallTime() : WallNow() - options_.alerts.window;
}

void AlertHandler::AddReadiness(Health& health) const {
  sends_.AddReadiness(health);
  if (decisions_) decisions_->AddReadiness(health);
  if (!memory_) return;
  health.AddReadiness("alert memory", [state = memory_state_] {
    const std::lock_guard lock(state->mutex);
    return state->status;
  });
}

// ----------------------------------------------------------------------------------------------- what comes in

void AlertHandler::Handle(ReceiptPtr receipt, Outcome<ArticleMatches> outcome) {
  const Record& record = receipt->record();
  const RecordPlace& place = record.place;
  const Partition partition = place.partition;
  if (record.use == RecordUse::kRecalls) {
    receipt->SetOutcome(RecordOutcome::kRecalled);
    Recall(place, outcome);
    receipt->Release();
    return;
  }
  const WallTime time = record_times_.at(partition);
  handled_.insert_or_assign(partition, Handled{place.offset, SteadyNow()});
  std::vector<RaisedAlert> released = alerts_.Advance(place, time);
  if (record.use == RecordUse::kRestores) {
    receipt->SetOutcome(RecordOutcome::kRestored);
    Restore(place, time, std::move(released), std::move(outcome.value));
    receipt->Release();
    return;
  }
  if (options_.partitioned) {
    live_.insert(partition);
    JoinReleased(partition, receipt);
  }
  for (RaisedAlert& raised : released) JudgeHeld(std::move(raised), receipt, place);
  SendOfTopics(stories_.Advance(place, time), receipt, place, time);
  if (outcome.rejection) {
    sends_.Bury(receipt, outcome.rejection->reason, std::move(outcome.rejection->message));
  } else if (!outcome.value.empty()) {
    RaiseAlerts(receipt, std::move(outcome.value));
  }
  receipt->Release();
}

void AlertHandler::Recall(const RecordPlace& place, const Outcome<ArticleMatches>& outcome) {
  Status recalled = Error{ErrorCode::kInvalid, outcome.rejection ? outcome.rejection->message : "it holds no decision"};
  if (outcome.value.decision) recalled = stories_.Recall(*outcome.value.decision);
  if (recalled) return metrics_.decisions_recalled.Increment();
  metrics_.decisions_unreadable.Increment();
  if (std::exchange(told_of_unreadable_decisions_, true)) return;
  kLog.Warn(
      "{stream} partition {partition} offset {offset} is passed over: {error}; others like it are counted as "
      "wirewatch_decisions_recalled_total{outcome=\"unreadable\"}",
      {{"stream", place.stream},
       {"partition", static_cast<std::int32_t>(place.partition)},
       {"offset", static_cast<std::int64_t>(place.offset)},
       {"error", recalled.error().message}});
}

// What follows went out when the record was read for the first time. What cannot be read became a dead letter then.
void AlertHandler::Restore(const RecordPlace& place, WallTime time, std::vector<RaisedAlert> released,
                           ArticleMatches found) {
  const bool is_recalled = stories_.IsRecalled(place);
  std::vector<AlertKey> were_held;
  if (is_recalled) were_held = stories_.Restore(found, place, time);
  const auto decide_anew = [&](RaisedAlert raised, bool was_held) {
    const AlertKey key = raised.key;
    alerts_.Confirm(key);
    if (is_recalled) return;
    stories_.Apply(std::move(raised), place, was_held);
    stories_.Confirm(key);
  };
  for (RaisedAlert& raised : released) {
    if (!is_recalled) stories_.Advance(place, raised.until, true);
    decide_anew(std::move(raised), true);
  }
  if (!is_recalled) stories_.Advance(place, time, true);
  for (Match& match : found.matches) {
    AlertVerdict verdict = alerts_.Apply(std::move(match), place);
    if (verdict.raised) {
      decide_anew(*std::move(verdict.raised), false);
    } else if (verdict.suppressed && !is_recalled) {
      stories_.Touch(KeyOf(match.topic, *match.article), match, place);
    }
  }
  if (found.revision) {
    for (RaisedAlert& raised : alerts_.Apply(*found.revision, place).withdrawn) decide_anew(std::move(raised), false);
  }
  for (const AlertKey& key : were_held) alerts_.GivenOut(key);
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
    RevisionVerdict verdict = alerts_.Apply(revision, place);
    for (const RaisedAlert& dropped : verdict.dropped) Drop(dropped, *revision.article, receipt, place);
    for (RaisedAlert& raised : verdict.withdrawn) {
      if (!raised.again && std::find(joined.begin(), joined.end(), raised.key) != joined.end()) continue;
      Judge(std::move(raised), receipt, place, record_times_.at(place.partition), false);
    }
    if (memory_) changed_.insert(revision.article->id);
  }
  metrics_.alert_duration.Observe(SteadyNow() - begin);
}

void AlertHandler::RaiseAlert(const ReceiptPtr& receipt, Match match) {
  const RecordPlace& place = receipt->record().place;
  const std::shared_ptr<const ArticleFacts> article = match.article;
  const std::string topic = match.topic;
  const AlertKey key = KeyOf(topic, *article);
  const WallTime time = record_times_.at(place.partition);
  // Also of one that is under way: a repeat is seen.
  const bool joined = JoinUnderWay(key, receipt);
  AlertVerdict verdict = alerts_.Apply(std::move(match), place);
  if (memory_) changed_.insert(article->id);
  if (verdict.dropped) Drop(*verdict.dropped, *article, receipt, place);
  if (verdict.raised && (!joined || verdict.raised->again))
    return Judge(*std::move(verdict.raised), receipt, place, time, false);
  if (verdict.raised) match = std::move(verdict.raised->alert.match);
  Decision decision = DecisionOn(topic, *article);
  decision.outcome = "suppressed";
  if (verdict.embargo_too_long) {
    decision.reason = Name(DeadLetterReason::kEmbargoed);
    decision.because = "its embargo ends later than what is held is remembered; it is a dead letter";
    BuryEmbargoed(receipt, match);
  } else if (verdict.held) {
    decision.outcome = "held";
    decision.because = fmt::format("the article is under embargo until {}", FormatRfc3339(*article->embargoed_until));
    receipt->SetOutcome(RecordOutcome::kMatched);
    HoldUntilRemembered(receipt);
  } else {
    const Suppressed why = verdict.suppressed.value_or(Suppressed::kRepeat);
    suppressed_.at(why).Increment();
    decision.reason = Name(why);
    decision.because = SentenceOf(why);
    decision.state = stories_.Touch(key, match, place);
  }
  Write(std::move(decision), receipt, place, time);
}

void AlertHandler::BuryEmbargoed(const ReceiptPtr& receipt, const Match& match) {
  if (receipt->outcome() == RecordOutcome::kDeadLettered) return;  // for another topic
  const std::string way_out = options_.alerts.longest_embargo->count() == 0
                                  ? "nothing here remembers it until then (alerts.state does, or matches: kafka)"
                                  : fmt::format("that is not remembered for longer than alerts.window ({})",
                                                FormatDuration(*options_.alerts.longest_embargo));
  sends_.Bury(receipt, DeadLetterReason::kEmbargoed,
              fmt::format("article {} on topic {} is under embargo until {}, and {}; replay it when the time has "
                          "come nearer",
                          match.article->id, match.topic, FormatRfc3339(*match.article->embargoed_until), way_out));
}

void AlertHandler::Drop(const RaisedAlert& held, const ArticleFacts& by, const ReceiptPtr& receipt,
                        const RecordPlace& place) {
  suppressed_.at(Suppressed::kDropped).Increment();
  Decision decision = DecisionOn(held.alert.match.topic, *held.alert.match.article);
  decision.outcome = "suppressed";
  decision.reason = Name(Suppressed::kDropped);
  decision.because = by.status == PublicationStatus::kCanceled
                         ? "the article was canceled before its embargo ended"
                         : fmt::format("version {} of the article came before the embargo of this one ended",
                                       by.version.empty() ? "without a number" : by.version);
  Write(std::move(decision), receipt, place, record_times_.at(place.partition));
}

void AlertHandler::JudgeHeld(RaisedAlert raised, const ReceiptPtr& receipt, const RecordPlace& place) {
  const WallTime until = raised.until;
  SendOfTopics(stories_.Advance(place, until), receipt, place, until);
  Judge(std::move(raised), receipt, place, until, true);
}

void AlertHandler::Judge(RaisedAlert raised, const ReceiptPtr& receipt, const RecordPlace& place, WallTime time,
                         bool was_held) {
  const AlertKey key = raised.key;
  const StepTimes times = raised.alert.match.times;
  const std::shared_ptr<const ArticleFacts> article = raised.alert.match.article;
  Decision decision = DecisionOn(raised.alert.match.topic, *article);
  if (memory_) changed_.insert(article->id);
  StoryVerdict verdict = stories_.Apply(std::move(raised), place, was_held);
  decision.kind = verdict.kind;
  decision.because = std::move(verdict.because);
  decision.alert_id = std::move(verdict.alert_id);
  decision.story_id = std::move(verdict.story_id);
  decision.state = std::move(verdict.state);
  if (verdict.raised) {
    decision.outcome = "alerted";
    if (receipt) receipt->SetOutcome(RecordOutcome::kMatched);
    const WallTime now = WallNow();
    if (article->published_at && verdict.raised->alert.kind == AlertKind::kNew) {
      metrics_.published_to_alert.Observe(now - *article->published_at);
    }
    metrics_.received_to_alert.Observe(now - times.received);
    Send(*std::move(verdict.raised), receipt, place.partition, was_held);
  } else {
    decision.outcome = *verdict.suppressed == Suppressed::kFolded ? "folded" : "suppressed";
    decision.reason = Name(*verdict.suppressed);
    suppressed_.at(*verdict.suppressed).Increment();
    // Its summary is still to come.
    if (receipt && *verdict.suppressed == Suppressed::kFolded) HoldUntilRemembered(receipt);
    // In a transaction Undo may hold it again until that is committed.
    if (was_held && !options_.transactional) alerts_.Confirm(key);
  }
  Write(std::move(decision), receipt, place, time);
  for (RaisedAlert& beside : verdict.beside) Send(std::move(beside), receipt, place.partition, was_held);
}

// What is still to be said of the record is in our state alone: who starts after a crash must have that, or the record.
void AlertHandler::HoldUntilRemembered(const ReceiptPtr& receipt) {
  if (!memory_) return;
  receipt->Hold();
  unremembered_.push_back(receipt);
}

void AlertHandler::Committed(Partition partition) {
  alerts_.Committed(partition);
  stories_.Committed(partition);
}

void AlertHandler::SendOfTopics(TopicVerdicts verdicts, const ReceiptPtr& receipt, const RecordPlace& place,
                                WallTime time) {
  for (RaisedAlert& raised : verdicts.raised) Send(std::move(raised), receipt, place.partition, true);
  for (Decision& decision : verdicts.states) Write(std::move(decision), receipt, place, time);
}

Decision AlertHandler::DecisionOn(const std::string& topic, const ArticleFacts& article) const {
  Decision decision;
  if (!decisions_) return decision;
  decision.topic = topic;
  decision.article_id = article.id;
  decision.article_version = article.version;
  decision.source = article.source;
  decision.title = article.title;
  return decision;
}

// One that is refused for good is counted as refused: no record becomes a dead letter for it.
void AlertHandler::Write(Decision decision, const ReceiptPtr& receipt, const RecordPlace& place, WallTime time) {
  if (!decisions_) return;
  decision.partition = place.partition;
  decision.offset = place.offset;
  decision.record_time = time;
  DurableSend send;
  send.is_optional = true;
  const bool by_clock = !receipt && options_.partitioned;
  if (by_clock) send.delivered = [](DurableSend&) {};  // Join asks
  auto written = decisions_->Send(decision, receipt, std::move(send));
  if (by_clock) by_clock_[place.partition].decisions.push_back(std::move(written));
}

// What a partition's transaction sent is undone before the event comes.
void AlertHandler::Observe(const PartitionEvent& event) {
  if (event.kind == PartitionEvent::Kind::kRestored) {
    if (options_.partitioned) live_.insert(event.partition);
    stories_.Restored(event.partition);
    return;
  }
  if (event.kind == PartitionEvent::Kind::kUndone) {
    alerts_.Undo(event.partition, event.from);
    stories_.Undo(event.partition, event.from);
    DropGivenUp(event.partition, false);
  } else if (options_.partitioned) {
    alerts_.Forget(event.partition);
    stories_.Forget(event.partition);
    record_times_.erase(event.partition);
    live_.erase(event.partition);
    by_clock_.erase(event.partition);
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
    under_way_.erase(at);
    Forget(key);
  }
  return joined == DurableSendsBase::Joined::kWaits;
}

// A process that restores the state takes an alert for delivered if a record after it is done. So the record must wait
// for the alert, and for the decision on it, which says to which story it went.
void AlertHandler::JoinReleased(Partition partition, const ReceiptPtr& receipt) {
  const auto at = by_clock_.find(partition);
  if (at == by_clock_.end()) return;
  auto& [alerts, decisions] = at->second;
  std::erase_if(alerts, [&](const AlertKey& key) { return !JoinUnderWay(key, receipt); });
  std::erase_if(decisions, [&](const std::weak_ptr<DurableSend>& decision) {
    return decisions_->Join(decision, receipt) != DurableSendsBase::Joined::kWaits;
  });
  if (alerts.empty() && decisions.empty()) by_clock_.erase(at);
}

void AlertHandler::DropGivenUp(Partition partition, bool forget) {
  for (auto at = under_way_.begin(); at != under_way_.end();) {
    if (at->second.partition != partition || !at->second.send.expired()) {
      ++at;
      continue;
    }
    const AlertKey key = at->first;
    at = under_way_.erase(at);
    if (forget) Forget(key);
  }
}

void AlertHandler::Send(RaisedAlert raised, const ReceiptPtr& receipt, Partition partition, bool was_held) {
  if (!receipt && options_.partitioned) by_clock_[partition].alerts.push_back(raised.key);
  Alert& alert = raised.alert;
  alert.alerted = WallNow();
  AlertsFor(alert.match).Increment();
  kinds_[static_cast<std::size_t>(alert.kind)].Increment();
  DurableSend send;
  send.delivered = [this, key = raised.key](const DurableSend& delivered) {
    alerts_.Confirm(key);
    stories_.Confirm(key);
    Decided(delivered, key);
  };
  std::string released;
  if (alert.kind == AlertKind::kBurst || !HasArticle(alert.kind)) {
    released = ToJson(alert);  // no record stands for it
  } else if (was_held) {
    released = ToMessage(alert.match);
  }
  send.refused = [this, key = raised.key, id = alert.id, released = std::move(released)](DurableSend& refused) {
    Decided(refused, key);
    RefuseForGood(refused, key, id, released);
  };
  auto under_way = sends_.Send(alert, receipt, std::move(send));
  under_way_.insert_or_assign(raised.key, UnderWay{std::move(under_way), partition});
}

// The same alert may have been sent again meanwhile, for a partition that went and came back.
void AlertHandler::Decided(const DurableSend& send, const AlertKey& key) {
  const auto at = under_way_.find(key);
  if (at == under_way_.end() || at->second.send.lock().get() != &send) return;
  under_way_.erase(at);
  if (snapshot_) snapshot_->under_way.erase(key);
}

void AlertHandler::Forget(const AlertKey& key) {
  alerts_.Forget(key);
  stories_.Forget(key);
  if (!snapshot_) return;
  // It says of an alert that it was told.
  changed_.merge(snapshot_->articles);
  changed_topics_.merge(snapshot_->topics);
  std::move(snapshot_->receipts.begin(), snapshot_->receipts.end(), std::back_inserter(unremembered_));
  snapshot_.reset();
}

Status AlertHandler::Tend() {
  if (options_.releases_by_clock) {
    const WallTime now = WallNow();
    ReleaseHeld(now);
    // With a log of matches the time of topics is that of its records.
    if (!options_.partitioned) SendOfTopics(stories_.AdvanceAll(now), nullptr, {}, now);
  }
  return TendSends();
}

Status AlertHandler::TendSends() {
  Status tended = sends_.Tend();
  if (decisions_) {
    if (Status written = decisions_->Tend(); !written) tended = written;
  }
  Remember(false);
  Show();
  return tended;
}

void AlertHandler::ReleaseHeld(WallTime now) {
  const SteadyTime steady = SteadyNow();
  const auto may = [&](Partition partition) {
    if (options_.partitioned && !live_.contains(partition)) return false;
    const auto handled = handled_.find(partition);
    return options_.archive || handled == handled_.end() || steady - handled->second.at >= options_.clock_waits;
  };
  for (RaisedAlert& raised : alerts_.ReleaseDue(now, may)) {
    const RecordPlace place{{}, raised.partition, handled_[raised.partition].offset, 0};
    // Behind the end of an archive nothing is silent: its time stays where it is.
    const auto time = record_times_.find(raised.partition);
    if (options_.archive && time != record_times_.end()) raised.until = std::min(raised.until, time->second);
    JudgeHeld(std::move(raised), nullptr, place);
  }
}

void AlertHandler::RefuseForGood(DurableSend& send, const AlertKey& key, const std::string& alert,
                                 const std::string& released) {
  alerts_.Confirm(key);
  Forget(key);
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

void AlertHandler::Remember(bool at_once) {
  if (!memory_) return;
  const bool failed = [&] {
    const std::lock_guard lock(memory_state_->mutex);
    return !memory_state_->status;
  }();
  const SteadyTime now = SteadyNow();
  if (!at_once && now - remembered_ < (failed ? kMemoryRetry : kRememberInterval)) return;
  if (!snapshot_) TakeSnapshot();
  if (!snapshot_ || !snapshot_->under_way.empty()) return;
  remembered_ = now;
  Status written = memory_->Remember(snapshot_->entries, ForgottenBefore());
  {
    const std::lock_guard lock(memory_state_->mutex);
    memory_state_->status = written;
  }
  if (!written) {
    if (!failed) kLog.Error("alert memory: {error}; trying again until it works", {{"error", written.error().message}});
    return;
  }
  for (const ReceiptPtr& receipt : snapshot_->receipts) receipt->Release();
  snapshot_.reset();
}

// Between two records.
void AlertHandler::TakeSnapshot() {
  changed_topics_.merge(stories_.TakeChangedTopics());
  if (changed_.empty() && changed_topics_.empty()) return;
  Snapshot& snapshot = snapshot_.emplace();
  const auto add = [&](std::string id, AlertPolicy::Saved saved) {
    snapshot.entries.push_back({std::move(id), std::move(saved.text), saved.last});
  };
  for (const std::string& article : changed_) {
    add(article, alerts_.Save(article));
    add(kStoryEntry + article, stories_.SaveArticle(article));
  }
  for (const std::string& topic : changed_topics_) add(kTopicEntry + topic, {stories_.SaveTopic(topic), {}});
  snapshot.articles = std::exchange(changed_, {});
  snapshot.topics = std::exchange(changed_topics_, {});
  snapshot.receipts = std::exchange(unremembered_, {});
  for (const auto& [key, under_way] : under_way_) snapshot.under_way.insert(key);
}

void AlertHandler::Show() {
  metrics_.sightings.Set(static_cast<double>(alerts_.sightings()));
  metrics_.held.Set(static_cast<double>(alerts_.held()));
  metrics_.stories.Set(static_cast<double>(stories_.stories()));
  metrics_.story_articles.Set(static_cast<double>(stories_.articles()));
  metrics_.story_articles_given_up.Increment(static_cast<double>(stories_.given_up() - given_up_articles_));
  given_up_articles_ = stories_.given_up();
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
  if (!options_.partitioned) {
    // No record moves the time of an archive on to now. What is over then need not wait for another run; what is not
    // waits only where something keeps it.
    const WallTime now = WallNow();
    if (options_.archive) ReleaseHeld(now);
    SendOfTopics({stories_.CloseThrottles(memory_ ? now : WallTime::max()), {}}, nullptr, {}, now);
  }
  Status result = sends_.CloseSinks(deadline);
  if (decisions_) {
    if (Status closed = decisions_->Close(deadline); !closed) result = closed;
  }
  BuryHeld();
  if (Status tended = TendSends(); !tended) result = tended;
  Remember(true);
  Remember(true);  // what came behind a snapshot that was under way
  if (!unremembered_.empty() || (snapshot_ && !snapshot_->receipts.empty())) {
    result = Error{ErrorCode::kTimeout,
                   "what is held by embargo, or for a summary, could not be remembered; its records are read again"};
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
