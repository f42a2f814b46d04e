// Text to tree, by recursive descent; one function per level of precedence. A function that returns nothing has
// reported why, or the lexer has; parsing goes on behind the mistake, so that one look shows all of them.
// One class of more than 500 lines: its functions call each other and share the place among the tokens.
#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <set>
#include <string>
#include <utility>

#include "base/diagnostic.h"
#include "rules/language/expression.h"
#include "rules/language/expression_lexer.h"
#include "rules/language/expression_shape.h"
#include "rules/language/expression_words.h"
#include "rules/language/missing_operator.h"
#include "rules/language/term_check.h"
#include "rules/language/term_lint.h"
#include "rules/text/half_width.h"

namespace wirewatch {
namespace {

using Token = ExpressionToken;
using Kind = Token::Kind;

constexpr std::uint32_t kMaxNesting = 200;
constexpr std::size_t kMaxTerms = 100'000;

Span Cover(Span a, Span b) { return {std::min(a.begin, b.begin), std::max(a.end, b.end)}; }

// ---- the parser

class Parser {
 public:
  Parser(std::string_view text, const NamedLists& lists, LexedExpression lexed)
      : text_(text),
        lists_(lists),
        tokens_(std::move(lexed.tokens)),
        errors_(std::move(lexed.errors)),
        warnings_(std::move(lexed.warnings)) {}

  ParsedExpression Run() {
    if (Now().kind == Kind::kEnd) {
      Fail({0, 0}, "empty-expression", "there is no expression", "write a term: huawei AND 5G");
      return {std::nullopt, std::move(errors_)};
    }
    auto expression = ParseOr();
    while (Now().kind == Kind::kClose) {
      Fail(Now().place, "unopened-group", "this parenthesis closes nothing",
           "delete it, or put ( where the group begins");
      Next();
      if (IsBinary(Now().kind)) Next();
      if (Now().kind != Kind::kEnd && Now().kind != Kind::kClose) ParseOr();
    }
    if (errors_.empty()) CheckTree(*expression);
    // Those of the lexer came first; a reader goes from left to right.
    const auto in_order = [](const auto& a, const auto& b) { return a.place.begin < b.place.begin; };
    std::stable_sort(errors_.begin(), errors_.end(), in_order);
    std::stable_sort(warnings_.begin(), warnings_.end(), in_order);
    if (!errors_.empty()) expression.reset();
    return {std::move(expression), std::move(errors_), std::move(warnings_)};
  }

 private:
  using Parsed = std::optional<Expression>;

  Parsed ParseOr() { return ParseJoined(Expression::Kind::kOr, Kind::kOr, &Parser::ParseAnd); }

  Parsed ParseAnd() {
    Parsed all = ParseJoined(Expression::Kind::kAnd, Kind::kAnd, &Parser::ParsePair);
    while (
        StartsOperand(Now().kind)) {  // an operator is missing before it: said once, then read on as if it were there
      ReportAdjacent();
      ParseJoined(Expression::Kind::kAnd, Kind::kAnd, &Parser::ParsePair);
      all.reset();
    }
    return all;
  }

  Parsed ParseJoined(Expression::Kind kind, Kind separator, Parsed (Parser::*parse)()) {
    Parsed first = (this->*parse)();
    if (Now().kind != separator) {
      if (kind == Expression::Kind::kAnd) bare_and_ = false;
      return first;
    }
    bool good = first.has_value();
    Expression joined;
    joined.kind = kind;
    const Token* const separator_token = &Now();
    std::optional<std::size_t> mixed;  // the first child that is an AND without parentheses, of OR
    const auto add = [&](Expression child) {
      if (kind == Expression::Kind::kOr && bare_and_ && !mixed) mixed = joined.children.size();
      joined.children.push_back(std::move(child));
    };
    if (good) add(std::move(*first));
    while (Now().kind == separator) {
      Next();
      Parsed operand = (this->*parse)();
      good = good && operand;
      if (good) add(std::move(*operand));
    }
    bare_and_ = kind == Expression::Kind::kAnd;
    if (!good) return std::nullopt;
    joined.place = Cover(joined.children.front().place, joined.children.back().place);
    if (mixed) WarnOfMixedOperators(joined, *mixed, separator_token->place);
    return joined;
  }

