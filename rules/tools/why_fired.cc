#include "rules/tools/why_fired.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <set>
#include <string_view>
#include <utility>
#include <vector>

#include "base/text/utf8.h"
#include "rules/engine/matcher.h"
#include "rules/engine/rule_set.h"
#include "rules/language/attributes.h"
#include "rules/language/expression.h"
#include "rules/text/fold.h"

namespace wirewatch {
namespace {

constexpr std::size_t kMostMatchesShown = 6;

// The parts of an AND, however they are grouped.
void AppendParts(const Expression& e, std::vector<const Expression*>& parts) {
  if (e.kind != Expression::Kind::kAnd) return parts.push_back(&e);
  for (const Expression& child : e.children) AppendParts(child, parts);
}

std::string Shown(const Expression& e) {
  constexpr std::size_t kLongestShown = 80;
  const std::string text = ToText(e);
  if (text.size() <= kLongestShown) return text;
  return std::string(BeginningOf(text, kLongestShown)) + "...";
}

class Asking {
 public:
  Asking(const Topic& topic, const Document& document) : topic_(topic), document_(document) {}

  // Empty: it could not be found out.
  std::string Sentence() {
    if (!LanguagePasses(document_.language, topic_.languages)) {
      return fmt::format("the topic reads articles in {}, and this one is in {}", fmt::join(topic_.languages, ", "),
                         document_.language);
    }
    if (!Ask()) return "";
    std::vector<std::pair<double, std::string>> rules;  // the share of its parts that hold
    for (const Asked& asked : asked_) {
      const Rule& rule = topic_.rules[asked.rule];
      std::string good, bad;
      std::size_t held = 0;
      for (std::size_t i = 0; i < asked.parts.size(); ++i) {
        const bool holds = holds_[asked.first + i];
        held += holds ? 1 : 0;
        std::string& to = holds ? good : bad;
        to += fmt::format("{}{}", to.empty() ? "" : ", ", Shown(*asked.parts[i]));
      }
      if (bad.empty()) return fmt::format("rule '{}' holds, but so does 'unless'", rule.id);
      rules.emplace_back(static_cast<double>(held) / static_cast<double>(asked.parts.size()),
                         good.empty() ? fmt::format("rule '{}': {} does not hold", rule.id, bad)
                                      : fmt::format("rule '{}': {} holds, {} does not", rule.id, good, bad));
    }
    std::stable_sort(rules.begin(), rules.end(), [](const auto& a, const auto& b) { return a.first > b.first; });
    constexpr std::size_t kMostRules = 3;
    std::string why;
    for (std::size_t i = 0; i < std::min(rules.size(), kMostRules); ++i) {
      why += fmt::format("{}{}", i == 0 ? "" : "; ", rules[i].second);
    }
    if (rules.size() > kMostRules) why += fmt::format("; {} rules more", rules.size() - kMostRules);
    return why;
  }

 private:
  struct Asked {
    std::size_t rule;
    std::size_t first;  // of its parts, in holds_
    std::vector<const Expression*> parts;
  };

  // Every part of every rule as a rule of its own. False: the engine has something against it.
  bool Ask() {
    Pack pack;
    Topic& topic = pack.topics.emplace_back();
    topic.id = "parts";
    for (std::size_t i = 0; i < topic_.rules.size(); ++i) {
      if (!LanguagePasses(document_.language, topic_.rules[i].languages)) continue;
      Asked& asked = asked_.emplace_back(Asked{i, topic.rules.size(), {}});
      AppendParts(topic_.rules[i].match, asked.parts);
      for (const Expression* part : asked.parts) {
        Rule& rule = topic.rules.emplace_back();
        rule.id = std::to_string(topic.rules.size());
        rule.match = *part;
        rule.match_text = ToText(*part);
      }
    }
    holds_.resize(topic.rules.size());
    std::vector<Pack> packs;
    packs.push_back(std::move(pack));
    const CompiledRules compiled = RuleSet::Compile(std::move(packs));
    if (compiled.rule_set == nullptr) return false;
    auto matcher = Matcher::Create(compiled.rule_set);
    if (!matcher) return false;
    FoldedDocument folded;
    Fold(document_, folded);
    const auto matches = matcher->Match(document_, folded);
    if (!matches) return false;
    for (const TopicMatch& match : *matches) {
      for (const std::uint32_t rule : match.rules) holds_[rule] = true;
    }
    return true;
  }

  const Topic& topic_;
  const Document& document_;
  std::vector<Asked> asked_;
  std::vector<bool> holds_;
};

}  // namespace

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

std::string WhyNot(const Topic& topic, const Document& document) { return Asking(topic, document).Sentence(); }

}  // namespace wirewatch
