#include "pipeline/story/pulse.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <limits>
#include <numeric>
#include <utility>

#include "pipeline/story/state_text.h"

namespace wirewatch {
namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::minutes;

constexpr std::uint64_t kVersion = 1;
constexpr std::int64_t kMinutesOfHour = 60, kMinutesOfDay = 1'440, kFirstHours = 24;
constexpr std::int64_t kMostMatches = 65'535;
// Of the quiet test.
constexpr std::int64_t kLeastDays = 3, kLeastMatches = 50;
// Expected matches are counted in units so small that a mean over 1 to 14 days is a whole number of them: its multiple.
constexpr std::int64_t kUnits = 360'360;
constexpr double kLogOfQuiet = 13.815510557964274;  // ln(1e6)
static_assert(Pulse::kQuietAlpha == 1e-6);

std::int64_t MinuteOf(WallTime time) { return std::chrono::floor<minutes>(time).time_since_epoch().count(); }
std::int64_t HourOf(WallTime time) { return std::chrono::floor<hours>(time).time_since_epoch().count(); }
std::int64_t DayOfMinute(std::int64_t minute) { return std::chrono::floor<days>(minutes(minute)).count(); }
std::size_t HourOfDay(std::int64_t hour) {
  return static_cast<std::size_t>(hour - 24 * std::chrono::floor<days>(hours(hour)).count());
}
WallTime TimeOfMinute(std::int64_t minute) { return WallTime(minutes(minute)); }
std::int64_t WeekOf(WallTime time) { return std::chrono::floor<std::chrono::weeks>(time).time_since_epoch().count(); }

// FNV-1a (http://www.isthe.com/chongo/tech/comp/fnv). Who makes names collide hides sources of their own.
std::uint32_t HashOf(std::string_view name) {
  std::uint32_t hash = 2'166'136'261U;
  for (const char c : name) hash = (hash ^ static_cast<unsigned char>(c)) * 16'777'619U;
  return hash;
}
std::uint32_t Fold(std::uint64_t hash) { return static_cast<std::uint32_t>(hash ^ hash >> 32); }

// The probability of `count` or more where `k` hours had `sum` together: the upper tail of the negative binomial
// distribution with shape r = sum + 1/2 and success probability k / (k + 1). Summed upwards from `count`, so that small
// ones are exact. REQUIRES: count is not below the mean.
double Tail(std::int64_t count, std::int64_t k, std::int64_t sum) {
  const double r = static_cast<double>(sum) + 0.5;
  const double again = 1 / (static_cast<double>(k) + 1);
  double log = r * std::log1p(-again);
  for (std::int64_t i = 0; i < count; ++i) {
    log += std::log((static_cast<double>(i) + r) / static_cast<double>(i + 1) * again);
  }
  double term = std::exp(log), tail = 0;
  for (std::int64_t i = count; term > tail * 1e-16; ++i) {
    tail += term;
    term *= (static_cast<double>(i) + r) / static_cast<double>(i + 1) * again;
  }
  return std::min(tail, 1.0);
}

}  // namespace

// What is usual over a day.
struct Pulse::Rhythm {
  std::array<std::int64_t, 24> per_hour{};  // matches, in kUnits
  std::int64_t matches = 0;
  std::int64_t longest_empty = 0;  // hours on end
};

bool Pulse::Source::operator==(const Source& other) const {
  return *name == *other.name && hash == other.hash && weight == other.weight && quiet == other.quiet &&
         last_minute == other.last_minute && first_day == other.first_day && matches == other.matches;
}

// ------------------------------------------------------------------------------------------------------- baseline

// Known hours: from here to the one of last_, which is not over and not among them.
std::int64_t Pulse::KnownBegin() const { return std::max(first_hour_ + 1, HourOf(*last_) - kHours); }
std::int64_t Pulse::Known() const { return std::max<std::int64_t>(0, HourOf(*last_) - KnownBegin()); }

Pulse::Evidence Pulse::UsualIn(std::int64_t hour, std::uint16_t Hour::*what) const {
  const std::int64_t begin = KnownBegin(), end = HourOf(*last_);
  Evidence same, all;
  for (std::int64_t before = hour - 24; before >= begin; before -= 24) {
    ++same.hours;
    same.sum += hours_[Slot(before)].*what;
  }
  if (same.hours >= kLeastDays) return same;
  for (std::int64_t known = begin; known < end; ++known) {
    ++all.hours;
    all.sum += hours_[Slot(known)].*what;
  }
  return same.hours > 0 && same.sum * all.hours > all.sum * same.hours ? same : all;
}

