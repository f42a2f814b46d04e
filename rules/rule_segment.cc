#include "rules/rule_segment.h"

#include <utility>

namespace wirewatch {

Result<std::shared_ptr<const RuleSegment>> RuleSegment::Build(std::span<const Topic* const> topics,
                                                              const PatternCache& cache) {
  RulePrograms programs;
  std::vector<CompiledTopic> compiled;
  std::vector<CompiledRule> rules;
  std::vector<NecessaryTerms> necessary;
  compiled.reserve(topics.size());
  for (const Topic* const topic : topics) {
    const auto number = static_cast<std::uint32_t>(compiled.size());
    for (std::uint32_t i = 0; i < topic->rules.size(); ++i) {
      const std::uint32_t root = programs.Add(topic->rules[i].match);
      rules.push_back({number, i, root, topic->rules[i].score});
    }
    compiled.push_back({topic->languages, topic->unless ? std::optional(programs.Add(*topic->unless)) : std::nullopt});
  }
  // What is rare among the rules is known when all of them are there.
  for (const CompiledRule& rule : rules) necessary.push_back(programs.Necessary(rule.root));
  programs.FinishAdding();

  Result<RegexLane> regexes = RegexLane::Build(programs.terms(), cache);
  if (!regexes) return std::move(regexes).error();
  WordLane words(programs.terms());
  RuleIndex index(necessary, programs.terms().size());
  return std::make_shared<const RuleSegment>(RuleSegment{.topics = std::move(compiled),
                                                         .rules = std::move(rules),
                                                         .programs = std::move(programs),
                                                         .index = std::move(index),
                                                         .words = std::move(words),
                                                         .regexes = *std::move(regexes)});
}

}  // namespace wirewatch
