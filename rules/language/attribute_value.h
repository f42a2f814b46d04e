// What a value of an attribute may be: `lang:pl`, `published: < 48h`.
#ifndef WIREWATCH_RULES_LANGUAGE_ATTRIBUTE_VALUE_H_
#define WIREWATCH_RULES_LANGUAGE_ATTRIBUTE_VALUE_H_

#include <string_view>

#include "rules/language/expression.h"

namespace wirewatch {

// Whether the value has the form of this attribute's. One of another form could never be found: better to say so than
// to be silent for ever.
bool FitsAttribute(Attribute attribute, std::string_view value);

// A value that fits, and what else may be written; goes behind "lang:".
std::string_view AttributeExample(Attribute attribute);

}  // namespace wirewatch

#endif  // WIREWATCH_RULES_LANGUAGE_ATTRIBUTE_VALUE_H_
