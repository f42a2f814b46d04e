#include "rules/dialects/query_translation.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "base/text/ascii.h"
#include "base/text/numbers.h"
#include "base/text/trim.h"
#include "rules/dialects/query_term.h"
#include "rules/language/attribute_value.h"
#include "rules/language/expression_lexer.h"
#include "rules/language/expression_shape.h"
#include "rules/language/expression_words.h"

namespace wirewatch {
namespace {

using Translated = std::optional<Expression>;

constexpr std::uint32_t kFarApart = 300;        // words; as of a phrase
constexpr std::size_t kMostWrittenOut = 2'000;  // pairs that one NEAR of groups becomes

struct LanguageName {
  std::string_view name, code;
};
constexpr std::array<LanguageName, 24> kLanguages = {{
    {"english", "en"},  {"german", "de"},     {"french", "fr"},  {"spanish", "es"},   {"dutch", "nl"},
    {"polish", "pl"},   {"czech", "cs"},      {"slovak", "sk"},  {"romanian", "ro"},  {"bulgarian", "bg"},
    {"italian", "it"},  {"portuguese", "pt"}, {"russian", "ru"}, {"ukrainian", "uk"}, {"chinese", "zh"},
    {"japanese", "ja"}, {"korean", "ko"},     {"arabic", "ar"},  {"turkish", "tr"},   {"swedish", "sv"},
    {"danish", "da"},   {"norwegian", "no"},  {"finnish", "fi"}, {"greek", "el"},
}};

QueryEffect Inverse(QueryEffect effect) {
  if (effect == QueryEffect::kWidened) return QueryEffect::kNarrowed;
  return effect == QueryEffect::kNarrowed ? QueryEffect::kWidened : effect;
}

// What an operator between two operands is, without them.
struct PairKind {
  Expression::Kind kind = Expression::Kind::kNear;
  std::uint32_t distance = 0;
  bool ordered = false, negated = false;
  TextUnit unit = TextUnit::kSentence;
};

class Translator {
 public:
  explicit Translator(const TranslationOptions& options) : options_(options) {}

  TranslatedQuery Run(const Query& query) {
    Translated expression = Translate(query, {});
    if (!expression) {
      notes_.push_back(
          {query.place, "not-imported", QueryEffect::kNarrowed, "nothing is left of this query", "", true});
      open_.clear();
    }
    Settle(0, QueryEffect::kNarrowed);
    return {std::move(expression), std::move(notes_)};
  }

 private:
  // What the fields around a part say of it.
  struct Context {
    Scope scope = Scope::kAnywhere;
    bool exact = false;
    std::optional<Attribute> attribute = std::nullopt;
  };

  Translated Translate(const Query& query, const Context& context) {
    switch (query.kind) {
      case Query::Kind::kText: return context.attribute ? AttributeOf(query, context) : TextOf(query, context);
      case Query::Kind::kRegex:
        if (context.attribute) return LeaveOut(query.place, "a regular expression on what is no text");
        return TermIn(query, context);
      case Query::Kind::kRange: return RangeOf(query, context);
      case Query::Kind::kNoEqual: return LeaveOut(query.place, query.text);
      case Query::Kind::kAnd: return Group(Expression::Kind::kAnd, query, context);
      case Query::Kind::kOr: return Group(Expression::Kind::kOr, query, context);
      case Query::Kind::kNot: {
        const std::size_t from = notes_.size();
        Translated inside = Translate(query.children[0], context);
        Invert(from);
        if (!inside) return std::nullopt;
        return Negation(*std::move(inside));
      }
      case Query::Kind::kNear:
      case Query::Kind::kSame: return Pair(query, context);
      case Query::Kind::kAtLeast: return AtLeast(query, context);
      case Query::Kind::kRepeated: return Repeated(query, context);
      case Query::Kind::kField: return Field(query, context);
    }
    return std::nullopt;
  }

  // ---- Terms

  Translated TextOf(const Query& query, const Context& context) {
    if (!context.exact) return TermIn(query, context);
    Query exact = query;
    exact.exact_case = true;
    return TermIn(exact, context);
  }

