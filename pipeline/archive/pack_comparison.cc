#include "pipeline/archive/pack_comparison.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "rules/language/attributes.h"
#include "rules/language/expression.h"
#include "rules/tools/explanation.h"

namespace wirewatch {
namespace {

const Rule* FindWritten(const Topic& topic, std::string_view id) {
  const auto at = std::find_if(topic.rules.begin(), topic.rules.end(), [&](const Rule& rule) { return rule.id == id; });
  return at == topic.rules.end() ? nullptr : &*at;
}

// One that is off is none.
const Rule* FindRule(const Topic& topic, std::string_view id) {
  const Rule* const rule = FindWritten(topic, id);
  return rule == nullptr || StatusOf(topic, *rule) == RuleStatus::kOff ? nullptr : rule;
}

const std::vector<std::string>& LanguagesOf(const Topic& topic, const Rule& rule) {
  return rule.languages.empty() ? topic.languages : rule.languages;
}

// Whether the two find the same, whatever stands around them. What a rule that names no languages reads is said by its
// topic; an extension of the topic writes it into the rule (PackExtensions).
bool FindsTheSame(const Topic& topic, const Rule& rule, const Topic& other_topic, const Rule& other) {
  const bool by_topics = rule.languages.empty() && other.languages.empty();
  return (by_topics || LanguagesOf(topic, rule) == LanguagesOf(other_topic, other)) &&
         HaveSameForm(rule.match, other.match);
}

bool HaveSameForm(const std::optional<Expression>& a, const std::optional<Expression>& b) {
  return a.has_value() == b.has_value() && (!a || HaveSameForm(*a, *b));
}

void CollectTerms(const Expression& expression, std::set<Term>& terms) {
  if (expression.kind == Expression::Kind::kTerm) terms.insert(expression.term);
  for (const Expression& child : expression.children) CollectTerms(child, terms);
}

std::string Joined(const std::vector<std::string>& parts, std::string_view between) {
  return fmt::format("{}", fmt::join(parts, between));
}

// Why the rule, or the topic around it, does not hold on the document. The one place that asks an Explainer.
std::string WhyItFails(const Topic& topic, const std::string& rule, const Document& document) {
  Explainer explainer(document);
  const auto explained = explainer.Explain(topic);
  if (!explained) return "";
  using Outcome = TopicExplanation::Outcome;
  if (explained->outcome == Outcome::kUnless && explained->unless) {
    std::vector<std::string> words;
    for (const FoundPlace& place : explained->unless->places) {
      const std::string word =
          fmt::format("'{}' at {}", place.span.Of(document.text(place.field)), explainer.PlaceText(place));
      if (words.size() < 3 && std::find(words.begin(), words.end(), word) == words.end()) words.push_back(word);
    }
    return words.empty() ? std::string("its unless holds")
                         : fmt::format("its unless holds, by {}", Joined(words, ", "));
  }
  if (explained->outcome == Outcome::kLanguage) {
    return fmt::format("the topic reads articles in {}, and this one is in {}", Joined(topic.languages, ", "),
                       document.language);
  }
  for (const RuleExplanation& of_rule : explained->rules) {
    if (of_rule.rule->id != rule) continue;
    std::vector<std::string> misses;
    for (const Clause* const clause : FailedClauses(of_rule.root)) {
      if (misses.size() < 3 && clause->miss) misses.push_back(clause->miss->sentence);
    }
    return Joined(misses, "; ");
  }
  return WhyNot(*explained);
}

}  // namespace

bool HaveSameForm(const Expression& a, const Expression& b) {
  if (a.kind != b.kind || a.term != b.term || a.attribute != b.attribute || a.comparison != b.comparison ||
      a.value != b.value || a.distance != b.distance || a.ordered != b.ordered || a.negated != b.negated ||
      a.unit != b.unit || a.count != b.count || a.children.size() != b.children.size()) {
    return false;
  }
  for (std::size_t i = 0; i < a.children.size(); ++i) {
    if (!HaveSameForm(a.children[i], b.children[i])) return false;
  }
  return true;
}

PackComparison::PackComparison(std::shared_ptr<const RuleSet> before, std::shared_ptr<const RuleSet> after)
    : before_(std::move(before)), after_(std::move(after)) {
  std::map<std::string_view, std::uint32_t> by_id;
  for (const Topic* const topic : after_->topics()) {
    of_after_.push_back(static_cast<std::uint32_t>(pairs_.size()));
    by_id.emplace(topic->id, of_after_.back());
    pairs_.push_back({topic->id, nullptr, topic, std::vector<bool>(topic->rules.size()), true, true});
  }
  for (const Topic* const topic : before_->topics()) {
    const auto at = by_id.find(topic->id);
    if (at == by_id.end()) {
      of_before_.push_back(static_cast<std::uint32_t>(pairs_.size()));
      pairs_.push_back({topic->id, topic, nullptr, {}, true, true});
      continue;
    }
    of_before_.push_back(at->second);
    Pair& pair = pairs_[at->second];
    pair.before = topic;
    pair.same_unless = HaveSameForm(topic->unless, pair.after->unless);
    pair.same_languages = topic->languages == pair.after->languages;
    std::map<std::string_view, const Rule*> old_rules;
    for (const Rule& rule : topic->rules) {
      if (StatusOf(*topic, rule) != RuleStatus::kOff) old_rules.emplace(rule.id, &rule);
    }
    for (std::size_t i = 0; i < pair.same.size(); ++i) {
      const Rule& rule = pair.after->rules[i];
      const auto old_rule = old_rules.find(rule.id);
      pair.same[i] = old_rule != old_rules.end() && FindsTheSame(*topic, *old_rule->second, *pair.after, rule);
    }
  }
}

bool PackComparison::IsSame(const Pair& pair, const std::string& rule) const {
  const Rule* const of_after = FindRule(*pair.after, rule);
  return of_after != nullptr && pair.same[static_cast<std::size_t>(of_after - pair.after->rules.data())];
}

TopicChange PackComparison::Appeared(ChangeKind kind, std::uint32_t number, const TopicMatch& match,
                                     const Document& document) const {
  const Pair& pair = pairs_[number];
  const bool gained = kind == ChangeKind::kGained;
  const Topic& holds = gained ? *pair.after : *pair.before;
  const Topic* const other = gained ? pair.before : pair.after;
  TopicChange change;
  change.kind = kind;
  change.pair = number;
  (gained ? change.after : change.before) = match;
  for (const std::uint32_t rule : match.rules) change.rules.push_back(holds.rules[rule].id);
  change.rule = change.rules.front();
  if (other == nullptr) {
    change.cause = gained ? ChangeCause::kTopicAdded : ChangeCause::kTopicRemoved;
    return change;
  }
  // A rule of both that has not changed held on both: so what stands around it makes the difference.
  for (const std::string& rule : change.rules) {
    if (!IsSame(pair, rule)) continue;
    change.rule = rule;
    const bool language_passes = LanguagePasses(document.language, other->languages);
    change.cause = language_passes ? ChangeCause::kUnless : ChangeCause::kLanguages;
    return change;
  }
  // Rules that were changed come before those that are new or gone: they tell more.
  const auto changed = std::find_if(change.rules.begin(), change.rules.end(),
                                    [&](const std::string& rule) { return FindRule(*other, rule) != nullptr; });
  if (changed == change.rules.end()) {
    change.cause = gained ? ChangeCause::kRuleAdded : ChangeCause::kRuleRemoved;
    return change;
  }
  change.cause = ChangeCause::kRuleChanged;
  change.rule = *changed;
  // Where what stands around the rules was edited, too, only asking tells which of the two it is.
  if (!pair.same_unless || !pair.same_languages) {
    Explainer explainer(document);
    const auto explained = explainer.Explain(*other);
    using Outcome = TopicExplanation::Outcome;
    if (explained && explained->outcome == Outcome::kUnless) change.cause = ChangeCause::kUnless;
    if (explained && explained->outcome == Outcome::kLanguage) change.cause = ChangeCause::kLanguages;
    if (change.cause != ChangeCause::kRuleChanged) return change;
  }
  if (!gained) return change;
  std::set<Term> known;
  CollectTerms(FindRule(*other, change.rule)->match, known);
  std::vector<std::string> words;
  for (const MatchSpan& span : match.spans) {
    if (holds.rules[span.rule].id != change.rule || known.contains(after_->term(span.term))) continue;
    std::string word = fmt::format("\"{}\" in the {}", span.span.Of(document.text(span.field)), Name(span.field));
    if (words.size() < 3 && std::find(words.begin(), words.end(), word) == words.end()) words.push_back(word);
  }
  change.by = Joined(words, ", ");
  return change;
}

std::vector<TopicChange> PackComparison::Compare(const std::vector<TopicMatch>& before,
                                                 const std::vector<TopicMatch>& after, const Document& document) const {
  std::vector<TopicChange> changes;
  if (before.empty() && after.empty()) return changes;
  std::map<std::uint32_t, std::pair<const TopicMatch*, const TopicMatch*>> by_pair;
  for (const TopicMatch& match : before) by_pair[of_before_[match.topic]].first = &match;
  for (const TopicMatch& match : after) by_pair[of_after_[match.topic]].second = &match;
  for (const auto& [pair, matches] : by_pair) {
    const auto [was, is] = matches;
    if (was == nullptr) {
      changes.push_back(Appeared(ChangeKind::kGained, pair, *is, document));
    } else if (is == nullptr) {
      changes.push_back(Appeared(ChangeKind::kLost, pair, *was, document));
    } else if (was->severity != is->severity || was->score != is->score) {
      TopicChange change;
      change.kind = ChangeKind::kChanged;
      change.pair = pair;
      change.before = *was;
      change.after = *is;
      std::vector<std::string> rules_before;
      for (const std::uint32_t rule : was->rules) rules_before.push_back(pairs_[pair].before->rules[rule].id);
      for (const std::uint32_t rule : is->rules) change.rules.push_back(pairs_[pair].after->rules[rule].id);
      std::sort(rules_before.begin(), rules_before.end());
      std::vector<std::string> rules_after = change.rules;
      std::sort(rules_after.begin(), rules_after.end());
      change.cause = rules_before == rules_after ? ChangeCause::kScore : ChangeCause::kRules;
      changes.push_back(std::move(change));
    }
  }
  return changes;
}

std::string PackComparison::ClauseOf(const TopicChange& change, const Document& document) const {
  const Pair& pair = pairs_[change.pair];
  const bool gained = change.kind == ChangeKind::kGained;
  const std::string rule = fmt::format("rule '{}'", change.rule);
  // What brought a gained article, by the rule that the cause is about.
  const auto brought = [&] {
    TopicMatch match = change.after;
    std::erase_if(match.rules, [&](std::uint32_t i) { return pair.after->rules[i].id != change.rule; });
    return WhyItFired(*pair.after, match, document);
  };
  const auto fails = [&](const Topic& topic) {
    const std::string why = WhyItFails(topic, change.rule, document);
    return why.empty() ? std::string("(not found out)") : why;
  };
  switch (change.cause) {
    case ChangeCause::kTopicAdded: return "the topic is new: " + brought();
    case ChangeCause::kTopicRemoved: return "the topic is gone";
    case ChangeCause::kRuleAdded:
      return (FindWritten(*pair.before, change.rule) == nullptr ? "the rule is new: " : "the rule was off: ") +
             brought();
    case ChangeCause::kRuleRemoved:
      if (change.rules.size() > 1) return fmt::format("rules '{}' are gone, or off", Joined(change.rules, "', '"));
      return rule + (FindWritten(*pair.after, change.rule) == nullptr ? " is gone" : " is off");
    case ChangeCause::kRuleChanged:
      if (!gained) return fmt::format("{} was changed: {}", rule, fails(*pair.after));
      if (!change.by.empty()) return fmt::format("{} was changed: new in it is {}", rule, change.by);
      return fmt::format("{} was changed; in OLD: {}", rule, fails(*pair.before));
    case ChangeCause::kUnless:
    case ChangeCause::kLanguages:
      return gained ? fmt::format("{} holds on both; in OLD {}", rule, fails(*pair.before))
                    : fmt::format("{} holds on both; now {}", rule, fails(*pair.after));
    case ChangeCause::kScore:
    case ChangeCause::kRules: break;
  }
  std::string why;
  const auto tell = [&](const TopicMatch& holds, const Topic& topic, const TopicMatch& other, const Topic& of_other,
                        std::string_view what) {
    std::vector<std::string> ids;
    for (const std::uint32_t i : holds.rules) {
      const auto& others = other.rules;
      if (std::none_of(others.begin(), others.end(),
                       [&](std::uint32_t j) { return of_other.rules[j].id == topic.rules[i].id; })) {
        ids.push_back(topic.rules[i].id);
      }
    }
    if (!ids.empty()) why += fmt::format("{}'{}' {}", why.empty() ? "" : "; ", Joined(ids, "', '"), what);
  };
  tell(change.after, *pair.after, change.before, *pair.before, "now, too");
  tell(change.before, *pair.before, change.after, *pair.after, "no more");
  return fmt::format("{} {} -> {} {}: {}", Name(change.before.severity), change.before.score,
                     Name(change.after.severity), change.after.score, why.empty() ? "the same rules hold" : why);
}

}  // namespace wirewatch
