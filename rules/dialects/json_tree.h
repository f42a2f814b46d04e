// JSON tree: a JSON text as values that know where they stand, for messages about what people wrote in it.
#ifndef WIREWATCH_RULES_DIALECTS_JSON_TREE_H_
#define WIREWATCH_RULES_DIALECTS_JSON_TREE_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "base/span.h"

namespace wirewatch {

struct JsonValue {
  enum class Kind : std::uint8_t { kNull, kBool, kNumber, kString, kArray, kObject };
  Kind kind = Kind::kNull;
  Span place;        // bytes of the JSON text
  std::string text;  // kString: unescaped; kNumber, kBool: as written
  // kString: for each byte of `text`, and its end, the byte of the JSON text that it comes from.
  std::vector<std::uint32_t> origin;
  std::vector<JsonValue> elements;                         // kArray
  std::vector<std::pair<std::string, JsonValue>> members;  // kObject, in order

  const JsonValue* Find(std::string_view name) const;  // null: there is none; or it is no object
  bool is_object() const { return kind == Kind::kObject; }
  bool is_array() const { return kind == Kind::kArray; }
  bool is_string() const { return kind == Kind::kString; }
  bool is_scalar() const { return kind == Kind::kString || kind == Kind::kNumber || kind == Kind::kBool; }
};

// The value that begins at `at`, blanks before it passed over; `at` is then the byte behind it. At most 200 levels.
// kInvalid: the message says what is wrong and `at` where.
Result<JsonValue> ReadJson(std::string_view text, std::size_t& at);

}  // namespace wirewatch

#endif  // WIREWATCH_RULES_DIALECTS_JSON_TREE_H_
