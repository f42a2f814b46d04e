// LiteralLane: finds terms of words, phrases and wildcards with one Hyperscan scan over the folded text.
//
// Each term is looked for by its longest piece without wildcards, as plain bytes; whether a word begins and ends there,
// and the rest of the term, is then checked at the tokens. Terms that share a piece (scopes, exact and not) share its
// pattern.
#ifndef WIREWATCH_RULES_LITERAL_LANE_H_
#define WIREWATCH_RULES_LITERAL_LANE_H_

#include <cstdint>
#include <span>
#include <vector>

#include "base/result.h"
#include "rules/document.h"
#include "rules/expression.h"
#include "rules/fold.h"
#include "rules/hs_handles.h"
#include "rules/positions.h"
#include "rules/word_pattern.h"

namespace wirewatch {

// Immutable; shared by threads.
class LiteralLane {
 public:
  // Takes the terms that are no regular expressions. kInternal: Hyperscan cannot compile plain bytes.
  static Result<LiteralLane> Build(std::span<const Term> terms);

  Status Prepare(HsScratch& scratch) const { return scratch.GrowFor(database_.get()); }

  // Adds every occurrence of the terms to `positions`.
  Status Scan(const Document& document, const FoldedDocument& folded, const HsScratch& scratch,
              Positions& positions) const;

 private:
  // A term and where its piece lies in it.
  struct AnchoredTerm {
    std::uint32_t term;
    std::uint32_t words_before;
    WordPattern pattern;
  };
  struct Literal {
    std::uint32_t size = 0;   // bytes
    std::uint32_t words = 0;  // words it touches
    bool begins_word = true;  // in all its terms: most chance hits inside longer words end with this
    bool ends_word = true;
    std::vector<AnchoredTerm> terms;
  };
  struct OneScan;

  LiteralLane() = default;

  HsDatabase database_;  // pattern ids are indices into literals_; null: nothing to look for
  std::vector<Literal> literals_;
  std::vector<AnchoredTerm> all_wildcards_;  // have no piece: tried at every token
};

}  // namespace wirewatch

#endif  // WIREWATCH_RULES_LITERAL_LANE_H_
