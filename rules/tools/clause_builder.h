// Clause builder: the tree of an explanation (explanation.h) for one expression on one document.
//
// Each clause that should hold and does not gets its nearest miss and a suggestion. A suggestion's replacement is made
// of those of the clause's children, and tried where it can be tried alone; one that changes the article is not tried
// here (remedy.h does).
#ifndef WIREWATCH_RULES_TOOLS_CLAUSE_BUILDER_H_
#define WIREWATCH_RULES_TOOLS_CLAUSE_BUILDER_H_

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "rules/language/expression.h"
#include "rules/reference/reference_matcher.h"
#include "rules/text/document.h"
#include "rules/tools/explanation.h"
#include "rules/tools/nearest_term.h"

namespace wirewatch {

class ClauseBuilder {
 public:
  enum class Wanted { kHolds, kNot, kAny };  // kAny: either way, it is not what decides

  // Borrows the document.
  explicit ClauseBuilder(const Document& document);

  // The clause borrows the expression. Where the expression should not hold (kNot) and does, its suggestion is what
  // makes it hold no more.
  Clause Build(const Expression& expression, Wanted wanted);

  // "'review' at title 3, 'deal' at body 7": the first places of a clause that holds; of one without places its text.
  std::string NamedPlaces(const Clause& clause) const;

  ReferenceEvaluation& evaluation() { return evaluation_; }

 private:
  struct Pair {
    ReferencePlace left, right;
    Term left_term, right_term;
    std::size_t apart = 0;  // words, sentences, paragraphs between
  };

  void FindMiss(Clause& clause);
  void MissTerm(Clause& clause);
  void MissAttribute(Clause& clause);
  void MissNumber(Clause& clause);
  void MissAnd(Clause& clause);
  void MissOr(Clause& clause);
  void MissNot(Clause& clause);
  void MissAtLeast(Clause& clause);
  void MissRepeated(Clause& clause);
  // Of NEAR and SAME (pair_miss.cc).
  void MissPair(Clause& clause);
  void MissSide(Clause& clause);
  void MissNear(Clause& clause);
  void MissSame(Clause& clause);
  void MissNotNear(Clause& clause);
  void SayPair(Clause& clause, MissKind kind, const Pair& pair, const std::string& how);
  bool SuggestTogetherInArticle(Clause& clause);

  // What makes a clause that holds hold no more.
  Suggestion Broken(const Clause& clause);

  bool Holds(const Expression& expression) { return evaluation_.Holds(expression); }
  // `replacement`, if it holds; else what is suggested for it.
  std::optional<Suggestion> Tried(Expression replacement, std::string sentence);
  std::string PlaceIn(const ReferencePlace& place) const { return PlaceText(evaluation_.folded(), place); }
  std::string Quoted(const ReferencePlace& place) const { return QuotedPlace(document_, place.field, place.span); }

  const Document& document_;
  ReferenceEvaluation evaluation_;
  NearestTerm nearest_;
  int depth_ = 0;  // of Tried
};

// A node of `kind` with these children.
Expression Group(Expression::Kind kind, std::vector<Expression> children);
// The change of an article that puts a term into it; nothing: it is not known how.
std::optional<ArticleChange> AddedToArticle(const Term& term);

}  // namespace wirewatch

#endif  // WIREWATCH_RULES_TOOLS_CLAUSE_BUILDER_H_