Pulse::Evidence Pulse::UsualInWindow() const {
  const std::int64_t end = HourOf(*last_);
  const Evidence now = UsualIn(end, &Hour::stories);
  if (MinuteOf(*last_) - end * kMinutesOfHour == kMinutesOfHour - 1) return now;
  const Evidence before = UsualIn(end - 1, &Hour::stories);
  return before.sum * now.hours > now.sum * before.hours ? before : now;
}

// What the hour of last_ adds to the baseline.
std::uint16_t Pulse::Cut(std::uint16_t Hour::*what) const {
  if (Known() < kFirstHours) return open_.*what;
  const Evidence usual = UsualIn(HourOf(*last_), what);
  const std::int64_t most = (kHourAddsTimes * usual.sum + usual.hours - 1) / usual.hours;
  return static_cast<std::uint16_t>(std::min<std::int64_t>(open_.*what, std::max<std::int64_t>(most, kHourAlwaysAdds)));
}

void Pulse::GoOnTo(WallTime time) {
  const std::int64_t hour = HourOf(*last_), next = HourOf(time);
  if (next > hour) {
    const Hour closed = {Cut(&Hour::stories), Cut(&Hour::matches)};
    for (std::int64_t at = std::max(hour, next - kHours); at < next; ++at) {
      Hour& slot = hours_[Slot(at)];
      slot = at == hour && hour > first_hour_ ? closed : Hour();
    }
    open_ = {};
  }
  if (const std::int64_t weeks = WeekOf(time) - WeekOf(*last_); weeks > 0) {
    for (Source& source : sources_) source.weight = weeks < 32 ? source.weight >> weeks : 0;
  }
  const std::int64_t minute = MinuteOf(time);
  const bool is_same_minute = minute == MinuteOf(*last_);
  last_ = time;
  if (is_same_minute) return;  // what is too old went with the first match of the minute
  for (std::vector<Seen>* const all : {&stories_, &origins_}) {
    std::erase_if(*all, [&](const Seen& seen) { return seen.minute <= minute - kMinutesOfHour; });
  }
}

// ---------------------------------------------------------------------------------------------------------- burst

bool Pulse::IsCalm(const BurstRule& rule) const {
  const std::size_t stories = stories_.size();
  const bool first = Known() < kFirstHours;
  if (2 * stories < (first ? rule.first_stories : rule.stories)) return true;
  if (first) return false;
  const Evidence usual = UsualInWindow();
  const double k = static_cast<double>(usual.hours), shape = static_cast<double>(usual.sum) + 0.5;
  return static_cast<double>(stories) <= shape / k + std::sqrt(shape * (k + 1)) / k;
}

std::optional<Burst> Pulse::TestBurst(const BurstRule& rule) const {
  const auto stories = static_cast<unsigned>(stories_.size()), sources = static_cast<unsigned>(origins_.size());
  const bool first = Known() < kFirstHours;
  if (stories < (first ? rule.first_stories : rule.stories) || sources < rule.sources) return std::nullopt;
  Burst burst{stories, sources, TimeOfMinute(MinuteOf(*last_) - kMinutesOfHour + 1), {}, {}};
  if (first) return burst;
  const Evidence usual = UsualInWindow();
  if (10 * std::int64_t{stories} * usual.hours < rule.tenths * usual.sum) return std::nullopt;
  burst.expected = static_cast<double>(usual.sum) / static_cast<double>(usual.hours);
  burst.probability = Tail(stories, usual.hours, usual.sum);
  return burst.probability <= rule.alpha ? std::optional(burst) : std::nullopt;
}

