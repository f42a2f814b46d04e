// PackComparison: what two rule sets, OLD and NEW, see differently in an article, and which clause is responsible.
//
// Topics are told by their ids. On each topic an article may be
//   gained    NEW holds, OLD does not
//   lost      OLD holds, NEW does not
//   changed   both hold, with another severity or score
// The cause is found by comparing the two topics' parts, the clause by asking what fails (rules/tools/explanation.h).
#ifndef WIREWATCH_PIPELINE_ARCHIVE_PACK_COMPARISON_H_
#define WIREWATCH_PIPELINE_ARCHIVE_PACK_COMPARISON_H_

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "rules/engine/match.h"
#include "rules/engine/rule_set.h"
#include "rules/pack/pack.h"
#include "rules/text/document.h"

namespace wirewatch {

enum class ChangeKind : std::uint8_t { kGained, kLost, kChanged };
inline constexpr ChangeKind kChangeKinds[] = {ChangeKind::kGained, ChangeKind::kLost, ChangeKind::kChanged};
constexpr std::string_view Name(ChangeKind kind) {
  constexpr std::string_view kNames[] = {"gained", "lost", "changed"};
  return kNames[static_cast<std::size_t>(kind)];
}

// The part of the topic that was edited and made the difference.
enum class ChangeCause : std::uint8_t {
  kTopicAdded,
  kTopicRemoved,
  kRuleAdded,    // gained: a rule holds that OLD does not have, or has with `status: off`
  kRuleRemoved,  // lost: the rules that held are gone, or off
  kRuleChanged,  // the expression of a rule, or a list that it names
  kUnless,       // a rule of both holds alike; `unless` makes the difference
  kLanguages,    // the same with the topic's languages
  kScore,        // changed: the rules that hold have another severity or score
  kRules,        // changed: other rules hold, of another severity or score
};
constexpr std::string_view Name(ChangeCause cause) {
  constexpr std::string_view kNames[] = {"topic-added", "topic-removed", "rule-added", "rule-removed", "rule-changed",
                                         "unless",      "languages",     "score",      "rules"};
  return kNames[static_cast<std::size_t>(cause)];
}

struct TopicChange {
  ChangeKind kind = ChangeKind::kGained;
  ChangeCause cause = ChangeCause::kTopicAdded;
  std::uint32_t pair = 0;          // of PackComparison::topics
  std::vector<std::string> rules;  // that hold on the side where it holds; of kChanged those of NEW
  std::string rule;                // the one that the cause is about; empty: none
  // Of a rule that was changed, of kGained: the words that brought it, `"ban" in the title`, if they are by terms that
  // OLD's rule does not have.
  std::string by;
  TopicMatch before, after;  // without a topic that holds: empty. Indices are those of the rule sets.
};

// Immutable; shared by threads.
class PackComparison {
 public:
  PackComparison(std::shared_ptr<const RuleSet> before, std::shared_ptr<const RuleSet> after);

  // A topic of either.
  struct Pair {
    std::string id;
    const Topic* before = nullptr;  // null: OLD does not have it
    const Topic* after = nullptr;
    std::vector<bool> same;  // of NEW's rules, by index: OLD runs one of that id that finds the same
    bool same_unless = true, same_languages = true;
  };
  // In the order of NEW, then those that only OLD has.
  const std::vector<Pair>& topics() const { return pairs_; }

  // What became of an article in which the two rule sets found this. Cheap where they found the same.
  std::vector<TopicChange> Compare(const std::vector<TopicMatch>& before, const std::vector<TopicMatch>& after,
                                   const Document& document) const;

  // In a sentence, which clause is responsible: of a gained article what brought it, of a lost one what fails in NEW.
  // Slow: for people (Explainer). `document`: of the article.
  std::string ClauseOf(const TopicChange& change, const Document& document) const;

 private:
  TopicChange Appeared(ChangeKind kind, std::uint32_t pair, const TopicMatch& match, const Document& document) const;
  // Whether OLD and NEW have the rule alike. REQUIRES: both have the topic.
  bool IsSame(const Pair& pair, const std::string& rule) const;

  std::shared_ptr<const RuleSet> before_, after_;
  std::vector<Pair> pairs_;
  std::vector<std::uint32_t> of_before_, of_after_;  // the pair of each topic, by its index in the rule set
};

// Whether two expressions mean the same by their form: places and the spelling of lists do not count.
bool HaveSameForm(const Expression& a, const Expression& b);

}  // namespace wirewatch

#endif  // WIREWATCH_PIPELINE_ARCHIVE_PACK_COMPARISON_H_
