#include "pipeline/deliver/schedule.h"

#include <date/tz.h>
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <stdexcept>

#include "base/diagnostic.h"
#include "base/text/ascii.h"

namespace wirewatch {
namespace {

using std::chrono::days;
using std::chrono::floor;
using std::chrono::hours;
using std::chrono::microseconds;
using std::chrono::minutes;
using std::chrono::seconds;

using LocalTimePoint = date::local_time<microseconds>;

constexpr std::size_t kMostNear = 3;  // names that an error offers
// The machine's own zone: another one on the next machine.
constexpr std::string_view kOfTheMachine = "localtime";

// A zone of the machine's tzdata, and the one place where the library's exceptions end.
class Zone {
 public:
  // A zone that has gone from tzdata since the subscription was checked counts as UTC: what is held must go out.
  explicit Zone(std::string_view name) {
    try {
      zone_ = date::locate_zone(name);
      zone_->get_info(date::sys_seconds());  // reads its file, once
    } catch (const std::runtime_error&) {
      zone_ = nullptr;
    }
  }

  struct Offset {
    seconds from_utc;
    WallTime until;  // then the clock is changed
  };
  Offset OffsetAt(WallTime time) const {
    if (zone_ == nullptr) return {seconds(0), WallTime::max()};
    const date::sys_info info = zone_->get_info(floor<seconds>(time));
    return {info.offset, info.end};
  }
  LocalTimePoint LocalAt(WallTime time) const {
    return LocalTimePoint(time.time_since_epoch() + OffsetAt(time).from_utc);
  }
  // Of a time that is there twice the first, and of one that is not there the moment at which the clock jumps over it.
  WallTime SystemAt(LocalTimePoint time) const {
    if (zone_ != nullptr) return zone_->to_sys(time, date::choose::earliest);
    return WallTime(time.time_since_epoch());
  }

 private:
  const date::time_zone* zone_;  // null: UTC
};

// Monday is 0.
std::size_t WeekdayOf(date::local_days day) { return date::weekday(day).iso_encoding() - 1; }

// A schedule without days would never come.
Weekdays DaysOf(const DeliverySchedule& schedule) { return schedule.days.none() ? kEveryDay : schedule.days; }

// The next moment after `now` at which the clock shows a full hour and `at`.
WallTime NextHourly(const Zone& zone, minutes at, WallTime now) {
  bool may_be_now = false;
  while (true) {
    const Zone::Offset offset = zone.OffsetAt(now);
    const LocalTimePoint local(now.time_since_epoch() + offset.from_utc);
    LocalTimePoint next = floor<hours>(local) + at;
    if (next < local || (next == local && !may_be_now)) next += hours(1);
    const WallTime time(next.time_since_epoch() - offset.from_utc);
    if (time < offset.until) return time;
    now = offset.until;  // the clock is changed before; what it shows then counts, too
    may_be_now = true;
  }
}

// The names of the zones that `name` may mean: written in another case or with blanks, its city alone, nearly typed.
std::vector<std::string_view> NearNames(std::string_view name, const std::vector<std::string_view>& all) {
  std::string wanted(name);
  std::replace(wanted.begin(), wanted.end(), ' ', '_');
  std::vector<std::string_view> near;
  for (const std::string_view one : all) {
    if (EqualsInAnyCase(one, wanted)) return {one};
    if (EqualsInAnyCase(one.substr(one.rfind('/') + 1), wanted) && near.size() < kMostNear) near.push_back(one);
  }
  if (!near.empty()) return near;
  const std::string_view nearest = Nearest(wanted, all);
  return nearest.empty() ? near : std::vector{nearest};
}

}  // namespace

Status CheckTimeZone(std::string_view name) {
  std::vector<std::string_view> all;
  try {
    for (const date::time_zone& zone : date::get_tzdb().zones) {
      if (zone.name() != kOfTheMachine) all.push_back(zone.name());
    }
    if (std::find(all.begin(), all.end(), name) != all.end()) {
      date::locate_zone(name)->get_info(date::sys_seconds());  // reads its file, once
      return {};
    }
  } catch (const std::runtime_error& error) {
    return Error{ErrorCode::kInvalid,
                 fmt::format("the time zone '{}' cannot be read: {}; the package tzdata has it", name, error.what())};
  }
  const std::vector<std::string_view> near = NearNames(name, all);
  return Error{ErrorCode::kInvalid,
               near.empty()
                   ? fmt::format("there is no time zone '{}': it is a name like Europe/Amsterdam or UTC", name)
                   : fmt::format("there is no time zone '{}': did you mean {}?", name, fmt::join(near, " or "))};
}

WallTime NextTime(const DeliverySchedule& schedule, std::string_view zone_name, WallTime now) {
  if (schedule.kind == DeliverySchedule::Kind::kAtOnce) return now;
  const Zone zone(zone_name);
  const Weekdays weekdays = DaysOf(schedule);
  if (schedule.kind == DeliverySchedule::Kind::kDaily) {
    for (auto day = floor<days>(zone.LocalAt(now));; day += days(1)) {
      const WallTime time = zone.SystemAt(day + schedule.at);
      if (weekdays[WeekdayOf(day)] && time > now) return time;
    }
  }
  for (WallTime time = now;;) {
    time = NextHourly(zone, schedule.at, time);
    const auto day = floor<days>(zone.LocalAt(time));
    if (weekdays[WeekdayOf(day)]) return time;
    time = std::max(time, zone.SystemAt(day + days(1)) - microseconds(1));
  }
}

std::optional<WallTime> QuietUntil(const QuietHours& quiet, std::string_view zone_name, WallTime now) {
  const Zone zone(zone_name);
  const auto today = floor<days>(zone.LocalAt(now));
  const days over_midnight(quiet.to > quiet.from ? 0 : 1);
  for (const auto day : {today - days(1), today}) {
    if (!quiet.days[WeekdayOf(day)] || now < zone.SystemAt(day + quiet.from)) continue;
    const WallTime end = zone.SystemAt(day + over_midnight + quiet.to);
    if (now < end) return end;
  }
  return std::nullopt;
}

std::string LocalTime(WallTime time, std::string_view zone_name) {
  constexpr std::string_view kWeekdays[] = {"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};
  constexpr std::string_view kMonths[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                          "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const LocalTimePoint local = Zone(zone_name).LocalAt(time);
  const auto day = floor<days>(local);
  const date::year_month_day date(day);
  const date::hh_mm_ss clock(floor<minutes>(local - day));
  return fmt::format("{} {} {}, {:02}:{:02}", kWeekdays[WeekdayOf(day)], static_cast<unsigned>(date.day()),
                     kMonths[static_cast<unsigned>(date.month()) - 1], clock.hours().count(), clock.minutes().count());
}

std::string LocalTime(WallTime time, std::string_view zone_name, const std::string& format) {
  return date::format(format, floor<minutes>(Zone(zone_name).LocalAt(time)));
}

}  // namespace wirewatch
