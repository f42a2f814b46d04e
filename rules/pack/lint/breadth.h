// Which expressions hold on nearly every article that a topic reads.
#ifndef WIREWATCH_RULES_PACK_LINT_BREADTH_H_
#define WIREWATCH_RULES_PACK_LINT_BREADTH_H_

#include <string>
#include <vector>

#include "rules/language/expression.h"

namespace wirewatch {

// What makes an expression hold on nearly every article, as small a part of it as possible: function words, a language,
// a length that nearly all have. Null: nothing. `languages`: those of its topic; none: any. `with_language`: an
// article's language counts as such a part, since a topic is about one.
const Expression* BroadPart(const Expression& expression, const std::vector<std::string>& languages,
                            bool with_language);

}  // namespace wirewatch

#endif  // WIREWATCH_RULES_PACK_LINT_BREADTH_H_