  Translated TermIn(const Query& query, const Context& context) {
    const std::size_t from = notes_.size();
    Translated term = TermOfQuery(query, context.scope, notes_);
    if (!term) {  // the last note says why
      Open(notes_.size() - 1, fmt::format("cannot be looked for: {}", notes_.back().message));
      return term;
    }
    if (notes_.size() == from && options_.plurals && IsPluralised(query)) {
      std::vector<Expression> numbers = {*term,
                                         TermExpression(Term::Kind::kWords, PluralOf(query.text), context.scope)};
      return Joined(Expression::Kind::kOr, std::move(numbers));
    }
    return term;
  }

  static bool IsPluralised(const Query& query) {
    const std::string& text = query.text;
    return query.kind == Query::Kind::kText && !query.quoted && !query.exact_case && text.size() > 2 &&
           !text.ends_with('s') && std::all_of(text.begin(), text.end(), [](char c) { return c >= 'a' && c <= 'z'; });
  }
  static std::string PluralOf(const std::string& word) {
    const auto ends = [&](std::string_view end) { return word.ends_with(end); };
    if (ends("y") && std::string_view("aeiou").find(word[word.size() - 2]) == std::string_view::npos) {
      return word.substr(0, word.size() - 1) + "ies";
    }
    return word + (ends("x") || ends("z") || ends("ch") || ends("sh") ? "es" : "s");
  }

  // ---- Attributes

  static Expression AttributeIs(Attribute attribute, Comparison comparison, std::string value) {
    Expression expression;
    expression.kind = Expression::Kind::kAttribute;
    expression.attribute = attribute;
    expression.comparison = comparison;
    expression.value = std::move(value);
    return expression;
  }

  Translated AttributeOf(const Query& query, const Context& context) {
    const Attribute attribute = *context.attribute;
    std::string value(Trimmed(query.text));
    std::erase(value, '"');
    std::replace_if(
        value.begin(), value.end(), [](char c) { return static_cast<unsigned char>(c) < ' '; }, ' ');
    const std::string_view prefix = Prefix(attribute);
    if (attribute == Attribute::kSource) value = HostLike(std::move(value));
    if (attribute == Attribute::kLanguage) {
      value = AsciiLowerCase(value);
      const auto named =
          std::find_if(kLanguages.begin(), kLanguages.end(), [&](const auto& l) { return l.name == value; });
      if (named != kLanguages.end()) value = named->code;
      std::replace(value.begin(), value.end(), '_', '-');
    }
    const std::string_view checked =
        std::string_view(value).substr(value.starts_with("*.") && attribute == Attribute::kSource ? 1 : 0);
    if (checked.find_first_of("*?") != std::string_view::npos) {
      return LeaveOut(query.place, fmt::format("{} takes no wildcards", prefix));
    }
    if (value.empty() || !FitsAttribute(attribute, value) || attribute == Attribute::kPublished) {
      return LeaveOut(query.place, fmt::format("'{}' is no value that {} can have", value, prefix),
                      fmt::format("{}{}", prefix, AttributeExample(attribute)));
    }
    return AttributeIs(attribute, Comparison::kIs, std::move(value));
  }

  // `https://www.example.com/news/*` is example.com; a name stays a name.
  static std::string HostLike(std::string value) {
    if (const std::size_t scheme = value.find("://"); scheme != std::string::npos) value.erase(0, scheme + 3);
    if (const std::size_t path = value.find('/'); path != std::string::npos && value.find(' ') == std::string::npos)
      value.resize(path);
    if (BeginsInAnyCase(value, "www.")) value.erase(0, 4);
    return value;
  }

