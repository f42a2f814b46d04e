// RulePrograms: the expressions of a rule set in the form that is evaluated: flat, and with numbers for terms and
// attributes. It also tells which terms an expression cannot do without, for RuleIndex.
//
// A program is a sequence of 32-bit words, so that a small rule lies in one cache line. A node stands before its
// children, and the children stand one after the other. A term or an attribute takes one word, every other node one or
// two:
//
// clang-format off
//   first word    bits 0..3    Expression::Kind
//                 bits 4..31   a term or an attribute: its number; any other node: its size in words, children included
//   second word   only of kNear, kSame, kAtLeast, kRepeated:
//                 bits 0..29   distance, unit or count
//                 bit 30       ordered
//                 bit 31       negated
// clang-format on
#ifndef WIREWATCH_RULES_ENGINE_RULE_PROGRAMS_H_
#define WIREWATCH_RULES_ENGINE_RULE_PROGRAMS_H_

#include <cstddef>
#include <cstdint>
#include <iterator>
#include <map>
#include <span>
#include <vector>

#include "rules/engine/rule_index.h"
#include "rules/lanes/term_table.h"
#include "rules/language/attributes.h"
#include "rules/language/expression.h"
#include "rules/pack/pack.h"
#include "rules/text/text_unit.h"

namespace wirewatch {

// A pointer to a node of a program, to be passed by value. Valid until the next RulePrograms::Add.
class ProgramNode {
 public:
  class Children;

  explicit ProgramNode(const std::uint32_t* words) : words_(words) {}

  Expression::Kind kind() const { return static_cast<Expression::Kind>(words_[0] & 15); }
  // kTerm: the term's; kAttribute: the test's; kNear: the distance; kSame: a TextUnit; kAtLeast, kRepeated: the count.
  std::uint32_t number() const { return IsLeaf(kind()) ? words_[0] >> 4 : words_[1] & kNumber; }
  bool ordered() const { return (words_[1] & kOrdered) != 0; }  // kNear
  bool negated() const { return (words_[1] & kNegated) != 0; }  // kNear, kSame
  // None of kTerm and kAttribute.
  Children children() const;

 private:
  friend class RulePrograms;

  static constexpr std::uint32_t kMost = (std::uint32_t{1} << 28) - 1;
  static constexpr std::uint32_t kNegated = std::uint32_t{1} << 31, kOrdered = std::uint32_t{1} << 30,
                                 kNumber = kOrdered - 1;
  static bool IsLeaf(Expression::Kind kind) {
    return kind == Expression::Kind::kTerm || kind == Expression::Kind::kAttribute;
  }
  static std::size_t WordsBeforeChildren(Expression::Kind kind) {
    switch (kind) {
      case Expression::Kind::kAnd:
      case Expression::Kind::kOr:
      case Expression::Kind::kNot:
      case Expression::Kind::kTerm:
      case Expression::Kind::kAttribute: return 1;
      case Expression::Kind::kNear:
      case Expression::Kind::kSame:
      case Expression::Kind::kAtLeast:
      case Expression::Kind::kRepeated: return 2;
    }
    return 1;
  }
  std::size_t words() const { return IsLeaf(kind()) ? 1 : words_[0] >> 4; }

  const std::uint32_t* words_;
};

class ProgramNode::Children {
 public:
  class Iterator {
   public:
    using iterator_category = std::forward_iterator_tag;
    using value_type = ProgramNode;
    using difference_type = std::ptrdiff_t;
    using pointer = const ProgramNode*;
    using reference = ProgramNode;

    Iterator() = default;
    explicit Iterator(const std::uint32_t* at) : at_(at) {}
    ProgramNode operator*() const { return ProgramNode(at_); }
    Iterator& operator++() {
      at_ += ProgramNode(at_).words();
      return *this;
    }
    Iterator operator++(int) {
      const Iterator before = *this;
      ++*this;
      return before;
    }
    bool operator==(const Iterator&) const = default;

