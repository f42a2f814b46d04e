// Evaluator: does an expression hold, given where the terms stand; and which places made it hold.
#ifndef WIREWATCH_RULES_EVALUATOR_H_
#define WIREWATCH_RULES_EVALUATOR_H_

#include <cstdint>
#include <vector>

#include "rules/attributes.h"
#include "rules/match.h"
#include "rules/positions.h"
#include "rules/rule_programs.h"

namespace wirewatch {

// Threads: one at a time (its memory is reused). Borrows all it is given, and reads what they hold at the time of a
// call.
class Evaluator {
 public:
  Evaluator(const RulePrograms& programs, const Positions& positions, ArticleAttributes& attributes)
      : programs_(programs), positions_(positions), attributes_(attributes) {}

  bool Holds(std::uint32_t root) { return Holds(programs_.node(root)); }

  // Adds the places that count (match.h), as places of `rule`, unsorted. REQUIRES: Holds(root).
  void Collect(std::uint32_t root, std::uint32_t rule, std::vector<MatchSpan>& spans) {
    Collect(programs_.node(root), rule, spans);
  }

 private:
  // A place of a term on one side of a NEAR.
  struct Place {
    const Occurrence* occurrence;
    std::uint32_t term;
  };
  // One side of a NEAR: the places of its terms that cover a word.
  struct Side {
    std::vector<Place> places;  // by where they begin
    std::vector<const Occurrence*> by_end;
  };

  bool Holds(const ProgramNode& node);
  void Collect(const ProgramNode& node, std::uint32_t rule, std::vector<MatchSpan>& spans);

  void Gather(const ProgramNode& node, Side& side) const;
  void FillSides(const ProgramNode& near);
  bool LeftHasPartner(const ProgramNode& near, const Occurrence& left) const;
  bool RightHasPartner(const ProgramNode& near, const Occurrence& right) const;

  const RulePrograms& programs_;
  const Positions& positions_;
  ArticleAttributes& attributes_;
  Side left_, right_;  // of the NEAR being evaluated; its sides hold no NEAR
};

}  // namespace wirewatch

#endif  // WIREWATCH_RULES_EVALUATOR_H_