  Translated RangeOf(const Query& query, const Context& context) {
    if (!context.attribute || !IsNumber(*context.attribute)) {
      return LeaveOut(query.place, "a range of words or dates",
                      "published: < 48h asks for the age of an article, words: >= 200 for its length");
    }
    const Attribute attribute = *context.attribute;
    std::vector<Expression> bounds;
    if (attribute == Attribute::kPublished) {
      // Since `now-48h` is an age of at most 48h.
      const std::string_view low = query.low;
      const std::string_view age = low.starts_with("now-") ? low.substr(4, low.find('/') - 4) : "";
      if (age.empty() || !FitsAttribute(attribute, age)) {
        return LeaveOut(query.place, "a date", "published: < 48h asks for the age of an article");
      }
      return AttributeIs(attribute, query.low_counts ? Comparison::kAtMost : Comparison::kLess, std::string(age));
    }
    for (const bool low : {true, false}) {
      const std::string& value = low ? query.low : query.high;
      if (value.empty()) continue;
      if (!FitsAttribute(attribute, value))
        return LeaveOut(query.place, fmt::format("'{}' is no number that {} can have", value, Prefix(attribute)));
      const bool counts = low ? query.low_counts : query.high_counts;
      const Comparison comparison = low ? (counts ? Comparison::kAtLeast : Comparison::kMore)
                                        : (counts ? Comparison::kAtMost : Comparison::kLess);
      bounds.push_back(AttributeIs(attribute, comparison, value));
    }
    if (bounds.empty()) return LeaveOut(query.place, "a range without bounds");
    return Joined(Expression::Kind::kAnd, std::move(bounds));
  }

  Translated Field(const Query& query, Context context) {
    const FieldMeaning meaning = MeaningOfField(options_.dialect, query.text, options_.fields);
    switch (meaning.kind) {
      case FieldMeaning::Kind::kScope:
        context.scope = meaning.scope;
        context.attribute.reset();
        break;
      case FieldMeaning::Kind::kAttribute: context.attribute = meaning.attribute; break;
      case FieldMeaning::Kind::kExact: context.exact = true; break;
      case FieldMeaning::Kind::kNone: return LeaveOut(query.place, fmt::format("'{}:'", query.text), meaning.way_out);
      case FieldMeaning::Kind::kUnknown: {
        if (query.text == "_exists_" || query.text == "*")
          return LeaveOut(query.place, fmt::format("'{}:'", query.text));
        const std::size_t from = notes_.size();
        Translated inside = Translate(query.children[0], context);
        if (inside && notes_.size() == from) {
          Note(query.place, QueryEffect::kWidened,
               fmt::format("the field '{}:' is not known: it is looked for in the whole text", query.text),
               fmt::format("--field {}=title, or body, lead, lang, country, source, tag, section; {}=text says that "
                           "this is right",
                           query.text, query.text));
        }
        return inside;
      }
    }
    return Translate(query.children[0], context);
  }

  // ---- Groups

  static Expression Negation(Expression inside) {
    if (inside.kind == Expression::Kind::kNot) {
      Expression twice = std::move(inside.children[0]);
      return twice;
    }
    Expression negation;
    negation.kind = Expression::Kind::kNot;
    negation.children.push_back(std::move(inside));
    return negation;
  }

  Translated Group(Expression::Kind kind, const Query& query, const Context& context) {
    const std::size_t from = notes_.size();
    std::vector<Expression> parts;
    for (const Query& child : query.children) {
      if (Translated part = Translate(child, context)) parts.push_back(*std::move(part));
    }
    if (parts.empty()) return std::nullopt;
    Settle(from, kind == Expression::Kind::kAnd ? QueryEffect::kWidened : QueryEffect::kNarrowed);
    return Joined(kind, std::move(parts));
  }

