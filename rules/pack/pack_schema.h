// JSON Schemas (draft 2020-12) of rule files and test files, for editors: docs/schema/pack.schema.json and
// rule_test.schema.json. Made of the table in rules/pack/pack_keys.h.
//
// A schema says less than `wirewatch check`: it knows keys, types and ranges, and nothing of expressions, of ids that
// repeat, or of lists and topics that must exist. What loads without an error is valid.
#ifndef WIREWATCH_RULES_PACK_PACK_SCHEMA_H_
#define WIREWATCH_RULES_PACK_PACK_SCHEMA_H_

#include <string>

namespace wirewatch {

// Each is one line of JSON.
std::string PackSchema();
std::string RuleTestSchema();

}  // namespace wirewatch

#endif  // WIREWATCH_RULES_PACK_PACK_SCHEMA_H_
