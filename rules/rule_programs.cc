#include "rules/rule_programs.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <functional>
#include <string>
#include <utility>

namespace wirewatch {
namespace {

// The number of `value` in `values`, added if it is new.
template <typename T, typename Numbers>
std::uint32_t NumberOf(const T& value, std::vector<T>& values, Numbers& numbers) {
  const auto [place, is_new] = numbers.emplace(value, static_cast<std::uint32_t>(values.size()));
  if (is_new) values.push_back(value);
  return place->second;
}

// Longer terms occur less often, and those that many rules name more often. Crude, but only speed depends on it.
double GuessedFrequency(const Term& term, std::uint32_t uses) {
  constexpr double kRegexLength = 4;
  const double length = term.kind == Term::Kind::kRegex ? kRegexLength : static_cast<double>(term.text.size());
  return std::pow(0.7, std::min(length, 40.0)) * uses;
}

}  // namespace

std::size_t RulePrograms::HashOfTerm::operator()(const Term& term) const {
  const auto rest = static_cast<std::size_t>(term.kind) | static_cast<std::size_t>(term.scope) << 8 |
                    std::size_t{term.ignore_case} << 16;
  return std::hash<std::string>()(term.text) ^ rest * 0x9E3779B97F4A7C15;
}

std::uint32_t RulePrograms::Add(const Expression& expression) {
  const auto root = static_cast<std::uint32_t>(nodes_.size());
  nodes_.emplace_back();
  Fill(root, expression);
  return root;
}

void RulePrograms::FinishAdding() {
  term_numbers_ = {};
  term_uses_ = {};
  attribute_numbers_ = {};
  nodes_.shrink_to_fit();
  terms_.shrink_to_fit();
}

void RulePrograms::Fill(std::uint32_t place, const Expression& expression) {
  ProgramNode node;
  node.kind = expression.kind;
  switch (expression.kind) {
    case Expression::Kind::kTerm:
      node.number = NumberOf(expression.term, terms_, term_numbers_);
      term_uses_.resize(terms_.size());
      ++term_uses_[node.number];
      break;
    case Expression::Kind::kAttribute:
      node.number = NumberOf(AttributeTest(expression.attribute, expression.comparison, expression.value), attributes_,
                             attribute_numbers_);
      break;
    case Expression::Kind::kNear:
      node.number = expression.distance;
      node.ordered = expression.ordered;
      node.negated = expression.negated;
      break;
    case Expression::Kind::kSame:
      node.number = static_cast<std::uint32_t>(expression.unit);
      node.negated = expression.negated;
      break;
    case Expression::Kind::kAtLeast:
    case Expression::Kind::kRepeated: node.number = expression.count; break;
    case Expression::Kind::kAnd:
    case Expression::Kind::kOr:
    case Expression::Kind::kNot: break;
  }
  node.children = static_cast<std::uint32_t>(nodes_.size());
  node.child_count = static_cast<std::uint32_t>(expression.children.size());
  nodes_[place] = node;
  nodes_.resize(nodes_.size() + expression.children.size());
  for (std::uint32_t i = 0; i < node.child_count; ++i) Fill(node.children + i, expression.children[i]);
}

NecessaryTerms RulePrograms::Necessary(std::uint32_t root) const {
  std::vector<Clause> clauses;
  NecessaryClauses(nodes_[root], clauses);
  std::stable_sort(clauses.begin(), clauses.end(), Clause::IsRarer);
  NecessaryTerms necessary;
  for (Clause& clause : clauses) {
    std::sort(clause.terms.begin(), clause.terms.end());
    clause.terms.erase(std::unique(clause.terms.begin(), clause.terms.end()), clause.terms.end());
    necessary.push_back(std::move(clause.terms));
  }
  return necessary;
}

void RulePrograms::ClauseOfSome(const ProgramNode& node, std::size_t count, std::vector<Clause>& clauses) const {
  std::vector<Clause> rarest;  // of each child that has one
  for (const ProgramNode& child : ChildrenOf(node)) {
    std::vector<Clause> of_child;
    NecessaryClauses(child, of_child);
    if (of_child.empty()) continue;
    rarest.push_back(std::move(*std::min_element(of_child.begin(), of_child.end(), Clause::IsRarer)));
  }
  if (rarest.size() < count) return;
  std::stable_sort(rarest.begin(), rarest.end(), Clause::IsRarer);
  Clause all;
  for (const Clause& clause : std::span(rarest).first(count)) {
    all.terms.insert(all.terms.end(), clause.terms.begin(), clause.terms.end());
    all.frequency += clause.frequency;
  }
  clauses.push_back(std::move(all));
}

void RulePrograms::NecessaryClauses(const ProgramNode& node, std::vector<Clause>& clauses) const {
  switch (node.kind) {
    case Expression::Kind::kTerm:
      clauses.push_back({{node.number}, GuessedFrequency(terms_[node.number], term_uses_[node.number])});
      return;
    case Expression::Kind::kAttribute:
    case Expression::Kind::kNot: return;
    case Expression::Kind::kOr: return ClauseOfSome(node, node.child_count, clauses);
    case Expression::Kind::kAtLeast:  // of any so many children, one must hold
      return ClauseOfSome(node, node.child_count - node.number + 1, clauses);
    case Expression::Kind::kRepeated: return NecessaryClauses(ChildrenOf(node).front(), clauses);
    case Expression::Kind::kNear:
    case Expression::Kind::kSame:
      if (node.negated) return NecessaryClauses(ChildrenOf(node).front(), clauses);
      [[fallthrough]];
    case Expression::Kind::kAnd:
      for (const ProgramNode& child : ChildrenOf(node)) NecessaryClauses(child, clauses);
      return;
  }
  std::abort();
}

}  // namespace wirewatch
