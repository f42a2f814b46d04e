#include "pipeline/archive/statistics.h"

#include <algorithm>
#include <cmath>
#include <map>

namespace wirewatch {

Interval WilsonInterval(std::uint64_t part, std::uint64_t whole) {
  if (whole == 0) return {};
  const auto n = static_cast<double>(whole);
  const double p = static_cast<double>(part) / n;
  const double z2 = kZ95 * kZ95;
  const double centre = (p + z2 / (2 * n)) / (1 + z2 / n);
  const double half = kZ95 / (1 + z2 / n) * std::sqrt(p * (1 - p) / n + z2 / (4 * n * n));
  // At the ends the formula gives 0 and 1 but for rounding.
  return {part == 0 ? 0.0 : std::max(0.0, centre - half), part == whole ? 1.0 : std::min(1.0, centre + half)};
}

std::uint64_t SplitMix64::Next() {
  std::uint64_t z = (state_ += 0x9E3779B97F4A7C15U);
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9U;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EBU;
  return z ^ (z >> 31);
}

double SplitMix64::Unit() { return static_cast<double>(Next() >> 11) * 0x1.0p-53; }

// Knuth's way: how many uniform numbers can be multiplied before the product is below e^-1.
std::uint32_t SplitMix64::PoissonOne() {
  constexpr double kLimit = 0.36787944117144233;
  std::uint32_t count = 0;
  for (double product = Unit(); product > kLimit; product *= Unit()) ++count;
  return count;
}

std::optional<double> F1Of(const HitCounts& counts) {
  if (counts.must == 0) return std::nullopt;
  const double right = counts.must_fired + counts.may_fired;
  const double fired = right + counts.false_fired;
  if (fired == 0) return 0;
  const double precision = right / fired;
  const double recall = static_cast<double>(counts.must_fired) / counts.must;
  return precision + recall == 0 ? 0 : 2 * precision * recall / (precision + recall);
}

std::optional<Interval> BootstrapF1(const std::vector<HitCounts>& groups, std::size_t rounds, std::uint64_t seed) {
  SplitMix64 chance(seed);
  std::vector<double> values;
  for (std::size_t round = 0; round < rounds; ++round) {
    HitCounts sum;
    for (const HitCounts& group : groups) {
      const std::uint32_t times = chance.PoissonOne();
      sum.must += times * group.must;
      sum.must_fired += times * group.must_fired;
      sum.may_fired += times * group.may_fired;
      sum.false_fired += times * group.false_fired;
    }
    if (const auto f1 = F1Of(sum)) values.push_back(*f1);
  }
  if (values.empty()) return std::nullopt;
  std::sort(values.begin(), values.end());
  const auto at = [&](double share) {
    return values[static_cast<std::size_t>(std::lround(share * static_cast<double>(values.size() - 1)))];
  };
  return Interval{at(0.025), at(0.975)};
}

WordOdds LogOddsWithPrior(double count, double total, double other_count, double other_total, double prior,
                          double prior_total) {
  const auto log_odds = [&](double n, double all) {
    return std::log((n + prior) / std::max(all + prior_total - n - prior, 1e-9));
  };
  const double ratio = log_odds(count, total) - log_odds(other_count, other_total);
  return {ratio, ratio / std::sqrt(1 / (count + prior) + 1 / (other_count + prior))};
}

Trend MannKendallFalls(const std::vector<double>& series) {
  Trend trend;
  const auto n = static_cast<double>(series.size());
  for (std::size_t i = 0; i < series.size(); ++i) {
    for (std::size_t k = i + 1; k < series.size(); ++k) trend.s += (series[k] > series[i]) - (series[k] < series[i]);
  }
  std::map<double, double> ties;
  for (const double value : series) ++ties[value];
  double variance = n * (n - 1) * (2 * n + 5);
  for (const auto& [value, times] : ties) variance -= times * (times - 1) * (2 * times + 5);
  variance /= 18;
  if (variance <= 0) return trend;
  const auto s = static_cast<double>(trend.s);
  trend.z = s == 0 ? 0 : (s > 0 ? s - 1 : s + 1) / std::sqrt(variance);
  trend.p = 0.5 * std::erfc(-trend.z / std::sqrt(2.0));
  return trend;
}

double PoissonDropP(std::uint64_t before, double before_exposure, std::uint64_t after, double after_exposure) {
  const auto n = static_cast<double>(before + after);
  if (n == 0) return 1;
  const double share = after_exposure / (before_exposure + after_exposure);
  double sum = 0;
  for (std::uint64_t k = 0; k <= after; ++k) {
    const auto events = static_cast<double>(k);
    sum += std::exp(std::lgamma(n + 1) - std::lgamma(events + 1) - std::lgamma(n - events + 1) +
                    events * std::log(share) + (n - events) * std::log1p(-share));
  }
  return std::min(1.0, sum);
}

}  // namespace wirewatch
