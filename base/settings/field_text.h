// Field text: the values of fields as people write and read them. Shared by what reads, writes and documents sections.
#ifndef WIREWATCH_BASE_SETTINGS_FIELD_TEXT_H_
#define WIREWATCH_BASE_SETTINGS_FIELD_TEXT_H_

#include <cstdint>
#include <optional>
#include <string>

#include "base/settings/field_spec.h"

namespace wirewatch {

// What may be written there: "a duration such as 250ms, 5s, 10m, 48h".
std::string FormOf(const FieldSpec& spec);

// "1 to 1000", "0 or more"; empty: it is neither a number nor a size.
std::string RangeOf(const FieldSpec& spec);

// The value of a scalar. Nothing: it is not of that type.
std::optional<Fields::Value> ParseScalar(FieldType type, const std::string& text);

// The value of a field that is not written; of a required one its type's empty value.
// REQUIRES: the default is of the field's type. Else the program ends, and names the field.
Fields::Value DefaultOf(const FieldSpec& spec);

// In the largest unit that divides it: "16MiB".
std::string FormatBytes(std::int64_t bytes);

}  // namespace wirewatch

#endif  // WIREWATCH_BASE_SETTINGS_FIELD_TEXT_H_
