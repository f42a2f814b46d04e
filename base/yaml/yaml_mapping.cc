#include "base/yaml/yaml_mapping.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <utility>

#include "base/text/numbers.h"
#include "base/text/trim.h"

namespace wirewatch {
namespace {

std::string_view KindName(YamlNode::Kind kind) {
  switch (kind) {
    case YamlNode::Kind::kNull: return "nothing";
    case YamlNode::Kind::kScalar: return "a single value";
    case YamlNode::Kind::kSequence: return "a list";
    case YamlNode::Kind::kMapping: return "a mapping";
  }
  return "";
}

// A key without a value behind a comma: most likely a part of the value before, which had a comma in it.
bool FollowsComma(const YamlText& text, const YamlEntry& entry) {
  return entry.value.kind == YamlNode::Kind::kNull && TrimmedEnd(text.text().substr(0, entry.key.begin)).ends_with(',');
}

}  // namespace

YamlMapping::YamlMapping(YamlText& text, const YamlNode& node, std::string_view what,
                         const std::vector<std::string_view>& known)
    : text_(text), node_(node), what_(what) {
  if (node.kind != YamlNode::Kind::kMapping) {
    text.Error(node, "wrong-type", fmt::format("{} is a mapping, not {}", what, KindName(node.kind)),
               fmt::format("its keys are {}", fmt::join(known, ", ")));
    return;
  }
  for (const YamlEntry& entry : node.entries) {
    if (std::find(known.begin(), known.end(), entry.key.scalar) != known.end()) {
      if (entry.value.kind != YamlNode::Kind::kNull) continue;
      text.Error(entry.key, "missing-value", fmt::format("'{}' has no value", entry.key.scalar),
                 "write one, or delete the key");
      continue;
    }
    const std::string_view nearest = Nearest(entry.key.scalar, known);
    text.Error(entry.key, "unknown-key", fmt::format("{} has no key '{}'", what, entry.key.scalar),
               !nearest.empty()            ? fmt::format("did you mean '{}'?", nearest)
               : FollowsComma(text, entry) ? std::string("a comma inside { } ends a value: put the value before it in "
                                                         "single quotes")
                                           : fmt::format("its keys are {}", fmt::join(known, ", ")));
  }
}

const YamlEntry* YamlMapping::Entry(std::string_view key) const {
  const auto entry =
      std::find_if(node_.entries.begin(), node_.entries.end(), [&](const YamlEntry& e) { return e.key.scalar == key; });
  return entry == node_.entries.end() ? nullptr : &*entry;
}

const YamlNode* YamlMapping::Find(std::string_view key) const {
  const YamlEntry* const entry = Entry(key);
  return entry == nullptr || entry->value.kind == YamlNode::Kind::kNull ? nullptr : &entry->value;
}

const YamlNode* YamlMapping::Require(std::string_view key) const {
  if (Entry(key) == nullptr && node_.kind == YamlNode::Kind::kMapping) {
    text_.Error(node_, "missing-key", fmt::format("{} needs the key '{}'", what_, key),
                fmt::format("add '{}: ...'", key));
  }
  return Find(key);
}

std::optional<std::string> ReadText(YamlText& text, const YamlNode* value, std::string_view what) {
  if (value == nullptr) return std::nullopt;
  if (value->kind == YamlNode::Kind::kScalar) return value->scalar;
  text.Error(*value, "wrong-type", fmt::format("{} is a text, not {}", what, KindName(value->kind)),
             value->kind == YamlNode::Kind::kNull ? "put quotes around the word if it is meant as one"
                                                  : "put quotes around it if it begins with [ or {");
  return std::nullopt;
}

std::optional<std::uint32_t> ReadNumber(YamlText& text, const YamlNode* value, std::string_view what,
                                        std::uint32_t least, std::uint32_t most) {
  if (value == nullptr) return std::nullopt;
  const std::string& digits = value->scalar;
  const auto number = ParseNumberIn<std::uint32_t>(digits, least, most);
  if (value->kind == YamlNode::Kind::kScalar && number) return number;
  text.Error(
      *value, "bad-value",
      fmt::format("{} is a whole number from {} to {}, not {}", what, least, most,
                  value->kind == YamlNode::Kind::kScalar ? "'" + digits + "'" : std::string(KindName(value->kind))),
      "write a number in that range, digits only");
  return std::nullopt;
}

std::optional<bool> ReadBoolean(YamlText& text, const YamlNode* value, std::string_view what) {
  if (value == nullptr) return std::nullopt;
  const bool is_scalar = value->kind == YamlNode::Kind::kScalar;
  if (is_scalar && value->scalar == "true") return true;
  if (is_scalar && value->scalar == "false") return false;
  text.Error(*value, "bad-value",
             fmt::format("{} is true or false, not {}", what,
                         is_scalar ? fmt::format("'{}'", value->scalar) : std::string(KindName(value->kind))),
             "write true or false, without quotes");
  return std::nullopt;
}

std::optional<std::size_t> ReadChoice(YamlText& text, const YamlNode* value, std::string_view what,
                                      std::string_view kind, const std::vector<std::string_view>& names) {
  const auto read = ReadText(text, value, what);
  if (!read) return std::nullopt;
  const auto at = std::find(names.begin(), names.end(), *read);
  if (at != names.end()) return static_cast<std::size_t>(at - names.begin());
  const std::string_view nearest = Nearest(*read, names);
  text.Error(*value, "bad-value", fmt::format("there is no {} '{}'", kind, *read),
             nearest.empty() ? fmt::format("it is one of {}", fmt::join(names, ", "))
                             : fmt::format("did you mean '{}'?", nearest));
  return std::nullopt;
}

std::vector<const YamlNode*> ReadItems(YamlText& text, const YamlNode* value, std::string_view what,
                                       std::string_view example) {
  std::vector<const YamlNode*> items;
  if (value == nullptr) return items;
  if (value->kind != YamlNode::Kind::kSequence) {
    text.Error(*value, "wrong-type", fmt::format("{} is a list, not {}", what, KindName(value->kind)),
               fmt::format("write it like {}", example));
    return items;
  }
  for (const YamlNode& item : value->items) items.push_back(&item);
  return items;
}

std::vector<std::string> ReadTexts(YamlText& text, const YamlNode* value, std::string_view what,
                                   std::string_view example) {
  std::vector<std::string> texts;
  for (const YamlNode* item : ReadItems(text, value, what, example)) {
    if (auto item_text = ReadText(text, item, fmt::format("an entry of {}", what)))
      texts.push_back(std::move(*item_text));
  }
  return texts;
}

}  // namespace wirewatch
