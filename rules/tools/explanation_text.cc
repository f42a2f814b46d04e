// Explanations in a sentence.
#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <string>
#include <string_view>

#include "base/text/utf8.h"
#include "rules/text/plain_text.h"
#include "rules/tools/explanation.h"

namespace wirewatch {
namespace {

constexpr std::size_t kMostMatchesShown = 6;
constexpr std::size_t kMostRulesShown = 3;

void AppendHolding(const Clause& clause, std::string& text) {
  if (clause.holds) {
    text += fmt::format("{}{}", text.empty() ? "" : ", ", ShortText(*clause.expression));
  } else if (clause.expression->kind == Expression::Kind::kAnd) {
    for (const Clause& child : clause.children) AppendHolding(child, text);
  }
}

// "source:example.org asked, the article's source is unknown; spy* holds"
std::string WhyNot(const Clause& root) {
  std::string failed, holding;
  for (const Clause* clause : FailedClauses(root)) {
    const std::string sentence =
        clause->miss ? clause->miss->sentence : fmt::format("{} does not hold", ShortText(*clause->expression));
    failed += (failed.empty() ? "" : "; ") + sentence;
  }
  AppendHolding(root, holding);
  return holding.empty() ? failed : fmt::format("{}; {} holds", failed, holding);
}

}  // namespace

std::string ShortText(const Expression& expression, std::size_t most) {
  const std::string text = PlainLine(ToText(expression));
  return text.size() <= most ? text : std::string(BeginningOf(text, most)) + "...";
}

std::string WhyItFired(const Topic& topic, const TopicMatch& match, const Document& document) {
  std::string why;
  for (const std::uint32_t rule : match.rules) {
    why += fmt::format("{}rule '{}'", why.empty() ? "" : "; ", topic.rules[rule].id);
    std::set<std::string> shown;
    for (const MatchSpan& span : match.spans) {
      if (span.rule != rule) continue;
      std::string place = fmt::format("\"{}\" in the {}", span.span.Of(document.text(span.field)), Name(span.field));
      if (!shown.insert(place).second) continue;
      if (shown.size() > kMostMatchesShown) {
        why += ", ...";
        break;
      }
      why += fmt::format("{}{}", shown.size() == 1 ? " by " : ", ", place);
    }
  }
  return why;
}

std::string WhyNot(const TopicExplanation& explanation) {
  using Outcome = TopicExplanation::Outcome;
  const Topic& topic = *explanation.topic;
  if (explanation.fired()) return "";
  if (explanation.outcome == Outcome::kLanguage) {
    return fmt::format("the topic reads articles in {}, and this one is in {}", fmt::join(topic.languages, ", "),
                       explanation.language);
  }
  if (explanation.outcome == Outcome::kUnless) {
    const RuleExplanation& holding = explanation.rules[explanation.Nearest().front()];
    return fmt::format("rule '{}' holds, but so does 'unless': {}", holding.rule->id,
                       explanation.unless->miss->sentence);
  }
  std::string why;
  std::size_t shown = 0;
  const auto reading = static_cast<std::size_t>(std::count_if(explanation.rules.begin(), explanation.rules.end(),
                                                              [](const RuleExplanation& rule) { return rule.reads; }));
  if (reading == 0) return fmt::format("no rule reads articles in {}", explanation.language);
  for (const std::size_t i : explanation.Nearest()) {
    if (shown == std::min(kMostRulesShown, reading)) break;
    const RuleExplanation& rule = explanation.rules[i];
    why += fmt::format("{}rule '{}': {}", shown++ == 0 ? "" : "; ", rule.rule->id, WhyNot(rule.root));
  }
  if (reading > shown) why += fmt::format("; {} rules more", reading - shown);
  return why;
}

std::string WhyNot(const Topic& topic, const Document& document) {
  Explainer explainer(document);
  const auto explanation = explainer.Explain(topic);
  return explanation ? WhyNot(*explanation) : "";
}

}  // namespace wirewatch
