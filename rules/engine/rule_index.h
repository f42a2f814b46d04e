// RuleIndex: which rules can hold, given which terms occur. Each rule is filed under terms one of which it needs, and
// each filing carries marks of what else the rule needs, so that an article costs the rules that nearly hold and not
// all of them.
#ifndef WIREWATCH_RULES_ENGINE_RULE_INDEX_H_
#define WIREWATCH_RULES_ENGINE_RULE_INDEX_H_

#include <array>
#include <bitset>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace wirewatch {

// Terms one of which must occur for a rule to hold. Of each rule the rarest first; none: the rule can hold without any.
using NecessaryTerms = std::vector<std::vector<std::uint32_t>>;

class RuleIndex {
 public:
  // What one thread needs to ask; reused.
  class Memory {
   private:
    friend class RuleIndex;
    std::bitset<(1 << 13) + 1> occurs;  // by mark
  };

  // `rule` is a number that the caller knows it by.
  void Add(std::uint32_t rule, const NecessaryTerms& necessary);
  // After the last Add, and before the first question. `term_count`: more than any term's number.
  void FinishAdding(std::size_t term_count);
  // Too much was added: nothing else may be done with it.
  bool is_overfull() const { return filed_.size() > kMostPostings; }

  // The rules that can hold when just the terms `found` occur, rising, each once.
  void FindCandidates(std::span<const std::uint32_t> found, Memory& memory, std::vector<std::uint32_t>& rules) const;

 private:
  // A few bits of a term's number: terms that share a mark only cost an evaluation more.
  using Mark = std::uint16_t;
  static constexpr Mark kAlways = 1 << 13;
  static Mark MarkOf(std::uint32_t term) { return static_cast<Mark>((term * 0x9E3779B1U) >> 19); }

  struct Posting {
    std::uint32_t rule = 0;
    std::array<Mark, 3> any{kAlways, kAlways, kAlways};  // one of them must occur
    Mark all = kAlways;                                  // and this one
  };

  // Of one term, until all are there.
  struct Filed {
    std::uint32_t term = 0;
    Posting posting;
  };
  static constexpr std::size_t kMostPostings = std::size_t{1} << 31;

  std::vector<Filed> filed_;           // while rules are added
  std::vector<std::uint32_t> always_;  // rules
  std::vector<std::uint32_t> first_;   // of each term, into postings_; one more at the end
  std::vector<Posting> postings_;      // term by term
};

}  // namespace wirewatch

#endif  // WIREWATCH_RULES_ENGINE_RULE_INDEX_H_
