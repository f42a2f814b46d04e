// Nearest term: what in a text comes nearest to a term that does not stand there, for explanation.h.
#ifndef WIREWATCH_RULES_TOOLS_NEAREST_TERM_H_
#define WIREWATCH_RULES_TOOLS_NEAREST_TERM_H_

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "rules/language/expression.h"
#include "rules/reference/reference_matcher.h"
#include "rules/text/document.h"
#include "rules/tools/explanation.h"

namespace wirewatch {

// "title 3": the field and the number of its word, from 1.
std::string PlaceText(const FoldedDocument& folded, const ReferencePlace& place);
std::string FoundPlaceText(const FoldedDocument& folded, const FoundPlace& place);
// The bytes of the place in quotes, on one line, safe for a terminal.
std::string QuotedPlace(const Document& document, Field field, Span span);

// How alike two folded words are: 1 the same, 0 not at all. Counts words of one stem (killed, kills) and words with a
// letter or two otherwise (Damerau-Levenshtein, optimal string alignment).
double Likeness(std::string_view a, std::string_view b);
// The same for a word with wildcards, which is what stands before the first of them.
double LikenessToPattern(std::string_view pattern, std::string_view word);

class NearestTerm {
 public:
  struct Found {
    NearestMiss miss;
    double closeness = 0;
    // That holds where the term does not: the term with another scope or spelling (`replaces`), or one that may stand
    // beside it. None: nothing was near.
    std::optional<Term> term;
    bool replaces = false;
  };

  // Borrows both.
  NearestTerm(ReferenceEvaluation& evaluation, const Document& document);

  // REQUIRES: the term does not hold.
  Found Find(const Term& term);

 private:
  struct Word {
    std::string_view folded;
    std::vector<std::uint32_t> tokens;  // where it stands
  };
  struct Window {
    TokenRange tokens;
    double likeness = 0;
  };

  bool Holds(const Term& term);
  std::optional<ReferencePlace> FirstPlace(const Term& term);
  std::optional<Found> InOtherPart(const Term& term);
  std::optional<Found> InOtherSpelling(const Term& term);
  std::optional<Found> ShorterRegex(const Term& term);
  std::optional<Found> SimilarWords(const Term& term);
  std::optional<Found> WordsApart(const Term& term);

  const std::vector<std::pair<double, const Word*>>& AlikeWords(std::string_view word);
  // Whether `word` of the pattern of `term` stands at each token.
  const std::vector<bool>& TokensOf(const Term& term, const std::string& word);
  Window NearestWindow(const Term& term, const std::vector<std::string>& words);
  // A term for what stands at `tokens`, of the scope of the one that is asked for where that holds, else with a wider
  // one.
  std::optional<Term> TermFor(TokenRange tokens, const Term& asked);
  Found Made(MissKind kind, double closeness, std::string sentence, TokenRange tokens, const Term& asked,
             std::optional<Term> term) const;

  ReferenceEvaluation& evaluation_;
  const Document& document_;
  std::map<std::string_view, Word> words_;  // of the text
  std::map<std::string, std::vector<std::pair<double, const Word*>>, std::less<>> alike_;
  std::map<Term, std::vector<bool>> tokens_;
};

}  // namespace wirewatch

#endif  // WIREWATCH_RULES_TOOLS_NEAREST_TERM_H_
