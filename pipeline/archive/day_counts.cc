#include "pipeline/archive/day_counts.h"

#include <algorithm>

namespace wirewatch {

std::string DayText(Day day) { return FormatRfc3339(WallTime(day)).substr(0, 10); }

void DayCounts::Add(WallTime time, std::uint64_t times) {
  all_ += times;
  const Day day = DayOf(time);
  const auto at = days_.find(day);
  if (at != days_.end()) {
    at->second += times;
  } else if (days_.size() < kMostDays) {
    days_.emplace(day, times);
  }
}

BucketPlan PlanBuckets(const DayCounts& counts, std::size_t most) {
  BucketPlan plan;
  if (counts.days().empty()) return plan;
  plan.first = counts.days().begin()->first;
  const std::int64_t days = (counts.days().rbegin()->first - plan.first).count() + 1;
  const auto buckets = [&](std::int64_t width) { return static_cast<std::size_t>((days + width - 1) / width); };
  for (const std::int64_t width : {1, 7, 28, 91, 364}) {
    plan.width = width;
    if (buckets(width) <= most) break;
  }
  while (buckets(plan.width) > most) plan.width += 364;
  plan.count = buckets(plan.width);
  return plan;
}

std::vector<std::uint64_t> InBuckets(const DayCounts& counts, const BucketPlan& plan) {
  std::vector<std::uint64_t> buckets(plan.count);
  for (const auto& [day, count] : counts.days()) {
    const std::int64_t at = (day - plan.first).count() / plan.width;
    if (day >= plan.first && static_cast<std::size_t>(at) < plan.count) buckets[static_cast<std::size_t>(at)] += count;
  }
  return buckets;
}

DailyRate RateOf(const DayCounts& counts, const DayCounts& base) {
  DailyRate rate;
  if (base.days().empty()) return rate;
  std::vector<std::uint64_t> each;
  each.reserve(base.days().size());
  std::uint64_t all = 0;
  for (const auto& [day, ignored] : base.days()) {
    const std::uint64_t count = counts.on(day);
    all += count;
    each.push_back(count);
    if (count > rate.most) {
      rate.most = count;
      rate.most_on = day;
    }
  }
  rate.mean = static_cast<double>(all) / static_cast<double>(each.size());
  const auto middle = each.begin() + static_cast<std::ptrdiff_t>(each.size() / 2);
  std::nth_element(each.begin(), middle, each.end());
  rate.median = static_cast<double>(*middle);
  if (each.size() % 2 == 0) {
    rate.median = (rate.median + static_cast<double>(*std::max_element(each.begin(), middle))) / 2;
  }
  return rate;
}

}  // namespace wirewatch
