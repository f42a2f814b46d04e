// Topics written as analysts write them, for tests.
#ifndef WIREWATCH_TESTS_SUPPORT_TOPICS_H_
#define WIREWATCH_TESTS_SUPPORT_TOPICS_H_

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "rules/language/expression.h"
#include "rules/pack/pack.h"

namespace wirewatch {

inline Expression Parse(std::string_view text) {
  ParsedExpression parsed = ParseExpression(text, {});
  for (const ExpressionError& error : parsed.errors) ADD_FAILURE() << text << ": " << error.message;
  return std::move(parsed.expression).value();
}

// Its rules are rule-0, rule-1, ...
inline Topic MakeTopic(std::string id, const std::vector<std::string_view>& rules) {
  Topic topic;
  topic.id = std::move(id);
  for (const std::string_view text : rules) {
    Rule rule;
    rule.id = "rule-" + std::to_string(topic.rules.size());
    rule.match = Parse(text);
    rule.match_text = text;
    topic.rules.push_back(std::move(rule));
  }
  return topic;
}

}  // namespace wirewatch

#endif  // WIREWATCH_TESTS_SUPPORT_TOPICS_H_
