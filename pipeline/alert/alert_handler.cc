#include "pipeline/alert/alert_handler.h"

#include <fmt/format.h>

#include <algorithm>
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

constexpr std::string_view kAlertRefused = "alert-refused", kEmbargoed = "embargoed";
constexpr std::chrono::milliseconds kRememberInterval{100}, kMemoryRetry{1'000};
constexpr std::chrono::minutes kTellInterval{1};

// One process may do both steps, or the second alone.
std::vector<std::string_view> Reasons() {
  std::vector<std::string_view> reasons = MatchRejectionReasons();
  reasons.insert(reasons.end(), {kInvalidMatch, kAlertRefused, kEmbargoed, kQuarantined});
  return reasons;
}

// By which the alert policy knows the order of time: that of the record, if its stream tells.
WallTime TimeOf(const Record& record, WallTime received) { return record.timestamp.value_or(received); }

// The record of a match that was held: its own is long done.
class HeldRecord : private Receipt::Owner {
 public:
  // `waiting`: settled when it is.
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
    for (const ReceiptPtr& receipt : waiting_) receipt->Settle();
  }
  void Released(const Receipt&) override {}

  const std::vector<ReceiptPtr> waiting_;
  const std::shared_ptr<const std::string> match_;
  Receipt receipt_;
};

}  // namespace

AlertHandler::AlertHandler(std::vector<std::unique_ptr<AlertSink>> sinks, std::unique_ptr<DeadLetterSink> dead_letters,
                           DeliveryOptions options, Metrics& metrics)
    : options_(options),
      alerts_(options.alerts),
      dead_letters_(std::move(dead_letters), Reasons(), metrics),
      metrics_(metrics) {
  for (const Suppressed why : kAllSuppressed) suppressed_.emplace(why, metrics.AlertsSuppressed(Name(why)));
  for (auto& sink : sinks) {
    const std::string_view name = sink->name();
    outputs_.push_back({std::move(sink), metrics.Delivered(name), metrics.Refused(name)});
  }
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
  for (const Output& output : outputs_) {
    health.AddReadiness(fmt::format("sink {}", output.sink->name()),
                        [sink = output.sink.get()] { return sink->Ready(); });
  }
  dead_letters_.AddReadiness(health);
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
  std::vector<RaisedAlert> released = alerts_.Advance(record.place, TimeOf(record, receipt->received()));
  if (record.restores) {
    // They went out when the record was read for the first time.
    for (const RaisedAlert& raised : released) alerts_.Confirm(raised.key);
    receipt->SetOutcome(RecordOutcome::kRestored);
    Restore(record.place, std::move(outcome.value));
    receipt->Settle();
    return;
  }
  if (options_.partitioned) {
    live_.insert(partition);
    JoinReleased(partition, receipt);
  }
  for (RaisedAlert& raised : released) Send(std::move(raised), receipt, partition, true);
  if (outcome.rejection) {
    dead_letters_.Send(receipt, outcome.rejection->reason, std::move(outcome.rejection->message));
  } else if (!outcome.value.empty()) {
    RaiseAlerts(receipt, std::move(outcome.value));
  }
  receipt->Settle();
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
    dead_letters_.Send(
        receipt, kEmbargoed,
        fmt::format("article {} on topic {} is under embargo until {}, and {}; replay it when the time has "
                    "come nearer",
                    article->id, topic, FormatRfc3339(*article->embargoed_until), way_out));
  } else if (verdict.held) {
    receipt->SetOutcome(RecordOutcome::kMatched);
    if (!memory_) return;
    receipt->Open();
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
  const std::lock_guard lock(inbox_->mutex);
  const auto at = inbox_->sent.find(key);
  if (at == inbox_->sent.end()) return false;
  if (const auto under_way = at->second.under_way.lock()) {
    receipt->Open();
    under_way->receipts.push_back(receipt);
    return true;
  }
  IsDone(at->second.article);
  inbox_->sent.erase(at);
  alerts_.Forget(key);
  return false;
}

