#include "monitoring/health.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace wirewatch {
namespace {

void AddLine(HealthReport& report, bool ok, const std::string& line) {
  report.ok = report.ok && ok;
  report.text += fmt::format("{} {}\n", ok ? "ok" : "FAILED", line);
}

double Seconds(std::chrono::duration<double> duration) { return duration.count(); }

}  // namespace

Heartbeat& Health::AddLoop(std::string loop, std::chrono::milliseconds limit) {
  const std::lock_guard lock(mutex_);
  Heartbeat& heartbeat = loops_.emplace_back();
  heartbeat.loop_ = std::move(loop);
  heartbeat.limit_ = limit;
  heartbeat.Beat();
  return heartbeat;
}

void Health::AddReadiness(std::string name, std::function<Status()> check) {
  const std::lock_guard lock(mutex_);
  checks_.push_back({std::move(name), std::move(check)});
}

HealthReport Health::Alive(SteadyTime now) const {
  HealthReport report;
  const std::lock_guard lock(mutex_);
  for (const Heartbeat& heartbeat : loops_) {
    const SteadyTime::rep last = heartbeat.last_.load(std::memory_order_relaxed);
    if (last == Heartbeat::kRetired) {
      AddLine(report, true, fmt::format("loop {}: ended", heartbeat.loop_));
      continue;
    }
    if (last == Heartbeat::kResting) {
      AddLine(report, true, fmt::format("loop {}: busy for as long as it takes", heartbeat.loop_));
      continue;
    }
    const auto silence = now - SteadyTime(SteadyTime::duration(last));
    AddLine(report, silence <= heartbeat.limit_,
            fmt::format("loop {}: last moved {:.1f} s ago, limit {:.1f} s", heartbeat.loop_,
                        std::max(Seconds(silence), 0.0), Seconds(heartbeat.limit_)));
  }
  if (loops_.empty()) AddLine(report, true, "no loops");
  return report;
}

HealthReport Health::Ready() const {
  // Checks run outside the lock: one that is slow must not hold up a loop that registers, or /healthz.
  std::vector<Check> checks;
  {
    const std::lock_guard lock(mutex_);
    checks = checks_;
  }
  HealthReport report;
  for (const Check& check : checks) {
    const Status status = check.check();
    AddLine(report, status.has_value(), status ? check.name : check.name + ": " + status.error().message);
  }
  if (checks.empty()) AddLine(report, false, "starting: nothing is connected yet");
  return report;
}

}  // namespace wirewatch
