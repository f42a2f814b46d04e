#include "pipeline/match/rule_budgets.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/log.h"

namespace wirewatch {
namespace {

constexpr log::Module kLog("match");

// Its pack's; empty: it has none.
std::string OwnerOf(const RuleSet& rules, std::uint32_t topic) {
  for (const auto& pack : rules.packs()) {
    if (topic < pack->topics.size()) return pack->owner;
    topic -= static_cast<std::uint32_t>(pack->topics.size());
  }
  return {};
}

std::string Microseconds(double nanoseconds) { return fmt::format("{:.0f}us", nanoseconds / 1e3); }

}  // namespace

RuleBudgets::RuleBudgets(RuleBudget defaults, MetricsRegistry& metrics) : defaults_(defaults), metrics_{metrics} {}

const RuleBudget& RuleBudgets::BudgetOf(const Topic& topic, std::uint32_t rule) const {
  return rule == kWholeTopic ? topic.budget : topic.rules[rule].budget;
}

std::optional<std::uint32_t> RuleBudgets::HitsOf(const Topic& topic, std::uint32_t rule) const {
  const auto own = BudgetOf(topic, rule).hits;
  return own || rule == kWholeTopic ? own : defaults_.hits;
}

std::optional<std::chrono::nanoseconds> RuleBudgets::CpuOf(const Topic& topic, std::uint32_t rule) const {
  const auto own = BudgetOf(topic, rule).cpu;
  return own || rule == kWholeTopic ? own : defaults_.cpu;
}

std::shared_ptr<const RuleStanding> RuleBudgets::StandingOf(std::shared_ptr<const RuleSet> rules) {
  const std::lock_guard lock(mutex_);
  const std::uint64_t generation = generation_.load(std::memory_order_relaxed);
  if (standing_ != nullptr && standing_->rules == rules && standing_->generation == generation) return standing_;
  if (rules->hash() != hash_) {
    // The times were those of other rules.
    hash_ = rules->hash();
    articles_ = 0;
    timed_ = 0;
    for (auto& [key, state] : states_) state.nanoseconds = state.looks = 0;
    ShowLifted(*rules);
  }
  std::map<RulePlace, std::string> demoted;
  std::vector<RulePlace> resting;
  bool counts_hits = defaults_.hits.has_value(), takes_times = defaults_.cpu.has_value();
  for (std::uint32_t number = 0; number < rules->topics().size(); ++number) {
    const Topic& topic = *rules->topics()[number];
    counts_hits = counts_hits || topic.budget.hits;
    takes_times = takes_times || topic.budget.cpu;
    const auto whole = demoted_.empty() ? demoted_.end() : demoted_.find({rules->digest(number), kWholeTopic});
    for (std::uint32_t rule = 0; rule < topic.rules.size(); ++rule) {
      counts_hits = counts_hits || topic.rules[rule].budget.hits;
      takes_times = takes_times || topic.rules[rule].budget.cpu;
      if (demoted_.empty()) continue;
      const auto own = demoted_.find({rules->digest(number), rule});
      for (const auto& at : {own, whole}) {
        if (at == demoted_.end()) continue;
        demoted.emplace(RulePlace{number, rule}, at->second.what.because);
        if (at->second.what.cause == DemotionCause::kCpu) resting.push_back({number, rule});
      }
    }
  }
  resting.erase(std::unique(resting.begin(), resting.end()), resting.end());
  std::set<RulePlace> places;
  for (const auto& [place, why] : demoted) places.insert(place);
  ShadowRules shadow(*rules, places);
  standing_ = std::make_shared<const RuleStanding>(RuleStanding{.rules = std::move(rules),
                                                                .shadow = std::move(shadow),
                                                                .demoted = std::move(demoted),
                                                                .resting = std::move(resting),
                                                                .counts_hits = counts_hits,
                                                                .takes_times = takes_times,
                                                                .generation = generation});
  return standing_;
}

// What the packs do not have any more in the form in which it was demoted.
void RuleBudgets::ShowLifted(const RuleSet& rules) {
  if (demoted_.empty() && states_.empty()) return;
  std::set<Digest> there;
  for (std::uint32_t topic = 0; topic < rules.topics().size(); ++topic) there.insert(rules.digest(topic));
  for (auto at = demoted_.begin(); at != demoted_.end();) {
    if (there.contains(at->first.first)) {
      ++at;
      continue;
    }
    at->second.shown.Set(0);
    const Demotion& what = at->second.what;
    kLog.Info("topic {topic} has changed: what was over its budget in it is active again",
              {{"topic", what.topic}, {"rule", what.rule}});
    at = demoted_.erase(at);
  }
  std::erase_if(states_, [&](const auto& state) { return !there.contains(state.first.first); });
}

bool RuleBudgets::IsOver(State& state, WallTime time, std::uint32_t most) {
  const std::int64_t hour = std::chrono::floor<std::chrono::hours>(time).time_since_epoch().count();
  Hour* at = std::find_if(state.hours.begin(), state.hours.end(), [&](const Hour& one) { return one.hour == hour; });
  if (at == state.hours.end()) {
    at = std::min_element(state.hours.begin(), state.hours.end(),
                          [](const Hour& a, const Hour& b) { return a.hour < b.hour; });
    if (hour < at->hour) return false;  // long past: nobody can say what came with it
    *at = {hour, 0};
  }
  return ++at->hits > most;
}

std::vector<Demotion> RuleBudgets::CountHits(const RuleStanding& standing, const std::vector<TopicMatch>& found,
                                             WallTime time) {
  std::vector<Demotion> demotions;
  if (!standing.counts_hits || found.empty()) return demotions;
  const RuleSet& rules = *standing.rules;
  const std::lock_guard lock(mutex_);
  const auto count = [&](std::uint32_t topic, std::uint32_t rule) {
    const auto most = HitsOf(*rules.topics()[topic], rule);
    if (!most) return;
    if (!IsOver(states_[{rules.digest(topic), rule}], time, *most)) return;
    auto demotion = Demote(standing, topic, rule, DemotionCause::kHits,
                           fmt::format("more than {} articles in an hour, which is its budget", *most), time);
    if (demotion) demotions.push_back(*std::move(demotion));
  };
  for (const TopicMatch& match : found) {
    bool any = false;
    for (const std::uint32_t rule : match.rules) {
      if (standing.shadow.Has({match.topic, rule})) continue;
      any = true;
      count(match.topic, rule);
    }
    if (any) count(match.topic, kWholeTopic);
  }
  return demotions;
}

void RuleBudgets::Halve() {
  articles_ /= 2;
  for (auto& [key, state] : states_) state.nanoseconds /= 2;
}

std::vector<Demotion> RuleBudgets::CountTimes(const RuleStanding& standing, const std::vector<RuleTime>& times,
                                              std::uint32_t weight, WallTime time) {
  std::vector<Demotion> demotions;
  if (!standing.takes_times) return demotions;
  const RuleSet& rules = *standing.rules;
  const std::lock_guard lock(mutex_);
  articles_ += weight;
  ++timed_;
  if (articles_ > static_cast<double>(kAveragedArticles)) Halve();
  const auto count = [&](std::uint32_t topic, std::uint32_t rule, std::chrono::nanoseconds took) {
    const auto most = CpuOf(*rules.topics()[topic], rule);
    if (!most) return;
    State& state = states_[{rules.digest(topic), rule}];
    state.nanoseconds += static_cast<double>(took.count()) * weight;
    ++state.looks;
    if (timed_ < kLeastTimed || state.looks < kLeastLooks) return;
    const double average = state.nanoseconds / articles_;
    if (average <= static_cast<double>(most->count())) return;
    auto demotion = Demote(standing, topic, rule, DemotionCause::kCpu,
                           fmt::format("it takes {} of processor time an article on average, over its budget of {}",
                                       Microseconds(average), Microseconds(static_cast<double>(most->count()))),
                           time);
    if (demotion) demotions.push_back(*std::move(demotion));
  };
  // Times come topic by topic.
  for (auto at = times.begin(); at != times.end();) {
    const std::uint32_t topic = at->place.topic;
    std::chrono::nanoseconds whole{};
    for (; at != times.end() && at->place.topic == topic; ++at) {
      whole += at->took;
      if (at->place.rule != RulePlace::kUnless) count(topic, at->place.rule, at->took);
    }
    count(topic, kWholeTopic, whole);
  }
  return demotions;
}

std::optional<Demotion> RuleBudgets::Demote(const RuleStanding& standing, std::uint32_t topic, std::uint32_t rule,
                                            DemotionCause cause, std::string because, WallTime time) {
  const RuleSet& rules = *standing.rules;
  const Key key(rules.digest(topic), rule);
  if (demoted_.contains(key) || demoted_.contains({key.first, kWholeTopic})) return std::nullopt;
  const Topic& written = *rules.topics()[topic];
  const Demotion what{.topic = written.id,
                      .topic_title = written.title,
                      .severity = written.severity,
                      .tags = written.tags,
                      .rule_set = rules.hash(),
                      .rule = rule == kWholeTopic ? "" : written.rules[rule].id,
                      .owner = OwnerOf(rules, topic),
                      .cause = cause,
                      .because = std::move(because),
                      .time = time};
  metrics_.demotions.With(Name(cause)).Increment();
  Gauge shown = metrics_.demoted.With(what.topic, what.rule.empty() ? "*" : what.rule, Name(cause), what.owner);
  shown.Set(1);
  kLog.Warn("rule {rule} of topic {topic} raises no alerts from now on, until its topic is changed: {because}",
            {{"rule", what.rule.empty() ? "*" : what.rule},
             {"topic", what.topic},
             {"because", what.because},
             {"cause", Name(cause)},
             {"owner", what.owner}});
  demoted_.insert_or_assign(key, Demoted{what, shown});
  generation_.fetch_add(1, std::memory_order_release);
  return what;
}

}  // namespace wirewatch
