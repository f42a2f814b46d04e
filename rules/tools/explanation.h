// Explanation: why a topic fired on an article, or why not: per rule the tree of its clauses, each with the places that
// made it hold, or with the nearest miss and a change that makes it hold.
//
//   rule 'ban-near-vendor'          (@vendors NEAR/12 @banning) AND 5G
//   ✗ @vendors NEAR/12 @banning     'Huawei' and 'bans' stand 14 words apart (body 3 and 18), NEAR/12 asked
//                                   -> @vendors NEAR/14 @banning
//   ✓ 5G                            body 9
//
// What holds, and where, is asked of the reference matcher, so an explanation never disagrees with it; suggestions are
// tried before they are made (remedy.h puts those of a whole rule together). Slow: for people, not for streams.
//
// A place in words is a field and the number of its word in it, from 1: "title 3" is the third word of the title.
#ifndef WIREWATCH_RULES_TOOLS_EXPLANATION_H_
#define WIREWATCH_RULES_TOOLS_EXPLANATION_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/span.h"
#include "rules/engine/match.h"
#include "rules/language/expression.h"
#include "rules/pack/pack.h"
#include "rules/text/document.h"

namespace wirewatch {

// What was found in the text: bytes of the original text of `field`.
struct FoundPlace {
  Field field = Field::kTitle;
  Span span;
  Term term;  // by which; of a nearest miss: that is asked for

  auto operator<=>(const FoundPlace&) const = default;
};

enum class MissKind : std::uint8_t {
  kAbsent,         // nothing like it in the text
  kSimilarWord,    // a word with another ending, or a letter or two otherwise
  kWordsApart,     // the words of the phrase, but not side by side
  kOtherSpelling,  // of an exact term: other case, accents or punctuation; of a regular expression: other case
  kOtherPart,      // in the body, title asked
  kSideAbsent,     // NEAR, SAME: one of the sides stands nowhere
  kTooFar,         // NEAR: more words between
  kWrongOrder,     // ONEAR: the right one first
  kOtherField,     // NEAR, SAME: never in one field
  kOverlap,        // NEAR, SAME: only where one lies in the other
  kOtherUnit,      // SAME: in other sentences or paragraphs
  kAlwaysNear,     // NOT NEAR, NOT SAME: each left side has a right one
  kExcluded,       // NOT: what it excludes holds
  kTooFew,         // {3,}
  kTooFewEntries,  // 3 OF
  kOtherValue,     // an attribute: the article has another value
  kUnknownValue,   // an attribute that the article does not have
  kNumber,         // words, urgency, published: the article's number
};
std::string_view Name(MissKind kind);  // "too_far"

struct NearestMiss {
  MissKind kind = MissKind::kAbsent;
  // "'Huawei' and 'ban' stand 14 words apart (title 1 and 16), NEAR/12 asked"; on one line, safe for a terminal.
  std::string sentence;
  std::vector<FoundPlace> places;  // those that the sentence is about, in reading order
  // Words between, places, entries, the article's number; as what was asked for is counted.
  std::optional<std::int64_t> found, asked;
};

// A change of the article. A text goes in as a paragraph of its own, at the end of the field.
struct ArticleChange {
  std::optional<Field> field = {};  // `text` is added here; none: `attribute` gets the value `text`
  Attribute attribute = Attribute::kLanguage;
  std::string text;
  bool at_begin = false;  // of the field, as a regular expression with ^ wants it

  auto operator<=>(const ArticleChange&) const = default;
};

// A change that makes a clause hold: of the rule, or of the article where there is none of the rule.
struct Suggestion {
  std::string sentence;                        // "NEAR/14 in place of NEAR/12"
  std::optional<Expression> replacement = {};  // stands in the clause's place
  bool drops = false;                          // the clause is taken out of the rule: what is excluded, mostly
  std::vector<ArticleChange> article = {};     // neither replacement nor drops: this alone; else both

  bool changes_rule() const { return replacement.has_value() || drops; }
};

struct Clause {
  const Expression* expression = nullptr;  // of the topic that was explained
  bool holds = false;
  std::vector<FoundPlace> places;  // that made it hold, as MatchSpan says: sorted, each once. Empty where it does not.
  std::vector<Clause> children;    // as those of the expression
  // Of a clause that should hold and does not; not of an AND, whose clauses have them. An OR has that of its nearest.
  std::optional<NearestMiss> miss;
  std::optional<Suggestion> suggestion;  // of a clause that should hold and does not, if any was found
  double closeness = 0;                  // 1: holds; 0: nothing like it in the text
};

struct RuleExplanation {
  const Rule* rule = nullptr;
  Clause root;        // whatever the article's language is
  bool reads = true;  // articles in the language of this one
  bool holds() const { return reads && root.holds; }
};

struct TopicExplanation {
  enum class Outcome : std::uint8_t { kFired, kLanguage, kUnless, kNoRule };

  const Topic* topic = nullptr;
  Outcome outcome = Outcome::kNoRule;  // language before rules, rules before unless
  std::string language;                // of the article
  std::vector<RuleExplanation> rules;  // in the topic's order
  // What it excludes: it fires where this does not hold. Where it does, its miss names what is excluded.
  std::optional<Clause> unless;
  double closeness = 0;  // 1: fired; near 1: only language or unless is in the way

  bool fired() const { return outcome == Outcome::kFired; }
  // Indices of rules: those that hold, then the nearest first.
  std::vector<std::size_t> Nearest() const;
};

// Explains topics on one document.
// Ownership: borrows the document; what it gives borrows the topics. Threads: one at a time.
class Explainer {
 public:
  explicit Explainer(const Document& document);
  ~Explainer();
  Explainer(const Explainer&) = delete;
  Explainer& operator=(const Explainer&) = delete;

  // kInternal: PCRE2 gave up on a regular expression.
  Result<TopicExplanation> Explain(const Topic& topic);

  // "title 3", of the place's first word; "title" where it touches none.
  std::string PlaceText(const FoundPlace& place) const;

 private:
  struct Rep;
  std::unique_ptr<Rep> rep_;
};

// The clauses that keep `root` from holding, leaves first to last: of an AND all that fail, of an OR the nearest. Each
// has a miss. Empty: it holds.
std::vector<const Clause*> FailedClauses(const Clause& root);

// The expression as an analyst wrote it, for one line: cut after `most` bytes.
std::string ShortText(const Expression& expression, std::size_t most = 80);

// In a sentence for the writer of the rules.
//
// `rule 'ban-near-vendor' by "Huawei" in the title, "bans" in the body`.
std::string WhyItFired(const Topic& topic, const TopicMatch& match, const Document& document);
// `rule 'ban-near-vendor': 'Huawei' and 'ban' stand 14 words apart (title 1 and 16), NEAR/12 asked`, the nearest rules
// first. Empty: it fired.
std::string WhyNot(const TopicExplanation& explanation);
// Empty, too, where it could not be found out.
std::string WhyNot(const Topic& topic, const Document& document);

}  // namespace wirewatch

#endif  // WIREWATCH_RULES_TOOLS_EXPLANATION_H_
