#include <fmt/format.h>

#include <cstddef>
#include <string>
#include <vector>

#include "rules/check/lints.h"
#include "rules/pack/lint/never_holds.h"

namespace wirewatch {
namespace {

// A topic with more rules is compared in part: each rule with so many after it and before it.
constexpr std::size_t kMostNeighbours = 200;

}  // namespace

// A rule inside another one may still raise the score or the severity: then it is there for that.
void LintSubsumedRules(YamlText& text, const LintedTopic& linted) {
  const Topic& topic = linted.topic;
  const auto severity = [&](const Rule& rule) { return rule.severity.value_or(topic.severity); };
  // Whether `special` adds nothing to what `general` says.
  const auto adds_nothing = [&](const Rule& special, const Rule& general) {
    const std::vector<std::string>& languages = LanguagesOf(topic, special);
    const std::vector<std::string>& read = LanguagesOf(topic, general);
    // A rule in shadow, or off, stands for none that alerts.
    return general.status <= special.status && (read.empty() || read == languages) && general.score >= special.score &&
           severity(general) >= severity(special) && NeverHolds({&special.match}, {&general.match}, languages);
  };
  std::vector<std::string> texts;  // once each: to write them anew for each pair took most of the time of a check
  for (const Rule& rule : topic.rules) texts.push_back(ToText(rule.match));
  for (std::size_t i = 0; i < topic.rules.size(); ++i) {
    const std::size_t first = i > kMostNeighbours ? i - kMostNeighbours : 0;
    for (std::size_t k = first; k < topic.rules.size() && k <= i + kMostNeighbours; ++k) {
      const Rule &special = topic.rules[i], &general = topic.rules[k];
      if (i == k || texts[i] == texts[k]) continue;  // the latter is a duplicate-rule
      if (!adds_nothing(special, general)) continue;
      if (i < k && adds_nothing(general, special)) continue;  // they say the same: the later one is reported
      if (NeverHolds({&special.match}, {}, LanguagesOf(topic, special))) break;
      text.Report(
          *linted.matches[i], Severity::kWarning, "subsumed-rule",
          fmt::format("this rule adds nothing: rule '{}' holds wherever it does, with no lower score and severity",
                      general.id),
          fmt::format("delete it, give it a higher score than {}, or narrow rule '{}'", general.score, general.id));
      break;
    }
  }
}

}  // namespace wirewatch
