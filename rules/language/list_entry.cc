// The entries of lists: one term each, with plain words as a phrase.
#include <fmt/format.h>

#include <cstddef>
#include <optional>
#include <string>
#include <utility>

#include "rules/language/expression.h"
#include "rules/language/expression_lexer.h"
#include "rules/language/expression_words.h"
#include "rules/language/term_check.h"
#include "rules/language/term_lint.h"
#include "rules/text/half_width.h"

namespace wirewatch {
namespace {

using Token = ExpressionToken;
using Kind = Token::Kind;

ParsedExpression Failed(ExpressionError error) { return {std::nullopt, {std::move(error)}}; }

ParsedExpression CheckedTerm(Term term, bool quoted, Span place, std::size_t text_begin) {
  if (auto error = CheckTerm(term, place, text_begin)) return Failed(std::move(*error));
  ParsedExpression parsed;
  LintListEntry(term, quoted, place, text_begin, parsed.warnings);
  parsed.expression.emplace();
  parsed.expression->place = place;
  parsed.expression->term = std::move(term);
  return parsed;
}

// An entry that begins with its own quotes, or is a regular expression: the lexer's one token.
ParsedExpression ParseEntryToken(std::string_view text, std::size_t begin) {
  LexedExpression lexed = LexExpression(text);
  for (ExpressionError& error : lexed.errors) error.place = PlaceAt(begin + error.place.begin, error.place.size());
  if (!lexed.errors.empty()) return {std::nullopt, std::move(lexed.errors)};
  if (lexed.tokens.size() > 2) {
    const Span rest = lexed.tokens[1].place;
    return Failed({PlaceAt(begin + rest.begin, rest.size()), "list-entry", "an entry of a list is one term",
                   "make it an entry of its own"});
  }
  Token& token = lexed.tokens[0];
  const Term::Kind kind = token.kind == Kind::kExact   ? Term::Kind::kExact
                          : token.kind == Kind::kRegex ? Term::Kind::kRegex
                                                       : Term::Kind::kWords;
  return CheckedTerm({kind, std::move(token.text), token.ignore_case, Scope::kAnywhere}, true,
                     PlaceAt(begin + token.place.begin, token.place.size()), begin + token.place.begin + 1);
}

// What in a plain entry was meant as more than words: those would be searched for, and hardly ever found.
std::optional<ExpressionError> CheckPlainEntry(std::string_view text) {
  for (const Token& token : LexExpression(text).tokens) {
    switch (token.kind) {
      case Kind::kAnd:
      case Kind::kOr:
      case Kind::kNot:
      case Kind::kNear:
      case Kind::kSame:
      case Kind::kOf:
        return ExpressionError{
            token.place, "list-entry",
            fmt::format("an entry of a list is one term, but here is the operator {}", token.place.Of(text)),
            "make several entries of it; if the word is meant, write it in lower case"};
      case Kind::kList:
        return ExpressionError{
            token.place, "list-entry",
            fmt::format("an entry of a list is one term, but here is the list {}", token.place.Of(text)),
            "a list stands alone in an entry: '@name'; if the word is meant, leave out the @"};
      case Kind::kScope:
      case Kind::kAttribute:
        return ExpressionError{token.place, "list-entry",
                               fmt::format("an entry of a list is one term, without '{}'",
                                           token.kind == Kind::kScope ? Prefix(token.scope) : Prefix(token.attribute)),
                               "write the prefix where the list is used: title:@vendors"};
      default: break;
    }
  }
  return std::nullopt;
}

}  // namespace

ParsedExpression ParseListEntry(std::string_view whole) {
  if (auto error = CheckText(whole)) return Failed(std::move(*error));
  const std::size_t begin = whole.find_first_not_of(" \t\r\n");
  if (begin == std::string_view::npos) {
    return Failed({{0, 0}, "empty-term", "an entry without a word", "write a word or a phrase"});
  }
  const std::size_t end = whole.find_last_not_of(" \t\r\n") + 1;
  const std::string_view text = whole.substr(begin, end - begin);
  const Span place = PlaceAt(begin, text.size());

  if (text.front() == '@') {
    return Failed({place, "list-entry", "a list cannot contain another list",
                   "write the other list's words here too, or join the lists in the rule: (@a OR @b)"});
  }
  if (text.front() == '"' || text.front() == '/' || text.starts_with("=\"")) return ParseEntryToken(text, begin);
  if (const HalfWidth half_width(text);
      half_width.text().front() != text.front() &&
      std::string_view("=@").find(half_width.text().front()) != std::string_view::npos) {
    return Failed({PlaceAt(begin, half_width.Origin(0, 1).size()), "full-width",
                   fmt::format("'{}' is not {}", half_width.Original(0, 1), half_width.text().front()),
                   fmt::format("write {}", half_width.text())});
  }
  if (const std::size_t quote = text.find('"'); quote != std::string_view::npos) {
    return Failed({PlaceAt(begin + quote, 1), "list-entry", "a quote inside an entry of a list",
                   "an entry is one word or phrase; quotes go around the whole of it or are left out"});
  }
  if (text.front() == '=') {
    const std::string_view exact = text.substr(1);
    if (const std::size_t wildcard = exact.find_first_of("*?"); wildcard != std::string_view::npos) {
      return Failed({PlaceAt(begin + 1 + wildcard, 1), "wildcard", "an exact term has no wildcards",
                     "leave out the = or the wildcard"});
    }
    return CheckedTerm({Term::Kind::kExact, std::string(exact), false, Scope::kAnywhere}, false, place, begin + 1);
  }
  if (auto error = CheckPlainEntry(text)) {
    error->place = PlaceAt(begin + error->place.begin, error->place.size());
    return Failed(std::move(*error));
  }
  return CheckedTerm({Term::Kind::kWords, std::string(text), false, Scope::kAnywhere}, false, place, begin);
}

}  // namespace wirewatch
