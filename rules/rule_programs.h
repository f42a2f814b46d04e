// RulePrograms: the expressions of a rule set in the form that is evaluated: flat, and with numbers for terms and
// attributes. It also tells which terms an expression cannot do without, for RuleIndex.
#ifndef WIREWATCH_RULES_RULE_PROGRAMS_H_
#define WIREWATCH_RULES_RULE_PROGRAMS_H_

#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <unordered_map>
#include <vector>

#include "rules/attributes.h"
#include "rules/expression.h"
#include "rules/rule_index.h"

namespace wirewatch {

// A node; its children are consecutive nodes.
struct ProgramNode {
  Expression::Kind kind = Expression::Kind::kTerm;
  bool ordered = false;  // kNear
  bool negated = false;  // kNear, kSame
  std::uint32_t number =
      0;  // kTerm: the term's; kAttribute: the test's; kNear: the distance; kSame: a TextUnit; else: count
  std::uint32_t children = 0;  // the first
  std::uint32_t child_count = 0;
};

class RulePrograms {
 public:
  // Adds an expression; the number of its root node is its name from now on.
  std::uint32_t Add(const Expression& expression);

  std::span<const ProgramNode> ChildrenOf(const ProgramNode& node) const {
    return std::span(nodes_).subspan(node.children, node.child_count);
  }
  // Gives back the memory that only Add and Necessary need.
  void FinishAdding();

  const ProgramNode& node(std::uint32_t number) const { return nodes_[number]; }
  std::span<const Term> terms() const { return terms_; }
  std::span<const AttributeTest> attributes() const { return attributes_; }

  // What the expression cannot hold without, for RuleIndex: each part rising, the rarest part first. To be asked
  // between the last Add and FinishAdding: what is rare is judged by all expressions.
  NecessaryTerms Necessary(std::uint32_t root) const;

 private:
  struct HashOfTerm {
    std::size_t operator()(const Term& term) const;
  };
  struct Clause {
    std::vector<std::uint32_t> terms;
    double frequency = 0;  // a guess at how often one of them occurs

    static bool IsRarer(const Clause& a, const Clause& b) { return a.frequency < b.frequency; }
  };

  void Fill(std::uint32_t place, const Expression& expression);
  // Appends clauses each of which must hold for the node to hold.
  void NecessaryClauses(const ProgramNode& node, std::vector<Clause>& clauses) const;
  // Appends a clause for the node of which so many children must hold, if `count` have clauses: one of any child's of
  // those whose own are the rarest.
  void ClauseOfSome(const ProgramNode& node, std::size_t count, std::vector<Clause>& clauses) const;

  std::vector<ProgramNode> nodes_;
  std::vector<Term> terms_;               // each once
  std::vector<std::uint32_t> term_uses_;  // in how many places each stands
  std::vector<AttributeTest> attributes_;
  std::unordered_map<Term, std::uint32_t, HashOfTerm> term_numbers_;
  std::map<AttributeTest, std::uint32_t> attribute_numbers_;
};

}  // namespace wirewatch

#endif  // WIREWATCH_RULES_RULE_PROGRAMS_H_
