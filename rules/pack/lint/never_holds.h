// Proofs that no article can hold an expression, as far as a proof is cheap.
#ifndef WIREWATCH_RULES_PACK_LINT_NEVER_HOLDS_H_
#define WIREWATCH_RULES_PACK_LINT_NEVER_HOLDS_H_

#include <string>
#include <vector>

#include "rules/language/expression.h"

namespace wirewatch {

// Whether no article can hold all of `all` and none of `none`. `languages`: those of its topic; none: any. False also
// when the proof would take too many steps.
bool NeverHolds(const std::vector<const Expression*>& all, const std::vector<const Expression*>& none,
                const std::vector<std::string>& languages);

// Whether an article in which `special` stands always has `general` too.
bool TermHoldsWherever(const Term& general, const Term& special);

}  // namespace wirewatch

#endif  // WIREWATCH_RULES_PACK_LINT_NEVER_HOLDS_H_
