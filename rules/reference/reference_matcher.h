// Reference matcher: evaluates rules word by word, as docs/rules.md says, with no index, no Hyperscan and no short
// cuts. Slow and obviously right: the oracle that the engine is compared with in tests, and on a sample of live
// articles.
//
// It shares with the engine the fold, the tree, the codes of languages, countries and hosts, the particles, the stems
// of a word, the classes of Chinese characters, what a reader sees of a text (AsSeen) and kMaxPlaces; its sentences
// (reference_sentences.h) only the lists of marks and abbreviations. Regular expressions go through PCRE2, a second
// implementation of the same syntax.
#ifndef WIREWATCH_RULES_REFERENCE_REFERENCE_MATCHER_H_
#define WIREWATCH_RULES_REFERENCE_REFERENCE_MATCHER_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <stop_token>
#include <utility>
#include <vector>

#include "base/result.h"
#include "base/span.h"
#include "rules/engine/match.h"
#include "rules/engine/rule_set.h"
#include "rules/language/expression.h"
#include "rules/text/document.h"
#include "rules/text/fold.h"
#include "rules/text/text_unit.h"

namespace wirewatch {

// Same shape and order as Matcher::Match. `stop`: asked between two rules; a large rule set takes minutes.
// kInternal: PCRE2 gave up (its limits), so there is nothing to compare with. kTimeout: `stop` was requested.
Result<std::vector<TopicMatch>> ReferenceMatch(const RuleSet& rule_set, const Document& document,
                                               const std::stop_token& stop = {});

// A place where a term stands.
struct ReferencePlace {
  Field field = Field::kTitle;
  TokenRange tokens;  // the words that it touches; empty: none (a regular expression for punctuation)
  Span span;          // bytes of the original text of `field`

  auto operator<=>(const ReferencePlace&) const = default;
};

// The same evaluation, asked about one part of a rule after the other: for explanations, which so never disagree with
// it. Any expressions may be asked about, whether or not they are of a rule set; what a term's places are is kept.
// Ownership: borrows the document.   Threads: one at a time.
class ReferenceEvaluation {
 public:
  using PlacedTerm = std::pair<ReferencePlace, Term>;

  explicit ReferenceEvaluation(const Document& document);
  ~ReferenceEvaluation();
  ReferenceEvaluation(ReferenceEvaluation&&) noexcept;

  bool Holds(const Expression& expression);
  // The places that made an expression hold, as MatchSpan lists them; in no order, some of them more than once.
  // REQUIRES: it holds.
  std::vector<PlacedTerm> SpansOf(const Expression& expression);
  // Every place of the terms of an expression, whether it holds or not.
  std::vector<PlacedTerm> PlacesIn(const Expression& expression);
  // Those of one side of a NEAR or SAME that touch a word.
  std::vector<PlacedTerm> PlacesOfSide(const Expression& side);
  // Whether two places stand together as NEAR or SAME asks (with NOT: as it forbids).
  bool Together(const Expression& pair, const ReferencePlace& left, const ReferencePlace& right);
  // The numbers of the sentences or paragraphs that the words of a place stand in, counted over all fields.
  std::set<std::uint32_t> UnitsOf(TextUnit unit, const ReferencePlace& place);
  bool LanguagePasses(const std::vector<std::string>& languages) const;

  const FoldedDocument& folded() const;
  // PCRE2 gave up on a term since the beginning; what was answered may be wrong.
  const std::optional<Error>& error() const;

 private:
  struct Rep;
  std::unique_ptr<Rep> rep_;
};

}  // namespace wirewatch

#endif  // WIREWATCH_RULES_REFERENCE_REFERENCE_MATCHER_H_
