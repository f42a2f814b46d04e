// Typed access to the nodes of a YamlText: a mapping with a known set of keys, and values as the type they must have.
// Whatever does not fit is reported to the YamlText at its place.
#ifndef WIREWATCH_BASE_YAML_YAML_MAPPING_H_
#define WIREWATCH_BASE_YAML_YAML_MAPPING_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/yaml/yaml_text.h"

namespace wirewatch {

// A mapping with a known set of keys.
class YamlMapping {
 public:
  // `what` names it in messages: "a topic". Reports a node that is no mapping, unknown keys, and keys without a value.
  YamlMapping(YamlText& text, const YamlNode& node, std::string_view what, const std::vector<std::string_view>& known);

  // The value of a key; null: it is not there, or has no value, which was reported.
  const YamlNode* Find(std::string_view key) const;
  // The same for a key that must be there: its absence is reported.
  const YamlNode* Require(std::string_view key) const;

 private:
  // Null: it is not there.
  const YamlEntry* Entry(std::string_view key) const;

  YamlText& text_;
  const YamlNode& node_;
  const std::string what_;
};

// A value as the type it must have; another type is reported. `value` may be null, for which nothing is returned and
// nothing reported: what is missing has been reported by whoever looked for it. `what` names the value in messages:
// "'score'".
std::optional<std::string> ReadText(YamlText& text, const YamlNode* value, std::string_view what);
std::optional<std::uint32_t> ReadNumber(YamlText& text, const YamlNode* value, std::string_view what,
                                        std::uint32_t least, std::uint32_t most);
// `true` or `false`, written so.
std::optional<bool> ReadBoolean(YamlText& text, const YamlNode* value, std::string_view what);
// One of `names`, by its number; another text is reported, with the nearest of them. `kind` is what they are:
// "severity".
std::optional<std::size_t> ReadChoice(YamlText& text, const YamlNode* value, std::string_view what,
                                      std::string_view kind, const std::vector<std::string_view>& names);
// The one of `all` whose Name is written there.
template <typename Enum, std::size_t N>
std::optional<Enum> ReadName(YamlText& text, const YamlNode& value, std::string_view what, std::string_view kind,
                             const Enum (&all)[N]) {
  std::vector<std::string_view> names;
  for (const Enum one : all) names.push_back(Name(one));
  const auto choice = ReadChoice(text, &value, what, kind, names);
  return choice ? std::optional(all[*choice]) : std::nullopt;
}
// The items of a sequence. `example` shows one: "[telecom, security]".
std::vector<const YamlNode*> ReadItems(YamlText& text, const YamlNode* value, std::string_view what,
                                       std::string_view example);
// The same with every item a text.
std::vector<std::string> ReadTexts(YamlText& text, const YamlNode* value, std::string_view what,
                                   std::string_view example);

}  // namespace wirewatch

#endif  // WIREWATCH_BASE_YAML_YAML_MAPPING_H_
