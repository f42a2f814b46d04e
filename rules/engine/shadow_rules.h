// ShadowRules: which rules of a rule set run in shadow, and what that leaves of a match. The engine evaluates rules in
// shadow as any other; here its result is parted.
#ifndef WIREWATCH_RULES_ENGINE_SHADOW_RULES_H_
#define WIREWATCH_RULES_ENGINE_SHADOW_RULES_H_

#include <cstdint>
#include <optional>
#include <set>
#include <vector>

#include "rules/engine/match.h"
#include "rules/engine/rule_set.h"

namespace wirewatch {

// A match in two. At least one of them is there.
struct MatchParts {
  // What the engine would find without the rules in shadow: severity, score, rules and spans.
  std::optional<TopicMatch> active;
  // The same for the rules in shadow alone.
  std::optional<TopicMatch> shadow;
};

// Immutable; shared by threads.
class ShadowRules {
 public:
  // Those that the packs say (StatusOf), and `more`.
  explicit ShadowRules(const RuleSet& rules, const std::set<RulePlace>& more = {});

  // There is none.
  bool empty() const { return empty_; }
  bool Has(RulePlace place) const {
    const std::vector<bool>& topic = topics_[place.topic];
    return !topic.empty() && topic[place.rule];
  }

  // `match`: by a matcher of the same rules.
  MatchParts Part(const RuleSet& rules, TopicMatch match) const;
  // Leaves the active parts in `found`, and gives those in shadow. Both in order of their topics.
  std::vector<TopicMatch> TakeFrom(const RuleSet& rules, std::vector<TopicMatch>& found) const;

 private:
  std::vector<std::vector<bool>> topics_;  // by topic, then by rule; of a topic without a rule in shadow: empty
  bool empty_ = true;
};

}  // namespace wirewatch

#endif  // WIREWATCH_RULES_ENGINE_SHADOW_RULES_H_
