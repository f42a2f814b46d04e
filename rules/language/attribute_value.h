// What a value of an attribute may be: `lang:pl`, `published: < 48h`.
#ifndef WIREWATCH_RULES_LANGUAGE_ATTRIBUTE_VALUE_H_
#define WIREWATCH_RULES_LANGUAGE_ATTRIBUTE_VALUE_H_

#include <cstdint>
#include <string_view>

#include "rules/language/expression.h"

namespace wirewatch {

// The greatest number of an urgency; the least, 1, is the most urgent.
inline constexpr std::uint32_t kMostUrgency = 9;

// Whether the value has the form that this attribute has. A value of another form can never be found, so the analyst
// must be told.
bool FitsAttribute(Attribute attribute, std::string_view value);

// A value that fits, and what else may be written; goes behind "lang:".
std::string_view AttributeExample(Attribute attribute);

}  // namespace wirewatch

#endif  // WIREWATCH_RULES_LANGUAGE_ATTRIBUTE_VALUE_H_