std::optional<Burst> Pulse::Add(const Beat& beat, BurstSensitivity sensitivity) {
  if (last_) {
    GoOnTo(std::max(*last_, beat.time));
  } else {
    last_ = beat.time;
    first_hour_ = HourOf(beat.time);
  }
  if (boils_ && sensitivity != BurstSensitivity::kOff && IsCalm(RuleOf(sensitivity))) boils_ = false;
  if (std::exchange(quiet_, false)) resumed_minute_ = MinuteOf(*last_);

  const std::int64_t minute = MinuteOf(*last_);
  // Whether it is the first time in this clock hour.
  const auto see = [&](std::vector<Seen>& all, std::uint32_t hash) {
    const auto at = std::lower_bound(all.begin(), all.end(), hash,
                                     [](const Seen& seen, std::uint32_t other) { return seen.hash < other; });
    if (at != all.end() && at->hash == hash) {
      return std::exchange(at->minute, minute) < HourOf(*last_) * kMinutesOfHour;
    }
    if (all.size() >= kWindow) return false;
    all.insert(at, {hash, minute});
    return true;
  };
  const std::uint32_t source = HashOf(beat.source);
  if (see(stories_, Fold(beat.story))) ++open_.stories;
  see(origins_, source);
  if (open_.matches < kMostMatches) ++open_.matches;
  CountSource(beat.source, source);

  if (boils_ || sensitivity == BurstSensitivity::kOff) return std::nullopt;
  std::optional<Burst> burst = TestBurst(RuleOf(sensitivity));
  boils_ = burst.has_value();
  return burst;
}

// -------------------------------------------------------------------------------------------------------- sources

void Pulse::CountSource(std::string_view name, std::uint32_t hash) {
  const std::int64_t minute = MinuteOf(*last_), day = DayOfMinute(minute);
  auto at = std::find_if(sources_.begin(), sources_.end(),
                         [&](const Source& source) { return source.hash == hash && *source.name == name; });
  if (at == sources_.end()) {
    std::uint32_t weight = 0;
    if (sources_.size() < kSources) {
      at = sources_.insert(at, Source());
    } else {
      at = std::min_element(sources_.begin(), sources_.end(),
                            [](const Source& a, const Source& b) { return a.weight < b.weight; });
      weight = at->weight;
    }
    *at = {std::make_shared<const std::string>(name), hash, weight, false, minute, day, {}};
  }
  const std::int64_t days_since = std::min<std::int64_t>(day - DayOfMinute(at->last_minute), kDays);
  std::shift_right(at->matches.begin(), at->matches.end(), days_since);
  std::fill_n(at->matches.begin(), days_since, std::uint16_t{0});
  at->last_minute = minute;
  at->quiet = false;
  if (at->matches[0] < kMostMatches) ++at->matches[0];
  ++at->weight;
}

Pulse::SourceRhythm Pulse::RhythmOf(const Source& source) {
  SourceRhythm rhythm;
  rhythm.days = std::min<std::int64_t>(kDays, DayOfMinute(source.last_minute) - source.first_day + 1);
  std::int64_t empty = 0;
  for (std::int64_t day = 0; day < rhythm.days; ++day) {
    const std::int64_t matches = source.matches[static_cast<std::size_t>(day)];
    rhythm.matches += matches;
    empty = matches == 0 ? empty + 1 : 0;
    rhythm.longest_empty = std::max(rhythm.longest_empty, empty);
  }
  return rhythm;
}

bool Pulse::IsQuiet(const Source& source) const {
  const std::int64_t from = std::max(source.last_minute, resumed_minute_.value_or(source.last_minute));
  const std::int64_t silent = std::min(MinuteOf(*last_) - from, (kDays + 2) * kMinutesOfDay);
  if (silent <= kMinutesOfDay) return false;  // most are; the rest takes longer to tell
  const SourceRhythm rhythm = RhythmOf(source);
  // The first day and the last are no whole ones.
  if (rhythm.days <= kLeastDays || rhythm.matches < kLeastMatches) return false;
  const double expected =
      static_cast<double>(rhythm.matches * silent) / static_cast<double>(rhythm.days * kMinutesOfDay);
  return silent > (rhythm.longest_empty + 1) * kMinutesOfDay && expected >= kLogOfQuiet;
}

// ---------------------------------------------------------------------------------------------------------- quiet

