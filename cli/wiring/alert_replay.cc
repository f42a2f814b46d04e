#include "cli/wiring/alert_replay.h"

#include <map>
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

struct AlertReplay::Rep : Receipt::Owner {
  Rep(const Config& config, Listener listens) : listener(std::move(listens)) {
    std::vector<std::unique_ptr<AlertSink>> sinks;
    sinks.push_back(std::make_unique<CallingSink<AlertSink, Alert>>([this](const Alert& alert) {
      if (listener.alert) listener.alert(alert, now);
    }));
    auto decisions = listener.decision ? std::make_unique<CallingSink<DecisionSink, Decision>>(listener.decision)
                                       : std::unique_ptr<CallingSink<DecisionSink, Decision>>();
    // What is under embargo at the end of the archive is no mistake of it.
    auto dead_letters = std::make_unique<CallingSink<DeadLetterSink, DeadLetter>>([](const DeadLetter&) {});
    handler = std::make_unique<AlertHandler>(std::move(sinks), std::move(dead_letters), std::move(decisions),
                                             AlertHandlerOptionsOf(config, false, false), metrics);
  }
  void Settled(const Receipt&) override {}
  void Destroyed(const Receipt&) override {}

  const Listener listener;
  MetricsRegistry metrics;
  WallTime now{};
  std::map<Partition, WallTime> told;  // how far the handler knows the record time
  std::unique_ptr<AlertHandler> handler;
};

AlertReplay::AlertReplay(const Config& config, Listener listener)
    : rep_(std::make_unique<Rep>(config, std::move(listener))) {}
AlertReplay::~AlertReplay() = default;

void AlertReplay::Take(const ArchivePlace& place, ArticleMatches found) {
  Rep& rep = *rep_;
  const auto [told, is_first] = rep.told.try_emplace(place.partition, place.record_time);
  if (found.empty() && !is_first && place.record_time < told->second + kTick) return;
  if (is_first || place.record_time > told->second) {
    rep.handler->Advance(place.partition, place.record_time);
    told->second = place.record_time;
  }
  rep.now = place.record_time;
  Record record;
  record.place.stream = "archive";
  record.place.partition = place.partition;
  record.place.offset = place.offset;
  Outcome<ArticleMatches> outcome;
  outcome.value = std::move(found);
  rep.handler->Handle(std::make_shared<Receipt>(rep, std::move(record), rep.now), std::move(outcome));
}

Status AlertReplay::Close() { return rep_->handler->Close(SteadyNow() + std::chrono::seconds(10)); }

}  // namespace wirewatch
