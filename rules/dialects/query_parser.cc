#include "rules/dialects/query_parser.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <string>
#include <utility>

#include "base/text/ascii.h"
#include "base/text/numbers.h"
#include "base/text/utf8.h"
#include "rules/dialects/query_lexer.h"

namespace wirewatch {
namespace {

using Token = QueryToken;
using Kind = Token::Kind;

// Of groups: an expression may have 200, and some parts become two levels there.
constexpr int kMostLevels = 150;

class Parser {
 public:
  Parser(Dialect dialect, LexedQuery lexed, bool and_between)
      : dialect_(dialect), traits_(TraitsOf(dialect)), tokens_(std::move(lexed.tokens)), and_between_(and_between) {
    notes_ = std::move(lexed.notes);
  }

  ParsedQuery Run() {
    std::optional<Query> query;
    while (true) {
      auto part = ParseLevel();
      if (part) query = query ? Join(Query::Kind::kAnd, *std::move(query), *std::move(part)) : std::move(part);
      if (Now().kind != Kind::kClose) break;
      Mistake(Next().place, "this parenthesis closes nothing and is left out");
    }
    if (too_deep_) query.reset();
    if (!query)
      Fail({0, 1}, too_deep_ ? fmt::format("it has more than {} levels of groups", kMostLevels)
                             : "there is nothing to look for in it");
    return {std::move(query), std::move(notes_)};
  }

 private:
  using Parsed = std::optional<Query>;
  bool lucene() const { return dialect_ == Dialect::kLucene; }
  bool lexis() const { return dialect_ == Dialect::kLexisNexis; }

  Parsed ParseLevel() { return lucene() ? ParseClauses() : ParseFrom(1); }

  // ---- The dialects with precedence. The greater the power, the tighter it binds.

  static constexpr int kLexisOr = 100'000, kNearPower = 1000, kNearest = 300;

  int PowerOf(const Token& token, const Token& behind) const {
    switch (token.kind) {
      case Kind::kOr: return lexis() ? kLexisOr : 1;
      case Kind::kAnd: return lexis() && behind.kind != Kind::kNot ? 20 : 10;
      case Kind::kNot:  // `a NOT b`, `a NOT NEAR/5 b`
        return behind.kind == Kind::kNear || behind.kind == Kind::kSame ? PowerOf(behind, behind) : 10;
      case Kind::kSegment: return 30;
      case Kind::kSame: return token.unit == TextUnit::kParagraph ? 40 : 50;
      case Kind::kNear:  // in LexisNexis the smaller distance first
        return kNearPower + (lexis() ? kNearest - static_cast<int>(std::min<std::uint32_t>(token.distance, 255)) : 0);
      case Kind::kClose:
      case Kind::kEnd: return 0;
      default: return lexis() ? 20 : 10;  // nothing between
    }
  }

  Parsed ParseFrom(int least) {
    if (++level_ > kMostLevels * 4) return TooDeep();
    Parsed left = ParseUnary();
    while (true) {
      const Token& op = Now();
      const int power = PowerOf(op, Behind());
      if (power == 0 || power < least) break;
      const bool operator_here = IsOperator(op.kind);
      bool negated = false;
      Token read = op;
      if (operator_here) {
        Next();
        if (op.kind == Kind::kNot && (Now().kind == Kind::kNear || Now().kind == Kind::kSame)) {
          negated = true;
          read = Next();
        } else if (op.kind == Kind::kAnd && Now().kind == Kind::kNot) {
          read = Next();
        }
      } else if (op.kind != Kind::kMinus && !std::exchange(told_adjacent_, true)) {
        Note(op.place, "adjacent", QueryEffect::kNone, "nothing stands between these two terms: read as AND",
             "write the operator that is meant, or put a phrase in quotes");
      }
      Parsed right = ParseFrom(power + 1);
      if (!right) {
        Mistake(read.place,
                operator_here ? "there is no term after this operator, which is left out" : "this is left out");
        if (Now().kind != Kind::kClose && Now().kind != Kind::kEnd && !operator_here) Next();
        continue;
      }
      if (!left) {
        Mistake(read.place, "there is no term before this operator, which is left out");
        left = std::move(right);
        continue;
      }
      left = Combine(read, negated, *std::move(left), *std::move(right));
    }
    --level_;
    return left;
  }

  static bool IsOperator(Kind kind) {
    return kind == Kind::kAnd || kind == Kind::kOr || kind == Kind::kNot || kind == Kind::kNear ||
           kind == Kind::kSame || kind == Kind::kSegment;
  }

