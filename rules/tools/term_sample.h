// A text that a term stands in, for suggestions: what an article would have to say.
#ifndef WIREWATCH_RULES_TOOLS_TERM_SAMPLE_H_
#define WIREWATCH_RULES_TOOLS_TERM_SAMPLE_H_

#include <optional>
#include <string>

#include "rules/language/expression.h"

namespace wirewatch {

// Of words what they are without wildcards, of a regular expression one of the texts that it describes. Without line
// ends. Nothing: none was found. It is not checked that the term holds on it.
std::optional<std::string> SampleOf(const Term& term);

// A regular expression that wants to stand at the beginning of a field.
bool IsAnchored(const Term& term);

}  // namespace wirewatch

#endif  // WIREWATCH_RULES_TOOLS_TERM_SAMPLE_H_
