#include "pipeline/archive/rule_hygiene.h"

#include <algorithm>
#include <set>
#include <tuple>
#include <utility>

#include "pipeline/archive/statistics.h"
#include "rules/language/expression.h"
#include "rules/pack/lint/never_holds.h"
#include "rules/pack/pack.h"

namespace wirewatch {
namespace {

constexpr std::size_t kMostMonths = 1'200;
constexpr std::size_t kTrendMonths = 8;  // the normal approximation is good from there on

std::int64_t MonthOf(Day day) {
  const std::int64_t days = day.time_since_epoch().count();
  return days >= 0 ? days / 30 : -((29 - days) / 30);
}

constexpr std::uint64_t Key(std::uint32_t first, std::uint32_t second) { return std::uint64_t{first} << 32 | second; }

const std::vector<std::string>& LanguagesOf(const Topic& topic, const Rule& rule) {
  return rule.languages.empty() ? topic.languages : rule.languages;
}

bool Runs(const Topic& topic, const Rule& rule) { return StatusOf(topic, rule) != RuleStatus::kOff; }

// The positive part of an expression: what stands under NOT never makes it hold.
template <class Take>
void ForEachPositiveTerm(const Expression& e, const std::string& list, Take take) {
  if (e.kind == Expression::Kind::kNot) return;
  if (e.kind == Expression::Kind::kTerm) {
    take(e.term, list, e.of_library);
    return;
  }
  const bool one_side = (e.kind == Expression::Kind::kNear || e.kind == Expression::Kind::kSame) && e.negated;
  for (std::size_t i = 0; i < (one_side ? 1 : e.children.size()); ++i) {
    ForEachPositiveTerm(e.children[i], e.list.empty() ? list : e.list, take);
  }
}

}  // namespace

RuleHygiene::RuleHygiene(const RuleSet& rules)
    : rules_(rules),
      topic_hits_(rules.topics().size()),
      topic_last_(rules.topics().size()),
      pairs_(rules.topics().size()),
      found_(rules.term_count()),
      used_(rules.term_count()) {
  for (const Topic* const topic : rules.topics()) tallies_.emplace_back(topic->rules.size());
}

void RuleHygiene::Add(const HygieneHit& hit, std::optional<WallTime> time) {
  const std::optional<Day> day = time ? std::optional(DayOf(*time)) : std::nullopt;
  const auto count_month = [&](std::map<std::int64_t, std::uint64_t>& months) {
    if (!day) return;
    const std::int64_t month = MonthOf(*day);
    const auto at = months.find(month);
    if (at != months.end()) {
      ++at->second;
    } else if (months.size() < kMostMonths) {
      months.emplace(month, 1);
    }
  };
  const auto count_pair = [&](PairCounts& pairs, std::uint32_t first, std::uint32_t second) {
    const auto at = pairs.find(Key(first, second));
    if (at != pairs.end()) {
      ++at->second;
    } else if (pair_count_ < kMostPairs) {
      ++pair_count_;
      pairs.emplace(Key(first, second), 1);
    } else {
      complete_ = false;
    }
  };
  if (time) days_.Add(*time);
  count_month(months_);
  for (const std::uint32_t term : hit.found) ++found_[term];
  for (const std::uint32_t term : hit.used) ++used_[term];
  for (std::size_t t = 0; t < hit.topics.size(); ++t) {
    const HygieneHit::OnTopic& on = hit.topics[t];
    ++topic_hits_[on.topic];
    if (day && (!topic_last_[on.topic] || *topic_last_[on.topic] < *day)) topic_last_[on.topic] = day;
    for (std::size_t i = 0; i < on.rules.size(); ++i) {
      RuleTally& tally = tallies_[on.topic][on.rules[i]];
      ++tally.hits;
      tally.alone += on.rules.size() == 1;
      if (on.grade) ++tally.grades[static_cast<std::size_t>(*on.grade)];
      count_month(tally.months);
      for (std::size_t k = i + 1; k < on.rules.size(); ++k) count_pair(pairs_[on.topic], on.rules[i], on.rules[k]);
    }
    for (std::size_t other = t + 1; other < hit.topics.size(); ++other) {
      count_pair(topic_pairs_, on.topic, hit.topics[other].topic);
    }
  }
}

std::vector<RulePlace> RuleHygiene::NeverHeld() const {
  std::vector<RulePlace> never;
  for (std::uint32_t topic = 0; topic < tallies_.size(); ++topic) {
    for (std::uint32_t rule = 0; rule < tallies_[topic].size(); ++rule) {
      const Topic& of = *rules_.topics()[topic];
      if (tallies_[topic][rule].hits == 0 && Runs(of, of.rules[rule])) never.push_back({topic, rule});
    }
  }
  return never;
}

std::optional<RulePair> RuleHygiene::PairOf(RulePlace first, RulePlace second, std::uint64_t first_hits,
                                            std::uint64_t second_hits, std::uint64_t both,
                                            const HygieneOptions& options) const {
  if (first_hits < options.min_hits || second_hits < options.min_hits) return std::nullopt;
  RulePair pair{.first = first,
                .second = second,
                .first_hits = first_hits,
                .second_hits = second_hits,
                .both = both,
                .jaccard = static_cast<double>(both) / static_cast<double>(first_hits + second_hits - both)};
  if (first_hits == both && second_hits == both) {
    pair.kind = RulePair::Kind::kTwins;
  } else if (first_hits == both || second_hits == both) {
    pair.kind = RulePair::Kind::kInside;
    if (second_hits == both) {
      std::swap(pair.first, pair.second);
      std::swap(pair.first_hits, pair.second_hits);
    }
  } else if (pair.jaccard >= options.near) {
    pair.kind = RulePair::Kind::kNearTwins;
  } else {
    return std::nullopt;
  }
  return pair;
}

std::vector<RulePair> RuleHygiene::Pairs(const HygieneOptions& options) const {
  std::vector<RulePair> found;
  for (std::uint32_t t = 0; t < pairs_.size(); ++t) {
    const Topic& topic = *rules_.topics()[t];
    std::vector<RulePair> of_topic;
    for (const auto& [key, both] : pairs_[t]) {
      const RulePlace first{t, static_cast<std::uint32_t>(key >> 32)}, second{t, static_cast<std::uint32_t>(key)};
      auto pair = PairOf(first, second, tally(first).hits, tally(second).hits, both, options);
      if (pair) of_topic.push_back(*pair);
    }
    // A rule inside several is told with the smallest of them.
    std::sort(of_topic.begin(), of_topic.end(), [](const RulePair& a, const RulePair& b) {
      return std::tuple(a.kind, a.first, a.second_hits, a.second) <
             std::tuple(b.kind, b.first, b.second_hits, b.second);
    });
    std::set<std::uint32_t> twins, inside;
    for (RulePair& pair : of_topic) {
      const Rule &first = topic.rules[pair.first.rule], &second = topic.rules[pair.second.rule];
      if (pair.kind == RulePair::Kind::kTwins) {
        // Of three twins two pairs are enough.
        if (!twins.insert(pair.second.rule).second) continue;
      } else if (pair.kind == RulePair::Kind::kInside) {
        if (twins.contains(pair.first.rule) || !inside.insert(pair.first.rule).second) continue;
        const auto severity = [&](const Rule& rule) { return rule.severity.value_or(topic.severity); };
        pair.raises = first.score > second.score || severity(first) > severity(second);
      }
      const auto implies = [&](const Rule& special, const Rule& general) {
        const std::vector<std::string>& read = LanguagesOf(topic, general);
        return (read.empty() || read == LanguagesOf(topic, special)) &&
               NeverHolds({&special.match}, {&general.match}, LanguagesOf(topic, special));
      };
      if (pair.kind == RulePair::Kind::kInside) pair.proven = implies(first, second);
      if (pair.kind == RulePair::Kind::kTwins) pair.proven = implies(first, second) && implies(second, first);
      found.push_back(pair);
    }
  }
  return found;
}

std::vector<RulePair> RuleHygiene::TopicPairs(const HygieneOptions& options) const {
  std::vector<RulePair> found;
  for (const auto& [key, both] : topic_pairs_) {
    const RulePlace first{static_cast<std::uint32_t>(key >> 32), 0}, second{static_cast<std::uint32_t>(key), 0};
    auto pair = PairOf(first, second, topic_hits_[first.topic], topic_hits_[second.topic], both, options);
    if (pair && pair->kind != RulePair::Kind::kInside) found.push_back(*pair);
  }
  std::sort(found.begin(), found.end(), [](const RulePair& a, const RulePair& b) {
    return std::tuple(a.kind, a.first, a.second) < std::tuple(b.kind, b.first, b.second);
  });
  return found;
}

std::vector<RuleDrift> RuleHygiene::Drifting(const HygieneOptions& options) const {
  if (months_.size() < 4) return {};
  const std::int64_t first = months_.begin()->first, last = months_.rbegin()->first;
  const std::int64_t span = last - first + 1, after = last - std::max<std::int64_t>(span / 4, 1) + 1;
  if (span > static_cast<std::int64_t>(kMostMonths)) return {};
  const auto sums = [&](const std::map<std::int64_t, std::uint64_t>& months) {
    std::pair<std::uint64_t, std::uint64_t> sum;
    for (const auto& [month, count] : months) (month < after ? sum.first : sum.second) += count;
    return sum;
  };
  const auto articles = sums(months_);
  if (articles.first == 0 || articles.second == 0) return {};
  const auto exposure = [](std::uint64_t count) { return static_cast<double>(count); };

  std::vector<RuleDrift> tested;
  for (std::uint32_t t = 0; t < tallies_.size(); ++t) {
    for (std::uint32_t rule = 0; rule < tallies_[t].size(); ++rule) {
      const RuleTally& of = tallies_[t][rule];
      const auto hits = sums(of.months);
      if (hits.first < options.drift_hits) continue;
      RuleDrift drift{.place = {t, rule}, .before = hits.first, .after = hits.second};
      drift.before_per_thousand = 1e3 * exposure(hits.first) / exposure(articles.first);
      drift.after_per_thousand = 1e3 * exposure(hits.second) / exposure(articles.second);
      drift.p = PoissonDropP(hits.first, exposure(articles.first), hits.second, exposure(articles.second));
      std::vector<double> rates;
      for (std::int64_t month = first; month <= last; ++month) {
        const auto at = of.months.find(month), all = months_.find(month);
        drift.months.push_back(at == of.months.end() ? 0 : at->second);
        if (all != months_.end()) rates.push_back(exposure(drift.months.back()) / exposure(all->second));
      }
      if (rates.size() >= kTrendMonths) drift.trend_p = MannKendallFalls(rates).p;
      tested.push_back(std::move(drift));
    }
  }
  const double limit = options.drift_p / static_cast<double>(std::max<std::size_t>(tested.size(), 1));
  std::erase_if(tested, [&](const RuleDrift& drift) {
    return drift.p > limit || drift.after_per_thousand > drift.before_per_thousand / 2;
  });
  std::stable_sort(tested.begin(), tested.end(), [](const RuleDrift& a, const RuleDrift& b) { return a.p < b.p; });
  return tested;
}

std::vector<SilentTopic> RuleHygiene::Silent(const HygieneOptions& options) const {
  std::vector<SilentTopic> silent;
  if (days_.days().empty()) return silent;
  const Day first = days_.days().begin()->first, last = days_.days().rbegin()->first;
  for (std::uint32_t topic = 0; topic < topic_last_.size(); ++topic) {
    const auto& rules = rules_.topics()[topic]->rules;
    if (std::none_of(rules.begin(), rules.end(),
                     [&](const Rule& rule) { return Runs(*rules_.topics()[topic], rule); })) {
      continue;
    }
    const std::int64_t days = (last - topic_last_[topic].value_or(first)).count();
    if (days >= options.silent_days) silent.push_back({topic, topic_last_[topic], days});
  }
  return silent;
}

std::vector<RulePlace> RuleHygiene::OnlyFalse() const {
  std::vector<RulePlace> only;
  for (std::uint32_t topic = 0; topic < tallies_.size(); ++topic) {
    for (std::uint32_t rule = 0; rule < tallies_[topic].size(); ++rule) {
      const auto& grades = tallies_[topic][rule].grades;
      if (grades[0] >= 2 && grades[1] == 0 && grades[2] == 0) only.push_back({topic, rule});
    }
  }
  return only;
}

std::vector<IdleTerm> RuleHygiene::IdleTerms() const {
  struct Use {
    std::set<std::string> topics;
    std::uint64_t articles = 0, used = 0;
    bool of_library = false;
  };
  std::map<std::pair<std::string, std::string>, Use> uses;  // by list and text
  for (std::uint32_t t = 0; t < rules_.topics().size(); ++t) {
    const Topic& topic = *rules_.topics()[t];
    std::map<std::string, std::uint32_t> numbers;
    const RuleSet::TermNumbers around = rules_.TermsAround(t);
    for (std::uint32_t number = around.begin; number < around.end; ++number)
      numbers[ToText(rules_.term(number))] = number;
    for (const Rule& rule : topic.rules) {
      if (!Runs(topic, rule)) continue;
      ForEachPositiveTerm(rule.match, "", [&](const Term& term, const std::string& list, bool of_library) {
        const auto number = numbers.find(ToText(term));
        if (number == numbers.end()) return;
        // A list with a scope in front has its entries once for each scope: here they are one.
        Term entry = term;
        if (!list.empty()) entry.scope = Scope::kAnywhere;
        Use& use = uses[{list, ToText(entry)}];
        use.topics.insert(topic.id);
        use.of_library |= of_library;
        use.articles = std::max(use.articles, found_[number->second]);
        use.used += used_[number->second];
      });
    }
  }
  std::vector<IdleTerm> idle;
  idle_library_entries_ = 0;
  for (const bool in_lists : {true, false}) {
    for (const auto& [key, use] : uses) {
      if (key.first.empty() == in_lists || use.used > 0) continue;
      if (use.of_library) {
        ++idle_library_entries_;
        continue;
      }
      idle.push_back({key.first, key.second, {use.topics.begin(), use.topics.end()}, use.articles});
    }
  }
  return idle;
}

std::vector<std::size_t> RuleHygiene::WithoutOwner() const {
  std::vector<std::size_t> without;
  for (std::size_t i = 0; i < rules_.packs().size(); ++i) {
    if (rules_.packs()[i]->owner.empty()) without.push_back(i);
  }
  return without;
}

}  // namespace wirewatch