  // `huawei OR zte AND ban`: nothing says which of the two readings was meant.
  void WarnOfMixedOperators(const Expression& either, std::size_t mixed, Span first_or) {
    const auto written = [&](const Expression& part) { return std::string(part.place.Of(text_)); };
    const std::string grouped = fmt::format("({})", written(either.children[mixed]));
    warnings_.push_back(
        {first_or, "mixed-operators",
         fmt::format("AND binds tighter than OR: {} is read as a group", grouped.substr(1, grouped.size() - 2)),
         either.children.size() == 2 && mixed == 1
             ? fmt::format("write the parentheses that are meant: {} OR {}, or ({} OR ...) AND ...",
                           written(either.children[0]), grouped, written(either.children[0]))
             : fmt::format("write the parentheses that are meant: {} OR ...", grouped)});
  }

  // NEAR, ONEAR and SAME, each also behind NOT.
  struct PairOperator {
    const Token* token;
    bool negated;
  };

  // The operator that two operands stand around, if one stands here.
  std::optional<PairOperator> PairOperatorHere() const {
    const bool negated = Now().kind == Kind::kNot;
    const Token& token = tokens_[at_ + (negated ? 1 : 0)];
    if (!IsPairOperator(token.kind)) return std::nullopt;
    return PairOperator{&token, negated};
  }

  Parsed ParsePair() {
    Parsed left = ParseNot();
    const auto here = PairOperatorHere();
    if (!here) return left;
    at_ += here->negated ? 2 : 1;
    Parsed right = ParseNot();
    Parsed joined;
    if (CheckPairOperand(left, *here) & CheckPairOperand(right, *here)) {  // both, so that both are reported
      joined = MakePair(std::move(*left), *here, std::move(*right));
    }
    if (const auto second = PairOperatorHere()) {
      Fail(Cover(Now().place, second->token->place), "near-chain", fmt::format("{} cannot be chained", TextOf(*second)),
           fmt::format("join two of them: (a {0} b) AND (b {0} c)", TextOf(*here)));
      while (const auto next = PairOperatorHere()) {
        at_ += next->negated ? 2 : 1;
        ParseNot();
      }
      return std::nullopt;
    }
    return joined;
  }

  Parsed MakePair(Expression left, const PairOperator& pair, Expression right) {
    if ((Regions(left) & Regions(right)) == 0) {
      Fail(Cover(left.place, right.place), "near-scopes",
           fmt::format("the two sides of {} stand in different parts of the article, so it {}", TextOf(pair),
                       pair.negated ? "says nothing more than its left side" : "can never hold"),
           "join them with AND, or give both sides the same prefix");
      return std::nullopt;
    }
    Expression expression;
    expression.kind = pair.token->kind == Kind::kSame ? Expression::Kind::kSame : Expression::Kind::kNear;
    expression.place = Cover(left.place, right.place);
    expression.distance = pair.token->distance;
    expression.ordered = pair.token->ordered;
    expression.unit = pair.token->unit;
    expression.negated = pair.negated;
    expression.children.push_back(std::move(left));
    expression.children.push_back(std::move(right));
    return expression;
  }

  static std::string TextOf(const PairOperator& pair) {
    const Token& token = *pair.token;
    return token.kind == Kind::kSame ? SameText(pair.negated, token.unit)
                                     : NearText(pair.negated, token.ordered, token.distance);
  }

