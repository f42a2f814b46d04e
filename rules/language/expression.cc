// The tree back to text. Text to tree is expression_parser.cc.
#include "rules/language/expression.h"

#include <fmt/format.h>

#include "rules/language/expression_lexer.h"
#include "rules/language/expression_words.h"

namespace wirewatch {
namespace {

// Written without quotes it is read as `meaning` and nothing else: the lexer itself says so.
bool ReadsAsOneToken(std::string_view text, ExpressionToken::Kind kind, std::string_view meaning) {
  const LexedExpression lexed = LexExpression(text);
  return lexed.errors.empty() && lexed.tokens.size() == 2 && lexed.tokens[0].kind == kind &&
         lexed.tokens[0].place.size() == text.size() && lexed.tokens[0].text == meaning;
}

std::string Quoted(std::string_view text) { return fmt::format("\"{}\"", text); }

std::string Slashed(std::string_view pattern) {
  std::string text = "/";
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    if (pattern[i] == '\\' && i + 1 < pattern.size()) {
      text += pattern[i++];
    } else if (pattern[i] == '/') {
      text += '\\';
    }
    text += pattern[i];
  }
  return text + "/";
}

std::string WithoutScope(const Term& term) {
  switch (term.kind) {
    case Term::Kind::kWords:
      return ReadsAsOneToken(term.text, ExpressionToken::Kind::kWord, term.text) ? term.text : Quoted(term.text);
    case Term::Kind::kExact: {
      std::string bare = "=" + term.text;
      return ReadsAsOneToken(bare, ExpressionToken::Kind::kExact, term.text) ? bare
                                                                             : fmt::format("={}", Quoted(term.text));
    }
    case Term::Kind::kRegex: return Slashed(term.text) + (term.ignore_case ? "i" : "");
  }
  return "";
}

bool NeedsParentheses(const Expression& child) {
  switch (child.kind) {
    case Expression::Kind::kAnd:
    case Expression::Kind::kNear:
    case Expression::Kind::kSame: return true;
    case Expression::Kind::kOr: return child.list.empty();
    default: return false;
  }
}

std::string AsOperand(const Expression& child) {
  return NeedsParentheses(child) ? fmt::format("({})", ToText(child)) : ToText(child);
}

std::string Joined(const std::vector<Expression>& children, std::string_view separator) {
  std::string text;
  for (const Expression& child : children) {
    if (!text.empty()) text += separator;
    text += AsOperand(child);
  }
  return text;
}

std::string Entries(const std::vector<Expression>& children) {
  std::string text;
  for (const Expression& child : children) text += fmt::format("{}{}", text.empty() ? "" : ", ", ToText(child));
  return text;
}

// A prefix before @name stands in every term of the list.
std::string ListText(const Expression& list) {
  return fmt::format("{}@{}", Prefix(list.children.empty() ? Scope::kAnywhere : list.children[0].term.scope),
                     list.list);
}

// Of kNear and kSame.
std::string OperatorText(const Expression& pair) {
  return pair.kind == Expression::Kind::kSame ? SameText(pair.negated, pair.unit)
                                              : NearText(pair.negated, pair.ordered, pair.distance);
}

std::string AttributeText(const Expression& expression) {
  if (expression.comparison != Comparison::kIs) {
    return fmt::format("{} {} {}", Prefix(expression.attribute), Sign(expression.comparison), expression.value);
  }
  std::string bare = fmt::format("{}{}", Prefix(expression.attribute), expression.value);
  if (ReadsAsOneToken(bare, ExpressionToken::Kind::kAttribute, expression.value)) return bare;
  return fmt::format("{}{}", Prefix(expression.attribute), Quoted(expression.value));
}

}  // namespace

std::string ToText(const Term& term) { return fmt::format("{}{}", Prefix(term.scope), WithoutScope(term)); }

std::string ToText(const Expression& expression) {
  switch (expression.kind) {
    case Expression::Kind::kTerm: return ToText(expression.term);
    case Expression::Kind::kAttribute: return AttributeText(expression);
    case Expression::Kind::kAnd: return Joined(expression.children, " AND ");
    case Expression::Kind::kOr:
      return expression.list.empty() ? Joined(expression.children, " OR ") : ListText(expression);
    case Expression::Kind::kNot: return fmt::format("NOT {}", AsOperand(expression.children[0]));
    case Expression::Kind::kAtLeast:
      return fmt::format(
          "{} OF {}", expression.count,
          expression.list.empty() ? fmt::format("({})", Entries(expression.children)) : ListText(expression));
    case Expression::Kind::kRepeated:
      return fmt::format("{}{{{},}}", AsOperand(expression.children[0]), expression.count);
    case Expression::Kind::kNear:
    case Expression::Kind::kSame:
      return fmt::format("{} {} {}", AsOperand(expression.children[0]), OperatorText(expression),
                         AsOperand(expression.children[1]));
  }
  return "";
}

}  // namespace wirewatch
