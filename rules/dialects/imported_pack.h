// Imported pack: the queries of a file as a pack that loads, and what is to be told of them.
#ifndef WIREWATCH_RULES_DIALECTS_IMPORTED_PACK_H_
#define WIREWATCH_RULES_DIALECTS_IMPORTED_PACK_H_

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/diagnostic.h"
#include "base/result.h"
#include "rules/dialects/dialect_finding.h"
#include "rules/dialects/query.h"
#include "rules/dialects/query_file.h"
#include "rules/dialects/query_translation.h"

namespace wirewatch {

struct ImportOptions {
  TranslationOptions translation;
  bool and_between = false;  // of Lucene: the default operator
  std::string file;          // named in diagnostics and in the pack
  std::string pack;          // its name, an id
  std::string owner;         // empty: none
  std::string topic;         // the id of the one topic whose rules the queries become; empty: each is a topic
};

struct ImportedRule {
  std::string id;                           // of the topic; with ImportOptions::topic of the rule
  std::string title;                        // the query's name, or how it begins
  std::string match;                        // the expression, with its lists by name
  TextPosition place;                       // of the query
  QueryEffect effect = QueryEffect::kNone;  // of all that has no equal
};

struct ImportedPack {
  std::string yaml;  // empty: not one query could be imported
  std::vector<ImportedRule> rules;
  std::vector<DialectFinding> findings;  // in the order of the queries
  std::size_t failed = 0;                // queries
};

// `text`: the file that the queries were read from. Long groups of OR become lists. The pack has been loaded and
// compiled without errors. kInternal: it could not be, which is a mistake of this program.
Result<ImportedPack> ImportQueries(std::string_view text, const std::vector<SourceQuery>& queries,
                                   const ImportOptions& options);

// An id as packs have them, of any text: "Huawei & ZTE (EU)" is huawei-zte-eu. Empty: there is no letter in it.
std::string IdOf(std::string_view text);

}  // namespace wirewatch

#endif  // WIREWATCH_RULES_DIALECTS_IMPORTED_PACK_H_
