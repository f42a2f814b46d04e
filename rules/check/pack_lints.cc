#include "rules/check/pack_lints.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <set>
#include <vector>

#include "base/text/ascii.h"
#include "rules/check/lints.h"
#include "rules/codes/language_code.h"
#include "rules/text/fold.h"

namespace wirewatch {
namespace {

// What extends a topic as a topic of its own: its rules are compared with each other.
Topic AsTopic(const TopicExtension& extension) {
  Topic topic;
  topic.id = extension.topic;
  topic.languages = extension.languages;
  topic.rules = extension.rules;
  topic.unless = extension.unless;
  return topic;
}

std::vector<LintedTopic> TopicsOf(const YamlNode& root, const Pack& pack) {
  std::vector<LintedTopic> topics;
  const YamlNode* const nodes = ValueOf(root, "topics");
  if (nodes == nullptr || nodes->items.size() != pack.topics.size() + pack.extensions.size()) return topics;
  std::size_t topic = 0, extension = 0;
  for (const YamlNode& node : nodes->items) {
    const bool extends = ValueOf(node, "extends") != nullptr;
    if (extends ? extension == pack.extensions.size() : topic == pack.topics.size()) return {};
    LintedTopic& linted = topics.emplace_back(
        LintedTopic{extends ? AsTopic(pack.extensions[extension++]) : pack.topics[topic++], node, {}, nullptr});
    const YamlNode* const rules = ValueOf(linted.node, "rules");
    if (rules == nullptr || rules->items.size() != linted.topic.rules.size()) return {};
    for (const YamlNode& rule : rules->items) {
      const YamlNode* const match = ValueOf(rule, "match");
      if (match == nullptr) return {};
      linted.matches.push_back(match);
    }
    linted.unless = ValueOf(linted.node, "unless");
    if (linted.topic.unless && linted.unless == nullptr) return {};
  }
  return topics;
}

void LintExpression(YamlText& text, const YamlNode& node, const Expression& e,
                    const std::vector<std::string>& languages) {
  LintWordRegexes(text, node, e, 0);
  LintAlternatives(text, node, e, languages);
}

}  // namespace

const YamlNode* ValueOf(const YamlNode& mapping, std::string_view key) {
  const auto entry = std::find_if(mapping.entries.begin(), mapping.entries.end(),
                                  [&](const YamlEntry& one) { return one.key.scalar == key; });
  return entry == mapping.entries.end() ? nullptr : &entry->value;
}

void LintPack(YamlText& text, const YamlNode& root, const Pack& pack) {
  LintListEntries(text, root, pack);
  for (const LintedTopic& linted : TopicsOf(root, pack)) {
    const Topic& topic = linted.topic;
    LintSubsumedRules(text, linted);
    LintIdleParts(text, linted);
    LintLanguageLists(text, linted);
    LintRepeatedValues(text, linted.node, "languages");
    LintRepeatedValues(text, linted.node, "tags");
    for (const YamlNode& rule : ValueOf(linted.node, "rules")->items) LintRepeatedValues(text, rule, "languages");
    for (std::size_t i = 0; i < topic.rules.size(); ++i) {
      LintExpression(text, *linted.matches[i], topic.rules[i].match, LanguagesOf(topic, topic.rules[i]));
    }
    if (topic.unless) LintExpression(text, *linted.unless, *topic.unless, topic.languages);
  }
}

void LintRepeatedValues(YamlText& text, const YamlNode& node, std::string_view key) {
  const YamlNode* const values = ValueOf(node, key);
  if (values == nullptr) return;
  const bool languages = key == "languages";
  std::vector<std::string> seen;
  for (const YamlNode& value : values->items) {
    const std::string canonical = languages ? CanonicalLanguage(AsciiLowerCase(value.scalar)) : "";
    const std::string one = canonical.empty() ? FoldText(value.scalar).text : canonical;
    const auto same = std::find_if(seen.begin(), seen.end(), [&](const std::string& before) {
      return one == before || (languages && (LanguageHolds(one, before) || LanguageHolds(before, one)));
    });
    if (same != seen.end()) {
      const bool equal = *same == one;
      text.Report(value, Severity::kWarning, "repeated-value",
                  equal ? fmt::format("'{}' stands in '{}' already", value.scalar, key)
                        : fmt::format("of '{}' and '{}' one includes the other", *same, value.scalar),
                  "delete one of the two");
    }
    seen.push_back(one);
  }
}

void LintUntestedTopics(YamlText& text, const YamlNode& root, const Pack& pack, const std::set<std::string>& expected) {
  const auto is_tested = [&](const Topic& topic) { return expected.contains(topic.id); };
  if (std::none_of(pack.topics.begin(), pack.topics.end(), is_tested)) return;
  for (const LintedTopic& linted : TopicsOf(root, pack)) {
    const YamlNode* const id = ValueOf(linted.node, "id");
    if (id == nullptr || is_tested(linted.topic)) continue;
    text.Report(*id, Severity::kWarning, "untested-topic",
                fmt::format("no test makes the topic '{}' fire", linted.topic.id),
                fmt::format("add a test with an article and 'fires: [{}]'", linted.topic.id));
  }
}

}  // namespace wirewatch
