#include "rules/rule_index.h"

#include <algorithm>
#include <numeric>

namespace wirewatch {

RuleIndex::RuleIndex(std::span<const std::optional<std::vector<std::uint32_t>>> necessary, std::size_t term_count)
    : first_(term_count + 1, 0) {
  for (const auto& terms : necessary) {
    if (!terms) continue;
    for (const std::uint32_t term : *terms) ++first_[term + 1];
  }
  std::partial_sum(first_.begin(), first_.end(), first_.begin());
  filed_.resize(first_.back());
  std::vector<std::uint32_t> next(first_.begin(), first_.end() - 1);
  for (std::uint32_t rule = 0; rule < necessary.size(); ++rule) {
    if (!necessary[rule]) {
      always_.push_back(rule);
      continue;
    }
    for (const std::uint32_t term : *necessary[rule]) filed_[next[term]++] = rule;
  }
}

void RuleIndex::FindCandidates(std::span<const std::uint32_t> found, std::vector<std::uint32_t>& rules) const {
  rules.assign(always_.begin(), always_.end());
  for (const std::uint32_t term : found) {
    rules.insert(rules.end(), filed_.begin() + first_[term], filed_.begin() + first_[term + 1]);
  }
  std::sort(rules.begin(), rules.end());
  rules.erase(std::unique(rules.begin(), rules.end()), rules.end());
}

}  // namespace wirewatch
