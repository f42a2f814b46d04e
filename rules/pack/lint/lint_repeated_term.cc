#include <fmt/format.h>

#include <string>
#include <unordered_set>

#include "rules/language/expression_words.h"
#include "rules/language/word_pattern.h"
#include "rules/pack/lint/lints.h"

namespace wirewatch {
namespace {

// The same text for two that are the same but for case and accents of words. Not ToText for words: it looks for quotes
// that a text needs, which takes most of the time.
std::string Folded(const Expression& e) {
  if (e.kind != Expression::Kind::kTerm || e.term.kind != Term::Kind::kWords) return ToText(e);
  return fmt::format("{}\"{}\"", Prefix(e.term.scope), PatternOf(e.term));
}

void FindRepeated(const Expression& e, std::vector<ExpressionError>& findings) {
  const bool joined = e.kind == Expression::Kind::kAnd || e.kind == Expression::Kind::kOr;
  if (!e.list.empty()) return;
  std::unordered_set<std::string> seen;
  for (const Expression& child : e.children) {
    if (joined && !seen.insert(Folded(child)).second) {
      findings.push_back({child.place, "repeated-term", fmt::format("{} stands here already", ShortText(child)),
                          "delete one of the two"});
    }
    FindRepeated(child, findings);
  }
}

}  // namespace

bool LintRepeatedTerm(const LintedExpression& linted, std::vector<ExpressionError>& findings) {
  FindRepeated(linted.expression, findings);
  return false;
}

}  // namespace wirewatch
