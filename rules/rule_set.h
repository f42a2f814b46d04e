// RuleSet: all packs compiled together. Immutable; shared by threads as shared_ptr<const RuleSet>; swapped whole.
#ifndef WIREWATCH_RULES_RULE_SET_H_
#define WIREWATCH_RULES_RULE_SET_H_

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/diagnostic.h"
#include "rules/pack.h"

namespace wirewatch {

class RuleSet;

struct CompiledRules {
  std::shared_ptr<const RuleSet> rule_set;  // null: diagnostics says why
  Diagnostics diagnostics;                  // such as a regular expression that Hyperscan does not take, with its rule
};

class RuleSet {
 public:
  // Takes the packs over. REQUIRES: they were loaded without errors (ids unique, lists resolved).
  static CompiledRules Compile(std::vector<Pack> packs);
  ~RuleSet();
  RuleSet(const RuleSet&) = delete;
  RuleSet& operator=(const RuleSet&) = delete;

  // 32 hex digits; the same for the same packs, whatever their file names and comments.
  const std::string& hash() const;

  std::span<const Pack> packs() const;
  // All topics of all packs, in order; TopicMatch::topic is an index into this.
  std::span<const Topic* const> topics() const;
  // The distinct terms of all rules; MatchSpan::term is an index into this.
  std::span<const Term> terms() const;

 private:
  friend class Matcher;
  struct Rep;
  explicit RuleSet(std::unique_ptr<Rep> rep);
  std::unique_ptr<Rep> rep_;
};

}  // namespace wirewatch

#endif  // WIREWATCH_RULES_RULE_SET_H_
