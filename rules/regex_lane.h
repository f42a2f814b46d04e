// RegexLane: finds regular expressions with one Hyperscan scan of each field's original text.
//
// The occurrences of a regular expression in a field are its longest matches: those that lie in no other match. A match
// of no bytes does not count. A scope then keeps those that lie in it, bytes and all.
#ifndef WIREWATCH_RULES_REGEX_LANE_H_
#define WIREWATCH_RULES_REGEX_LANE_H_

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/span.h"
#include "rules/document.h"
#include "rules/expression.h"
#include "rules/fold.h"
#include "rules/hs_handles.h"
#include "rules/positions.h"

namespace wirewatch {

// Nothing: Hyperscan takes the term's regular expression. Else what is wrong with it and what to do.
struct RegexProblem {
  std::string code;  // as in Diagnostic
  std::string message;
  std::string help;
};
std::optional<RegexProblem> FindRegexProblem(const Term& term);

// Immutable; shared by threads.
class RegexLane {
 public:
  // What one thread needs to scan; reused from article to article.
  struct Memory {
    std::vector<std::vector<Span>> matches;  // of each regular expression, in the field being scanned
    std::vector<std::uint32_t> matched;      // those that have any
  };

  // Takes the terms that are regular expressions. REQUIRES: none of them has a problem.
  // kInternal: Hyperscan takes each, but not all together.
  static Result<RegexLane> Build(std::span<const Term> terms);

  Status Prepare(HsScratch& scratch) const { return scratch.GrowFor(database_.get()); }

  // Adds every occurrence of the terms to `positions`.
  Status Scan(const Document& document, const FoldedDocument& folded, const HsScratch& scratch, Memory& memory,
              Positions& positions) const;

 private:
  struct Regex {
    std::uint32_t term;
    Scope scope;
  };

  RegexLane() = default;

  HsDatabase database_;  // pattern ids are indices into regexes_; null: nothing to look for
  std::vector<Regex> regexes_;
};

}  // namespace wirewatch

#endif  // WIREWATCH_RULES_REGEX_LANE_H_
