#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "rules/check/lints.h"
#include "rules/codes/language_code.h"

namespace wirewatch {
namespace {

// `banning_nl`, `banning-zh-hant`: what it lists, and in which language; nothing: its name says none.
struct NamedForLanguage {
  std::string stem, language;
};
std::optional<NamedForLanguage> ReadName(std::string_view list, const std::set<std::string, std::less<>>& languages) {
  const std::size_t colon = list.find(':');  // of a library: @places:nl
  for (std::size_t at = colon != std::string_view::npos ? colon : list.find_first_of("_-");
       at != std::string_view::npos; at = list.find_first_of("_-", at + 1)) {
    const std::string_view behind = list.substr(at + 1);
    const std::string_view code = behind.substr(0, behind.find_first_of("_-"));
    const bool is_code = (code.size() == 2 || code.size() == 3) &&
                         std::all_of(code.begin(), code.end(), [](char c) { return c >= 'a' && c <= 'z'; });
    if (at == 0 || !is_code) continue;
    // Only a language of the topic: `list_is` is no Icelandic one.
    const std::string language = CanonicalLanguage(code);
    if (!language.empty() && languages.contains(language)) {
      return NamedForLanguage{std::string(list.substr(0, at + 1)), language};
    }
  }
  return std::nullopt;
}

void CollectLists(const Expression& e, std::set<std::string>& lists) {
  if (!e.list.empty()) {
    lists.insert(e.list);
    return;
  }
  for (const Expression& child : e.children) CollectLists(child, lists);
}

}  // namespace

// Lists come by language (`banning_en`, `banning_nl`), and one language of the topic has none.
void LintLanguageLists(YamlText& text, const LintedTopic& linted) {
  const Topic& topic = linted.topic;
  if (topic.languages.size() < 2) return;
  const std::set<std::string, std::less<>> languages(topic.languages.begin(), topic.languages.end());
  std::set<std::string> lists;
  // A rule of its own languages is for those.
  const bool by_rule =
      std::any_of(topic.rules.begin(), topic.rules.end(), [](const Rule& rule) { return !rule.languages.empty(); });
  if (by_rule) return;
  for (const Rule& rule : topic.rules) CollectLists(rule.match, lists);
  std::map<std::string, std::map<std::string, std::string>> by_stem;  // language to list
  for (const std::string& list : lists) {
    if (auto named = ReadName(list, languages)) by_stem[named->stem].emplace(named->language, list);
  }
  const YamlNode* const node = ValueOf(linted.node, "languages");
  for (const auto& [stem, by_language] : by_stem) {
    // One that is for all languages serves those without their own.
    if (lists.contains(stem.substr(0, stem.size() - 1)) || (by_language.size() < 2 && topic.languages.size() > 2))
      continue;
    for (std::size_t i = 0; i < topic.languages.size() && i < node->items.size(); ++i) {
      const std::string& language = topic.languages[i];
      const bool covered = std::any_of(by_language.begin(), by_language.end(), [&](const auto& one) {
        return LanguageHolds(one.first, language) || LanguageHolds(language, one.first);
      });
      if (covered) continue;
      const std::string& sample = by_language.begin()->second;
      text.Report(
          node->items[i], Severity::kWarning, "language-without-list",
          fmt::format("the topic reads '{}', but of the lists like '{}' its rules use none for it", language, sample),
          fmt::format("use one for it, such as '{}{}', or take the language out", stem, language));
    }
  }
}

}  // namespace wirewatch
