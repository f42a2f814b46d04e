#include "rules/engine/segment_matcher.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "base/clock.h"
#include "rules/language/attributes.h"

namespace wirewatch {
namespace {

// Appends its own life to the times of a watch; does nothing where there is none, or it wants no times.
class Stopwatch {
 public:
  Stopwatch(MatchWatch* watch, RulePlace place) : watch_(watch != nullptr && watch->timed ? watch : nullptr) {
    if (watch_ != nullptr) time_ = {place, ThreadCpuTime()};
  }
  ~Stopwatch() {
    if (watch_ == nullptr) return;
    time_.took = ThreadCpuTime() - time_.took;
    watch_->times.push_back(time_);
  }
  Stopwatch(const Stopwatch&) = delete;
  Stopwatch& operator=(const Stopwatch&) = delete;

 private:
  MatchWatch* const watch_;
  RuleTime time_;
};

}  // namespace

SegmentMatcher::SegmentMatcher(std::shared_ptr<const RuleSegment> segment)
    : segment_(std::move(segment)),
      word_memory_(segment_->words),
      positions_(segment_->terms().size()),
      evaluator_(segment_->programs, positions_) {}

Status SegmentMatcher::Match(const Document& document, const FoldedDocument& folded, const HsScratch& scratch,
                             const Numbers& numbers, MatchWatch* watch, std::vector<TopicMatch>& matches) {
  positions_.Begin(folded);
  segment_->words.Scan(document, folded, word_memory_, positions_);
  if (Status scanned = segment_->regexes.Scan(document, folded, scratch, regex_memory_, positions_); !scanned) {
    return scanned;
  }
  evaluator_.Begin(document, folded);
  segment_->index.FindCandidates(positions_.found(), index_memory_, candidates_);

  const RulePrograms& programs = segment_->programs;
  for (auto rule = candidates_.begin(); rule != candidates_.end();) {
    const std::uint32_t number = programs.owner(*rule).topic;
    const auto end =
        std::find_if(rule, candidates_.end(), [&](std::uint32_t r) { return programs.owner(r).topic != number; });
    const auto rules_of_topic = std::span(rule, end);
    rule = end;
    if (numbers.topics[number] == Numbers::kGone) continue;
    const RuleSegment::CompiledTopic& topic = segment_->topics[number];
    if (!LanguagePasses(document.language, segment_->languages[topic.languages])) continue;

    TopicMatch match{.topic = numbers.topics[number], .severity = {}, .score = 0, .rules = {}, .spans = {}};
    Evaluate(rules_of_topic, document.language, topic, watch, match);
    if (match.rules.empty()) continue;
    if (topic.unless != RuleSegment::CompiledTopic::kNone) {
      const Stopwatch timed(watch, {match.topic, RulePlace::kUnless});
      if (evaluator_.Holds(topic.unless)) continue;
    }
    for (MatchSpan& span : match.spans) span.term += numbers.first_term;
    matches.push_back(std::move(match));
  }
  return {};
}

void SegmentMatcher::Evaluate(std::span<const std::uint32_t> rules, std::string_view language,
                              const RuleSegment::CompiledTopic& topic, MatchWatch* watch, TopicMatch& match) {
  for (const std::uint32_t program : rules) {
    if (!topic.rule_languages.empty() &&
        !LanguagePasses(language, segment_->languages[topic.rule_languages[segment_->programs.owner(program).rule]])) {
      continue;
    }
    if (watch == nullptr) {
      Evaluate(program, match);
      continue;
    }
    const RulePlace place{match.topic, segment_->programs.owner(program).rule};
    if (std::binary_search(watch->resting.begin(), watch->resting.end(), place)) continue;
    const Stopwatch timed(watch, place);
    Evaluate(program, match);
  }
  std::sort(match.spans.begin(), match.spans.end());
  match.spans.erase(std::unique(match.spans.begin(), match.spans.end()), match.spans.end());
}

void SegmentMatcher::Evaluate(std::uint32_t program, TopicMatch& match) {
  if (!evaluator_.Holds(program)) return;
  const RulePrograms::Owner owner = segment_->programs.owner(program);
  match.rules.push_back(owner.rule);
  match.severity = std::max(match.severity, owner.severity);
  match.score = std::max(match.score, owner.score);
  evaluator_.Collect(program, owner.rule, match.spans);
}

}  // namespace wirewatch
