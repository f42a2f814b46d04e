#include "base/settings/section_writer.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "base/clock.h"
#include "base/secret.h"
#include "base/settings/field_text.h"
#include "base/text/ascii.h"
#include "base/text/json_writer.h"

namespace wirewatch {
namespace {

// What any reader of YAML takes for the same text is not quoted.
std::string Scalar(std::string_view text) {
  const auto plain = [](char c) {
    return IsAsciiLetter(c) || IsAsciiDigit(c) || c == '_' || c == '.' || c == '/' || c == '-';
  };
  if (!text.empty() && (IsAsciiLetter(text.front()) || text.front() == '/') &&
      std::all_of(text.begin(), text.end(), plain) && text != "null" && text != "true" && text != "false") {
    return std::string(text);
  }
  return JsonString(text);  // JSON is YAML
}

// A reference tells nothing, and says where the value comes from.
std::string Shown(std::string_view name, std::string_view value) {
  if (IsSecretName(name) && !value.empty() && !IsSecretReference(value)) return Scalar(kMaskedSecret);
  return Scalar(WithoutSecretValues(value));
}

std::string List(const std::vector<std::string>& texts) {
  std::vector<std::string> items;
  for (const std::string& text : texts) items.push_back(Scalar(text));
  return fmt::format("[{}]", fmt::join(items, ", "));
}

// Entries behind the key of a map, a line each; `value` writes an entry's value.
template <typename Map, typename Write>
std::string Entries(const Map& map, std::size_t indent, Write value) {
  if (map.empty()) return " {}";
  std::string text;
  for (const auto& entry : map) {
    text += fmt::format("\n{:{}}{}: {}", "", indent, Scalar(entry.first), value(entry));
  }
  return text;
}

// What stands behind the colon.
std::string ValueText(const FieldSpec& spec, const Fields& fields, std::size_t indent) {
  switch (spec.type) {
    case FieldType::kString: return fmt::format(" {}", Shown(spec.name, fields.String(spec.name)));
    case FieldType::kBool: return fields.Bool(spec.name) ? " true" : " false";
    case FieldType::kInteger: return fmt::format(" {}", fields.Integer(spec.name));
    case FieldType::kBytes: return fmt::format(" {}", FormatBytes(fields.Integer(spec.name)));
    case FieldType::kDuration: return fmt::format(" {}", FormatDuration(fields.Duration(spec.name)));
    case FieldType::kStringList: return fmt::format(" {}", List(fields.List(spec.name)));
    case FieldType::kStringMap:
      return Entries(fields.Map(spec.name), indent + 2,
                     [](const auto& entry) { return Shown(entry.first, entry.second); });
    case FieldType::kListMap:
      return Entries(fields.Lists(spec.name), indent + 2, [](const auto& entry) {
        return entry.second.size() == 1 ? Scalar(entry.second.front()) : List(entry.second);
      });
  }
  return "";
}

}  // namespace

void AppendFields(std::string& yaml, const FieldTable& table, const Fields& fields, std::size_t indent) {
  for (const FieldSpec& spec : table) {
    yaml += fmt::format("{:{}}{}:{}\n", "", indent, spec.name, ValueText(spec, fields, indent));
  }
}

}  // namespace wirewatch