  // False: not usable, and reported.
  bool CheckPairOperand(const Parsed& operand, const PairOperator& pair) {
    if (!operand) return false;
    if (IsPairOperand(*operand)) return true;
    const std::string name = TextOf(pair);
    std::string_view what = "a group with more than OR in it";
    std::string help = fmt::format("write the terms that count, joined by OR, and join the rest with AND");
    switch (operand->kind) {
      case Expression::Kind::kAnd:
        what = "AND";
        help = fmt::format("write one for each: (a {0} c) AND (b {0} c)", name);
        break;
      case Expression::Kind::kNot:
        what = "NOT";
        help = pair.negated ? fmt::format("write {} with plain terms: a {} b", name, name)
                            : fmt::format("if nothing of it may stand there, write: a NOT {} b", name);
        break;
      case Expression::Kind::kNear:
      case Expression::Kind::kSame:
        what = "another NEAR or SAME";
        help = fmt::format("join two of them: (a {0} b) AND (b {0} c)", name);
        break;
      case Expression::Kind::kAtLeast: what = "OF"; break;
      case Expression::Kind::kRepeated:
        what = "a number of occurrences";
        help = fmt::format("join it with AND: {} AND (a {} b)", ToText(*operand), name);
        break;
      case Expression::Kind::kAttribute:
        what = "an attribute, which has no place in the text";
        help = fmt::format("join it with AND: {} AND (a {} b)", ToText(*operand), name);
        break;
      default: break;
    }
    Fail(operand->place, "near-operand",
         fmt::format("{} takes a term, a list or a group of OR on each side, not {}", name, what), std::move(help));
    return false;
  }

  Parsed ParseNot() {
    if (Now().kind != Kind::kNot) return ParsePrimary();
    const Token& token = Next();
    if (!Enter(token.place)) return std::nullopt;
    Parsed operand = ParseNot();
    Leave();
    if (!operand) return std::nullopt;
    Expression expression;
    expression.kind = Expression::Kind::kNot;
    expression.place = Cover(token.place, operand->place);
    expression.children.push_back(std::move(*operand));
    return expression;
  }

  // An operand, and the number of its occurrences, if one stands behind it.
  Parsed ParsePrimary() {
    Parsed operand = ParseOperand();
    if (Now().kind != Kind::kRepeat) return operand;
    const Token& repeat = Next();
    if (!operand) return std::nullopt;
    if (!IsPairOperand(*operand)) {
      Fail(Cover(operand->place, repeat.place), "repeat-operand",
           fmt::format("{} stands behind a term, a list or a group of OR, and counts their places",
                       repeat.place.Of(text_)),
           "write it behind the terms that count; for several different ones: 2 OF (huawei, zte, nokia)");
      return std::nullopt;
    }
    Expression expression;
    expression.kind = Expression::Kind::kRepeated;
    expression.place = Cover(operand->place, repeat.place);
    expression.count = repeat.count;
    expression.children.push_back(std::move(*operand));
    return expression;
  }

  Parsed ParseOperand() {
    const Token& token = Now();
    switch (token.kind) {
      case Kind::kWord:
      case Kind::kPhrase:
      case Kind::kExact:
      case Kind::kRegex: return ParseTerm();
      case Kind::kList: return ParseList();
      case Kind::kAttribute: return ParseAttribute();
      case Kind::kScope: return ParseScoped();
      case Kind::kOpen: return ParseGroup();
      case Kind::kOf: return ParseOf();
      case Kind::kBroken: Next(); return std::nullopt;
      default: ReportMissingTerm(); return std::nullopt;
    }
  }

  Parsed ParseTerm() {
    const Token& token = Next();
    Expression expression;
    expression.place = token.place;
    expression.term.text = token.text;
    expression.term.ignore_case = token.ignore_case;
    expression.term.scope = scope_;
    expression.term.kind = token.kind == Kind::kExact   ? Term::Kind::kExact
                           : token.kind == Kind::kRegex ? Term::Kind::kRegex
                                                        : Term::Kind::kWords;
    const bool in_quotes = text_[token.place.end - 1] == '"';
    const std::size_t quote = token.kind == Kind::kPhrase ? 1
                              : token.kind == Kind::kExact
                                  ? token.place.size() - token.text.size() - (in_quotes ? 1 : 0)
                                  : 0;
    if (auto error = CheckTerm(expression.term, token.place, token.place.begin + quote)) {
      if (token.kind == Kind::kWord && token.text.size() != token.place.size() && error->place != token.place) {
        // The word was read in its half-width form.
        const HalfWidth word(token.place.Of(text_));
        const Span inside = word.Origin(error->place.begin - token.place.begin, error->place.end - token.place.begin);
        error->place = PlaceAt(token.place.begin + inside.begin, inside.size());
      }
      errors_.push_back(std::move(*error));
      return std::nullopt;
    }
    if (!CountTerms(1, token.place)) return std::nullopt;
    LintTerm(expression.term, token.kind == Kind::kPhrase, token.place, token.place.begin + quote, warnings_);
    return expression;
  }

