#include "base/settings/field_text.h"

#include <fmt/format.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/text/numbers.h"

namespace wirewatch {
namespace {

struct SizeUnit {
  std::string_view name;
  std::int64_t bytes;
};
constexpr SizeUnit kSizeUnits[] = {{"GiB", 1 << 30}, {"MiB", 1 << 20}, {"KiB", 1 << 10}, {"", 1}};

std::optional<std::int64_t> ParseBytes(std::string_view text) {
  for (const SizeUnit& unit : kSizeUnits) {
    if (!text.ends_with(unit.name)) continue;
    const auto number = ParseNumber<std::int64_t>(text.substr(0, text.size() - unit.name.size()));
    if (!number || *number < 0 || *number > (std::int64_t{1} << 40) / unit.bytes) return std::nullopt;
    return *number * unit.bytes;
  }
  return std::nullopt;
}

Fields::Value EmptyOf(FieldType type) {
  switch (type) {
    case FieldType::kString: return std::string();
    case FieldType::kStringList: return std::vector<std::string>();
    case FieldType::kStringMap: return std::map<std::string, std::string>();
    case FieldType::kListMap: return Fields::ListMap();
    case FieldType::kBool: return false;
    case FieldType::kInteger:
    case FieldType::kBytes: return std::int64_t{0};
    case FieldType::kDuration: return std::chrono::milliseconds(0);
  }
  std::abort();
}

}  // namespace

std::string FormOf(const FieldSpec& spec) {
  switch (spec.type) {
    case FieldType::kString: return "text";
    case FieldType::kStringList: return "a list of texts";
    case FieldType::kStringMap: return "keys with text values";
    case FieldType::kListMap: return fmt::format("{}, or {}", spec.form->entries, spec.form->known);
    case FieldType::kBool: return "true or false";
    case FieldType::kInteger: return "a whole number";
    case FieldType::kBytes: return "a size such as 16MiB, 64KiB or 1000";
    case FieldType::kDuration: return "a duration such as 250ms, 5s, 10m, 48h";
  }
  std::abort();
}

std::string RangeOf(const FieldSpec& spec) {
  if (spec.type != FieldType::kInteger && spec.type != FieldType::kBytes) return "";
  const auto write = [&](std::int64_t number) {
    return spec.type == FieldType::kBytes ? FormatBytes(number) : std::to_string(number);
  };
  if (spec.range.most == FieldRange().most) return fmt::format("{} or more", write(spec.range.least));
  return fmt::format("{} to {}", write(spec.range.least), write(spec.range.most));
}

std::optional<Fields::Value> ParseScalar(FieldType type, const std::string& text) {
  switch (type) {
    case FieldType::kString: return text;
    case FieldType::kBool:
      if (text == "true") return true;
      if (text == "false") return false;
      return std::nullopt;
    case FieldType::kInteger:
      if (const auto number = ParseNumber<std::int64_t>(text); number && *number >= 0) return *number;
      return std::nullopt;
    case FieldType::kBytes:
      if (const auto bytes = ParseBytes(text)) return *bytes;
      return std::nullopt;
    case FieldType::kDuration:
      if (const auto duration = ParseDuration(text)) return *duration;
      return std::nullopt;
    case FieldType::kStringList: return std::vector<std::string>{text};  // one may be written without brackets
    case FieldType::kStringMap:
    case FieldType::kListMap: return std::nullopt;
  }
  std::abort();
}

Fields::Value DefaultOf(const FieldSpec& spec) {
  if (spec.required) return EmptyOf(spec.type);
  if (spec.type == FieldType::kStringList && spec.default_value.empty()) return EmptyOf(spec.type);
  if (spec.type == FieldType::kStringMap || spec.type == FieldType::kListMap) return EmptyOf(spec.type);
  std::optional<Fields::Value> value = ParseScalar(spec.type, std::string(spec.default_value));
  if (!value) {
    fmt::print(stderr, "wirewatch: the default of a field is not of its type: {}\n", spec.name);
    std::abort();
  }
  return *std::move(value);
}

std::string FormatBytes(std::int64_t bytes) {
  for (const SizeUnit& unit : kSizeUnits) {
    if (bytes != 0 && bytes % unit.bytes == 0) return fmt::format("{}{}", bytes / unit.bytes, unit.name);
  }
  return "0";
}

void Fields::DieOfMissingField(std::string_view name) {
  fmt::print(stderr, "wirewatch: the program asks for a field that is not in its table: {}\n", name);
  std::abort();
}

}  // namespace wirewatch
