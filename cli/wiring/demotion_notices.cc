#include "cli/wiring/demotion_notices.h"

#include <fmt/format.h>

#include <chrono>
#include <optional>
#include <string>
#include <utility>

#include "base/clock.h"
#include "base/digest.h"
#include "base/log.h"
#include "pipeline/match/match.h"

namespace wirewatch {
namespace {

constexpr log::Module kLog("cli");
constexpr std::chrono::seconds kPoll{1};

}  // namespace

Alert AlertOf(const Demotion& demotion) {
  Alert alert;
  const auto day = std::chrono::floor<std::chrono::days>(demotion.time);
  alert.id = DigestHex(
      {"demoted", demotion.topic, demotion.rule, Name(demotion.cause), std::to_string(day.time_since_epoch().count())});
  alert.kind = AlertKind::kDemoted;
  alert.because = fmt::format("{} raises no alerts until {} is changed: {}",
                              demotion.rule.empty() ? "the topic" : fmt::format("the rule '{}'", demotion.rule),
                              demotion.rule.empty() ? "it" : "its topic", demotion.because);
  alert.demoted = DemotedRule{demotion.rule, demotion.owner, std::string(Name(demotion.cause))};
  alert.match.topic = demotion.topic;
  alert.match.topic_title = demotion.topic_title;
  alert.match.severity = demotion.severity;
  alert.match.tags = demotion.tags;
  alert.match.rule_set = demotion.rule_set;
  alert.alerted = WallNow();
  return alert;
}

DemotionNotices::DemotionNotices(std::function<Result<Sinks>()> make_sinks, std::chrono::milliseconds patience)
    : make_sinks_(std::move(make_sinks)), patience_(patience) {
  thread_ = std::thread([this] { Loop(); });
}

DemotionNotices::~DemotionNotices() {
  waiting_.Close();
  {
    std::unique_lock lock(mutex_);
    // One that waits for its other side would not end.
    for (const auto& sink : sinks_) {
      if (!sink->Ready()) sink->RequestStop();
    }
    ended_changed_.wait_for(lock, patience_, [&] { return ended_; });
    stopping_ = true;
    for (const auto& sink : sinks_) {
      if (!ended_) sink->RequestStop();
    }
  }
  thread_.join();
  const SteadyTime deadline = SteadyNow() + patience_;
  for (const auto& sink : sinks_) {
    if (Status closed = sink->Close(deadline); !closed) {
      kLog.Warn("notices of demoted rules: {error}", {{"error", closed.error().message}});
    }
  }
}

void DemotionNotices::Tell(const Demotion& demotion) {
  Demotion copy = demotion;
  (void)waiting_.PushUntil(copy, SteadyNow());
}

void DemotionNotices::Loop() {
  TellAll();
  const std::lock_guard lock(mutex_);
  ended_ = true;
  ended_changed_.notify_all();
}

void DemotionNotices::TellAll() {
  while (!waiting_.Drained()) {
    const auto demotion = waiting_.PopUntil(SteadyNow() + kPoll);
    if (!demotion) continue;
    if (sinks_.empty()) {
      auto made = make_sinks_();
      if (!made) {
        kLog.Error("no notice of a demoted rule: {error}", {{"error", made.error().message}});
        continue;
      }
      const std::lock_guard lock(mutex_);
      sinks_ = *std::move(made);
      if (stopping_) {
        for (const auto& sink : sinks_) sink->RequestStop();
      }
    }
    const Alert alert = AlertOf(*demotion);
    for (const auto& sink : sinks_) {
      sink->Send(alert, Delivery([name = std::string(sink->name())](const std::optional<Error>& refused) {
                   if (!refused) return;
                   kLog.Error("a notice of a demoted rule was refused by {sink}: {error}",
                              {{"sink", name}, {"error", refused->message}});
                 }));
      sink->Flush();
    }
  }
}

}  // namespace wirewatch