// Once a record behind it is done, who restores the state takes the alert for delivered.
void AlertHandler::JoinReleased(Partition partition, const ReceiptPtr& receipt) {
  const auto at = released_.find(partition);
  if (at == released_.end()) return;
  std::erase_if(at->second, [&](const AlertKey& key) { return !JoinUnderWay(key, receipt); });
  if (at->second.empty()) released_.erase(at);
}

void AlertHandler::DropGivenUp(Partition partition, bool forget) {
  const std::lock_guard lock(inbox_->mutex);
  for (auto at = inbox_->sent.begin(); at != inbox_->sent.end();) {
    if (at->second.partition != partition || !at->second.under_way.expired()) {
      ++at;
      continue;
    }
    IsDone(at->second.article);
    if (forget) alerts_.Forget(at->first);
    at = inbox_->sent.erase(at);
  }
}

void AlertHandler::Send(RaisedAlert raised, const ReceiptPtr& receipt, Partition partition, bool was_held) {
  Alert& alert = raised.alert;
  alert.alerted = WallNow();
  AlertsFor(alert.match).Increment();
  const std::string& article = alert.match.article->id;
  const auto under_way =
      std::make_shared<UnderWay>(UnderWay{raised.key, alert.id, article, outputs_.size(), {}, {}, {}});
  if (was_held) under_way->released = ToMessage(alert.match);
  if (receipt) {
    receipt->Open();
    under_way->receipts.push_back(receipt);
  }
  ++pending_[article];
  if (memory_) changed_.insert(article);
  {
    const std::lock_guard lock(inbox_->mutex);
    inbox_->sent.insert_or_assign(raised.key, Sent{under_way, article, partition});
  }
  for (Output& output : outputs_) SendTo(output, alert, under_way);
}

void AlertHandler::SendTo(Output& output, const Alert& alert, std::shared_ptr<UnderWay> under_way) {
  output.sink->Send(
      alert, Delivery([under_way = std::move(under_way), inbox = inbox_, delivered = output.delivered,
                       refused = output.refused, sink = output.sink->name()](std::optional<Error> error) mutable {
        if (!error) {
          delivered.Increment();
          return Decided(*inbox, under_way, {});
        }
        refused.Increment();
        if (error->code == ErrorCode::kRejected) {
          return Decided(*inbox, under_way,
                         fmt::format("sink {} refused alert {}: {}", sink, under_way->id, error->message));
        }
        const std::lock_guard lock(inbox->mutex);
        inbox->failure = *std::move(error);
      }));
}

// By the threads of sinks. What a refusal asks for is done by our own.
void AlertHandler::Decided(Inbox& inbox, const std::shared_ptr<UnderWay>& under_way, const std::string& refusal) {
  std::vector<ReceiptPtr> done;
  {
    const std::lock_guard lock(inbox.mutex);
    if (!refusal.empty()) under_way->refusal += (under_way->refusal.empty() ? "" : "; ") + refusal;
    if (--under_way->sinks != 0) return;
    if (!under_way->refusal.empty()) {
      inbox.refused.push_back(under_way);
      return;
    }
    inbox.sent.erase(under_way->key);
    inbox.delivered.emplace_back(under_way->key, under_way->article);
    done.swap(under_way->receipts);
  }
  for (const ReceiptPtr& receipt : done) receipt->Settle();
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
  std::vector<std::shared_ptr<UnderWay>> refused;
  std::vector<std::pair<AlertKey, std::string>> delivered;
  Status failure;
  {
    const std::lock_guard lock(inbox_->mutex);
    refused.swap(inbox_->refused);
    for (const auto& under_way : refused) inbox_->sent.erase(under_way->key);
    delivered.swap(inbox_->delivered);
    failure = inbox_->failure;
  }
  for (const auto& [key, article] : delivered) {
    alerts_.Confirm(key);
    IsDone(article);
  }
  for (const auto& under_way : refused) {
    IsDone(under_way->article);
    RefuseForGood(*under_way);
  }
  Remember(false);
  Show();
  for (Output& output : outputs_) {
    output.sink->Flush();
    if (Status failed = output.sink->Failure(); !failed) return failed;
  }
  if (Status tended = dead_letters_.Tend(); !tended) return tended;
  return failure;
}

