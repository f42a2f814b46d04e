#include "rules/engine/rule_programs.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <utility>

namespace wirewatch {

std::uint32_t RulePrograms::Add(const Expression& expression) {
  const auto program = static_cast<std::uint32_t>(words_.size());
  Append(expression);
  return program;
}

std::uint32_t RulePrograms::Add(const Owner& owner, const Expression& expression) {
  words_.push_back(owner.topic);
  words_.push_back(owner.rule << 9 | static_cast<std::uint32_t>(owner.severity) << 7 | owner.score);
  return Add(expression);
}

void RulePrograms::FinishAdding() {
  terms_.FinishAdding();
  term_uses_ = {};
  attribute_numbers_ = {};
  words_.shrink_to_fit();
}

void RulePrograms::Append(const Expression& expression) {
  const std::size_t place = words_.size();
  const auto kind = static_cast<std::uint32_t>(expression.kind);
  words_.resize(place + ProgramNode::WordsBeforeChildren(expression.kind));
  switch (expression.kind) {
    case Expression::Kind::kTerm: {
      const std::uint32_t term = terms_.Add(expression.term);
      term_uses_.resize(std::max(terms_.size(), term + 1));
      ++term_uses_[term];
      words_[place] = kind | term << 4;
      return;
    }
    case Expression::Kind::kAttribute:
      words_[place] = kind | NumberOf(AttributeTest(expression.attribute, expression.comparison, expression.value))
                                 << 4;
      return;
    case Expression::Kind::kNear: words_[place + 1] = expression.distance; break;
    case Expression::Kind::kSame: words_[place + 1] = static_cast<std::uint32_t>(expression.unit); break;
    case Expression::Kind::kAtLeast:
    case Expression::Kind::kRepeated:
      // Nothing stands in so many places, so a count that is cut off means the same.
      words_[place + 1] = std::min(expression.count, ProgramNode::kNumber);
      break;
    case Expression::Kind::kAnd:
    case Expression::Kind::kOr:
    case Expression::Kind::kNot: break;
  }
  if (expression.kind == Expression::Kind::kNear || expression.kind == Expression::Kind::kSame) {
    words_[place + 1] |=
        (expression.ordered ? ProgramNode::kOrdered : 0U) | (expression.negated ? ProgramNode::kNegated : 0U);
  }
  for (const Expression& child : expression.children) Append(child);
  const std::size_t size = words_.size() - place;
  if (size > ProgramNode::kMost) std::abort();  // expression.h: far fewer terms
  words_[place] = kind | static_cast<std::uint32_t>(size) << 4;
}

std::uint32_t RulePrograms::NumberOf(const AttributeTest& test) {
  const auto [place, is_new] = attribute_numbers_.emplace(test, static_cast<std::uint32_t>(attributes_.size()));
  if (is_new) attributes_.push_back(test);
  return place->second;
}

// Longer terms occur less often, and those that many rules name more often. Crude, but only speed depends on it.
double RulePrograms::GuessedFrequency(std::uint32_t term) const {
  constexpr std::size_t kRegexLength = 4;
  static constexpr auto kOfLength = [] {
    std::array<double, 41> frequencies{};
    double frequency = 1;
    for (double& one : frequencies) {
      one = frequency;
      frequency *= 0.7;
    }
    return frequencies;
  }();
  const std::size_t length = terms_.kind(term) == Term::Kind::kRegex ? kRegexLength : terms_.text(term).size();
  return kOfLength[std::min(length, kOfLength.size() - 1)] * term_uses_[term];
}

NecessaryTerms RulePrograms::Necessary(std::uint32_t program) const {
  std::vector<Clause> clauses;
  NecessaryClauses(node(program), clauses);
  std::stable_sort(clauses.begin(), clauses.end(), Clause::IsRarer);
  NecessaryTerms necessary;
  for (Clause& clause : clauses) {
    std::sort(clause.terms.begin(), clause.terms.end());
    clause.terms.erase(std::unique(clause.terms.begin(), clause.terms.end()), clause.terms.end());
    necessary.push_back(std::move(clause.terms));
  }
  return necessary;
}

void RulePrograms::ClauseOfSome(ProgramNode node, std::size_t count, std::vector<Clause>& clauses) const {
  std::vector<Clause> rarest;  // of each child that has one
  for (const ProgramNode child : node.children()) {
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

void RulePrograms::NecessaryClauses(ProgramNode node, std::vector<Clause>& clauses) const {
  switch (node.kind()) {
    case Expression::Kind::kTerm: clauses.push_back({{node.number()}, GuessedFrequency(node.number())}); return;
    case Expression::Kind::kAttribute:
    case Expression::Kind::kNot: return;
    case Expression::Kind::kOr: return ClauseOfSome(node, node.children().count(), clauses);
    case Expression::Kind::kAtLeast:  // of any so many children, one must hold
      return ClauseOfSome(node, node.children().count() - node.number() + 1, clauses);
    case Expression::Kind::kRepeated: return NecessaryClauses(node.children().first(), clauses);
    case Expression::Kind::kNear:
    case Expression::Kind::kSame:
      if (node.negated()) return NecessaryClauses(node.children().first(), clauses);
      [[fallthrough]];
    case Expression::Kind::kAnd:
      for (const ProgramNode child : node.children()) NecessaryClauses(child, clauses);
      return;
  }
  std::abort();
}

}  // namespace wirewatch
