#include "rules/engine/rule_segment.h"

#include <algorithm>
#include <map>
#include <utility>

#include "rules/codes/language_code.h"

namespace wirewatch {
namespace {

// As articles have them. A code that names no language stays in the list as an empty one, which holds for nothing: a
// list without any would hold for everything.
std::vector<std::string> CanonicalLanguages(const std::vector<std::string>& written) {
  std::vector<std::string> canonical;
  for (const std::string& language : written) canonical.push_back(CanonicalLanguage(language));
  return canonical;
}

}  // namespace

Result<std::shared_ptr<const RuleSegment>> RuleSegment::Build(std::span<const Topic* const> topics,
                                                              const PatternCache& cache, const std::stop_token& stop) {
  const auto too_large = [] {
    return Error{ErrorCode::kTooLarge, "the rules have more terms and parts than the engine can number"};
  };
  RulePrograms programs;
  std::vector<CompiledTopic> compiled;
  std::map<std::vector<std::string>, std::uint32_t> languages;
  std::vector<std::uint32_t> rules;
  compiled.reserve(topics.size());
  for (const Topic* const topic : topics) {
    const auto number = static_cast<std::uint32_t>(compiled.size());
    if (topic->rules.size() > RulePrograms::kMostRules) return too_large();
    for (std::uint32_t i = 0; i < topic->rules.size(); ++i) {
      const Rule& rule = topic->rules[i];
      if (StatusOf(*topic, rule) == RuleStatus::kOff) continue;
      rules.push_back(programs.Add(
          {.topic = number, .rule = i, .severity = rule.severity.value_or(topic->severity), .score = rule.score},
          rule.match));
      if (programs.is_overfull()) return too_large();
    }
    const auto number_of = [&](const std::vector<std::string>& written) {
      return languages.emplace(CanonicalLanguages(written), static_cast<std::uint32_t>(languages.size())).first->second;
    };
    compiled.push_back(
        {number_of(topic->languages), topic->unless ? programs.Add(*topic->unless) : CompiledTopic::kNone});
    const bool differ =
        std::any_of(topic->rules.begin(), topic->rules.end(), [](const Rule& rule) { return !rule.languages.empty(); });
    if (differ) {
      for (const Rule& rule : topic->rules) compiled.back().rule_languages.push_back(number_of(rule.languages));
    }
    if (programs.is_overfull()) return too_large();
  }
  // What is rare among the rules is known when all of them are there.
  RuleIndex index;
  for (const std::uint32_t rule : rules) {
    index.Add(rule, programs.Necessary(rule));
    if (index.is_overfull()) return too_large();
  }
  index.FinishAdding(programs.terms().size());
  programs.FinishAdding();

  Result<RegexLane> regexes = RegexLane::Build(programs.terms(), cache, stop);
  if (!regexes) return std::move(regexes).error();
  WordLane words(programs.terms());
  std::vector<std::vector<std::string>> by_number(languages.size());
  for (const auto& [tags, number] : languages) by_number[number] = tags;
  return std::make_shared<const RuleSegment>(RuleSegment{.topics = std::move(compiled),
                                                         .languages = std::move(by_number),
                                                         .programs = std::move(programs),
                                                         .index = std::move(index),
                                                         .words = std::move(words),
                                                         .regexes = *std::move(regexes)});
}

}  // namespace wirewatch
