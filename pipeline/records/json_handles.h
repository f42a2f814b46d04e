// What all JSON that is written shares. Included by .cc files only.
#ifndef WIREWATCH_PIPELINE_RECORDS_JSON_HANDLES_H_
#define WIREWATCH_PIPELINE_RECORDS_JSON_HANDLES_H_

#include <cstddef>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"

namespace wirewatch {

using Json = nlohmann::ordered_json;  // keys keep the order in which they are written

// A key is left out where nothing is known: lines stay short, and readers need one test, not two.
inline void PutText(Json& json, const char* key, const std::string& text) {
  if (!text.empty()) json[key] = text;
}
inline void PutTime(Json& json, const char* key, std::optional<WallTime> time) {
  if (time) json[key] = FormatRfc3339(*time);
}

// Characters that steer a terminal, DEL and U+0080 to U+009F, as escapes, which JSON lets stand for them. They stand
// within strings only.
inline void EscapeControls(std::string& line) {
  constexpr std::string_view kHex = "0123456789abcdef";
  const auto escape = [&](std::size_t at, std::size_t bytes, unsigned char code) {
    line.replace(at, bytes, {'\\', 'u', '0', '0', kHex[code >> 4], kHex[code & 15]});
  };
  for (std::size_t at = 0; (at = line.find_first_of("\xC2\x7F", at)) != std::string::npos; ++at) {
    if (line[at] == '\x7F') {
      escape(at, 1, 0x7F);
    } else if (at + 1 < line.size() && static_cast<unsigned char>(line[at + 1]) < 0xA0) {
      escape(at, 2, static_cast<unsigned char>(line[at + 1]));
    }
  }
}

// One line. Bytes that are not UTF-8 become U+FFFD instead of an exception.
inline std::string ToLine(const Json& json) {
  std::string line = json.dump(-1, ' ', false, Json::error_handler_t::replace);
  EscapeControls(line);
  return line;
}

}  // namespace wirewatch

#endif  // WIREWATCH_PIPELINE_RECORDS_JSON_HANDLES_H_
