// The codes of diagnostics about packs and their tests: one table, from which docs/rules.md is made. A test holds every
// code that is reported against it.
#ifndef WIREWATCH_RULES_LANGUAGE_DIAGNOSTIC_CODES_H_
#define WIREWATCH_RULES_LANGUAGE_DIAGNOSTIC_CODES_H_

#include <span>
#include <string>
#include <string_view>

#include "base/diagnostic.h"

namespace wirewatch {

struct DiagnosticCode {
  std::string_view name;
  Severity severity;
  std::string_view meaning;
  std::string_view way_out;
};

// By severity, warnings last, and by name.
std::span<const DiagnosticCode> DiagnosticCodes();

// The two tables of docs/rules.md, in Markdown.
std::string DiagnosticReference();

}  // namespace wirewatch

#endif  // WIREWATCH_RULES_LANGUAGE_DIAGNOSTIC_CODES_H_
