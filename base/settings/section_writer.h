// Section writer: sections of a configuration as YAML with every key written. ReadSection reads them back, but for
// secrets that stood in the configuration itself: they are kMaskedSecret. References to secrets stand as they were
// written, since nothing is looked up here.
#ifndef WIREWATCH_BASE_SETTINGS_SECTION_WRITER_H_
#define WIREWATCH_BASE_SETTINGS_SECTION_WRITER_H_

#include <cstddef>
#include <string>
#include <string_view>

#include "base/settings/field_spec.h"

namespace wirewatch {

inline constexpr std::string_view kMaskedSecret = "(secret)";

// Appends the fields to `yaml`, a line each, `indent` blanks to the right.
void AppendFields(std::string& yaml, const FieldTable& table, const Fields& fields, std::size_t indent);

}  // namespace wirewatch

#endif  // WIREWATCH_BASE_SETTINGS_SECTION_WRITER_H_
