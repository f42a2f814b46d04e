#include "pipeline/archive/rule_profile.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "base/clock.h"
#include "rules/language/expression.h"

namespace wirewatch {
namespace {

// The cost of taking two times, one behind the other, as MatchWatch does: the least of many.
std::chrono::nanoseconds StopwatchCost() {
  auto least = std::chrono::nanoseconds::max();
  for (int i = 0; i < 1'000; ++i) {
    const auto before = ThreadCpuTime();
    least = std::min(least, ThreadCpuTime() - before);
  }
  return least;
}

// A rule set of one rule that is one term.
std::shared_ptr<const RuleSet> Alone(const Term& term) {
  std::vector<Pack> packs(1);
  Topic& topic = packs.front().topics.emplace_back();
  topic.id = "alone";
  Rule& rule = topic.rules.emplace_back();
  rule.id = "alone";
  rule.match.kind = Expression::Kind::kTerm;
  rule.match.term = term;
  rule.match_text = ToText(term);
  return RuleSet::Compile(std::move(packs)).rule_set;
}

struct Folded {
  Document document;
  FoldedDocument folded;
};

struct Measured {
  std::chrono::nanoseconds all{};
  std::uint64_t held = 0;
};
// The least of some rounds: what disturbs a measurement only adds to it.
std::optional<Measured> Measure(const std::shared_ptr<const RuleSet>& rules, const std::vector<Folded>& sample) {
  constexpr int kRounds = 3;
  auto matcher = Matcher::Create(rules);
  if (!matcher) return std::nullopt;
  Measured measured{std::chrono::nanoseconds::max(), 0};
  for (int round = 0; round < kRounds; ++round) {
    measured.held = 0;
    const auto before = ThreadCpuTime();
    for (const Folded& article : sample) {
      const auto found = matcher->Match(article.document, article.folded);
      if (!found) return std::nullopt;
      measured.held += found->size();
    }
    measured.all = std::min(measured.all, ThreadCpuTime() - before);
  }
  return measured;
}

}  // namespace

RuleProfile::RuleProfile(const RuleSet& rule_set)
    : unless(rule_set.topics().size()), term_articles(rule_set.term_count()) {
  for (const Topic* const topic : rule_set.topics()) rules.emplace_back(topic->rules.size());
}

void RuleProfile::Add(const RuleProfile& other) {
  articles += other.articles;
  matching += other.matching;
  for (std::size_t topic = 0; topic < rules.size(); ++topic) {
    unless[topic].Add(other.unless[topic]);
    for (std::size_t rule = 0; rule < rules[topic].size(); ++rule) rules[topic][rule].Add(other.rules[topic][rule]);
  }
  for (std::size_t term = 0; term < term_articles.size(); ++term) term_articles[term] += other.term_articles[term];
}

std::chrono::nanoseconds RuleProfile::evaluating() const {
  std::chrono::nanoseconds all{};
  for (const RuleCost& cost : unless) all += cost.took;
  for (const auto& topic : rules) {
    for (const RuleCost& cost : topic) all += cost.took;
  }
  return all;
}

Result<RuleProfiler> RuleProfiler::Create(std::shared_ptr<const RuleSet> rules) {
  auto matcher = Matcher::Create(rules);
  if (!matcher) return std::move(matcher).error();
  return RuleProfiler(*rules, *std::move(matcher));
}

RuleProfiler::RuleProfiler(const RuleSet& rules, Matcher matcher)
    : matcher_(std::move(matcher)), profile_(rules), unless_asked_(rules.topics().size()), stopwatch_(StopwatchCost()) {
  watch_.timed = true;
}

Status RuleProfiler::Add(const Document& document, const FoldedDocument& folded) {
  watch_.times.clear();
  const auto before = ThreadCpuTime();
  const auto found = matcher_.Match(document, folded, &watch_);
  auto took = ThreadCpuTime() - before;
  if (!found) return found.error();
  ++profile_.articles;
  for (const RuleTime& time : watch_.times) {
    const bool is_unless = time.place.rule == RulePlace::kUnless;
    RuleCost& cost = is_unless ? profile_.unless[time.place.topic] : profile_.rules[time.place.topic][time.place.rule];
    ++cost.evaluated;
    cost.took += std::max(std::chrono::nanoseconds(0), time.took - stopwatch_);
    took -= 2 * stopwatch_;
    // An `unless` that was looked at and did not exclude is taken back below.
    if (!is_unless) continue;
    ++cost.held;
    unless_asked_[time.place.topic] = profile_.articles;
  }
  profile_.matching += std::max(std::chrono::nanoseconds(0), took);
  for (const TopicMatch& match : *found) {
    for (const std::uint32_t rule : match.rules) ++profile_.rules[match.topic][rule].held;
    if (unless_asked_[match.topic] == profile_.articles) --profile_.unless[match.topic].held;
  }
  terms_.clear();
  matcher_.AppendFoundTerms(terms_);
  for (const std::uint32_t term : terms_) ++profile_.term_articles[term];
  return {};
}

std::vector<RegexCost> MeasureRegexes(const RuleSet& rules, const std::vector<Article>& sample, std::size_t most) {
  std::vector<RegexCost> costs;
  std::vector<Folded> folded(sample.size());
  for (std::size_t i = 0; i < sample.size(); ++i) {
    folded[i].document = DocumentOf(sample[i]);
    Fold(folded[i].document, folded[i].folded);
  }
  if (folded.empty()) return costs;
  // What an article costs that asks for next to nothing.
  Term nothing;
  nothing.text = "zzyzxqwv";
  const auto base_rules = Alone(nothing);
  const auto base = base_rules == nullptr ? std::nullopt : Measure(base_rules, folded);
  if (!base) return costs;
  for (std::uint32_t number = 0; number < rules.term_count() && costs.size() < most; ++number) {
    const Term term = rules.term(number);
    if (term.kind != Term::Kind::kRegex) continue;
    const auto alone = Alone(term);
    const auto measured = alone == nullptr ? std::nullopt : Measure(alone, folded);
    if (!measured) continue;
    const auto more = std::max(std::chrono::nanoseconds(0), measured->all - base->all);
    costs.push_back({number, more / static_cast<std::int64_t>(folded.size()), measured->held});
  }
  return costs;
}

}  // namespace wirewatch
