// Evaluator: does an expression hold, given where the terms stand; and which places made it hold.
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

// Threads: one at a time (its memory is reused). Borrows all it is given, and reads what they hold at the time of a
// call. Order of calls: Begin with each article, then the others.
class Evaluator {
 public:
  Evaluator(const RulePrograms& programs, const Positions& positions) : programs_(programs), positions_(positions) {}

  // Borrows both until the next call.
  void Begin(const Document& document, const FoldedDocument& folded);

  bool Holds(std::uint32_t program) { return Holds(programs_.node(program)); }

  // Adds the places that count (match.h), as places of `rule`, unsorted. REQUIRES: Holds(program).
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
  // The words around a place of `side` that its partner on the other side must have one of.
  TokenRange Reach(ProgramNode pair, const Occurrence& place, WhichSide side);
  // Whether the place has what the pair asks for: a partner on the other side, or, negated, none.
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