  Translated AtLeast(const Query& query, const Context& context) {
    const std::size_t from = notes_.size();
    std::vector<Expression> parts;
    std::set<std::string> said;
    std::uint32_t count = query.count;
    for (const Query& child : query.children) {
      Translated part = Translate(child, context);
      if (part && said.insert(ToText(*part)).second) parts.push_back(*std::move(part));
    }
    if (parts.empty()) return std::nullopt;
    Settle(from, QueryEffect::kNarrowed);
    if (count > parts.size()) {
      Note(query.place, QueryEffect::kChanged,
           fmt::format("{} of {} clauses: all of them were taken", count, parts.size()));
      count = static_cast<std::uint32_t>(parts.size());
    }
    if (count > kMaxOfCount) {
      Note(query.place, QueryEffect::kWidened, fmt::format("{} of so many: {} were written", count, kMaxOfCount));
      count = kMaxOfCount;
    }
    if (count <= 1) return Joined(Expression::Kind::kOr, std::move(parts));
    if (count == parts.size()) return Joined(Expression::Kind::kAnd, std::move(parts));
    Expression some;
    some.kind = Expression::Kind::kAtLeast;
    some.count = count;
    some.children = std::move(parts);
    return some;
  }

  Translated Repeated(const Query& query, const Context& context) {
    Translated inside = Translate(query.children[0], context);
    if (!inside || query.count < kMinRepeats) return inside;
    if (query.count > kMaxRepeats)
      Note(query.place, QueryEffect::kWidened,
           fmt::format("{} occurrences: {} were written", query.count, kMaxRepeats));
    return Repeat(*std::move(inside), std::min(query.count, kMaxRepeats), query.place);
  }

  Expression Repeat(Expression inside, std::uint32_t count, Span place) {
    if (IsPairOperand(inside)) {
      Expression repeated;
      repeated.kind = Expression::Kind::kRepeated;
      repeated.count = count;
      repeated.children.push_back(std::move(inside));
      return repeated;
    }
    if (inside.kind == Expression::Kind::kAnd) {
      for (Expression& child : inside.children) child = Repeat(std::move(child), count, place);
      return inside;
    }
    if (inside.kind != Expression::Kind::kNot && inside.kind != Expression::Kind::kAttribute) {
      Note(place, QueryEffect::kWidened, "how often such a group stands cannot be asked for: once is enough",
           "count the terms of a group of OR: (huawei OR zte){3,}");
    }
    return inside;
  }

  // ---- Pairs

  Translated Pair(const Query& query, const Context& context) {
    PairKind kind;
    kind.kind = query.kind == Query::Kind::kNear ? Expression::Kind::kNear : Expression::Kind::kSame;
    kind.distance = query.distance;
    kind.ordered = query.ordered;
    kind.negated = query.negated;
    kind.unit = query.unit;
    const std::size_t from = notes_.size();
    Translated left = Translate(query.children[0], context);
    const std::size_t middle = notes_.size();
    Translated right = Translate(query.children[1], context);
    if (kind.negated) Invert(middle);
    if (!left || !right) {
      if (kind.negated && !left) return std::nullopt;
      Settle(from, QueryEffect::kWidened);
      return left ? left : right;
    }
    Settle(from, QueryEffect::kWidened);
    if (kind.kind == Expression::Kind::kNear && query.distance > kMaxNearDistance &&
        (query.distance > kFarApart && !kind.negated)) {
      Note(query.place, QueryEffect::kWidened,
           query.distance >= 100'000
               ? std::string("'in the same field' cannot be asked for: AND was written, which holds over all fields")
               : fmt::format("{} words between are more than NEAR can ask for: AND was written", query.distance));
      return Both(*std::move(left), *std::move(right));
    }
    if (kind.kind == Expression::Kind::kNear && query.distance > kMaxNearDistance) {
      Note(query.place, kind.negated ? QueryEffect::kWidened : QueryEffect::kNarrowed,
           fmt::format("{} words between are more than NEAR can ask for: {} were written", query.distance,
                       kMaxNearDistance));
      kind.distance = kMaxNearDistance;
    }
    if (kind.kind == Expression::Kind::kNear && query.distance == 0) {
      if (auto phrase = kind.ordered && !kind.negated ? PhrasesOf(*left, *right) : std::nullopt) return phrase;
      Note(query.place, kind.negated ? QueryEffect::kNarrowed : QueryEffect::kWidened,
           "no word between: at most one was written");
      kind.distance = 1;
    }
    place_ = query.place;
    told_pair_ = false;
    return Near(*std::move(left), *std::move(right), kind);
  }

