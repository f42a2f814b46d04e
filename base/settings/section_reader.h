// Section reader: a section of a YAML configuration to the values that its table asks for.
#ifndef WIREWATCH_BASE_SETTINGS_SECTION_READER_H_
#define WIREWATCH_BASE_SETTINGS_SECTION_READER_H_

#include <string_view>

#include "base/diagnostic.h"
#include "base/settings/field_spec.h"
#include "base/yaml/yaml_text.h"

namespace wirewatch {

// Every field of `table`: as it is written in `node`, else its default. What is wrong (unknown and missing keys, values
// of another type, out of range or none of the choices) is reported in `text`, and the default stands in.
// `node`: null where the section is not written; what it would need is then reported at `parent`. `section` names it in
// messages: "pipeline", "sinks.file".
Fields ReadSection(YamlText& text, const YamlNode* node, const YamlNode& parent, std::string_view section,
                   const FieldTable& table);

// What was reported so far, in order of place, without the values of secrets: a finding quotes the line that it is
// about, and its sentences quote values.
Diagnostics TakeWithoutSecrets(YamlText& text);

}  // namespace wirewatch

#endif  // WIREWATCH_BASE_SETTINGS_SECTION_READER_H_