  Parsed ParseList() {
    const Token& token = Next();
    const auto list = lists_.find(token.text);
    if (list == lists_.end()) {
      std::vector<std::string_view> names;
      for (const auto& [name, terms] : lists_) names.push_back(name);
      const std::string_view nearest = Nearest(token.text, names);
      Fail(token.place, "unknown-list", fmt::format("there is no list named '{}'", token.text),
           !nearest.empty() ? fmt::format("did you mean '@{}'?", nearest)
           : names.empty()  ? "this pack has no lists: write them under 'lists:'"
                            : fmt::format("this pack has @{}", fmt::join(names, ", @")));
      return std::nullopt;
    }
    if (!CountTerms(list->second.children.size(), token.place)) return std::nullopt;
    Expression expression = list->second;
    expression.list = token.text;
    expression.place = token.place;
    for (Expression& child : expression.children) {
      child.place = token.place;
      child.term.scope = scope_;
    }
    return expression;
  }

  Parsed ParseAttribute() {
    const Token& token = Next();
    if (scope_ != Scope::kAnywhere) {
      Fail(token.place, "attribute-in-scope",
           fmt::format("'{}' asks about the article, not about a part of its text", Prefix(token.attribute)),
           fmt::format("move it out of '{}' and join it with AND", Prefix(scope_)));
      return std::nullopt;
    }
    Expression expression;
    expression.kind = Expression::Kind::kAttribute;
    expression.place = token.place;
    expression.attribute = token.attribute;
    expression.comparison = token.comparison;
    expression.value = token.text;
    return expression;
  }

  Parsed ParseScoped() {
    const Token& token = Next();
    if (!StartsOperand(Now().kind) || Now().kind == Kind::kNot) {
      Fail(token.place, "empty-scope", fmt::format("'{}' stands before no term", Prefix(token.scope)),
           fmt::format("write it before a term or group: {0}huawei, {0}(huawei OR zte)", Prefix(token.scope)));
      return std::nullopt;
    }
    return ParseWithin(token, [&] { return ParsePrimary(); });
  }

  // What `parse` reads belongs to the prefix `token`.
  template <typename Parse>
  Parsed ParseWithin(const Token& token, Parse parse) {
    const bool fits = Includes(scope_, token.scope);
    if (!fits) {
      Fail(token.place, "nested-scope",
           fmt::format("'{}' cannot stand inside '{}'", Prefix(token.scope), Prefix(scope_)),
           "put the two side by side, joined by AND or OR");
    }
    if (!Enter(token.place)) return std::nullopt;
    const Scope outer = std::exchange(scope_, token.scope);
    Parsed expression = parse();
    scope_ = outer;
    Leave();
    if (!fits) return std::nullopt;
    if (expression) expression->place = Cover(token.place, expression->place);
    return expression;
  }

  Parsed ParseGroup() {
    const Token& open = Next();
    if (Now().kind == Kind::kClose) {
      Fail(Cover(open.place, Next().place), "empty-group", "there is nothing between the parentheses",
           "write a term between them, or delete them");
      return std::nullopt;
    }
    if (!Enter(open.place)) return std::nullopt;
    Parsed inside;
    if (Now().kind == Kind::kEnd) {
      Fail(open.place, "unclosed-group", "this parenthesis is not closed", "put a ) where the group ends");
      return std::nullopt;
    }
    inside = ParseOr();
    Leave();
    if (Now().kind != Kind::kClose) {
      if (!too_deep_) {
        Fail(open.place, "unclosed-group", "this parenthesis is not closed", "put a ) where the group ends");
      }
      return std::nullopt;
    }
    const Token& close = Next();
    if (inside) inside->place = Cover(open.place, close.place);
    return inside;
  }

