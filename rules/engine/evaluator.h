// Evaluator: whether an expression holds, given the places of the terms, and which places made it hold.
#ifndef WIREWATCH_RULES_ENGINE_EVALUATOR_H_
#define WIREWATCH_RULES_ENGINE_EVALUATOR_H_

#include <cstdint>
#include <vector>

#include "rules/engine/match.h"
#include "rules/engine/rule_programs.h"
#include "rules/lanes/positions.h"
#include "rules/language/attributes.h"
#include "rules/text/sentences.h"

namespace wirewatch {

// Threads: one at a time (its memory is reused). Borrows `programs` and `positions` for its whole life. Order of calls:
// Positions is filled, Begin, then the others, for each article.
class Evaluator {
 public:
  Evaluator(const RulePrograms& programs, const Positions& positions) : programs_(programs), positions_(positions) {}

  // Borrows both until the next call.
  void Begin(const Document& document, const FoldedDocument& folded);

  bool Holds(std::uint32_t program) { return Holds(programs_.node(program)); }

  // Appends the places that made the program hold (match.h), with `rule` as their rule, unsorted. REQUIRES:
  // Holds(program).
  void Collect(std::uint32_t program, std::uint32_t rule, std::vector<MatchSpan>& spans) {
    Collect(programs_.node(program), rule, spans);
  }

 private:
  // A place of a term on one side of a NEAR or SAME, which are called pairs here.
  struct Place {
    const Occurrence* occurrence;
    std::uint32_t term;
  };
  // One side of a pair: the places of its terms that cover a word.
  struct Side {
    std::vector<Place> places;  // by where they begin
    std::vector<const Occurrence*> by_end;
  };
  enum class WhichSide : std::uint8_t { kLeft, kRight };

  bool Holds(ProgramNode node);
  void Collect(ProgramNode node, std::uint32_t rule, std::vector<MatchSpan>& spans);

  void Gather(ProgramNode node, std::vector<Place>& places) const;
  bool HasPlaces(ProgramNode node, std::uint32_t count);
  void FillSides(ProgramNode pair);
  // The words around a place of one side (`side`). A partner on the other side must cover one of them.
  TokenRange Reach(ProgramNode pair, const Occurrence& place, WhichSide side);
  // Whether the place has a partner on the other side; of a negated pair, whether it has none.
  bool Counts(ProgramNode pair, const Occurrence& place, WhichSide side);

  const RulePrograms& programs_;
  const Positions& positions_;
  const FoldedDocument* folded_ = nullptr;
  ArticleAttributes attributes_;
  Sentences sentences_;
  Side left_, right_;          // of the pair being evaluated; its sides hold no pair
  std::vector<Place> places_;  // of the term or OR being counted
};

}  // namespace wirewatch

#endif  // WIREWATCH_RULES_ENGINE_EVALUATOR_H_
