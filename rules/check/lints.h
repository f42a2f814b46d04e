// The lints of a pack, one a file. Only for this folder; pack_lints.h has the way in.
#ifndef WIREWATCH_RULES_CHECK_LINTS_H_
#define WIREWATCH_RULES_CHECK_LINTS_H_

#include <string>
#include <string_view>
#include <vector>

#include "base/yaml/yaml_text.h"
#include "rules/language/expression.h"
#include "rules/pack/pack.h"

namespace wirewatch {

// A topic, or what extends one, and where it stands.
struct LintedTopic {
  Topic topic;
  const YamlNode& node;
  std::vector<const YamlNode*> matches;  // of topic.rules
  const YamlNode* unless = nullptr;      // of topic.unless
};

// The languages of the articles that a rule is asked about.
inline const std::vector<std::string>& LanguagesOf(const Topic& topic, const Rule& rule) {
  return rule.languages.empty() ? topic.languages : rule.languages;
}

// Of a mapping; null: it has no such key.
const YamlNode* ValueOf(const YamlNode& mapping, std::string_view key);

void LintSubsumedRules(YamlText& text, const LintedTopic& linted);
void LintIdleParts(YamlText& text, const LintedTopic& linted);
void LintLanguageLists(YamlText& text, const LintedTopic& linted);
// A regular expression that words could say; `shift`: bytes of the scalar before the text that was parsed.
void LintWordRegexes(YamlText& text, const YamlNode& node, const Expression& e, std::uint32_t shift);
// Alternatives of an expression, one of which holds wherever another does.
void LintAlternatives(YamlText& text, const YamlNode& node, const Expression& e,
                      const std::vector<std::string>& languages);
// The same of the entries of lists, with regard to how the lists are used.
void LintListEntries(YamlText& text, const YamlNode& root, const Pack& pack);
void LintRepeatedValues(YamlText& text, const YamlNode& node, std::string_view key);

}  // namespace wirewatch

#endif  // WIREWATCH_RULES_CHECK_LINTS_H_
