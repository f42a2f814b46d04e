#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "base/text/utf8.h"
#include "rules/check/lints.h"
#include "rules/check/policy.h"
#include "rules/pack/pack.h"

namespace wirewatch {
namespace {

class PolicyCheck {
 public:
  PolicyCheck(YamlText& text, const Policy& policy) : text_(text), policy_(policy) {}

  void Check(const YamlNode& root, const Pack& pack, const TestedRules* tested) {
    CheckKeys(root, "a pack", policy_.pack);
    const PolicyLimits& limits = policy_.limits;
    if (const YamlNode* lists = ValueOf(root, "lists")) {
      for (const YamlEntry& list : lists->entries) {
        if (policy_.list_name) CheckValue(list.key, "the name of a list", *policy_.list_name);
        Limit(list.key, list.value.items.size(), limits.terms_of_list, "this list has {} entries", "split it");
      }
    }
    const YamlNode* const topics = ValueOf(root, "topics");
    if (topics == nullptr) return;
    Limit(*ValueOf(root, "pack"), topics->items.size(), limits.topics_of_pack, "this pack has {} topics", "split it");
    for (const YamlNode& topic : topics->items) {
      const bool extends = ValueOf(topic, "extends") != nullptr;
      if (!extends) CheckKeys(topic, "a topic", policy_.topic);
      const YamlNode* const rules = ValueOf(topic, "rules");
      const YamlNode* const id = ValueOf(topic, extends ? "extends" : "id");
      if (rules == nullptr || id == nullptr) continue;
      Limit(*id, rules->items.size(), limits.rules_of_topic, "this topic has {} rules", "split it, or merge rules");
      for (const YamlNode& rule : rules->items) {
        CheckKeys(rule, "a rule", policy_.rule);
        if (const YamlNode* match = ValueOf(rule, "match")) {
          Limit(*match, CountCharacters(match->scalar), limits.characters_of_match, "this expression has {} characters",
                "split the rule, or move words into lists");
        }
      }
    }
    if (tested != nullptr) CheckTested(*ValueOf(root, "pack"), pack, *tested);
  }

 private:
  void CheckTested(const YamlNode& node, const Pack& pack, const TestedRules& tested) {
    std::vector<std::string> topics, rules;
    for (const Topic& topic : pack.topics) {
      if (!tested.topics.contains(topic.id)) topics.push_back(topic.id);
      for (const Rule& rule : topic.rules) {
        if (!tested.rules.contains({topic.id, rule.id})) rules.push_back(fmt::format("{}/{}", topic.id, rule.id));
      }
    }
    for (const TopicExtension& extension : pack.extensions) {
      for (const Rule& rule : extension.rules) {
        if (tested.rules.contains({extension.topic, rule.id})) continue;
        rules.push_back(fmt::format("{}/{}", extension.topic, rule.id));
      }
    }
    Limit(node, topics.size(), policy_.limits.untested_topics, "no test makes {} topics of this pack fire",
          Some(topics));
    Limit(node, rules.size(), policy_.limits.untested_rules, "{} rules of this pack hold in no test", Some(rules));
  }

  static std::string Some(std::vector<std::string> names) {
    constexpr std::size_t kMost = 5;
    const std::size_t more = names.size() > kMost ? names.size() - kMost : 0;
    names.resize(names.size() - more);
    return fmt::format("write tests for {}{}", fmt::join(names, ", "),
                       more > 0 ? fmt::format(" and {} more", more) : "");
  }

  void CheckKeys(const YamlNode& node, std::string_view what,
                 const std::map<std::string, KeyPolicy, std::less<>>& keys) {
    for (const auto& [name, key] : keys) {
      const YamlNode* const value = ValueOf(node, name);
      const bool is_empty = value == nullptr || value->kind == YamlNode::Kind::kNull ||
                            (value->kind == YamlNode::Kind::kScalar && value->scalar.empty()) ||
                            (value->kind == YamlNode::Kind::kSequence && value->items.empty());
      if (is_empty) {
        if (key.required) {
          Breach(value != nullptr && value->kind != YamlNode::Kind::kNull ? *value : node, key, "policy-required",
                 fmt::format("{} needs '{}'", what, name), fmt::format("add '{}: ...'", name));
        }
        continue;
      }
      if (value->kind == YamlNode::Kind::kScalar) CheckValue(*value, fmt::format("'{}'", name), key);
      for (const YamlNode& item : value->items) CheckValue(item, fmt::format("a value of '{}'", name), key);
    }
  }

  void CheckValue(const YamlNode& node, std::string_view what, const KeyPolicy& key) {
    const std::string& value = node.scalar;
    const std::size_t characters = CountCharacters(value);
    if (!key.values.empty() && std::find(key.values.begin(), key.values.end(), value) == key.values.end()) {
      const std::vector<std::string_view> values(key.values.begin(), key.values.end());
      const std::string_view nearest = Nearest(value, values);
      Breach(node, key, "policy-value", fmt::format("{} cannot be '{}'", what, value),
             nearest.empty() ? fmt::format("one of: {}", fmt::join(values, ", "))
                             : fmt::format("did you mean '{}'? one of: {}", nearest, fmt::join(values, ", ")));
    }
    if (key.pattern && !key.pattern->Fits(value)) {
      Breach(node, key, "policy-pattern", fmt::format("{} does not fit /{}/", what, key.pattern->text()),
             "write it so that the whole of it fits");
    }
    if (characters < key.least_characters) {
      Breach(node, key, "policy-length",
             fmt::format("{} has {} characters, at least {} are asked for", what, characters, key.least_characters),
             "say more");
    }
    if (key.most_characters && characters > *key.most_characters) {
      Breach(node, key, "policy-length",
             fmt::format("{} has {} characters, at most {} are taken", what, characters, *key.most_characters),
             "shorten it");
    }
  }

  void Breach(const YamlNode& node, const KeyPolicy& key, std::string code, std::string message, std::string help) {
    if (key.level == WarningLevel::kOff) return;
    const Severity severity = key.level == WarningLevel::kError ? Severity::kError : Severity::kWarning;
    Report(node, severity, std::move(code), std::move(message), key.help.empty() ? std::move(help) : key.help);
  }

  void Limit(const YamlNode& node, std::size_t count, const std::optional<std::int64_t>& most,
             fmt::format_string<std::size_t&> message, std::string help) {
    if (!most || count <= static_cast<std::size_t>(std::max<std::int64_t>(*most, 0))) return;
    Report(node, Severity::kError, "policy-limit",
           fmt::format("{}, at most {} are taken", fmt::format(message, count), *most), std::move(help));
  }

  void Report(const YamlNode& node, Severity severity, std::string code, std::string message, std::string help) {
    text_.Report(node, severity, std::move(code), fmt::format("{} ({})", message, policy_.file), std::move(help));
  }

  YamlText& text_;
  const Policy& policy_;
};

}  // namespace

void CheckPolicy(YamlText& text, const YamlNode& root, const Pack& pack, const Policy& policy,
                 const TestedRules* tested) {
  PolicyCheck(text, policy).Check(root, pack, tested);
}

}  // namespace wirewatch
