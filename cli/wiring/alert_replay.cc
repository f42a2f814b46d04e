#include "cli/wiring/alert_replay.h"

#include <map>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "cli/wiring/alert_options.h"
#include "cli/wiring/calling_sink.h"
#include "monitoring/metrics.h"
#include "pipeline/alert/alert_handler.h"
#include "pipeline/alert/alert_sink.h"
#include "pipeline/alert/decision_sink.h"
#include "pipeline/flow/outcome.h"
#include "pipeline/records/dead_letter.h"
#include "pipeline/records/receipt.h"

namespace wirewatch {
namespace {

// As good as a sum of capacities is.
std::size_t SizeOf(const ArticleFacts& facts) {
  return sizeof facts + facts.title.size() + facts.first_paragraph.size() + facts.url.size() + facts.signature.size() +
         256;
}
std::size_t SizeOf(const ArticleMatches& found) {
  std::size_t size = 256;
  if (found.revision) size += sizeof(Revision) + SizeOf(*found.revision->article);
  for (const Match& match : found.matches) {
    size += sizeof match + 512 + match.rules.size() * 48;
    for (const MatchedSpan& span : match.spans) size += sizeof span + span.snippet.size() + span.text.size() + 64;
  }
  if (!found.matches.empty()) size += SizeOf(*found.matches.front().article);
  return size;
}

}  // namespace

struct AlertReplay::Rep : Receipt::Owner {
  struct Waiting {
    RecordPlace place;
    ArticleMatches found;
    std::shared_ptr<const void> note;
    std::size_t bytes = 0;
  };
  // The number keeps the archive's order among equal times.
  using Key = std::pair<WallTime, std::uint64_t>;

  Rep(const Config& config, Listener listens) : listener(std::move(listens)) {
    std::vector<std::unique_ptr<AlertSink>> sinks;
    sinks.push_back(std::make_unique<CallingSink<AlertSink, Alert>>([this](const Alert& alert) {
      if (listener.alert) listener.alert(alert, now);
    }));
    std::unique_ptr<DecisionSink> decisions;  // null: none are made
    if (listener.decision) {
      decisions = std::make_unique<CallingSink<DecisionSink, Decision>>(
          [this](const Decision& decision) { listener.decision(decision, note.get()); });
    }
    // What is under embargo at the end of the archive is no mistake of it.
    auto dead_letters = std::make_unique<CallingSink<DeadLetterSink, DeadLetter>>([](const DeadLetter&) {});
    handler = std::make_unique<AlertHandler>(std::move(sinks), std::move(dead_letters), std::move(decisions),
                                             AlertHandlerOptionsOf(config, false, false), metrics);
  }
  void Settled(const Receipt&) override {}
  void Destroyed(const Receipt&) override {}

  void TakeFirst() {
    auto first = waiting.extract(waiting.begin());
    Waiting& next = first.mapped();
    bytes -= next.bytes;
    const WallTime time = first.key().first;
    if (!told || time > *told) {
      handler->Advance(Partition{}, time);
      told = time;
    } else if (!next.found.empty() && time + kMostLate < *told) {
      ++late;
    }
    now = time;
    note = std::move(next.note);
    Record record;
    record.place = next.place;
    Outcome<ArticleMatches> outcome;
    outcome.value = std::move(next.found);
    handler->Handle(std::make_shared<Receipt>(*this, std::move(record), time), std::move(outcome));
  }

  const Listener listener;
  MetricsRegistry metrics;
  std::map<Key, Waiting> waiting;
  std::size_t bytes = 0;  // of waiting
  std::uint64_t number = 0, late = 0;
  std::set<std::int64_t> hours;  // since 1970: those that time has gone on by
  std::optional<WallTime> told;  // how far the handler knows the time
  WallTime now{};
  std::shared_ptr<const void> note;
  std::unique_ptr<AlertHandler> handler;
};

AlertReplay::AlertReplay(const Config& config, Listener listener)
    : rep_(std::make_unique<Rep>(config, std::move(listener))) {}
AlertReplay::~AlertReplay() = default;

void AlertReplay::Take(const ArchivePlace& place, ArticleMatches found, std::shared_ptr<const void> note) {
  constexpr std::size_t kMostHours = 200'000;  // of archives with invented dates
  Rep& rep = *rep_;
  const WallTime time = place.time.value_or(place.record_time);
  const bool is_empty = found.empty();
  if (is_empty) {
    if (!place.time) return;
    const std::int64_t hour = std::chrono::floor<std::chrono::hours>(time).time_since_epoch().count();
    if (rep.hours.size() >= kMostHours || !rep.hours.insert(hour).second) return;
  }
  Rep::Waiting next;
  next.place.stream = "archive";
  next.place.offset = Offset{static_cast<std::int64_t>(++rep.number)};
  next.bytes = SizeOf(found);
  next.found = std::move(found);
  next.note = std::move(note);
  rep.bytes += next.bytes;
  rep.waiting.emplace(Rep::Key{time, rep.number}, std::move(next));
  while (rep.bytes > kMostWaiting) rep.TakeFirst();
}

Status AlertReplay::Close() {
  while (!rep_->waiting.empty()) rep_->TakeFirst();
  return rep_->handler->Close(SteadyNow() + std::chrono::seconds(10));
}

std::uint64_t AlertReplay::late() const { return rep_->late; }

}  // namespace wirewatch
