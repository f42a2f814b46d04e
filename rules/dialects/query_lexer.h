// Query lexer: the text of a query in a dialect as tokens with places. It refuses nothing: what a dialect would refuse
// (a quote that is not closed) is read as it was most likely meant, and noted.
#ifndef WIREWATCH_RULES_DIALECTS_QUERY_LEXER_H_
#define WIREWATCH_RULES_DIALECTS_QUERY_LEXER_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/span.h"
#include "rules/dialects/dialect.h"
#include "rules/dialects/query.h"
#include "rules/text/text_unit.h"

namespace wirewatch {

struct QueryToken {
  enum class Kind : std::uint8_t {
    kWord,      // text, wildcards as Query has them
    kPhrase,    // text between quotes
    kExact,     // {ZTE}, ++ZTE
    kRegex,     // /joh?n/
    kRange,     // [a TO b], >=5: low, high
    kField,     // title: directly before what it asks for
    kFunction,  // ATLEAST5( with its parenthesis: text in upper case, count
    kOpen,
    kClose,
    kAnd,
    kOr,
    kNot,
    kPlus,     // +a
    kMinus,    // -a
    kNear,     // distance, ordered
    kSame,     // unit
    kSegment,  // w/seg
    kTilde,    // ~2 directly behind: text, the digits
    kBoost,    // ^2 directly behind
    kEnd,
  };
  Kind kind = Kind::kEnd;
  Span place;
  std::string text;
  std::uint32_t distance = 0;
  bool ordered = false;
  TextUnit unit = TextUnit::kSentence;
  std::string low, high;
  bool low_counts = true, high_counts = true;
};

struct LexedQuery {
  std::vector<QueryToken> tokens;  // the last one is kEnd
  std::vector<QueryNote> notes;
};

// REQUIRES: `text` is UTF-8.
LexedQuery LexQuery(Dialect dialect, std::string_view text);

}  // namespace wirewatch

#endif  // WIREWATCH_RULES_DIALECTS_QUERY_LEXER_H_
