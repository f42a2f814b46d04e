// Percolator query: an Expression as a query of Elasticsearch (its DSL, JSON), for an index with the mapping of
// percolator_export.h.
//
//   words, phrases        multi_match or match_phrase; wildcard, prefix, fuzzy
//   NEAR, ONEAR           intervals of each field; NOT NEAR: span_not
//   AND, OR, NOT, n OF    bool
//   lang:, source:, ...   term, terms, range
// What Elasticsearch has no equal for is noted with what was written instead and with its effect, as imports are.
#ifndef WIREWATCH_RULES_DIALECTS_PERCOLATOR_QUERY_H_
#define WIREWATCH_RULES_DIALECTS_PERCOLATOR_QUERY_H_

#include <string>
#include <vector>

#include "rules/dialects/query.h"
#include "rules/language/expression.h"

namespace wirewatch {

struct PercolatorQuery {
  std::string json;              // one line; empty: nothing is left of it, which a note with `failed` says
  std::vector<QueryNote> notes;  // places are those of the expression's text
};

PercolatorQuery MakePercolatorQuery(const Expression& expression);

// The query of an article of these languages (canonical; not empty), or of a language that nobody gave.
std::string LanguagesQuery(const std::vector<std::string>& languages);

}  // namespace wirewatch

#endif  // WIREWATCH_RULES_DIALECTS_PERCOLATOR_QUERY_H_