  Query Combine(const Token& op, bool negated, Query left, Query right) {
    switch (op.kind) {
      case Kind::kOr: return Join(Query::Kind::kOr, std::move(left), std::move(right));
      case Kind::kNot: return Join(Query::Kind::kAnd, std::move(left), Negated(std::move(right), op.place));
      case Kind::kNear:
      case Kind::kSame: return Pair(op, negated, std::move(left), std::move(right));
      case Kind::kSegment:
        Note(op.place, "no-equal", QueryEffect::kWidened,
             "parts of an article cannot be asked for the same one: AND was written, which holds over all parts",
             "write title:( ) around both where the headline is meant");
        return Join(Query::Kind::kAnd, std::move(left), std::move(right));
      default: return Join(Query::Kind::kAnd, std::move(left), std::move(right));
    }
  }

  Query Pair(const Token& op, bool negated, Query left, Query right) {
    if (IsDeepPair(left)) {
      Note(op.place, "no-equal", QueryEffect::kWidened,
           "a chain of so many terms near each other: AND was written for the rest", "");
      return Join(Query::Kind::kAnd, std::move(left), std::move(right));
    }
    Query pair;
    pair.kind = op.kind == Kind::kNear ? Query::Kind::kNear : Query::Kind::kSame;
    pair.place = Cover(left.place, right.place);
    pair.distance = op.distance;
    pair.ordered = op.ordered;
    pair.unit = op.unit;
    pair.negated = negated;
    pair.children.push_back(std::move(left));
    pair.children.push_back(std::move(right));
    return pair;
  }

  Parsed ParseUnary() {
    const Token& token = Now();
    switch (token.kind) {
      case Kind::kNot:
      case Kind::kMinus: {
        const Token sign = Next();
        if (++level_ > kMostLevels * 4) return TooDeep();
        Parsed operand = sign.kind == Kind::kMinus ? ParseUnary() : ParseFrom(lexis() ? 30 : 40);
        --level_;
        if (!operand) {
          Mistake(sign.place, "there is no term after this, which is left out");
          return std::nullopt;
        }
        return Negated(*std::move(operand), sign.place);
      }
      case Kind::kPlus: Next(); return ParseUnary();
      case Kind::kTilde:
      case Kind::kBoost: Next(); return std::nullopt;
      default: return ParsePrimary();
    }
  }

  // ---- Lucene

  struct Clause {
    enum class Occur : std::uint8_t { kShould, kMust, kMustNot };
    Occur occur = Occur::kShould;
    Query query;
  };

  // The rules of Lucene's QueryParserBase.addClause: an operator changes the clauses beside it, and AND and OR have no
  // precedence.
  Parsed ParseClauses() {
    using Occur = Clause::Occur;
    std::vector<Clause> clauses;
    bool saw_and = false, saw_or = false;
    const Span from = Now().place;
    while (Now().kind != Kind::kClose && Now().kind != Kind::kEnd) {
      const Token first = Now();
      const bool with_and = first.kind == Kind::kAnd, with_or = first.kind == Kind::kOr;
      if (with_and || with_or) Next();
      (with_and ? saw_and : saw_or) |= with_and || with_or;
      bool required = false, prohibited = false;
      while (Now().kind == Kind::kNot || Now().kind == Kind::kMinus || Now().kind == Kind::kPlus) {
        const Kind sign = Next().kind;
        required = sign == Kind::kPlus;
        prohibited = sign != Kind::kPlus;
      }
      const Span before = Now().place;
      Parsed operand = ParsePrimary();
      while (operand && (Now().kind == Kind::kNear || Now().kind == Kind::kSame)) {
        const Token op = Next();
        Note(op.place, "foreign-operator", QueryEffect::kNone,
             "Lucene has no such operator: read as what other languages mean by it", "");
        if (auto right = ParsePrimary()) {
          operand = Pair(op, false, *std::move(operand), *std::move(right));
        } else {
          Mistake(op.place, "there is no term after this operator, which is left out");
        }
      }
      if (!operand) {
        if (with_and || with_or) Mistake(first.place, "there is no term after this operator, which is left out");
        // What no operand begins with and no operator is read by: else this would be for ever.
        const Kind kind = Now().kind;
        if (Now().place == before && kind != Kind::kClose && kind != Kind::kAnd && kind != Kind::kOr) Next();
        continue;
      }
      if (!clauses.empty() && clauses.back().occur != Occur::kMustNot) {
        if (with_and) clauses.back().occur = Occur::kMust;
        if (and_between_ && with_or) clauses.back().occur = Occur::kShould;
      }
      if (and_between_) {
        required = !prohibited && !with_or;
      } else {
        required = required || (with_and && !prohibited);
      }
      clauses.push_back({prohibited ? Occur::kMustNot : required ? Occur::kMust : Occur::kShould, *std::move(operand)});
    }
    return OfClauses(std::move(clauses), from, saw_and && saw_or);
  }

