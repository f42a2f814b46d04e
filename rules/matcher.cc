#include "rules/matcher.h"

#include <algorithm>
#include <utility>

#include "rules/evaluator.h"
#include "rules/positions.h"
#include "rules/rule_set_rep.h"

namespace wirewatch {

struct Matcher::Rep {
  explicit Rep(std::shared_ptr<const RuleSet> rules)
      : rule_set(std::move(rules)),
        compiled(*rule_set->rep_),
        word_memory(compiled.words),
        positions(rule_set->terms().size()) {}

  Status Scan(const Document& document, const FoldedDocument& folded);
  std::vector<TopicMatch> Evaluate(const Document& document, const FoldedDocument& folded);

  const std::shared_ptr<const RuleSet> rule_set;
  const RuleSet::Rep& compiled;
  HsScratch scratch;
  WordLane::Memory word_memory;
  RegexLane::Memory regex_memory;
  Positions positions;
  RuleIndex::Memory index_memory;
  std::vector<std::uint32_t> candidates;  // rules
  Evaluator evaluator{compiled.programs, positions};
};

Result<Matcher> Matcher::Create(std::shared_ptr<const RuleSet> rule_set) {
  auto rep = std::make_unique<Rep>(std::move(rule_set));
  if (Status status = rep->compiled.regexes.Prepare(rep->scratch); !status) return std::move(status).error();
  return Matcher(std::move(rep));
}

Matcher::Matcher(std::unique_ptr<Rep> rep) : rep_(std::move(rep)) {}
Matcher::~Matcher() = default;
Matcher::Matcher(Matcher&&) noexcept = default;
Matcher& Matcher::operator=(Matcher&&) noexcept = default;

const RuleSet& Matcher::rule_set() const { return *rep_->rule_set; }

Result<std::vector<TopicMatch>> Matcher::Match(const Document& document, const FoldedDocument& folded) {
  if (Status status = rep_->Scan(document, folded); !status) return std::move(status).error();
  return rep_->Evaluate(document, folded);
}

Status Matcher::Rep::Scan(const Document& document, const FoldedDocument& folded) {
  positions.Begin(folded);
  compiled.words.Scan(document, folded, word_memory, positions);
  return compiled.regexes.Scan(document, folded, scratch, regex_memory, positions);
}

std::vector<TopicMatch> Matcher::Rep::Evaluate(const Document& document, const FoldedDocument& folded) {
  evaluator.Begin(document, folded);
  compiled.index.FindCandidates(positions.found(), index_memory, candidates);

  std::vector<TopicMatch> matches;
  for (auto rule = candidates.begin(); rule != candidates.end();) {
    const std::uint32_t topic = compiled.rules[*rule].topic;
    const auto end =
        std::find_if(rule, candidates.end(), [&](std::uint32_t r) { return compiled.rules[r].topic != topic; });
    const auto rules_of_topic = std::span(rule, end);
    rule = end;
    if (!LanguagePasses(document.language, compiled.topics[topic]->languages)) continue;

    TopicMatch match{.topic = topic, .score = 0, .rules = {}, .spans = {}};
    for (const std::uint32_t number : rules_of_topic) {
      const RuleSet::Rep::CompiledRule& candidate = compiled.rules[number];
      if (!evaluator.Holds(candidate.root)) continue;
      match.rules.push_back(candidate.rule);
      match.score = std::max(match.score, compiled.topics[topic]->rules[candidate.rule].score);
      evaluator.Collect(candidate.root, candidate.rule, match.spans);
    }
    if (match.rules.empty()) continue;
    if (compiled.unless[topic] && evaluator.Holds(*compiled.unless[topic])) continue;
    std::sort(match.spans.begin(), match.spans.end());
    match.spans.erase(std::unique(match.spans.begin(), match.spans.end()), match.spans.end());
    matches.push_back(std::move(match));
  }
  return matches;
}

}  // namespace wirewatch
