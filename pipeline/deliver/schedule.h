// Schedule: when what is decided now goes out, in the reader's time zone (IANA names, the machine's tzdata; read by
// Howard Hinnant's date library, which became std::chrono's).
//
// Daylight saving: a time of the day that does not exist (the clock goes forward) is the moment at which the clock
// jumps; one that exists twice (it goes back) is the first of the two. So a daily digest goes out once each day. An
// hourly one goes out whenever the clock shows its minute, an hour that is there twice included.
//
// A zone that has gone from the machine since it was checked counts as UTC: what is held must go out.
// Threads: any.
#ifndef WIREWATCH_PIPELINE_DELIVER_SCHEDULE_H_
#define WIREWATCH_PIPELINE_DELIVER_SCHEDULE_H_

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "pipeline/deliver/subscription.h"

namespace wirewatch {

// kInvalid: there is no such time zone; the sentence names near ones.
Status CheckTimeZone(std::string_view name);

// The first time of the schedule after `now`; of kAtOnce: `now`. REQUIRES: CheckTimeZone(zone).
WallTime NextTime(const DeliverySchedule& schedule, std::string_view zone, WallTime now);

// When the quiet hours end in which `now` lies; none: it lies in none. REQUIRES: CheckTimeZone(zone).
std::optional<WallTime> QuietUntil(const QuietHours& quiet, std::string_view zone, WallTime now);

// "Mon 23 Nov, 07:30" in that zone, for messages. REQUIRES: CheckTimeZone(zone).
std::string LocalTime(WallTime time, std::string_view zone);
// As `format` says it, with strftime's %d, %m, %H and %M: for languages whose days have other names.
std::string LocalTime(WallTime time, std::string_view zone, const std::string& format);

}  // namespace wirewatch

#endif  // WIREWATCH_PIPELINE_DELIVER_SCHEDULE_H_
