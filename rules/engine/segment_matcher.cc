#include "rules/engine/segment_matcher.h"

#include <algorithm>
#include <utility>

#include "rules/language/attributes.h"

namespace wirewatch {

SegmentMatcher::SegmentMatcher(std::shared_ptr<const RuleSegment> segment)
    : segment_(std::move(segment)),
      word_memory_(segment_->words),
      positions_(segment_->terms().size()),
      evaluator_(segment_->programs, positions_) {}

Status SegmentMatcher::Match(const Document& document, const FoldedDocument& folded, const HsScratch& scratch,
                             const Numbers& numbers, std::vector<TopicMatch>& matches) {
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
    Evaluate(rules_of_topic, document.language, topic, match);
    if (match.rules.empty()) continue;
    if (topic.unless != RuleSegment::CompiledTopic::kNone && evaluator_.Holds(topic.unless)) continue;
    for (MatchSpan& span : match.spans) span.term += numbers.first_term;
    matches.push_back(std::move(match));
  }
  return {};
}

void SegmentMatcher::Evaluate(std::span<const std::uint32_t> rules, std::string_view language,
                              const RuleSegment::CompiledTopic& topic, TopicMatch& match) {
  for (const std::uint32_t program : rules) {
    const RulePrograms::Owner owner = segment_->programs.owner(program);
    if (!topic.rule_languages.empty() &&
        !LanguagePasses(language, segment_->languages[topic.rule_languages[owner.rule]])) {
      continue;
    }
    if (!evaluator_.Holds(program)) continue;
    match.rules.push_back(owner.rule);
    match.severity = std::max(match.severity, owner.severity);
    match.score = std::max(match.score, owner.score);
    evaluator_.Collect(program, owner.rule, match.spans);
  }
  std::sort(match.spans.begin(), match.spans.end());
  match.spans.erase(std::unique(match.spans.begin(), match.spans.end()), match.spans.end());
}

}  // namespace wirewatch
