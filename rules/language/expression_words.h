// The words and signs of the rule language, each once: what the lexer reads, what ToText writes and what messages name.
#ifndef WIREWATCH_RULES_LANGUAGE_EXPRESSION_WORDS_H_
#define WIREWATCH_RULES_LANGUAGE_EXPRESSION_WORDS_H_

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "rules/language/expression.h"
#include "rules/text/text_unit.h"

namespace wirewatch {

std::string_view Prefix(Scope scope);          // "title:", "(title, lead):"; empty for kAnywhere
std::string_view Prefix(Attribute attribute);  // "lang:"
std::string_view Name(TextUnit unit);          // "SENTENCE"
std::string_view Sign(Comparison comparison);  // "<="; empty for kIs

// `name` is without the colon. Of scopes only those of one part: "title", "lead", "body".
std::optional<Scope> FindScope(std::string_view name);
std::optional<Attribute> FindAttribute(std::string_view name);
// The names of all of these, scopes first.
std::vector<std::string_view> PrefixNames();

struct ComparisonSign {
  std::string_view sign;
  Comparison comparison;
};
// A sign that another one begins with stands behind it: "<=" before "<". Here kIs has "=".
std::span<const ComparisonSign> ComparisonSigns();

// "NEAR/10", "NOT ONEAR/5".
std::string NearText(bool negated, bool ordered, std::uint32_t distance);
// "SAME SENTENCE", "NOT SAME PARAGRAPH".
std::string SameText(bool negated, TextUnit unit);

// With ASCII letters in upper case: the operator that was meant.
std::string Upper(std::string_view word);

}  // namespace wirewatch

#endif  // WIREWATCH_RULES_LANGUAGE_EXPRESSION_WORDS_H_