  static Expression Both(Expression left, Expression right) {
    std::vector<Expression> both;
    both.push_back(std::move(left));
    both.push_back(std::move(right));
    return Joined(Expression::Kind::kAnd, std::move(both));
  }

  // `a` next to `b`: "a b", of all that the two may be. Nothing: one of them is no word or phrase, or they are too
  // many.
  static Translated PhrasesOf(const Expression& left, const Expression& right) {
    const auto all = [](const Expression& side) {
      return side.kind == Expression::Kind::kOr ? side.children : std::vector<Expression>{side};
    };
    const std::vector<Expression> lefts = all(left), rights = all(right);
    if (lefts.size() * rights.size() > 100) return std::nullopt;
    std::vector<Expression> phrases;
    for (const Expression& l : lefts) {
      for (const Expression& r : rights) {
        const bool words = l.kind == Expression::Kind::kTerm && r.kind == Expression::Kind::kTerm &&
                           l.term.kind == Term::Kind::kWords && r.term.kind == Term::Kind::kWords &&
                           l.term.scope == r.term.scope;
        if (!words) return std::nullopt;
        phrases.push_back(TermExpression(Term::Kind::kWords, l.term.text + ' ' + r.term.text, l.term.scope));
      }
    }
    return Joined(Expression::Kind::kOr, std::move(phrases));
  }

  void TellPair(QueryEffect effect, std::string message) {
    if (!std::exchange(told_pair_, true))
      Note(place_, effect, std::move(message), "NEAR takes a term, a list or a group of OR on each side");
  }

  static void CollectTerms(const Expression& expression, std::vector<Expression>& terms) {
    if (expression.kind == Expression::Kind::kTerm) terms.push_back(expression);
    if (expression.kind == Expression::Kind::kNot) return;
    const bool pair = expression.kind == Expression::Kind::kNear || expression.kind == Expression::Kind::kSame;
    for (std::size_t i = 0; i < expression.children.size(); ++i) {
      if (!(pair && expression.negated && i == 1)) CollectTerms(expression.children[i], terms);
    }
  }
  static Translated TermsOf(const Expression& expression) {
    std::vector<Expression> terms;
    CollectTerms(expression, terms);
    if (terms.empty()) return std::nullopt;
    return Joined(Expression::Kind::kOr, std::move(terms));
  }

  static Expression Node(Expression left, Expression right, const PairKind& kind) {
    Expression pair = PairOf(std::move(left), std::move(right), kind.distance, kind.ordered);
    pair.kind = kind.kind;
    pair.negated = kind.negated;
    pair.unit = kind.unit;
    if (kind.kind == Expression::Kind::kSame) pair.distance = 0;
    return pair;
  }

  // Groups that a pair does not take are written out.
  Expression Near(Expression left, Expression right, const PairKind& kind) {
    if (IsPairOperand(left) && IsPairOperand(right)) return Node(std::move(left), std::move(right), kind);
    if (kind.negated) return NegatedPair(std::move(left), std::move(right), kind);
    if (++written_out_ > kMostWrittenOut) {
      TellPair(QueryEffect::kWidened, "these groups are too large to be written out near each other: AND was written");
      return Both(std::move(left), std::move(right));
    }
    if (right.kind == Expression::Kind::kNot) {
      PairKind without = kind;
      without.negated = true;
      return Near(std::move(left), std::move(right.children[0]), without);
    }
    if (left.kind == Expression::Kind::kNot && IsPairOperand(right)) {
      PairKind without = kind;
      without.negated = true;
      without.ordered = false;
      if (kind.ordered) TellPair(QueryEffect::kNarrowed, "NOT before a term in order: neither side was written");
      return Near(std::move(right), std::move(left.children[0]), without);
    }
    if (!IsPairOperand(left)) {
      return WriteOut(std::move(left), [&](Expression part) { return Near(std::move(part), right, kind); });
    }
    return WriteOut(std::move(right), [&](Expression part) { return Near(left, std::move(part), kind); });
  }

