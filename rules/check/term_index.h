// TermIndex: which term of many is found wherever another one is.
#ifndef WIREWATCH_RULES_CHECK_TERM_INDEX_H_
#define WIREWATCH_RULES_CHECK_TERM_INDEX_H_

#include <cstddef>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "rules/language/expression.h"

namespace wirewatch {

// Terms are numbered in the order in which they are added, and must outlive the index.
class TermIndex {
 public:
  void Add(const Term& term);
  std::size_t size() const { return terms_.size(); }
  const Term& term(std::size_t number) const { return *terms_[number]; }

  static constexpr std::size_t kNone = static_cast<std::size_t>(-1);
  // A term that stands wherever `number` does, for good reason; of two that are found at the same places the first one.
  // `same_places`: only one whose places are those of `number`, so that distances and counts do not change either.
  // kNone: there is none.
  std::size_t FindWider(std::size_t number, bool same_places) const;

 private:
  // Of too many with one first word only some are looked at.
  static constexpr std::size_t kMostAlike = 500;

  bool Covers(std::size_t wide, std::size_t narrow, bool same_places) const;

  std::vector<const Term*> terms_;
  std::vector<std::vector<std::string>> words_;  // of their patterns
  // By their first word: as it is, or of `ban*` what stands before the wildcard.
  std::unordered_map<std::string, std::vector<std::size_t>> by_word_, by_beginning_;
};

}  // namespace wirewatch

#endif  // WIREWATCH_RULES_CHECK_TERM_INDEX_H_
