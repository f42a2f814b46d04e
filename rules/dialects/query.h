// Query: what an analyst wrote in another search language, as a tree with the place of every part. Parsers of all
// dialects give this one tree; query_translation.h makes an Expression of it.
//
// Text is in our own notation of wildcards: `*` any letters, `?` one letter. Where a dialect means the bare characters,
// a blank stands for them: they are punctuation, which no search looks at.
#ifndef WIREWATCH_RULES_DIALECTS_QUERY_H_
#define WIREWATCH_RULES_DIALECTS_QUERY_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/span.h"
#include "rules/text/text_unit.h"

namespace wirewatch {

// A node of the tree. Which members count depends on the kind.
struct Query {
  enum class Kind : std::uint8_t {
    kText,      // text, quoted, exact_case, edits, slop
    kRegex,     // text: of one whole word, in Lucene's syntax
    kRange,     // low, high; only under kField
    kNoEqual,   // text: what it is called; its meaning is none that an article can be asked for here
    kAnd,       // children, one or more
    kOr,        // children, one or more
    kNot,       // children[0]
    kNear,      // children[0], children[1]; distance, ordered, negated
    kSame,      // children[0], children[1]; unit, negated
    kAtLeast,   // count of the children
    kRepeated,  // count of places of children[0]
    kField,     // text: the name, in lower case; children[0]
  };
  Kind kind = Kind::kText;
  Span place;  // bytes of the query's text
  std::string text;
  bool quoted = false;
  bool exact_case = false;             // as written: {ZTE}, ++ZTE, ALLCAPS(zte)
  bool marked = false;                 // text may hold huawei~1, as our phrases do; else a tilde is punctuation
  std::optional<std::uint32_t> edits;  // letters that may be wrong
  std::uint32_t slop = 0;              // of a phrase: how far its words may be apart
  bool slop_counts_moves = false;      // Lucene's: two words in the other order cost two
  std::uint32_t distance = 0;          // 0: next to each other
  bool ordered = false;
  bool negated = false;
  TextUnit unit = TextUnit::kSentence;
  std::uint32_t count = 0;
  std::string low, high;  // empty: open. Both of the form that the dialect has
  bool low_counts = true, high_counts = true;
  std::vector<Query> children;
};

// Pairs in pairs by their left side: `a NEAR/5 b NEAR/5 c`. Parsers join no more than this by nearness, the rest by
// AND: a tree is walked by recursion.
inline constexpr int kMostPairsInPairs = 50;
inline bool IsDeepPair(const Query& query) {
  int depth = 0;
  for (const Query* at = &query; at->kind == Query::Kind::kNear || at->kind == Query::Kind::kSame;
       at = &at->children[0]) {
    if (++depth >= kMostPairsInPairs) return true;
  }
  return false;
}

// What came of a part that has no equal, for the articles that are found.
enum class QueryEffect : std::uint8_t {
  kNone,      // the same articles
  kWidened,   // more
  kNarrowed,  // fewer
  kChanged,   // some more, others no longer
};

constexpr std::string_view Name(QueryEffect effect) {
  constexpr std::string_view kNames[] = {"none", "widened", "narrowed", "changed"};
  return kNames[static_cast<std::size_t>(effect)];
}

// Goes behind what was done instead.
constexpr std::string_view EffectText(QueryEffect effect) {
  constexpr std::string_view kTexts[] = {"", ", which widens it: it finds more", ", which narrows it: it finds less",
                                         ", which changes what it finds"};
  return kTexts[static_cast<std::size_t>(effect)];
}

// A line for the analyst about a part of a query.
struct QueryNote {
  Span place;        // bytes of the query's text
  std::string code;  // in words: "no-equal"
  QueryEffect effect = QueryEffect::kNone;
  std::string message;  // what it is, and what was done instead
  std::string help;     // the way out; may be empty
  bool failed = false;  // nothing could be made of the query
};

}  // namespace wirewatch

#endif  // WIREWATCH_RULES_DIALECTS_QUERY_H_
