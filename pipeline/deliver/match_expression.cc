#include "pipeline/deliver/match_expression.h"

#include <fmt/format.h>

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/diagnostic.h"
#include "base/text/utf8.h"
#include "base/yaml/yaml_text.h"
#include "pipeline/deliver/subscription_set.h"
#include "rules/lanes/regex_lane.h"
#include "rules/language/expression_words.h"
#include "rules/pack/lint/rule_lint.h"

namespace wirewatch {
namespace {

// What is wrong with the regular expressions, by `judge`.
void CheckRegexes(const Expression& expression, std::optional<RegexProblem> (*judge)(const Term& term),
                  std::vector<ExpressionError>& errors) {
  if (expression.kind == Expression::Kind::kTerm && expression.term.kind == Term::Kind::kRegex) {
    if (auto problem = judge(expression.term)) {
      errors.push_back(
          {expression.place, std::move(problem->code), std::move(problem->message), std::move(problem->help)});
    }
  }
  for (const Expression& child : expression.children) CheckRegexes(child, judge, errors);
}

// An alert tells neither: asked of it, `urgency: < 3` would never hold, and `words: < 300` always.
void RefuseNotCarried(const Expression& expression, std::vector<ExpressionError>& errors) {
  if (expression.kind == Expression::Kind::kAttribute &&
      (expression.attribute == Attribute::kUrgency || expression.attribute == Attribute::kWords)) {
    errors.push_back({expression.place, "not-in-alerts",
                      fmt::format("an alert does not carry what '{}' asks for", Prefix(expression.attribute)),
                      "ask for it in a rule of the topic"});
  }
  for (const Expression& child : expression.children) RefuseNotCarried(child, errors);
}

}  // namespace

ParsedExpression ReadMatch(std::string_view text) {
  if (const std::size_t at = FirstInvalidUtf8(text); at < text.size()) {
    const auto begin = static_cast<std::uint32_t>(at);
    return {std::nullopt, {{{begin, begin + 1}, "encoding", "this is not UTF-8", "write the expression in UTF-8"}}};
  }
  ParsedExpression parsed = ParseExpression(text, {});
  for (ExpressionError& error : parsed.errors) {
    if (error.code == "unknown-list") {
      error.help = "a subscription has no lists, those are of packs: write the terms out, (huawei OR zte)";
    }
  }
  if (!parsed.expression) return parsed;
  RefuseNotCarried(*parsed.expression, parsed.errors);
  CheckRegexes(*parsed.expression, FindRegexMistake, parsed.errors);
  if (!parsed.errors.empty()) parsed.expression.reset();
  return parsed;
}

Diagnostics CheckMatch(std::string_view expression, const std::string& from) {
  ParsedExpression parsed = ReadMatch(expression);
  if (parsed.expression) {
    // All subscriptions are compiled together: one that Hyperscan does not take would keep the others from it.
    CheckRegexes(*parsed.expression, FindRegexProblem, parsed.errors);
    for (ExpressionError& warning : LintRule(*parsed.expression, nullptr, {})) {
      parsed.warnings.push_back(std::move(warning));
    }
  }
  YamlText text(from, expression);
  const auto report = [&](Severity severity, const std::vector<ExpressionError>& findings) {
    for (const ExpressionError& finding : findings) {
      text.ReportAt(finding.place, severity, finding.code, finding.message, finding.help);
    }
  };
  report(Severity::kError, parsed.errors);
  report(Severity::kWarning, parsed.warnings);
  return text.TakeDiagnostics();
}

}  // namespace wirewatch
