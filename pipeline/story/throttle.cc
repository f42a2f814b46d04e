#include "pipeline/story/throttle.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "pipeline/story/state_text.h"

namespace wirewatch {
namespace {

using std::chrono::hours;

constexpr std::uint64_t kVersion = 1;

std::int64_t HourOf(WallTime time) { return std::chrono::floor<hours>(time).time_since_epoch().count(); }

}  // namespace

bool Throttle::Pass(WallTime time, std::uint64_t per_hour, FoldedAlert alert) {
  if (const std::int64_t hour = HourOf(time); !hour_ || hour > *hour_) {
    if (folded_ > 0) std::abort();  // its summary would be lost
    hour_ = hour;
    passed_ = 0;
  }
  if (passed_ < per_hour) {
    ++passed_;
    return true;
  }
  ++folded_;
  if (alerts_.size() < kListed) alerts_.push_back(std::make_shared<const FoldedAlert>(std::move(alert)));
  return false;
}

std::optional<WallTime> Throttle::Due() const {
  return folded_ > 0 ? std::optional<WallTime>(hours(*hour_ + 1)) : std::nullopt;
}

std::optional<FoldedHour> Throttle::Close(WallTime now) {
  const std::optional<WallTime> due = Due();
  if (!due || now < *due) return std::nullopt;
  hour_ = HourOf(now);  // so that no hour has two summaries
  passed_ = 0;
  return FoldedHour{*due - hours(1), *due, std::exchange(alerts_, {}), std::exchange(folded_, 0)};
}

// How many alerts are listed is not told: as many as were folded, up to kListed.
std::string Throttle::Save() const {
  StateWriter writer;
  writer.Put(kVersion);
  writer.Put(hour_.has_value());
  if (!hour_) return writer.Text();
  writer.PutSigned(*hour_);
  writer.Put(passed_);
  writer.Put(folded_);
  for (const auto& alert : alerts_) {
    for (const std::string* text :
         {&alert->id, &alert->kind, &alert->title, &alert->url, &alert->source, &alert->story}) {
      writer.Put(*text);
    }
  }
  return writer.Text();
}

Result<Throttle> Throttle::Load(std::string_view text) {
  constexpr std::int64_t kFarthest = std::int64_t{1} << 31;  // hours: a time of them has microseconds
  StateReader reader(text, "the throttle of a topic");
  Throttle throttle;
  reader.Version(kVersion);
  if (reader.Number(1) == 1) {
    throttle.hour_ = reader.Signed(-kFarthest, kFarthest);
    throttle.passed_ = reader.Number();
    throttle.folded_ = reader.Number();
    for (std::uint64_t left = std::min<std::uint64_t>(throttle.folded_, kListed); reader.ok() && left > 0; --left) {
      FoldedAlert alert;
      for (std::string* part : {&alert.id, &alert.kind, &alert.title, &alert.url, &alert.source, &alert.story}) {
        *part = reader.Text();
      }
      throttle.alerts_.push_back(std::make_shared<const FoldedAlert>(std::move(alert)));
    }
  }
  if (Status status = reader.Finish(); !status) return std::move(status).error();
  return throttle;
}

bool Throttle::operator==(const Throttle& other) const {
  return hour_ == other.hour_ && passed_ == other.passed_ && folded_ == other.folded_ &&
         std::equal(alerts_.begin(), alerts_.end(), other.alerts_.begin(), other.alerts_.end(),
                    [](const auto& a, const auto& b) { return *a == *b; });
}

}  // namespace wirewatch