  Parsed OfClauses(std::vector<Clause> clauses, Span from, bool mixed) {
    using Occur = Clause::Occur;
    if (clauses.empty()) return std::nullopt;
    const bool any_must =
        std::any_of(clauses.begin(), clauses.end(), [](const Clause& c) { return c.occur == Occur::kMust; });
    if (mixed) {
      Note(from, "mixed-operators", QueryEffect::kNone,
           "AND and OR without parentheses: Lucene has no precedence, it takes the terms beside an AND for required",
           "write the parentheses that are meant, in the original too");
    }
    Parsed holds, rest;
    for (Clause& clause : clauses) {
      if (clause.occur == Occur::kMustNot) {
        const Span place = clause.query.place;
        Add(rest, Query::Kind::kAnd, Negated(std::move(clause.query), place));
      } else if (clause.occur == Occur::kShould && any_must) {
        Note(clause.query.place, "only-scores", QueryEffect::kNone,
             "beside required terms this one is optional: it changes the score alone, and is left out",
             "put + or AND before it where it is required");
      } else {
        Add(holds, any_must ? Query::Kind::kAnd : Query::Kind::kOr, std::move(clause.query));
      }
    }
    if (!holds) return rest;
    if (rest) holds = Join(Query::Kind::kAnd, *std::move(holds), *std::move(rest));
    return holds;
  }

  static void Add(Parsed& to, Query::Kind kind, Query query) {
    to = to ? Join(kind, *std::move(to), std::move(query)) : std::move(query);
  }

  // ---- Operands

  Parsed ParsePrimary() {
    const Token& token = Now();
    switch (token.kind) {
      case Kind::kWord:
      case Kind::kPhrase:
      case Kind::kExact: return ParseText();
      case Kind::kRegex: {
        Query query = Leaf(Query::Kind::kRegex, Next());
        return Suffixed(std::move(query));
      }
      case Kind::kRange: {
        const Token range = Next();
        Query query = Leaf(Query::Kind::kRange, range);
        query.low = range.low;
        query.high = range.high;
        query.low_counts = range.low_counts;
        query.high_counts = range.high_counts;
        return Suffixed(std::move(query));
      }
      case Kind::kOpen: return ParseGroup();
      case Kind::kField: return ParseField();
      case Kind::kFunction: return ParseFunction();
      default: return std::nullopt;
    }
  }

  static Query Leaf(Query::Kind kind, const Token& token) {
    Query query;
    query.kind = kind;
    query.place = token.place;
    query.text = token.text;
    return query;
  }

  Parsed ParseText() {
    const Token& token = Next();
    Query query = Leaf(Query::Kind::kText, token);
    query.quoted = token.kind != Kind::kWord;
    query.exact_case = token.kind == Kind::kExact;
    if (!traits_.functions || token.kind != Kind::kWord) return Suffixed(std::move(query));
    if (auto compared = ParseLexisComparison(token)) return compared;
    bool alone = true;
    while (Now().kind == Kind::kWord) {  // words side by side are a phrase
      const Token& more = Next();
      query.text += ' ';
      query.text += more.text;
      query.place.end = more.place.end;
      alone = false;
    }
    return alone ? WithOptionalLetters(std::move(query)) : std::move(query);
  }

  // `bank*` of LexisNexis: one letter more, or none.
  static Query WithOptionalLetters(Query query) {
    std::size_t letters = 0;
    while (letters < query.text.size() && query.text.end()[-1 - static_cast<std::ptrdiff_t>(letters)] == '?') ++letters;
    if (letters == 0 || letters > 3 || letters == query.text.size()) return query;
    Query any;
    any.kind = Query::Kind::kOr;
    any.place = query.place;
    for (std::size_t left = 0; left <= letters; ++left) {
      any.children.push_back(query);
      any.children.back().text.resize(query.text.size() - letters + left);
    }
    return any;
  }

  // `length > 500`, `date after 2024`.
  Parsed ParseLexisComparison(const Token& name) {
    const std::string lower = AsciiLowerCase(name.text);
    if ((lower != "length" && lower != "date") || Now().kind != Kind::kWord) return std::nullopt;
    const std::string sign = AsciiLowerCase(Now().text);
    const bool more = sign == ">" || sign == ">=" || sign == "aft" || sign == "after";
    const bool less = sign == "<" || sign == "<=" || sign == "bef" || sign == "before";
    if ((!more && !less) || at_ + 1 >= tokens_.size() || tokens_[at_ + 1].kind != Kind::kWord) return std::nullopt;
    Next();
    const Token& value = Next();
    Query range;
    range.kind = Query::Kind::kRange;
    range.place = Cover(name.place, value.place);
    (more ? range.low : range.high) = value.text;
    (more ? range.low_counts : range.high_counts) = sign.ends_with('=');
    return InField(lower, range.place, std::move(range));
  }

