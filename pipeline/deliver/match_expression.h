// The expression of a subscription (SubscriptionFilter::match), read. Only for subscription_set.h's files.
#ifndef WIREWATCH_PIPELINE_DELIVER_MATCH_EXPRESSION_H_
#define WIREWATCH_PIPELINE_DELIVER_MATCH_EXPRESSION_H_

#include <string_view>

#include "rules/language/expression.h"

namespace wirewatch {

// The mistakes that are found without compiling. There are no lists, and what an alert does not carry cannot be asked.
ParsedExpression ReadMatch(std::string_view text);

}  // namespace wirewatch

#endif  // WIREWATCH_PIPELINE_DELIVER_MATCH_EXPRESSION_H_