  Parsed ParseOf() {
    const Token& of = Next();
    Parsed expression;
    if (Now().kind == Kind::kScope) {
      expression = ParseWithin(Next(), [&] { return ParseEntriesOf(of); });
    } else {
      expression = ParseEntriesOf(of);
    }
    if (!expression) return std::nullopt;
    expression->place = Cover(of.place, expression->place);
    const std::size_t entries = expression->children.size();
    if (entries >= expression->count) return expression;
    Fail(expression->place, "of-entries",
         fmt::format("{} of {} can never hold", expression->count,
                     entries == 1 ? "one entry" : fmt::format("{} entries", entries)),
         "write a smaller number, or more entries; a list in parentheses is one entry, and 2 OF @vendors takes its "
         "terms");
    return std::nullopt;
  }

  // A list, or `(a, b, c)`.
  Parsed ParseEntriesOf(const Token& of) {
    Expression expression;
    if (Now().kind == Kind::kList) {
      Parsed list = ParseList();
      if (!list) return std::nullopt;
      expression = *std::move(list);
    } else if (Now().kind != Kind::kOpen) {
      Fail(of.place, "of-entries", fmt::format("{} has no entries", of.place.Of(text_)),
           fmt::format("write {0} (huawei, zte, nokia), or {0} @vendors", of.place.Of(text_)));
      if (StartsOperand(Now().kind)) ParseNot();  // meant as one: not a second mistake
      return std::nullopt;
    } else if (!ParseEntries(expression)) {
      return std::nullopt;
    }
    expression.kind = Expression::Kind::kAtLeast;
    expression.count = of.count;
    return expression;
  }

  // `(a, b, c)`, into the children of `expression`; false: with mistakes, which are reported.
  bool ParseEntries(Expression& expression) {
    const Token& open = Next();
    if (!Enter(open.place)) return false;
    bool good = true;
    std::set<std::string> seen;
    while (true) {
      if (Now().kind == Kind::kComma || Now().kind == Kind::kClose) {
        Fail(Now().place, "of-entries", fmt::format("there is no entry before this {}", Now().place.Of(text_)),
             "write a term there, or delete the comma");
        good = false;
      } else if (Parsed entry = ParseOr()) {
        if (!seen.insert(ToText(*entry)).second) {
          Fail(entry->place, "of-entries", "this entry stands here already, and different ones are counted",
               "delete it; for several occurrences of one term: huawei{3,}");
          good = false;
        }
        expression.children.push_back(std::move(*entry));
      } else {
        good = false;
      }
      if (Now().kind != Kind::kComma) break;
      Next();
    }
    Leave();
    if (Now().kind != Kind::kClose) {
      if (!too_deep_)
        Fail(open.place, "unclosed-group", "this parenthesis is not closed", "put a ) where the group ends");
      return false;
    }
    expression.place = Cover(open.place, Next().place);
    return good;
  }

  // At a token that no term can begin with, where one must be.
  void ReportMissingTerm() {
    if (too_deep_) return;  // the rest is not read
    const Token* before = at_ > 0 ? &tokens_[at_ - 1] : nullptr;
    if (before != nullptr && before->kind == Kind::kNot && IsPairOperator(Now().kind)) {
      Fail(Cover(before->place, Now().place), "missing-term",
           fmt::format("there is no term before NOT {}", Now().place.Of(text_)),
           fmt::format("it stands between two terms, without AND or OR: huawei NOT {} ban", Now().place.Of(text_)));
    } else if (before != nullptr && (IsBinary(before->kind) || before->kind == Kind::kNot)) {
      Fail(before->place, "missing-term", fmt::format("there is no term after {}", before->place.Of(text_)),
           Now().kind == Kind::kEnd || Now().kind == Kind::kClose
               ? fmt::format("write a term after it, or delete the {}", before->place.Of(text_))
               : fmt::format("write a term between {} and {}", before->place.Of(text_), Now().place.Of(text_)));
    } else if (Now().kind != Kind::kClose) {  // which Run() reports as closing nothing
      Fail(Now().place, "missing-term", fmt::format("there is no term before {}", Now().place.Of(text_)),
           fmt::format("write a term before it, or delete the {0}; as a word it is written \"{0}\"",
                       Now().place.Of(text_)));
    }
  }

