#include "rules/pack/expression_report.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <string_view>

#include "rules/lanes/regex_lane.h"
#include "rules/language/common_words.h"
#include "rules/text/fold.h"

namespace wirewatch {
namespace {

bool IsAbbreviation(std::string_view word) {
  return word.size() > 1 && std::all_of(word.begin(), word.end(), [](char c) { return c >= 'A' && c <= 'Z'; });
}

}  // namespace

void ReportErrors(YamlText& text, const YamlNode& node, const std::vector<ExpressionError>& errors) {
  for (const ExpressionError& error : errors) {
    text.ReportInside(node, error.place, Severity::kError, error.code, error.message, error.help);
  }
}

void ReportWarnings(YamlText& text, const YamlNode& node, const std::vector<ExpressionError>& warnings) {
  for (const ExpressionError& warning : warnings) {
    text.ReportInside(node, warning.place, Severity::kWarning, warning.code, warning.message, warning.help);
  }
}

bool CheckRegexes(YamlText& text, const YamlNode& node, const Expression& e, std::uint32_t shift) {
  if (!e.list.empty()) return true;  // checked where the list is
  bool good = true;
  if (e.kind == Expression::Kind::kTerm && e.term.kind == Term::Kind::kRegex) {
    if (auto problem = FindRegexMistake(e.term)) {
      text.ReportInside(node, {e.place.begin + shift, e.place.end + shift}, Severity::kError, problem->code,
                        problem->message, problem->help);
      good = false;
    }
  }
  for (const Expression& child : e.children) good &= CheckRegexes(text, node, child, shift);
  return good;
}

bool IsCutByComma(const YamlText& text, const YamlNode& node) {
  const Span raw = node.span();
  const std::string_view written = raw.Of(text.text());
  if (written.empty() || written.front() == '\'' || written.front() == '"') return false;
  const std::string_view behind = text.text().substr(raw.end);
  const std::size_t next = behind.find_first_not_of(" \t");
  return next != std::string_view::npos && behind[next] == ',';
}

void WarnOfComment(YamlText& text, const YamlNode& node, bool has_errors) {
  const Span raw = node.span();
  const std::string_view first = raw.Of(text.text()).substr(0, 1);
  if (first == "'" || first == "\"" || first == "|" || first == ">") return;
  const std::string_view behind = text.text().substr(raw.end);
  const std::size_t hash = behind.find_first_not_of(" \t");
  if (hash == 0 || hash == std::string_view::npos || behind[hash] != '#') return;
  const bool reads_as_comment = hash + 1 == behind.size() || behind[hash + 1] == ' ' || behind[hash + 1] == '#';
  if (reads_as_comment && !has_errors) return;
  text.Report(node, Severity::kWarning, "comment-in-value",
              "YAML ends this value before the #: what follows is a comment", "put the expression in single quotes");
}

void LintCommonWords(YamlText& text, const YamlNode& node, const Expression& e,
                     const std::vector<std::string>& languages) {
  if (!e.list.empty()) return;  // its entries have places of their own
  if (e.kind == Expression::Kind::kTerm && e.term.kind == Term::Kind::kWords && IsAbbreviation(e.term.text)) {
    WarnOfCommonWord(text, node, e.place, e.term.text, languages);
  }
  for (const Expression& child : e.children) LintCommonWords(text, node, child, languages);
}

void WarnOfCommonWord(YamlText& text, const YamlNode& node, Span place, const std::string& word,
                      const std::vector<std::string>& languages) {
  const std::string folded = FoldText(word).text;
  // Without languages articles of all are read, but a rule is mostly written with one in mind.
  std::string_view language = CommonIn(folded, languages.empty() ? std::vector<std::string>{"en"} : languages);
  if (language.empty() && languages.empty() && IsAbbreviation(word) && IsInNearlyEveryArticle(folded)) {
    language = CommonIn(folded, {});
  }
  if (language.empty()) return;
  text.ReportInside(node, place, Severity::kWarning, "common-word",
                    fmt::format("'{}' is found wherever the {} word '{}' stands", word, language, folded),
                    IsAbbreviation(word) ? fmt::format("=\"{}\" takes it only as it is written here", word)
                                         : "take it out, or ask for a phrase that it stands in");
}

}  // namespace wirewatch
