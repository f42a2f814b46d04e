// Query parser: text in a dialect to a Query, with the precedence and the meaning that the dialect has.
#ifndef WIREWATCH_RULES_DIALECTS_QUERY_PARSER_H_
#define WIREWATCH_RULES_DIALECTS_QUERY_PARSER_H_

#include <optional>
#include <string_view>
#include <vector>

#include "rules/dialects/dialect.h"
#include "rules/dialects/query.h"

namespace wirewatch {

struct ParsedQuery {
  std::optional<Query> query;    // absent: there is nothing in it, or it is no text
  std::vector<QueryNote> notes;  // mistakes that were read over, and what is read otherwise than it looks
};

// `and_between`: of Lucene, the default operator is AND. Deeper than 150 levels of groups nothing is read. Never fails
// otherwise: a group that is not closed ends with the query, an operator without an operand is left out.
ParsedQuery ParseQuery(Dialect dialect, std::string_view text, bool and_between);

}  // namespace wirewatch

#endif  // WIREWATCH_RULES_DIALECTS_QUERY_PARSER_H_