  // At the second of two terms with no operator between. Words in a row are one mistake.
  void ReportAdjacent() {
    if (too_deep_ || at_ < adjacent_reported_until_) return;
    if (tokens_[at_ - 1].kind == Kind::kBroken || Now().kind == Kind::kBroken)
      return;  // more likely part of that mistake
    MissingOperator missing = FindMissingOperator(text_, tokens_, at_);
    adjacent_reported_until_ = missing.end;
    errors_.push_back(std::move(missing.error));
  }

  void CheckTree(const Expression& expression) {
    if (Depth(expression) > kMaxNesting) {
      Fail(expression.place, "too-deep", fmt::format("more than {} levels of groups", kMaxNesting),
           "split it into several rules");
    } else if (const Expression* part = HoldsOnNothing(expression)) {
      Fail(part->place, "nothing-required", "nothing is required: this holds on nearly every article",
           "join it with AND to a term that must be found");
    }
  }

  bool CountTerms(std::size_t count, Span place) {
    terms_ += count;
    if (terms_ <= kMaxTerms) return true;
    if (terms_ - count <= kMaxTerms) {
      Fail(place, "too-many-terms", fmt::format("more than {} terms, lists written out", kMaxTerms),
           "split it into several rules");
    }
    return false;
  }

  // One level down; false when that is too deep, which ends the parse.
  bool Enter(Span place) {
    if (++depth_ <= kMaxNesting) return true;
    if (!too_deep_) {
      Fail(place, "too-deep", fmt::format("more than {} levels of groups", kMaxNesting), "split it into several rules");
    }
    too_deep_ = true;
    at_ = tokens_.size() - 1;
    return false;
  }
  void Leave() { --depth_; }

  static bool IsPairOperator(Kind kind) { return kind == Kind::kNear || kind == Kind::kSame; }
  static bool IsBinary(Kind kind) { return kind == Kind::kAnd || kind == Kind::kOr || IsPairOperator(kind); }
  static bool StartsOperand(Kind kind) {
    return !IsBinary(kind) && kind != Kind::kClose && kind != Kind::kEnd && kind != Kind::kComma;
  }

  const Token& Now() const { return tokens_[at_]; }
  // The token at hand, stepping over it. REQUIRES: it is not kEnd.
  const Token& Next() { return tokens_[at_++]; }

  void Fail(Span place, std::string code, std::string message, std::string help) {
    errors_.push_back({place, std::move(code), std::move(message), std::move(help)});
  }

  const std::string_view text_;
  const NamedLists& lists_;
  const std::vector<Token> tokens_;
  std::vector<ExpressionError> errors_;
  std::vector<ExpressionError> warnings_;
  bool bare_and_ = false;  // what was read last is an AND without parentheses around it
  std::size_t at_ = 0;
  Scope scope_ = Scope::kAnywhere;  // of the prefix before the group at hand
  std::uint32_t depth_ = 0;
  bool too_deep_ = false;
  std::size_t terms_ = 0;
  std::size_t adjacent_reported_until_ = 0;  // token index
};

}  // namespace

ParsedExpression ParseExpression(std::string_view text, const NamedLists& lists) {
  if (auto error = CheckText(text)) return {std::nullopt, {std::move(*error)}};
  return Parser(text, lists, LexExpression(text)).Run();
}

}  // namespace wirewatch
