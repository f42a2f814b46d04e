// Settings reference: the tables of docs/configuration.md.
#ifndef WIREWATCH_BASE_SETTINGS_SETTINGS_REFERENCE_H_
#define WIREWATCH_BASE_SETTINGS_SETTINGS_REFERENCE_H_

#include <string>

#include "base/settings/field_spec.h"

namespace wirewatch {

// Appends a Markdown table, a row a field: key, what may be written, default, help; and an empty line.
void AppendReference(std::string& text, const FieldTable& table);

}  // namespace wirewatch

#endif  // WIREWATCH_BASE_SETTINGS_SETTINGS_REFERENCE_H_
