// RuleIndex: which rules can hold, given which terms occur. A rule has a posting under each of some terms, one of which
// must occur for it to hold. The posting has marks of further terms that the rule needs. So an article costs the rules
// that nearly hold, and not all of them.
#ifndef WIREWATCH_RULES_ENGINE_RULE_INDEX_H_
#define WIREWATCH_RULES_ENGINE_RULE_INDEX_H_

#include <array>
#include <bitset>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace wirewatch {

// Sets of terms; for a rule to hold, one term of each set must occur. The rarest set first. No sets: the rule can hold
// without any term.
using NecessaryTerms = std::vector<std::vector<std::uint32_t>>;

class RuleIndex {
 public:
  // What one thread needs for FindCandidates; reused from article to article.
  class Memory {
   private:
    friend class RuleIndex;
    std::bitset<(1 << 13) + 1> occurs;  // by mark
  };

  // `rule`: the caller's number for it.
  void Add(std::uint32_t rule, const NecessaryTerms& necessary);
  // To be called after the last Add and before FindCandidates. `term_count`: greater than every term's number.
  void FinishAdding(std::size_t term_count);
  // More was added than it can hold: it must not be used.
  bool is_overfull() const { return added_.size() > kMostPostings; }

  // The rules that can hold when just the terms `found` occur, rising, each once.
  void FindCandidates(std::span<const std::uint32_t> found, Memory& memory, std::vector<std::uint32_t>& rules) const;

 private:
  // A 13-bit hash of a term's number. When two terms have the same mark, a rule may become a candidate without
  // need: that costs one evaluation, and never gives a wrong match.
  using Mark = std::uint16_t;
  static constexpr Mark kAlways = 1 << 13;
  static Mark MarkOf(std::uint32_t term) { return static_cast<Mark>((term * 0x9E3779B1U) >> 19); }

  struct Posting {
    std::uint32_t rule = 0;
    std::array<Mark, 3> any{kAlways, kAlways, kAlways};  // a term with one of these marks must occur
    Mark all = kAlways;                                  // and a term with this mark
  };

  // A posting and its term, while rules are added.
  struct TermPosting {
    std::uint32_t term = 0;
    Posting posting;
  };
  static constexpr std::size_t kMostPostings = std::size_t{1} << 31;

  std::vector<TermPosting> added_;     // while rules are added
  std::vector<std::uint32_t> always_;  // rules that can hold without any term
  std::vector<std::uint32_t> first_;   // of each term, into postings_; one more at the end
  std::vector<Posting> postings_;      // term by term
};

}  // namespace wirewatch

#endif  // WIREWATCH_RULES_ENGINE_RULE_INDEX_H_
