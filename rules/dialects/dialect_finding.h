// What is told of a query or rule that went into another search language, or came from one.
#ifndef WIREWATCH_RULES_DIALECTS_DIALECT_FINDING_H_
#define WIREWATCH_RULES_DIALECTS_DIALECT_FINDING_H_

#include <algorithm>
#include <cstddef>
#include <string>
#include <vector>

#include "base/diagnostic.h"
#include "rules/dialects/query.h"

namespace wirewatch {

// One line for the analyst.
struct DialectFinding {
  Diagnostic diagnostic;
  QueryEffect effect = QueryEffect::kNone;
  // Imported: of the topic, or of the rule in the one topic. Exported: "topic/rule".
  std::string id;
  bool failed = false;  // nothing is left of this query or rule
};

// How many of them tell of something that has no equal.
inline std::size_t CountUnequal(const std::vector<DialectFinding>& findings) {
  return static_cast<std::size_t>(std::count_if(findings.begin(), findings.end(), [](const DialectFinding& finding) {
    return finding.effect != QueryEffect::kNone;
  }));
}
inline Diagnostics DiagnosticsOf(const std::vector<DialectFinding>& findings) {
  Diagnostics diagnostics;
  for (const DialectFinding& finding : findings) diagnostics.push_back(finding.diagnostic);
  return diagnostics;
}

}  // namespace wirewatch

#endif  // WIREWATCH_RULES_DIALECTS_DIALECT_FINDING_H_
