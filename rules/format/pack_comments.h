// The comments of a YAML file, which its nodes do not hold.
#ifndef WIREWATCH_RULES_FORMAT_PACK_COMMENTS_H_
#define WIREWATCH_RULES_FORMAT_PACK_COMMENTS_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/yaml/yaml_text.h"

namespace wirewatch {

struct PackComment {
  std::string text;          // from its # to the end of the line, without blanks there
  std::uint32_t begin = 0;   // byte of the file
  std::uint32_t column = 0;  // bytes before it on its line
  bool alone = false;        // nothing else stands on its line
  bool blank_before = false; // the line above is empty
  bool is_switch = false;    // `# wirewatch: off ...` (rules/pack/pack_switches.h)
};

// In the order of the file. `root` is what YamlText made of the text.
std::vector<PackComment> FindComments(std::string_view text, const YamlNode& root);

// The line above that of `byte` is empty.
bool IsBlankAbove(std::string_view text, std::uint32_t byte);
// Bytes before `byte` on its line.
std::uint32_t ColumnOf(std::string_view text, std::uint32_t byte);

}  // namespace wirewatch

#endif  // WIREWATCH_RULES_FORMAT_PACK_COMMENTS_H_
