// Dialect: the search languages that queries are imported from, and in what they differ.
//
//   lucene      Lucene's classic query syntax, which is Elasticsearch's and OpenSearch's query_string. AND, OR and NOT
//   mark
//               clauses as required, optional and prohibited, and have no precedence
//   meltwater   NEAR is at most 4 words between; operators in any case
//   talkwalker  ++ZTE is exactly as written; operators in upper case
//   brandwatch  {ZTE} and raw: are exactly as written, NEAR/5f in order; operators in upper case
//   lexisnexis  W/5, PRE/5, ban!, HLEAD(); OR binds tightest, then the smaller distances, AND, AND NOT
// The JSON of Elasticsearch's queries is elastic_query.h, whatever the dialect of the texts beside it.
// Sources: the query guides of their makers, read in 2026; docs/import.md says what is taken for granted.
#ifndef WIREWATCH_RULES_DIALECTS_DIALECT_H_
#define WIREWATCH_RULES_DIALECTS_DIALECT_H_

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "rules/language/expression.h"

namespace wirewatch {

enum class Dialect : std::uint8_t { kLucene, kMeltwater, kTalkwalker, kBrandwatch, kLexisNexis };

struct DialectTraits {
  std::string_view name;
  bool any_case;             // operators are read in any case
  std::uint32_t bare_near;   // the distance of NEAR without one
  bool wildcards_in_quotes;  // "telecom* network"
  bool braces_are_exact;     // {ZTE}
  bool plus_is_exact;        // ++ZTE
  bool minus_negates;        // -review
  bool functions;            // HLEAD(...), and words side by side are a phrase
};
const DialectTraits& TraitsOf(Dialect dialect);

// By name; "elasticsearch" and "opensearch" are kLucene. Nothing: there is none of that name.
std::optional<Dialect> FindDialect(std::string_view name);
// For --help and messages.
std::vector<std::string> DialectNames();

// What a field of a dialect asks for here.
struct FieldMeaning {
  enum class Kind : std::uint8_t {
    kScope,      // scope
    kAttribute,  // attribute
    kExact,      // its words are as written: raw:
    kNone,       // nothing here; way_out
    kUnknown,    // no search language is known to have it
  };
  Kind kind = Kind::kUnknown;
  Scope scope = Scope::kAnywhere;
  Attribute attribute = Attribute::kLanguage;
  std::string way_out;
};

// `name` in lower case. `own`: what the user says of fields, name to ours ("headline_text" to "title"; empty:
// anywhere).
using FieldNames = std::map<std::string, std::string, std::less<>>;
FieldMeaning MeaningOfField(Dialect dialect, std::string_view name, const FieldNames& own);

// Whether `name` is one of ours that FieldNames may lead to: title, lead, body, text, lang, country, ...
bool IsOurField(std::string_view name);

}  // namespace wirewatch

#endif  // WIREWATCH_RULES_DIALECTS_DIALECT_H_