  // What stands directly behind an operand: ~2, ^3.
  Parsed Suffixed(Query query) {
    while (true) {
      const Token& token = Now();
      if (token.place.begin != query.place.end) break;
      if (token.kind == Kind::kBoost) {
        if (!told_boost_)
          Note(token.place, "boost", QueryEffect::kNone,
               "weights of terms are not supported, and change nothing in what is found: left out",
               "a rule has a score");
        told_boost_ = true;
      } else if (token.kind == Kind::kTilde) {
        ApplyTilde(query, token);
      } else {
        break;
      }
      query.place.end = Next().place.end;
    }
    return query;
  }

  void ApplyTilde(Query& query, const Token& tilde) {
    const auto number = ParseNumber<std::uint32_t>(tilde.text);
    if (query.kind == Query::Kind::kText && (query.quoted || !lucene())) {
      query.slop = number.value_or(traits_.bare_near);
      query.slop_counts_moves = lucene() || dialect_ == Dialect::kBrandwatch;
    } else if (query.kind == Query::Kind::kText) {
      // ~0.8 was a likeness once; without a number it goes by the length of the word, as in Elasticsearch.
      const std::size_t letters = CountCharacters(query.text);
      const std::uint32_t automatic = letters < 3 ? 0 : letters < 6 ? 1 : 2;
      query.edits = std::min<std::uint32_t>(number.value_or(tilde.text.empty() ? automatic : 1), 2);
    } else if (query.kind == Query::Kind::kAnd && query.children.size() > 1) {
      // (a AND b)~5: near each other.
      Query chain = query.children.front();
      Token near = tilde;
      near.kind = Kind::kNear;
      near.distance = number.value_or(traits_.bare_near);
      for (std::size_t i = 1; i < query.children.size(); ++i) {
        chain = Pair(near, false, std::move(chain), query.children[i]);
      }
      chain.place = query.place;
      query = std::move(chain);
    } else {
      Note(tilde.place, "no-equal", QueryEffect::kWidened, "'~' means nothing behind this, and is left out", "");
    }
  }

  Parsed ParseGroup() {
    const Token open = Next();
    if (++groups_ > kMostLevels) return TooDeep();
    Parsed inside = ParseLevel();
    --groups_;
    Span place = open.place;
    if (Now().kind == Kind::kClose) {
      place.end = Next().place.end;
    } else if (!too_deep_) {
      Mistake(open.place, "this parenthesis is not closed; the group is read to the end of the query");
      if (inside) place.end = inside->place.end;
    }
    if (!inside) {
      if (!too_deep_) Mistake(place, "there is nothing between the parentheses, which are left out");
      return std::nullopt;
    }
    inside->place = place;
    return Suffixed(*std::move(inside));
  }

  Parsed ParseField() {
    const Token field = Next();
    if (++groups_ > kMostLevels) return TooDeep();
    Parsed operand;
    if (Now().kind == Kind::kMinus || Now().kind == Kind::kNot) {
      operand = ParseUnaryOfField();
    } else {
      operand = ParsePrimary();
    }
    --groups_;
    if (!operand) {
      Mistake(field.place, "this field stands before nothing, and is left out");
      return std::nullopt;
    }
    const Span place = Cover(field.place, operand->place);
    return InField(field.text, place, *std::move(operand));
  }

  Parsed ParseUnaryOfField() {
    const Token sign = Next();
    Parsed operand = ParsePrimary();
    if (!operand) return std::nullopt;
    return Negated(*std::move(operand), sign.place);
  }

  static Query InField(std::string name, Span place, Query operand) {
    Query query;
    query.kind = Query::Kind::kField;
    query.place = place;
    query.text = std::move(name);
    query.children.push_back(std::move(operand));
    return query;
  }

