// JSON of a request's body in a form that can be read as YAML, with the way back: which value of the body stands on
// which line.
#ifndef WIREWATCH_CONNECTORS_DESK_JSON_BODY_H_
#define WIREWATCH_CONNECTORS_DESK_JSON_BODY_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "connectors/desk/answers.h"
#include "monitoring/http/http_message.h"

namespace wirewatch {

struct LinedJson {
  // The same JSON, a value a line. YAML reads it: characters are written out, since YAML has no surrogate pairs.
  std::string text;
  std::vector<std::string> pointers;  // of line 1, 2 ...: RFC 6901
  std::string_view PointerOf(std::uint32_t line) const {
    return line == 0 || line > pointers.size() ? std::string_view() : std::string_view(pointers[line - 1]);
  }
};

// The answer is 400, with line and column: it is no JSON (RFC 8259), a key comes twice in an object, or it is nested
// too deeply.
std::variant<LinedJson, HttpResponse> ReadJsonBody(std::string_view body);

}  // namespace wirewatch

#endif  // WIREWATCH_CONNECTORS_DESK_JSON_BODY_H_
