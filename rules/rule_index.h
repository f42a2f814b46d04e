// RuleIndex: which rules can hold, given which terms occur. Each rule is filed under terms one of which it needs, so an
// article costs the rules that nearly hold and not all of them.
#ifndef WIREWATCH_RULES_RULE_INDEX_H_
#define WIREWATCH_RULES_RULE_INDEX_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace wirewatch {

class RuleIndex {
 public:
  // `necessary[r]`: the terms of rule r one of which must occur; nothing: the rule can hold without any.
  RuleIndex(std::span<const std::optional<std::vector<std::uint32_t>>> necessary, std::size_t term_count);

  // The rules that can hold when just the terms `found` occur, rising, each once.
  void FindCandidates(std::span<const std::uint32_t> found, std::vector<std::uint32_t>& rules) const;

 private:
  std::vector<std::uint32_t> always_;  // rules
  std::vector<std::uint32_t> first_;   // of each term, into filed_; one more at the end
  std::vector<std::uint32_t> filed_;   // rules, term by term
};

}  // namespace wirewatch

#endif  // WIREWATCH_RULES_RULE_INDEX_H_
