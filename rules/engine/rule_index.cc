#include "rules/engine/rule_index.h"

#include <algorithm>
#include <numeric>

namespace wirewatch {

void RuleIndex::Add(std::uint32_t rule, const NecessaryTerms& necessary) {
  if (necessary.empty()) {
    always_.push_back(rule);
    return;
  }
  Posting posting;
  posting.rule = rule;
  bool any_used = false;
  for (std::size_t i = 1; i < necessary.size(); ++i) {
    const std::vector<std::uint32_t>& clause = necessary[i];
    if (clause.size() == 1 && posting.all == kAlways) {
      posting.all = MarkOf(clause.front());
    } else if (!any_used && clause.size() <= posting.any.size()) {
      any_used = true;
      for (std::size_t m = 0; m < posting.any.size(); ++m) posting.any[m] = MarkOf(clause[m % clause.size()]);
    }
  }
  for (const std::uint32_t term : necessary.front()) added_.push_back({term, posting});
}

void RuleIndex::FinishAdding(std::size_t term_count) {
  first_.assign(term_count + 1, 0);
  for (const TermPosting& one : added_) ++first_[one.term + 1];
  std::partial_sum(first_.begin(), first_.end(), first_.begin());
  postings_.resize(added_.size());
  std::vector<std::uint32_t> next(first_.begin(), first_.end() - 1);
  for (const TermPosting& one : added_) postings_[next[one.term]++] = one.posting;
  added_ = {};
  always_.shrink_to_fit();
}

void RuleIndex::FindCandidates(std::span<const std::uint32_t> found, Memory& memory,
                               std::vector<std::uint32_t>& rules) const {
  rules.assign(always_.begin(), always_.end());
  auto& occurs = memory.occurs;
  // The tables are larger than the caches: what all terms will read is asked for at once, so that the waits overlap.
  for (const std::uint32_t term : found) {
    occurs.set(MarkOf(term));
    __builtin_prefetch(&first_[term]);
  }
  occurs.set(kAlways);
  for (const std::uint32_t term : found) __builtin_prefetch(postings_.data() + first_[term]);
  for (const std::uint32_t term : found) {
    for (std::uint32_t i = first_[term]; i < first_[term + 1]; ++i) {
      const Posting& posting = postings_[i];
      // No short cuts between the look-ups: whether one succeeds is anybody's guess, and a wrong guess costs more.
      const int any = int{occurs[posting.any[0]]} | int{occurs[posting.any[1]]} | int{occurs[posting.any[2]]};
      if ((any & int{occurs[posting.all]}) != 0) rules.push_back(posting.rule);
    }
  }
  for (const std::uint32_t term : found) occurs.reset(MarkOf(term));
  std::sort(rules.begin(), rules.end());
  rules.erase(std::unique(rules.begin(), rules.end()), rules.end());
}

}  // namespace wirewatch
