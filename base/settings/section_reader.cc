#include "base/settings/section_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "base/secret.h"
#include "base/settings/field_text.h"
#include "base/yaml/yaml_mapping.h"

namespace wirewatch {
namespace {

// Puts the entries of a map that is known by name into `lists`, but for those that are there.
void AddKnownMap(YamlText& text, const YamlNode& node, const ListMapForm& form, Fields::ListMap& lists) {
  const auto known = std::find_if(form.maps.begin(), form.maps.end(),
                                  [&](const auto& one) { return one.first == std::string_view(node.scalar); });
  if (known != form.maps.end()) {
    lists.insert(known->second.begin(), known->second.end());
    return;
  }
  std::vector<std::string_view> names;
  for (const auto& [name, map] : form.maps) names.push_back(name);
  const std::string_view nearest = Nearest(node.scalar, names);
  text.Error(node, "wrong-value", fmt::format("there is no {} '{}'", form.kind, node.scalar),
             nearest.empty() ? fmt::format("one of: {}; or {}", fmt::join(names, ", "), form.entries)
                             : fmt::format("did you mean '{}'?", nearest));
}

// `ans`; or `{title: /headline, tags: [/a, /b]}`, also with `preset: ans`, whose entries the others replace.
Fields::Value ReadListMap(YamlText& text, const YamlNode& node, const std::string& name, const ListMapForm& form) {
  Fields::ListMap lists;
  if (node.kind == YamlNode::Kind::kScalar) {
    AddKnownMap(text, node, form, lists);
    return lists;
  }
  const YamlEntry* preset = nullptr;
  for (const YamlEntry& entry : node.entries) {
    const std::string& key = entry.key.scalar;
    const std::string what = fmt::format("'{}.{}'", name, key);
    if (key == "preset") {
      preset = &entry;
    } else if (entry.value.kind == YamlNode::Kind::kSequence) {
      lists[key] = ReadTexts(text, &entry.value, what, form.example);
    } else {
      lists[key] = {ReadText(text, &entry.value, what).value_or("")};
    }
  }
  if (preset != nullptr) AddKnownMap(text, preset->value, form, lists);
  return lists;
}

Fields::Value ReadTextMap(YamlText& text, const YamlNode& node, const std::string& name) {
  std::map<std::string, std::string> map;
  for (const YamlEntry& entry : node.entries) {
    map[entry.key.scalar] = ReadText(text, &entry.value, fmt::format("'{}.{}'", name, entry.key.scalar)).value_or("");
  }
  return map;
}

Fields::Value ReadScalar(YamlText& text, const YamlNode& node, const std::string& name, const FieldSpec& spec) {
  const bool is_scalar = node.kind == YamlNode::Kind::kScalar;
  std::optional<Fields::Value> value = is_scalar ? ParseScalar(spec.type, node.scalar) : std::nullopt;
  if (!value) {
    const bool has_default = !spec.required && !spec.default_value.empty();
    text.Error(node, "wrong-type", fmt::format("{} must be {}", name, FormOf(spec)),
               has_default ? fmt::format("the default is {}", spec.default_value) : std::string(spec.help));
    return DefaultOf(spec);
  }
  if (const std::int64_t* number = std::get_if<std::int64_t>(&*value);
      number != nullptr && (*number < spec.range.least || *number > spec.range.most)) {
    text.Error(node, "out-of-range", fmt::format("{} cannot be {}", name, node.scalar), RangeOf(spec));
    return DefaultOf(spec);
  }
  if (!spec.choices.empty() && std::find(spec.choices.begin(), spec.choices.end(), node.scalar) == spec.choices.end()) {
    text.Error(node, "wrong-value", fmt::format("{} cannot be '{}'", name, node.scalar),
               fmt::format("one of: {}", fmt::join(spec.choices, ", ")));
  }
  return *std::move(value);
}

Fields::Value ReadValue(YamlText& text, const YamlNode& node, std::string_view section, const FieldSpec& spec) {
  using Kind = YamlNode::Kind;
  const std::string name = fmt::format("{}.{}", section, spec.name);
  if (spec.type == FieldType::kStringMap && node.kind == Kind::kMapping) return ReadTextMap(text, node, name);
  if (spec.type == FieldType::kListMap && (node.kind == Kind::kMapping || node.kind == Kind::kScalar)) {
    return ReadListMap(text, node, name, *spec.form);
  }
  if (spec.type == FieldType::kStringList && node.kind == Kind::kSequence) {
    return ReadTexts(text, &node, fmt::format("'{}'", name), "[one, another]");
  }
  return ReadScalar(text, node, name, spec);
}

}  // namespace

Fields ReadSection(YamlText& text, const YamlNode* node, const YamlNode& parent, std::string_view section,
                   const FieldTable& table) {
  std::vector<std::string_view> known;
  for (const FieldSpec& spec : table) known.push_back(spec.name);
  const std::optional<YamlMapping> mapping =
      node != nullptr ? std::optional<YamlMapping>(std::in_place, text, *node, section, known) : std::nullopt;
  Fields fields;
  for (const FieldSpec& spec : table) {
    const YamlNode* value = mapping ? mapping->Find(spec.name) : nullptr;
    if (value == nullptr && spec.required) {
      text.Error(node != nullptr ? *node : parent, "missing-key", fmt::format("{} needs '{}'", section, spec.name),
                 std::string(spec.help));
    }
    fields.Set(spec.name, value != nullptr ? ReadValue(text, *value, section, spec) : DefaultOf(spec));
  }
  return fields;
}

Diagnostics TakeWithoutSecrets(YamlText& text) {
  Diagnostics diagnostics = text.TakeDiagnostics();
  if (diagnostics.empty()) return diagnostics;
  const SecretLines secrets(text.text());
  // A mistake that a script made in each of many thousand entries is cleared once.
  std::map<std::string, std::string> cleared;
  const auto clear = [&](std::string& sentence) {
    const auto [known, is_new] = cleared.try_emplace(sentence);
    if (is_new) known->second = secrets.Clear(sentence);
    sentence = known->second;
  };
  for (Diagnostic& diagnostic : diagnostics) {
    clear(diagnostic.message);
    clear(diagnostic.help);
    if (!secrets.Holds(diagnostic.position.line)) {
      diagnostic.source_line = WithoutSecretValues(diagnostic.source_line);
      continue;
    }
    if (!diagnostic.source_line.empty()) {
      diagnostic.source_line = secrets.Masked(diagnostic.position.line);
      diagnostic.source_column = 1;
    }
    if (diagnostic.code.starts_with("yaml")) {  // whose sentences are made of what stands there, piece by piece
      diagnostic.message = "the value of this secret cannot be read as YAML";
      diagnostic.help =
          "put the whole value in single quotes and double each single quote in it, or write ${file:/path} or "
          "${env:NAME}";
    }
  }
  return diagnostics;
}

}  // namespace wirewatch