  // `side` is no pair operand; `near` gives the pair of a part of it and the other side.
  template <typename NearOne>
  Expression WriteOut(Expression side, const NearOne& near) {
    switch (side.kind) {
      case Expression::Kind::kOr: {
        // Its terms stay together.
        std::vector<Expression> terms, parts;
        for (Expression& child : side.children)
          (child.kind == Expression::Kind::kTerm ? terms : parts).push_back(std::move(child));
        for (Expression& part : parts) part = near(std::move(part));
        if (!terms.empty()) parts.push_back(near(Joined(Expression::Kind::kOr, std::move(terms))));
        return Joined(Expression::Kind::kOr, std::move(parts));
      }
      case Expression::Kind::kAnd: {
        TellPair(QueryEffect::kWidened, "a group of AND near something: each of its terms near it was written");
        std::vector<Expression> parts;
        bool any = false;
        for (Expression& child : side.children) {
          const bool apart = child.kind == Expression::Kind::kNot || child.kind == Expression::Kind::kAttribute;
          any = any || !apart;
          parts.push_back(apart ? std::move(child) : near(std::move(child)));
        }
        if (!any && !parts.empty()) parts.back() = near(std::move(parts.back()));
        return Joined(Expression::Kind::kAnd, std::move(parts));
      }
      case Expression::Kind::kAttribute:
        TellPair(QueryEffect::kWidened, "what the article says of itself is near nothing: AND was written");
        return side;
      default: {
        TellPair(QueryEffect::kWidened, "a pair near something: the pair, and one of its terms near it, was written");
        Translated terms = TermsOf(side);
        if (!terms) return side;
        return Both(std::move(side), near(*std::move(terms)));
      }
    }
  }

  Expression NegatedPair(Expression left, Expression right, const PairKind& kind) {
    Translated rights = TermsOf(right);
    if (!rights) {
      TellPair(QueryEffect::kWidened, "NOT near what is no term is left out");
      return left;
    }
    if (!IsPairOperand(right)) TellPair(QueryEffect::kNarrowed, "NOT near a group: near none of its terms was written");
    if (IsPairOperand(left)) return Node(std::move(left), *std::move(rights), kind);
    Translated lefts = TermsOf(left);
    if (!lefts) return left;
    TellPair(QueryEffect::kWidened,
             "a group that stands not near something: the group, and one of its terms not near it, was written");
    return Both(std::move(left), Node(*std::move(lefts), *std::move(rights), kind));
  }

  // ---- Notes

  void Note(Span place, QueryEffect effect, std::string message, std::string help = "") {
    notes_.push_back({place, "no-equal", effect, std::move(message), std::move(help), false});
  }

  // A part that is left out. What that does is known when it is known what it is left out of.
  Translated LeaveOut(Span place, std::string what, std::string help = "") {
    Note(place, QueryEffect::kNone, "", std::move(help));
    Open(notes_.size() - 1, fmt::format("has no equal here: {}", what));
    return std::nullopt;
  }
  void Open(std::size_t note, std::string message) {
    notes_[note].message = fmt::format("this {}; it is left out", message);
    open_.push_back(note);
  }
  // The parts since `from` that are left out were left out of something where that has this effect.
  void Settle(std::size_t from, QueryEffect effect) {
    while (!open_.empty() && open_.back() >= from) {
      notes_[open_.back()].effect = effect;
      open_.pop_back();
    }
  }
  void Invert(std::size_t from) {
    for (std::size_t i = from; i < notes_.size(); ++i) notes_[i].effect = Inverse(notes_[i].effect);
  }

  const TranslationOptions& options_;
  std::vector<QueryNote> notes_;
  std::vector<std::size_t> open_;  // notes whose effect is not known yet, in their order
  std::size_t written_out_ = 0;
  Span place_;  // of the pair at hand
  bool told_pair_ = false;
};

}  // namespace

TranslatedQuery TranslateQuery(const Query& query, const TranslationOptions& options) {
  return Translator(options).Run(query);
}

}  // namespace wirewatch
