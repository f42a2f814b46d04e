// RegexLane: finds regular expressions by Hyperscan, in each field's original text.
//
// All regular expressions are compiled into one database or, if they are very many, into a few, the shards. The shard
// of a regular expression depends on its text alone: so after an edit most shards are unchanged, and PatternCache has
// them.
//
// The occurrences of a regular expression in a field are its longest matches: those that lie in no other match. A match
// of no bytes does not count. A term with a scope then keeps the matches whose bytes all lie in the scope.
#ifndef WIREWATCH_RULES_LANES_REGEX_LANE_H_
#define WIREWATCH_RULES_LANES_REGEX_LANE_H_

#include <cstdint>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/span.h"
#include "rules/lanes/hs_database.h"
#include "rules/lanes/pattern_cache.h"
#include "rules/lanes/positions.h"
#include "rules/lanes/term_table.h"
#include "rules/language/expression.h"
#include "rules/text/document.h"
#include "rules/text/fold.h"

namespace wirewatch {

// What is wrong with a term's regular expression and what to do.
struct RegexProblem {
  std::string code;  // as in Diagnostic
  std::string message;
  std::string help;
};
// Mistakes that are found without compiling the regular expression. Compiling takes a millisecond, sometimes seconds.
std::optional<RegexProblem> FindRegexMistake(const Term& term);
// Also those that Hyperscan finds when it compiles it.
std::optional<RegexProblem> FindRegexProblem(const Term& term);

// Immutable; shared by threads.
class RegexLane {
 public:
  // What one thread needs to scan; reused from article to article.
  struct Memory {
    std::vector<std::vector<Span>> matches;  // of each regular expression, in the field being scanned
    std::vector<std::uint32_t> matched;      // those that have any
  };

  // Takes the terms that are regular expressions. REQUIRES: none of them has a mistake.
  // kInternal: Hyperscan does not take them: one has a problem, or all together they are too much for it. kTooLarge:
  // they have more states than kMostRegexStates. kUnavailable: `stop` was asked for between two shards.
  static Result<RegexLane> Build(const TermTable& terms, const PatternCache& cache, const std::stop_token& stop = {});

  // Makes `scratch` large enough for Scan. kInternal: Hyperscan gives no memory.
  Status Prepare(HsScratch& scratch) const;

  // Adds every occurrence of the terms to `positions`. kInternal: Hyperscan stopped; what was added says nothing.
  Status Scan(const Document& document, const FoldedDocument& folded, const HsScratch& scratch, Memory& memory,
              Positions& positions) const;

 private:
  struct Regex {
    std::uint32_t term;
    Scope scope;
  };
  struct Shard {
    HsDatabase database;
    std::uint32_t first = 0;  // pattern i of the database is regexes_[first + i]
  };

  RegexLane() = default;

  std::vector<Shard> shards_;
  std::vector<Regex> regexes_;  // shard by shard
};

}  // namespace wirewatch

#endif  // WIREWATCH_RULES_LANES_REGEX_LANE_H_
