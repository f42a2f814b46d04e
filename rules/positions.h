// Positions: where each term of a rule set stands in one article. The lanes write them, the evaluator reads them.
//
// Order of calls: Clear, Add by every lane, Finish, then reading. Memory is reused from article to article.
#ifndef WIREWATCH_RULES_POSITIONS_H_
#define WIREWATCH_RULES_POSITIONS_H_

#include <algorithm>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "base/span.h"
#include "rules/document.h"
#include "rules/fold.h"

namespace wirewatch {

// One place where a term stands.
struct Occurrence {
  Field field = Field::kTitle;
  TokenRange tokens;  // may be empty: a regular expression that touches no word
  Span original;      // bytes of the field's original text

  auto operator<=>(const Occurrence&) const = default;
};

class Positions {
 public:
  explicit Positions(std::size_t term_count) : of_term_(term_count) {}

  void Clear() {
    for (const std::uint32_t term : found_) of_term_[term].clear();
    found_.clear();
  }

  // In any order, repeats allowed; both are rare and cost a sort.
  void Add(std::uint32_t term, const Occurrence& occurrence) {
    std::vector<Occurrence>& occurrences = of_term_[term];
    if (occurrences.empty()) found_.push_back(term);
    if (occurrences.empty() || occurrences.back() != occurrence) occurrences.push_back(occurrence);
  }

  void Finish() {
    for (const std::uint32_t term : found_) {
      std::vector<Occurrence>& occurrences = of_term_[term];
      if (std::is_sorted(occurrences.begin(), occurrences.end(), std::less_equal<>())) continue;
      std::sort(occurrences.begin(), occurrences.end());
      occurrences.erase(std::unique(occurrences.begin(), occurrences.end()), occurrences.end());
    }
  }

  // The terms that occur, in no particular order.
  std::span<const std::uint32_t> found() const { return found_; }
  // Rising, each once.
  std::span<const Occurrence> Of(std::uint32_t term) const { return of_term_[term]; }

 private:
  std::vector<std::vector<Occurrence>> of_term_;
  std::vector<std::uint32_t> found_;
};

}  // namespace wirewatch

#endif  // WIREWATCH_RULES_POSITIONS_H_