  // ATLEAST5(...), ALLCAPS(...), HLEAD(...), and any other segment, as a field.
  Parsed ParseFunction() {
    const Token function = Next();
    if (++groups_ > kMostLevels) return TooDeep();
    Parsed inside = ParseLevel();
    --groups_;
    Span place = function.place;
    if (Now().kind == Kind::kClose) {
      place.end = Next().place.end;
    } else if (!too_deep_) {
      Mistake(function.place, "this parenthesis is not closed; it is read to the end of the query");
    }
    if (!inside) return std::nullopt;
    const std::string& name = function.text;
    if (name == "ATLEAST") {
      Query query;
      query.kind = Query::Kind::kRepeated;
      query.place = place;
      query.count = function.distance;
      query.children.push_back(*std::move(inside));
      return query;
    }
    if (name == "ALLCAPS" || name == "NOCAPS" || name == "CAPS") {
      SetCase(*inside, name);
      if (name == "CAPS")
        Note(place, "no-equal", QueryEffect::kNarrowed,
             "CAPS( ) is any capital letter in the word: written as capitalised, or all in capitals", "");
      inside->place = place;
      return inside;
    }
    if (name == "SINGULAR" || name == "PLURAL") {
      Note(place, "no-equal", QueryEffect::kWidened,
           fmt::format("{}( ) cannot be asked for: the word is looked for as it is written", name),
           "=Bank asks for exactly these letters");
      inside->place = place;
      return inside;
    }
    return InField(AsciiLowerCase(name), place, *std::move(inside));
  }

  static void SetCase(Query& query, std::string_view name) {
    for (Query& child : query.children) SetCase(child, name);
    if (query.kind != Query::Kind::kText) return;
    query.exact_case = true;
    std::string upper = query.text;
    std::transform(upper.begin(), upper.end(), upper.begin(), AsciiUpper);
    std::string lower = AsciiLowerCase(query.text);
    if (name == "NOCAPS") {
      query.text = std::move(lower);
    } else if (name == "ALLCAPS") {
      query.text = std::move(upper);
    } else {
      std::string capitalised = lower;
      for (std::size_t i = 0; i < capitalised.size(); ++i) {
        if (i == 0 || capitalised[i - 1] == ' ') capitalised[i] = AsciiUpper(capitalised[i]);
      }
      Query other = query;
      query.text = std::move(capitalised);
      other.text = std::move(upper);
      query = Join(Query::Kind::kOr, query, std::move(other));
    }
  }

  // ---- Helpers

  static Span Cover(Span a, Span b) { return {std::min(a.begin, b.begin), std::max(a.end, b.end)}; }

  // A child of the same kind without parentheses of its own is taken in.
  static Query Join(Query::Kind kind, Query left, Query right) {
    if (left.kind == kind) {
      left.place = Cover(left.place, right.place);
      left.children.push_back(std::move(right));
      return left;
    }
    Query both;
    both.kind = kind;
    both.place = Cover(left.place, right.place);
    both.children.push_back(std::move(left));
    both.children.push_back(std::move(right));
    return both;
  }

  static Query Negated(Query query, Span sign) {
    Query negation;
    negation.kind = Query::Kind::kNot;
    negation.place = Cover(sign, query.place);
    negation.children.push_back(std::move(query));
    return negation;
  }

  Parsed TooDeep() {
    too_deep_ = true;
    at_ = tokens_.size() - 1;
    return std::nullopt;
  }

  const Token& Now() const { return tokens_[at_]; }
  const Token& Behind() const { return tokens_[std::min(at_ + 1, tokens_.size() - 1)]; }
  const Token& Next() { return tokens_[at_ + 1 < tokens_.size() ? at_++ : at_]; }

  void Note(Span place, std::string code, QueryEffect effect, std::string message, std::string help) {
    notes_.push_back({place, std::move(code), effect, std::move(message), std::move(help), false});
  }
  void Mistake(Span place, std::string message) {
    if (too_deep_) return;
    Note(place, "syntax", QueryEffect::kChanged, std::move(message), "look at it in the original");
  }
  void Fail(Span place, std::string message) {
    notes_.push_back({place, "not-imported", QueryEffect::kNarrowed, std::move(message), "", true});
  }

  const Dialect dialect_;
  const DialectTraits& traits_;
  const std::vector<Token> tokens_;
  const bool and_between_;
  std::vector<QueryNote> notes_;
  std::size_t at_ = 0;
  int groups_ = 0, level_ = 0;
  bool too_deep_ = false, told_adjacent_ = false, told_boost_ = false;
};

}  // namespace

ParsedQuery ParseQuery(Dialect dialect, std::string_view text, bool and_between) {
  const std::size_t invalid = FirstInvalidUtf8(text);
  if (invalid < text.size()) {
    const auto at = static_cast<std::uint32_t>(invalid);
    return {std::nullopt,
            {{{at, at + 1}, "encoding", QueryEffect::kNarrowed, "this is not UTF-8", "save the file as UTF-8", true}}};
  }
  return Parser(dialect, LexQuery(dialect, text), and_between).Run();
}

}  // namespace wirewatch
