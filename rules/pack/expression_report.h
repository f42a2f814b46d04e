// Expression report: the mistakes and lints of an expression, each at its place in the YAML text that holds it.
#ifndef WIREWATCH_RULES_PACK_EXPRESSION_REPORT_H_
#define WIREWATCH_RULES_PACK_EXPRESSION_REPORT_H_

#include <cstdint>
#include <string>
#include <vector>

#include "base/span.h"
#include "base/yaml/yaml_text.h"
#include "rules/language/expression.h"

namespace wirewatch {

// `node`: the scalar whose text was parsed.
void ReportErrors(YamlText& text, const YamlNode& node, const std::vector<ExpressionError>& errors);
void ReportWarnings(YamlText& text, const YamlNode& node, const std::vector<ExpressionError>& warnings);

// False: the engine does not take one of the regular expressions, which is reported where it stands. `shift`: bytes of
// the scalar before the text that was parsed.
bool CheckRegexes(YamlText& text, const YamlNode& node, const Expression& e, std::uint32_t shift);

// An unquoted value inside { } or [ ].
bool IsCutByComma(const YamlText& text, const YamlNode& node);

// YAML ends an unquoted value at a blank and #: `huawei AND #5G` is silently `huawei AND`.
void WarnOfComment(YamlText& text, const YamlNode& node, bool has_errors);

// A term in capitals that is also a function word, written out in a rule; in small letters the word is meant.
void LintCommonWords(YamlText& text, const YamlNode& node, const Expression& e,
                     const std::vector<std::string>& languages);
// Of one term: `word` stands at `place`.
void WarnOfCommonWord(YamlText& text, const YamlNode& node, Span place, const std::string& word,
                      const std::vector<std::string>& languages);

}  // namespace wirewatch

#endif  // WIREWATCH_RULES_PACK_EXPRESSION_REPORT_H_