Pulse::Rhythm Pulse::RhythmOfDay() const {
  Rhythm rhythm;
  std::array<Evidence, 24> by_hour{};
  std::int64_t empty = 0;
  for (std::int64_t hour = KnownBegin(); hour < HourOf(*last_); ++hour) {
    const std::int64_t matches = hours_[Slot(hour)].matches;
    Evidence& evidence = by_hour[HourOfDay(hour)];
    ++evidence.hours;
    evidence.sum += matches;
    rhythm.matches += matches;
    empty = matches == 0 ? empty + 1 : 0;
    rhythm.longest_empty = std::max(rhythm.longest_empty, empty);
  }
  for (std::size_t hour = 0; hour < by_hour.size(); ++hour) {
    if (by_hour[hour].hours > 0) rhythm.per_hour[hour] = by_hour[hour].sum * kUnits / by_hour[hour].hours;
  }
  return rhythm;
}

std::optional<WallTime> Pulse::TopicDue() const {
  if (Known() < kLeastDays * 24) return std::nullopt;
  const Rhythm rhythm = RhythmOfDay();
  if (rhythm.matches < kLeastMatches) return std::nullopt;
  const std::int64_t begin = MinuteOf(*last_), end = begin + kDays * kMinutesOfDay;
  // Of what is usual in an hour, each minute gets a 60th; in place of that, the goal is 60 times as much.
  std::int64_t missing = static_cast<std::int64_t>(kLogOfQuiet * static_cast<double>(kUnits * kMinutesOfHour)) + 1;
  std::int64_t minute = begin;
  while (missing > 0 && minute < end) {
    const std::int64_t hour = std::chrono::floor<hours>(minutes(minute)).count();
    const std::int64_t left = (hour + 1) * kMinutesOfHour - minute;
    const std::int64_t usual = rhythm.per_hour[HourOfDay(hour)];
    minute += usual * left < missing ? left : (missing + usual - 1) / usual;
    missing -= usual * left;
  }
  minute = std::max(minute, begin + rhythm.longest_empty * kMinutesOfHour * 3 / 2);
  return missing > 0 || minute > end ? std::nullopt : std::optional(TimeOfMinute(minute));
}

std::optional<WallTime> Pulse::QuietDue() const {
  if (!last_ || quiet_) return std::nullopt;
  const bool is_due = std::any_of(sources_.begin(), sources_.end(),
                                  [&](const Source& source) { return !source.quiet && IsQuiet(source); });
  return is_due ? last_ : TopicDue();
}

WallTime Pulse::Forgotten() const { return last_ ? *last_ + hours(kHours + 1) : WallTime(); }

std::vector<Quiet> Pulse::CheckQuiet(WallTime now) {
  std::vector<Quiet> said;
  if (!last_ || quiet_) return said;
  if (const auto due = TopicDue(); due && *due <= now) {
    quiet_ = true;
    const Rhythm rhythm = RhythmOfDay();
    const std::int64_t per_day = std::accumulate(rhythm.per_hour.begin(), rhythm.per_hour.end(), std::int64_t{0});
    said.push_back({{}, *last_, static_cast<double>(per_day) / static_cast<double>(kUnits)});
    return said;
  }
  for (Source& source : sources_) {
    if (source.quiet || !IsQuiet(source)) continue;
    source.quiet = true;
    const SourceRhythm rhythm = RhythmOf(source);
    said.push_back({*source.name, TimeOfMinute(source.last_minute),
                    static_cast<double>(rhythm.matches) / static_cast<double>(rhythm.days)});
  }
  std::sort(said.begin(), said.end(), [](const Quiet& a, const Quiet& b) { return a.source < b.source; });
  return said;
}

// ----------------------------------------------------------------------------------------------------------- text

