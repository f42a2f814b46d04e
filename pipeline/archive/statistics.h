// Statistics that reports give numbers with: intervals, tests and chance. Plain functions of numbers.
#ifndef WIREWATCH_PIPELINE_ARCHIVE_STATISTICS_H_
#define WIREWATCH_PIPELINE_ARCHIVE_STATISTICS_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace wirewatch {

// [low, high]
struct Interval {
  double low = 0, high = 1;
  bool operator==(const Interval&) const = default;
};

// The standard normal quantile of 0.975: what 95 % intervals take.
inline constexpr double kZ95 = 1.959963984540054;

// The 95 % score interval of a share of which `part` of `whole` were seen: E. B. Wilson, "Probable Inference, the Law
// of Succession, and Statistical Inference", JASA 22 (1927). Of nothing: [0, 1]. REQUIRES: part <= whole
Interval WilsonInterval(std::uint64_t part, std::uint64_t whole);

// Numbers by chance, the same for the same seed in any build: SplitMix64 (Steele, Lea, Flood, OOPSLA 2014).
class SplitMix64 {
 public:
  explicit SplitMix64(std::uint64_t seed) : state_(seed) {}
  std::uint64_t Next();
  double Unit();  // [0, 1)
  // Of a Poisson distribution with mean 1.
  std::uint32_t PoissonOne();

 private:
  std::uint64_t state_;
};

// What one group of articles that belong together (a story) adds to a measure.
struct HitCounts {
  std::uint32_t must = 0;        // articles on which the topic must fire
  std::uint32_t must_fired = 0;  // and does
  std::uint32_t may_fired = 0;
  std::uint32_t false_fired = 0;  // it fires where it must not
};
// The harmonic mean of precision (only false_fired count as false) and recall. Nothing: there is nothing to find.
std::optional<double> F1Of(const HitCounts& counts);

// The 95 % interval of F1 by bootstrap over groups: the percentiles of `rounds` replicates (Efron, Tibshirani, "An
// Introduction to the Bootstrap", 1993). Each group is drawn a Poisson(1) number of times (Hanley, MacGibbon, "Creating
// non-parametric bootstrap samples using Poisson frequencies", 2006), so groups that add nothing may be left out.
// Nothing: no replicate had something to find.
std::optional<Interval> BootstrapF1(const std::vector<HitCounts>& groups, std::size_t rounds, std::uint64_t seed);

// How sure it is that a word is of one group of texts and not of the other: log-odds ratio with an informative
// Dirichlet prior, in standard deviations. B. L. Monroe, M. P. Colaresi, K. M. Quinn, "Fightin' Words: Lexical Feature
// Selection and Evaluation for Identifying the Content of Political Conflict", Political Analysis 16 (2008), formulas
// 15, 16, 22.
struct WordOdds {
  double log_odds_ratio = 0;  // natural logarithm; > 0: it is of the first group
  double z = 0;
};
// `count`, `total`: of the word and of all words in each group. `prior`, `prior_total`: the pseudo-counts of the word
// and of all words. REQUIRES: 0 < prior < prior_total, counts not above totals.
WordOdds LogOddsWithPrior(double count, double total, double other_count, double other_total, double prior,
                          double prior_total);

// Whether a series falls or rises: H. B. Mann, "Nonparametric Tests Against Trend", Econometrica 13 (1945), with the
// variance for ties of M. G. Kendall, "Rank Correlation Methods" (1975).
struct Trend {
  std::int64_t s = 0;  // pairs that rise, minus pairs that fall
  double z = 0;        // by the normal approximation, with continuity correction; from eight numbers on it is good
  double p = 1;        // one-sided: that a series without trend falls as much
};
Trend MannKendallFalls(const std::vector<double>& series);

// The probability that a Poisson process, steady over both times, gives so few events in the later one: given all
// events, those of the later time are binomial (Przyborowski, Wilenski, "Homogeneity of Results in Testing Samples from
// Poisson Series", Biometrika 31, 1940). `exposure`: how long, or how many articles. Exact. 1: there are no events.
// REQUIRES: exposures > 0
double PoissonDropP(std::uint64_t before, double before_exposure, std::uint64_t after, double after_exposure);

}  // namespace wirewatch

#endif  // WIREWATCH_PIPELINE_ARCHIVE_STATISTICS_H_
