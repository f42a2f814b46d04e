#include "rules/tools/status_edit.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <optional>

#include "base/yaml/yaml_text.h"

namespace wirewatch {
namespace {

const YamlEntry* FindEntry(const YamlNode& mapping, std::string_view key) {
  const auto at = std::find_if(mapping.entries.begin(), mapping.entries.end(),
                               [&](const YamlEntry& entry) { return entry.key.scalar == key; });
  return at == mapping.entries.end() ? nullptr : &*at;
}

// The item of the sequence under `key` that has that id. Null: there is none.
const YamlNode* FindItem(const YamlNode& mapping, std::string_view key, std::string_view id) {
  const YamlEntry* const sequence = FindEntry(mapping, key);
  if (sequence == nullptr) return nullptr;
  for (const YamlNode& item : sequence->value.items) {
    const YamlEntry* const own = FindEntry(item, "id");
    if (own != nullptr && own->value.scalar == id) return &item;
  }
  return nullptr;
}

// The topic, or the rule of it. A topic may go on in this file by `extends`, once or several times. Null: there is
// none.
const YamlNode* FindPlace(const YamlNode& root, std::string_view topic, std::string_view rule) {
  const YamlNode* const own = FindItem(root, "topics", topic);
  if (rule.empty()) return own;
  if (const YamlNode* found = own == nullptr ? nullptr : FindItem(*own, "rules", rule)) return found;
  const YamlEntry* const topics = FindEntry(root, "topics");
  if (topics == nullptr) return nullptr;
  for (const YamlNode& item : topics->value.items) {
    const YamlEntry* const extends = FindEntry(item, "extends");
    if (extends == nullptr || extends->value.scalar != topic) continue;
    if (const YamlNode* found = FindItem(item, "rules", rule)) return found;
  }
  return nullptr;
}

std::uint32_t LineOf(std::string_view text, std::size_t at) {
  return static_cast<std::uint32_t>(std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(at), '\n')) + 1;
}

// Of a text that says what was asked for: the status of the topic or rule. Nothing: it is no pack any more.
std::optional<RuleStatus> StatusIn(std::string_view text, std::string_view topic, std::string_view rule) {
  YamlText yaml("", text);
  const auto root = yaml.Parse();
  if (!root) return std::nullopt;
  const YamlNode* const node = FindPlace(*root, topic, rule);
  const YamlEntry* const status = node == nullptr ? nullptr : FindEntry(*node, "status");
  if (status == nullptr) return std::nullopt;
  for (const RuleStatus one : kRuleStatuses) {
    if (Name(one) == status->value.scalar) return one;
  }
  return std::nullopt;
}

// Where the value of an id ends, and what is put there.
struct Insertion {
  std::size_t at = 0;
  std::string text;
  bool on_next_line = false;
};

Insertion BehindId(std::string_view text, const YamlNode& mapping, const YamlEntry& id, RuleStatus status) {
  if (mapping.begin < text.size() && text[mapping.begin] == '{') {
    return {id.value.end, fmt::format(", status: {}", Name(status)), false};
  }
  const std::size_t line = text.rfind('\n', id.key.begin) + 1;  // 0 of the first line
  const std::size_t end = std::min(text.find('\n', id.value.end), text.size());
  const bool has_return = end > 0 && end < text.size() && text[end - 1] == '\r';
  const std::size_t at = has_return ? end - 1 : end;
  // As far to the right as the id: "- " before that counts as blanks.
  return {
      at,
      fmt::format("{}{}status: {}", has_return ? "\r\n" : "\n", std::string(id.key.begin - line, ' '), Name(status)),
      true};
}

}  // namespace

Result<EditedStatus> WithStatus(std::string_view text, std::string_view topic, std::string_view rule,
                                RuleStatus status) {
  YamlText yaml("", text);
  const auto root = yaml.Parse();
  if (!root) return Error{ErrorCode::kInvalid, "it is no pack"};
  const YamlNode* const node = FindPlace(*root, topic, rule);
  if (node == nullptr) {
    return Error{ErrorCode::kNotFound, rule.empty() ? fmt::format("it has no topic '{}'", topic)
                                                    : fmt::format("topic '{}' has no rule '{}' there", topic, rule)};
  }

  EditedStatus edited;
  edited.text = text;
  if (const YamlEntry* const written = FindEntry(*node, "status")) {
    const Span span = written->value.span();
    edited.text.replace(span.begin, span.size(), Name(status));
    edited.line = LineOf(text, span.begin);
  } else {
    const Insertion insertion = BehindId(text, *node, *FindEntry(*node, "id"), status);
    edited.text.insert(insertion.at, insertion.text);
    edited.line = LineOf(text, insertion.at) + (insertion.on_next_line ? 1 : 0);
  }
  // YAML has many forms: what was written must be what is read.
  if (StatusIn(edited.text, topic, rule) != status) {
    return Error{ErrorCode::kInvalid,
                 fmt::format("its form is not one that can be edited here; write 'status: {}' below the id at line {} "
                             "by hand",
                             Name(status), LineOf(text, node->begin))};
  }
  return edited;
}

}  // namespace wirewatch
