#include "rules/engine/shadow_rules.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace wirewatch {
namespace {

// A match of those of its rules for which `wanted` holds; it holds for one at least.
template <typename Wanted>
TopicMatch PartOf(const Topic& topic, const TopicMatch& match, const Wanted& wanted) {
  TopicMatch part{.topic = match.topic, .severity = {}, .score = 0, .rules = {}, .spans = {}};
  for (const std::uint32_t number : match.rules) {
    if (!wanted(number)) continue;
    const Rule& rule = topic.rules[number];
    part.rules.push_back(number);
    part.severity = std::max(part.severity, rule.severity.value_or(topic.severity));
    part.score = std::max(part.score, rule.score);
  }
  std::copy_if(match.spans.begin(), match.spans.end(), std::back_inserter(part.spans),
               [&](const MatchSpan& span) { return wanted(span.rule); });
  return part;
}

}  // namespace

ShadowRules::ShadowRules(const RuleSet& rules, const std::set<RulePlace>& more) : topics_(rules.topics().size()) {
  const auto add = [&](RulePlace place) {
    std::vector<bool>& topic = topics_[place.topic];
    topic.resize(rules.topics()[place.topic]->rules.size());
    topic[place.rule] = true;
    empty_ = false;
  };
  for (std::uint32_t number = 0; number < topics_.size(); ++number) {
    const Topic& topic = *rules.topics()[number];
    for (std::uint32_t rule = 0; rule < topic.rules.size(); ++rule) {
      if (StatusOf(topic, topic.rules[rule]) == RuleStatus::kShadow) add({number, rule});
    }
  }
  for (const RulePlace place : more) add(place);
}

std::vector<TopicMatch> ShadowRules::TakeFrom(const RuleSet& rules, std::vector<TopicMatch>& found) const {
  std::vector<TopicMatch> taken;
  if (empty_) return taken;
  std::vector<TopicMatch> left;
  for (TopicMatch& match : found) {
    MatchParts parts = Part(rules, std::move(match));
    if (parts.active) left.push_back(*std::move(parts.active));
    if (parts.shadow) taken.push_back(*std::move(parts.shadow));
  }
  found = std::move(left);
  return taken;
}

MatchParts ShadowRules::Part(const RuleSet& rules, TopicMatch match) const {
  const std::vector<bool>& in_shadow = topics_[match.topic];
  const auto is_shadow = [&](std::uint32_t rule) { return !in_shadow.empty() && in_shadow[rule]; };
  const auto count = std::count_if(match.rules.begin(), match.rules.end(), is_shadow);
  if (count == 0) return {std::move(match), std::nullopt};
  if (static_cast<std::size_t>(count) == match.rules.size()) return {std::nullopt, std::move(match)};
  const Topic& topic = *rules.topics()[match.topic];
  return {PartOf(topic, match, [&](std::uint32_t rule) { return !is_shadow(rule); }), PartOf(topic, match, is_shadow)};
}

}  // namespace wirewatch