// Times count backwards from that of the last match, so that they are short. Hours without a match are told as a run.
std::string Pulse::Save() const {
  StateWriter writer;
  writer.Put(kVersion);
  writer.Put(last_.has_value());
  if (!last_) return writer.Text();
  const auto put_back_to = [&](std::int64_t now, std::int64_t then) {
    writer.Put(static_cast<std::uint64_t>(now - then));
  };
  const std::int64_t hour = HourOf(*last_), minute = MinuteOf(*last_);
  writer.PutSigned(last_->time_since_epoch().count());
  put_back_to(hour, first_hour_);
  writer.Put(boils_);
  writer.Put(quiet_);
  writer.Put(resumed_minute_.has_value());
  if (resumed_minute_) put_back_to(minute, *resumed_minute_);
  writer.Put(open_.matches);
  writer.Put(open_.stories);
  for (std::int64_t at = KnownBegin(); at < hour;) {
    const Hour& known = hours_[Slot(at)];
    writer.Put(known.matches);
    if (known.matches > 0) {
      writer.Put(known.stories);
      ++at;
      continue;
    }
    const std::int64_t begin = at;
    while (at < hour && hours_[Slot(at)].matches == 0) ++at;
    put_back_to(at, begin);
  }
  for (const std::vector<Seen>* all : {&stories_, &origins_}) {
    writer.Put(all->size());
    for (const Seen& seen : *all) {
      writer.PutHash(seen.hash);
      put_back_to(minute, seen.minute);
    }
  }
  writer.Put(sources_.size());
  for (const Source& source : sources_) {
    writer.Put(*source.name);
    writer.Put(source.weight);
    writer.Put(source.quiet);
    put_back_to(minute, source.last_minute);
    put_back_to(DayOfMinute(source.last_minute), source.first_day);
    for (std::int64_t day = 0; day < RhythmOf(source).days; ++day) {
      writer.Put(source.matches[static_cast<std::size_t>(day)]);
    }
  }
  return writer.Text();
}

Result<Pulse> Pulse::Load(std::string_view text) {
  // So far from 1970 and from each other that no sum of two overflows in microseconds.
  constexpr std::int64_t kFarthest = std::int64_t{1} << 61, kMostMinutes = std::int64_t{1} << 32;
  StateReader reader(text, "the pulse of a topic");
  const auto number = [&](std::int64_t most) {
    return static_cast<std::int64_t>(reader.Number(static_cast<std::uint64_t>(most)));
  };
  const auto count = [&] { return static_cast<std::uint16_t>(number(kMostMatches)); };
  const auto flag = [&] { return number(1) == 1; };
  Pulse pulse;
  reader.Version(kVersion);
  if (flag()) {
    pulse.last_ = WallTime(std::chrono::microseconds(reader.Signed(-kFarthest, kFarthest)));
    const std::int64_t hour = HourOf(*pulse.last_), minute = MinuteOf(*pulse.last_);
    pulse.first_hour_ = hour - number(kMostMinutes);
    pulse.boils_ = flag();
    pulse.quiet_ = flag();
    if (flag()) pulse.resumed_minute_ = minute - number(kMostMinutes);
    pulse.open_.matches = count();
    pulse.open_.stories = count();
    for (std::int64_t at = pulse.KnownBegin(); reader.ok() && at < hour;) {
      Hour& known = pulse.hours_[Slot(at)];
      known.matches = count();
      if (known.matches > 0) {
        known.stories = count();
        ++at;
      } else if (const std::int64_t run = number(hour - at); run > 0) {
        at += run;
      } else {
        reader.Refuse("a run of hours is empty");
      }
    }
    for (std::vector<Seen>* all : {&pulse.stories_, &pulse.origins_}) {
      for (std::int64_t left = number(kWindow); reader.ok() && left > 0; --left) {
        const std::uint32_t hash = reader.Hash();
        if (!all->empty() && hash <= all->back().hash) reader.Refuse("hashes are not in their order");
        all->push_back({hash, minute - number(kMinutesOfHour - 1)});
      }
    }
    for (std::int64_t left = number(kSources); reader.ok() && left > 0; --left) {
      Source source;
      source.name = std::make_shared<const std::string>(reader.Text());
      source.hash = HashOf(*source.name);
      source.weight = static_cast<std::uint32_t>(number(std::numeric_limits<std::uint32_t>::max()));
      source.quiet = flag();
      source.last_minute = minute - number(kMostMinutes);
      source.first_day = DayOfMinute(source.last_minute) - number(kMostMinutes);
      for (std::int64_t day = 0; reader.ok() && day < RhythmOf(source).days; ++day) {
        source.matches[static_cast<std::size_t>(day)] = count();
      }
      if (std::any_of(pulse.sources_.begin(), pulse.sources_.end(),
                      [&](const Source& other) { return *other.name == *source.name; })) {
        reader.Refuse("two sources have one name");
      }
      pulse.sources_.push_back(std::move(source));
    }
  }
  if (Status status = reader.Finish(); !status) return std::move(status).error();
  return pulse;
}

}  // namespace wirewatch