   private:
    const std::uint32_t* at_ = nullptr;
  };

  Children(const std::uint32_t* begin, const std::uint32_t* end) : begin_(begin), end_(end) {}

  Iterator begin() const { return Iterator(begin_); }
  Iterator end() const { return Iterator(end_); }
  ProgramNode first() const { return *begin(); }
  ProgramNode second() const { return *std::next(begin()); }
  std::size_t count() const { return static_cast<std::size_t>(std::distance(begin(), end())); }

 private:
  const std::uint32_t *begin_, *end_;
};

inline ProgramNode::Children ProgramNode::children() const {
  return {words_ + WordsBeforeChildren(kind()), words_ + words()};
}

// Immutable once filled; shared by threads.
class RulePrograms {
 public:
  // Which rule a program is of.
  struct Owner {
    std::uint32_t topic = 0;  // index into the segment's topics
    std::uint32_t rule = 0;   // index into the topic's rules, below kMostRules
    TopicSeverity severity = TopicSeverity::kMedium;
    std::uint32_t score = 0;  // 0..100
  };
  static constexpr std::uint32_t kMostRules = std::uint32_t{1} << 23;

  // Adds an expression and returns the number of its program. Later ones have greater numbers.
  std::uint32_t Add(const Expression& expression);
  // The same for the expression of a rule.
  std::uint32_t Add(const Owner& owner, const Expression& expression);
  // More was added than it can hold: it must not be used.
  bool is_overfull() const {
    return words_.size() > kMostWords || terms_.is_overfull() || attributes_.size() > TermTable::kMost;
  }
  // To be called after the last Add and Necessary: frees the memory that only they need.
  void FinishAdding();

  ProgramNode node(std::uint32_t program) const { return ProgramNode(words_.data() + program); }
  // REQUIRES: the program was added with an owner.
  Owner owner(std::uint32_t program) const {
    const std::uint32_t* const end = words_.data() + program;
    return {end[-2], end[-1] >> 9, static_cast<TopicSeverity>(end[-1] >> 7 & 0x3), end[-1] & 0x7F};
  }
  // Prefetches a program that will be evaluated soon.
  void Fetch(std::uint32_t program) const { __builtin_prefetch(words_.data() + program); }
  const TermTable& terms() const { return terms_; }
  std::span<const AttributeTest> attributes() const { return attributes_; }

  // The terms that the expression needs, for RuleIndex: each set rising, the rarest set first. REQUIRES: between the
  // last Add and FinishAdding, since all expressions together tell which terms are rare.
  NecessaryTerms Necessary(std::uint32_t program) const;

 private:
  static constexpr std::size_t kMostWords = std::size_t{0xFFFFFFFF} - ProgramNode::kMost;
  struct Clause {
    std::vector<std::uint32_t> terms;
    double frequency = 0;  // a guess at how often one of them occurs

    static bool IsRarer(const Clause& a, const Clause& b) { return a.frequency < b.frequency; }
  };

  void Append(const Expression& expression);
  std::uint32_t NumberOf(const AttributeTest& test);
  double GuessedFrequency(std::uint32_t term) const;
  // Appends clauses each of which must hold for the node to hold.
  void NecessaryClauses(ProgramNode node, std::vector<Clause>& clauses) const;
  // For a node that needs some of its children to hold. If at least `count` children have clauses, appends one clause:
  // take the rarest clause of each child, and of these the `count` rarest; the terms of all of them together.
  void ClauseOfSome(ProgramNode node, std::size_t count, std::vector<Clause>& clauses) const;

  std::vector<std::uint32_t> words_;  // before a rule's program: two words, its Owner
  TermTable terms_;
  std::vector<std::uint32_t> term_uses_;  // in how many places each stands
  std::vector<AttributeTest> attributes_;
  std::map<AttributeTest, std::uint32_t> attribute_numbers_;
};

}  // namespace wirewatch

#endif  // WIREWATCH_RULES_ENGINE_RULE_PROGRAMS_H_
