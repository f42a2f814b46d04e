// Words of a query to terms of ours: wildcards, letters wrong, distances of the words of a phrase, exact spelling.
#ifndef WIREWATCH_RULES_DIALECTS_QUERY_TERM_H_
#define WIREWATCH_RULES_DIALECTS_QUERY_TERM_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "rules/dialects/query.h"
#include "rules/language/expression.h"

namespace wirewatch {

// What `query` (kText or kRegex) asks for in `scope`: a term, or several joined by OR, AND and NEAR. What has no equal
// is added to `notes`. Nothing: nothing is left of it, and a note says why; its effect is for the caller to say, who
// knows what it stands in.
std::optional<Expression> TermOfQuery(const Query& query, Scope scope, std::vector<QueryNote>& notes);

// Trees.
Expression TermExpression(Term::Kind kind, std::string text, Scope scope);
// AND or OR of `parts`; of one, itself. Parts of the same kind are taken in, and those that are said twice are said
// once.
Expression Joined(Expression::Kind kind, std::vector<Expression> parts);
Expression PairOf(Expression left, Expression right, std::uint32_t distance, bool ordered);

}  // namespace wirewatch

#endif  // WIREWATCH_RULES_DIALECTS_QUERY_TERM_H_
