#include "base/settings/settings_reference.h"

#include <fmt/format.h>

#include "base/settings/field_text.h"

namespace wirewatch {

void AppendReference(std::string& text, const FieldTable& table) {
  text += "| key | value | default | |\n|---|---|---|---|\n";
  for (const FieldSpec& spec : table) {
    std::string value = spec.choices.empty() ? FormOf(spec) : fmt::format("{}", fmt::join(spec.choices, ", "));
    if (const std::string range = RangeOf(spec); !range.empty()) value += ", " + range;
    const std::string fallback = spec.required                ? "(required)"
                                 : spec.default_value.empty() ? ""
                                                              : fmt::format("`{}`", spec.default_value);
    text += fmt::format("| `{}` | {} | {} | {} |\n", spec.name, value, fallback, spec.help);
  }
  text += "\n";
}

}  // namespace wirewatch
