// DayCounts: how often something came on each day (UTC), in bounded memory. Buckets: days put together for a plot.
#ifndef WIREWATCH_PIPELINE_ARCHIVE_DAY_COUNTS_H_
#define WIREWATCH_PIPELINE_ARCHIVE_DAY_COUNTS_H_

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"

namespace wirewatch {

using Day = std::chrono::sys_days;

inline Day DayOf(WallTime time) { return std::chrono::floor<std::chrono::days>(time); }
// "2026-03-02"
std::string DayText(Day day);

// Threads: one at a time.
class DayCounts {
 public:
  // Of different days: a hundred years. What comes on others is counted in all() alone: dates are what people wrote.
  static constexpr std::size_t kMostDays = 36'525;

  void Add(WallTime time, std::uint64_t times = 1);

  const std::map<Day, std::uint64_t>& days() const { return days_; }
  std::uint64_t all() const { return all_; }
  std::uint64_t on(Day day) const {
    const auto at = days_.find(day);
    return at == days_.end() ? 0 : at->second;
  }

 private:
  std::map<Day, std::uint64_t> days_;
  std::uint64_t all_ = 0;
};

// The time from `first` on, cut into pieces of `width` days.
struct BucketPlan {
  Day first{};
  std::int64_t width = 1;  // days: 1, 7, 28, 91 or a multiple of 364: whole weeks, since news has a weekly rhythm
  std::size_t count = 0;   // 0: there are no days

  Day begin(std::size_t bucket) const { return first + std::chrono::days(width * static_cast<std::int64_t>(bucket)); }
};
// At most `most` buckets for all days of `counts`. REQUIRES: most > 0
BucketPlan PlanBuckets(const DayCounts& counts, std::size_t most);
// Counts of each; days outside of the plan are left out.
std::vector<std::uint64_t> InBuckets(const DayCounts& counts, const BucketPlan& plan);

// How many come a day, over the days on which `base` has something: mean, median and the day of most. Days without
// counts are among them.
struct DailyRate {
  double mean = 0;
  double median = 0;
  std::uint64_t most = 0;
  std::optional<Day> most_on;  // the first of them; nothing: there is none
};
DailyRate RateOf(const DayCounts& counts, const DayCounts& base);

}  // namespace wirewatch

#endif  // WIREWATCH_PIPELINE_ARCHIVE_DAY_COUNTS_H_
