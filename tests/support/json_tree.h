// JSON as it was written before JsonWriter: a tree, dumped, and control characters escaped in what came out. Kept as
// the measure of what is written now.
#ifndef WIREWATCH_TESTS_SUPPORT_JSON_TREE_H_
#define WIREWATCH_TESTS_SUPPORT_JSON_TREE_H_

#include <cstddef>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

namespace wirewatch {

// DEL and U+0080 to U+009F, which stand within strings only.
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

inline std::string TreeLine(const nlohmann::ordered_json& json) {
  std::string line = json.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
  EscapeControls(line);
  return line;
}

}  // namespace wirewatch

#endif  // WIREWATCH_TESTS_SUPPORT_JSON_TREE_H_
