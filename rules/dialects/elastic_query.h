// Elasticsearch's query DSL (JSON), and so OpenSearch's, to a Query: bool, match, match_phrase, multi_match,
// query_string, term, terms, prefix, wildcard, regexp, fuzzy, range, span_*, intervals and those that hold one of
// these.
#ifndef WIREWATCH_RULES_DIALECTS_ELASTIC_QUERY_H_
#define WIREWATCH_RULES_DIALECTS_ELASTIC_QUERY_H_

#include "rules/dialects/json_tree.h"
#include "rules/dialects/query_parser.h"

namespace wirewatch {

// `json`: a query, or an object with it under "query", as it is sent. Places are those of `json`. `and_between`: of
// query_string, where it does not say its default_operator.
ParsedQuery ParseElasticQuery(const JsonValue& json, bool and_between);

}  // namespace wirewatch

#endif  // WIREWATCH_RULES_DIALECTS_ELASTIC_QUERY_H_
