// Query translation: a Query of any dialect to an Expression, as near to its meaning as can be, with a note for each
// thing that has no equal.
#ifndef WIREWATCH_RULES_DIALECTS_QUERY_TRANSLATION_H_
#define WIREWATCH_RULES_DIALECTS_QUERY_TRANSLATION_H_

#include <optional>
#include <vector>

#include "rules/dialects/dialect.h"
#include "rules/dialects/query.h"
#include "rules/language/expression.h"

namespace wirewatch {

struct TranslationOptions {
  Dialect dialect = Dialect::kLucene;
  FieldNames fields;  // what the user says of fields
  // LexisNexis finds regular plurals without being asked: a word without wildcards is then looked for in both numbers.
  bool plurals = false;
};

struct TranslatedQuery {
  std::optional<Expression> expression;  // absent: nothing is left, which a note with `failed` says
  std::vector<QueryNote> notes;          // their effects are those on the whole query
};

// What is left out of an AND widens, of an OR narrows, and within NOT the other way round. NEAR of groups is written
// out.
TranslatedQuery TranslateQuery(const Query& query, const TranslationOptions& options);

}  // namespace wirewatch

#endif  // WIREWATCH_RULES_DIALECTS_QUERY_TRANSLATION_H_