void AlertHandler::IsDone(const std::string& article) {
  const auto pending = pending_.find(article);
  if (--pending->second == 0) pending_.erase(pending);
}

void AlertHandler::RefuseForGood(const UnderWay& under_way) {
  alerts_.Confirm(under_way.key);
  alerts_.Forget(under_way.key);
  if (!under_way.released.empty()) {
    const ReceiptPtr held = HeldRecord::Make(under_way.released, under_way.receipts);
    dead_letters_.Send(held, kAlertRefused, under_way.refusal);
    held->Settle();
    return;
  }
  for (const ReceiptPtr& receipt : under_way.receipts) {
    dead_letters_.Send(receipt, kAlertRefused, under_way.refusal);
    receipt->Settle();  // the alert's own outcome; the dead letter's is another
  }
}

void AlertHandler::BuryHeld() {
  if (memory_ || options_.partitioned) return;
  for (const RaisedAlert& raised : alerts_.TakeHeld()) {
    const Match& match = raised.alert.match;
    const ReceiptPtr held = HeldRecord::Make(ToMessage(match), {});
    dead_letters_.Send(held, kEmbargoed,
                       fmt::format("article {} on topic {} is under embargo until {}, and the process ends before; "
                                   "alerts.state would remember it",
                                   match.article->id, match.topic, FormatRfc3339(*match.article->embargoed_until)));
    held->Settle();
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
    if (!failed) kLog.Error("{error}; trying again until it works", {{"error", written.error().message}});
    return;
  }
  for (const RememberedArticle& article : articles) changed_.erase(article.id);
  std::erase_if(unremembered_, [&](const auto& waiting) {
    if (changed_.contains(waiting.first)) return false;
    waiting.second->Settle();
    return true;
  });
}

void AlertHandler::Show() {
  metrics_.alert_sightings.Set(static_cast<double>(alerts_.sightings()));
  metrics_.alerts_held.Set(static_cast<double>(alerts_.held()));
  const std::size_t more = alerts_.given_up() - given_up_;
  if (more == 0) return;
  metrics_.alert_sightings_given_up.Increment(static_cast<double>(more));
  given_up_ += more;
  const SteadyTime now = SteadyNow();
  if (told_ != SteadyTime() && now - told_ < kTellInterval) return;
  told_ = now;
  kLog.Warn(
      "alerts: more than alerts.max_sightings ({most}): the oldest are forgotten ({forgotten} so far), so that their "
      "repeats may alert again; raise it, or shorten alerts.window",
      {{"most", options_.alerts.max_sightings}, {"forgotten", given_up_}});
}

std::size_t AlertHandler::under_way() const {
  const std::lock_guard lock(inbox_->mutex);
  return inbox_->sent.size();
}

void AlertHandler::RequestStop() {
  for (Output& output : outputs_) output.sink->RequestStop();
  dead_letters_.RequestStop();
}

Status AlertHandler::Close(SteadyTime deadline) {
  Status result;
  for (Output& output : outputs_) {
    if (Status closed = output.sink->Close(deadline); !closed)
      result = std::move(closed).error().In(output.sink->name());
  }
  BuryHeld();
  // Closing may have brought refusals: their dead letters go before the dead letters are closed.
  if (Status tended = Tend(); !tended) result = tended;
  Remember(true);
  if (!unremembered_.empty()) {
    result = Error{ErrorCode::kTimeout, "what is held by embargo could not be remembered; its records are read again"};
  }
  if (Status closed = dead_letters_.Close(deadline); !closed) result = closed;
  return result;
}

Counter& AlertHandler::AlertsFor(const Match& match) {
  const std::pair key(match.topic, match.severity);
  const auto at = raised_.find(key);
  if (at != raised_.end()) return at->second;
  return raised_.emplace(key, metrics_.Alerts(match.topic, Name(match.severity))).first->second;
}

}  // namespace wirewatch
