// TermTable: the terms of a rule set, each once, with a number: 5 bytes a term beside its text, 8 more for one of
// languages. A Term by itself takes
// ten times as many, and a rule set has hundreds of thousands.
#ifndef WIREWATCH_RULES_LANES_TERM_TABLE_H_
#define WIREWATCH_RULES_LANES_TERM_TABLE_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "rules/lanes/number_table.h"
#include "rules/language/expression.h"

namespace wirewatch {

// Immutable once filled; shared by threads.
class TermTable {
 public:
  // Terms: the number of one has to fit into a program (rule_programs.h).
  static constexpr std::uint32_t kMost = std::uint32_t{1} << 27;
  // Bytes of all texts: their folded words must lie within 4 GiB, and a character of two bytes may fold to as many as
  // CodePointTable::kLongestFolded.
  static constexpr std::size_t kMostBytes = std::size_t{1} << 27;

  // The number of the term, added if it is new and there is room: see is_overfull.
  std::uint32_t Add(const Term& term);
  // To be called after the last Add: frees the memory that only Add needs.
  void FinishAdding();

  // Whether Add had no room for a term, which therefore has no number.
  bool is_overfull() const { return is_overfull_; }

  std::uint32_t size() const { return static_cast<std::uint32_t>(begins_.size()); }
  Term::Kind kind(std::uint32_t number) const { return static_cast<Term::Kind>(shapes_[number] & 3); }
  Scope scope(std::uint32_t number) const { return static_cast<Scope>(shapes_[number] >> 3 & 7); }
  bool ignore_case(std::uint32_t number) const { return (shapes_[number] & 4) != 0; }
  std::string_view text(std::uint32_t number) const {
    const std::size_t begin = begins_[number];
    const std::size_t end = number + 1 < begins_.size() ? begins_[number + 1] : bytes_.size();
    return std::string_view(bytes_).substr(begin, end - begin);
  }
  Term At(std::uint32_t number) const {
    return {kind(number),  std::string(text(number)), ignore_case(number),
            scope(number), languages(number),         (shapes_[number] & kHanSame) != 0};
  }

 private:
  static constexpr std::uint8_t kHanSame = 64, kOfLanguages = 128;
  struct Languages {
    std::uint32_t term = 0;
    StemLanguages languages = 0;
  };

  static std::uint8_t ShapeOf(const Term& term) {
    return static_cast<std::uint8_t>(static_cast<unsigned>(term.kind) | (term.ignore_case ? 4U : 0U) |
                                     static_cast<unsigned>(term.scope) << 3 | (term.han_same ? kHanSame : 0U) |
                                     (term.languages != 0 ? kOfLanguages : 0U));
  }
  StemLanguages languages(std::uint32_t number) const {
    if ((shapes_[number] & kOfLanguages) == 0) return 0;
    return std::lower_bound(languages_.begin(), languages_.end(), number,
                            [](const Languages& one, std::uint32_t wanted) { return one.term < wanted; })
        ->languages;
  }

  std::string bytes_;                  // the texts, one after the other
  std::vector<std::uint32_t> begins_;  // in bytes_; the end is the begin of the next
  std::vector<std::uint8_t> shapes_;   // all of a term but its text
  std::vector<Languages> languages_;   // of the terms that have any, by term
  NumberTable numbers_;                // while terms are added
  bool is_overfull_ = false;
};

}  // namespace wirewatch

#endif  // WIREWATCH_RULES_LANES_TERM_TABLE_H_
