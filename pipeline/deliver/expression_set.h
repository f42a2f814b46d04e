// ExpressionSet: the expressions of all subscriptions as one rule set: each different text is a topic, whoever wrote
// it. Only for subscription_set.cc.
//
// The texts are spread over packs by their hash. So an edit changes one pack in kPacks, and nothing looks into the
// others. What was added since all were compiled together is compiled with each edit again; once that, or what has
// gone, is a large share, all are compiled together.
#ifndef WIREWATCH_PIPELINE_DELIVER_EXPRESSION_SET_H_
#define WIREWATCH_PIPELINE_DELIVER_EXPRESSION_SET_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/diagnostic.h"
#include "base/result.h"
#include "rules/engine/rule_set.h"
#include "rules/pack/pack.h"

namespace wirewatch {

// An expression, and the id of a subscription that has it.
struct OwnedExpression {
  std::string_view text;
  std::string_view owner;
};

// Immutable.
class ExpressionSet {
 public:
  // `before` may be null; where the texts are the same, it is what comes back. kInvalid: one cannot be compiled;
  // kTooLarge: all together cannot; kInternal: the engine failed.
  static Result<std::shared_ptr<const ExpressionSet>> Compile(const std::vector<OwnedExpression>& expressions,
                                                              const std::shared_ptr<const ExpressionSet>& before);

  // An expression's number is the index of its topic there.
  const std::shared_ptr<const RuleSet>& rules() const { return rules_; }
  std::size_t size() const { return numbers_.size(); }
  // REQUIRES: it is one of these.
  std::uint32_t NumberOf(std::string_view text) const { return numbers_.find(text)->second; }

 private:
  static constexpr std::size_t kPacks = 256;
  // The different texts, by the pack that they are in.
  using Texts = std::array<std::vector<const OwnedExpression*>, kPacks>;

  static Texts DifferentOf(const std::vector<OwnedExpression>& expressions);
  // Those of `before` where their texts are the same.
  static Result<Packs> PacksOf(const Texts& texts, const ExpressionSet* before);
  // What the rules were not compiled for.
  static Error ErrorOf(const Diagnostics& diagnostics, const Texts& texts);

  // The expression of that text, read before; null: it was not.
  const Topic* Find(std::string_view text) const;
  // Whether an edit to these texts is so large that all are to be compiled together.
  bool IsWorthAll(const Texts& texts) const;
  bool IsInWhole(std::string_view text) const;

  std::shared_ptr<const RuleSet> rules_;
  std::unordered_map<std::string_view, std::uint32_t> numbers_;  // by text, which its topic owns
  std::vector<bool> in_whole_;  // by number: was there when all were compiled together the last time
  std::size_t whole_ = 0;       // how many there were then
};

}  // namespace wirewatch

#endif  // WIREWATCH_PIPELINE_DELIVER_EXPRESSION_SET_H_
