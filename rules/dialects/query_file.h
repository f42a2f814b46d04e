// Query file: the queries that a file of people holds, each with the way back to its bytes.
//
//   lines   one query a line; empty lines, and those that begin with "# ", are passed over
//   csv     comma-separated (RFC 4180), tsv: by tabs. With a head that has a column query (or boolean, expression, q,
//           search) and perhaps name (or title, id, topic, label); without one: name,query
//   json    values one behind the other, or an array of them: {"name": ..., "query": ...}, where the query is a text or
//           Elasticsearch's JSON; that JSON by itself; a text. A line of the bulk API ({"index": {"_id": ...}}) names
//           the next
//   whole   the file is one query
#ifndef WIREWATCH_RULES_DIALECTS_QUERY_FILE_H_
#define WIREWATCH_RULES_DIALECTS_QUERY_FILE_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "rules/dialects/json_tree.h"

namespace wirewatch {

enum class QueryFileFormat : std::uint8_t { kLines, kCsv, kTsv, kJson, kWhole };

struct SourceQuery {
  std::string name;  // empty: it has none
  std::string text;
  std::vector<std::uint32_t> origin;  // for each byte of `text`, and its end: the byte of the file
  std::optional<JsonValue> json;      // in the place of the text; its places are bytes of the file
};

// By the name of the file (.csv, .tsv, .json, .ndjson) and how its text begins.
QueryFileFormat GuessQueryFormat(std::string_view file, std::string_view text);

// kInvalid: it is not of that format; the message begins with the line and column.
Result<std::vector<SourceQuery>> ReadQueryFile(std::string_view text, QueryFileFormat format);

}  // namespace wirewatch

#endif  // WIREWATCH_RULES_DIALECTS_QUERY_FILE_H_
