#include "rules/pack/lint/rule_lint.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <string_view>
#include <unordered_set>
#include <utility>

#include "base/text/ascii.h"
#include "rules/codes/language_code.h"
#include "rules/language/attributes.h"
#include "rules/language/common_words.h"
#include "rules/language/expression_lexer.h"
#include "rules/language/word_pattern.h"
#include "rules/text/particles.h"

namespace wirewatch {
namespace {

constexpr std::size_t kMostSteps = 5'000;   // of one proof: a rule that takes more is taken for possible
constexpr std::size_t kMostParts = 40;      // of an AND whose parts are compared two by two
constexpr std::int64_t kFewWords = 20;      // of a body: nearly every article has more
constexpr std::int64_t kManyWords = 5'000;  // and fewer than these
constexpr std::int64_t kMostUrgency = 9;

bool IsTextTerm(const Expression& e) { return e.kind == Expression::Kind::kTerm; }

// A term, or terms joined by OR.
bool IsTerms(const Expression& e) {
  return IsTextTerm(e) ||
         (e.kind == Expression::Kind::kOr && std::all_of(e.children.begin(), e.children.end(), IsTerms));
}

std::vector<std::string_view> Words(std::string_view pattern) {
  std::vector<std::string_view> words;
  for (std::size_t at = 0; at < pattern.size();) {
    const std::size_t end = std::min(pattern.find(' ', at), pattern.size());
    if (end > at) words.push_back(pattern.substr(at, end - at));
    at = end + 1;
  }
  return words;
}

// Whether every word that `special` stands for, `general` does.
bool WordImplies(std::string_view special, std::string_view general) {
  if (special == general) return true;
  const std::size_t wildcard = general.find_first_of("*?");
  if (wildcard == std::string_view::npos) return false;
  if (wildcard + 1 != general.size() || general.back() != '*') return false;
  const std::string_view plain = special.substr(0, special.find_first_of("*?"));
  return plain.starts_with(general.substr(0, wildcard));
}

// One word that folds to itself in lower case.
bool IsPlainWord(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return IsAsciiLetter(c) || IsAsciiDigit(c); });
}

bool EqualInAnyCase(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](char x, char y) { return AsciiLower(x) == AsciiLower(y); });
}

// The patterns of terms, each made once.
class Patterns {
 public:
  // REQUIRES: `term` lives as long as this does.
  const std::string& Of(const Term& term) {
    const auto [pattern, is_new] = made_.try_emplace(&term);
    if (is_new) pattern->second = PatternOf(term);
    return pattern->second;
  }

 private:
  std::map<const Term*, std::string> made_;
};

// Whether an article in which `special` stands always has `general` too.
bool TermImplies(const Term& special, const Term& general, Patterns& patterns) {
  if (!Includes(general.scope, special.scope)) return false;
  if (special.kind == general.kind && special.text == general.text &&
      (special.ignore_case == general.ignore_case || special.kind != Term::Kind::kRegex)) {
    return true;
  }
  if (special.kind == Term::Kind::kRegex || general.kind != Term::Kind::kWords) return false;
  // Nearly all are such words, and folding them is the cost of a proof.
  if (IsPlainWord(special.text) && IsPlainWord(general.text)) return EqualInAnyCase(special.text, general.text);
  const std::string& special_text = patterns.Of(special);
  const std::string& general_text = patterns.Of(general);
  if (special_text.empty() || general_text.empty()) return false;
  if (special_text == general_text) return true;
  if (special.kind != Term::Kind::kWords) return false;
  const auto words = Words(special_text), wanted = Words(general_text);
  if (wanted.size() == 1 && TakesParticles(wanted[0], false) && !TakesParticles(wanted[0], true)) {
    return false;  // one syllable of Hangul takes particles in a phrase, and alone none
  }
  return std::search(words.begin(), words.end(), wanted.begin(), wanted.end(), WordImplies) != words.end();
}

std::optional<std::int64_t> NumberOf(const Expression& e) {
  const AttributeTest test(e.attribute, e.comparison, e.value);
  return test.number;
}

// Both ends included.
struct Interval {
  std::int64_t least = std::numeric_limits<std::int64_t>::min();
  std::int64_t most = std::numeric_limits<std::int64_t>::max();
  bool empty() const { return least > most; }
};

Interval Of(Comparison comparison, std::int64_t number) {
  Interval interval;
  switch (comparison) {
    case Comparison::kIs: return {number, number};
    case Comparison::kLess: interval.most = number - 1; break;
    case Comparison::kAtMost: interval.most = number; break;
    case Comparison::kMore: interval.least = number + 1; break;
    case Comparison::kAtLeast: interval.least = number; break;
  }
  return interval;
}

// What is true when `comparison` is not, but for =, which leaves two intervals.
std::optional<Comparison> Opposite(Comparison comparison) {
  switch (comparison) {
    case Comparison::kIs: return std::nullopt;
    case Comparison::kLess: return Comparison::kAtLeast;
    case Comparison::kAtMost: return Comparison::kMore;
    case Comparison::kMore: return Comparison::kAtMost;
    case Comparison::kAtLeast: return Comparison::kLess;
  }
  return std::nullopt;
}

Interval Meet(Interval a, Interval b) { return {std::max(a.least, b.least), std::min(a.most, b.most)}; }

Interval DomainOf(Attribute attribute) {
  switch (attribute) {
    case Attribute::kUrgency: return {1, kMostUrgency};
    case Attribute::kWords: return {0, std::numeric_limits<std::int64_t>::max()};
    default: return {};
  }
}

// Whether two attributes hold on the same articles, however their values are written.
bool AreTheSameTest(const Expression& a, const Expression& b) {
  if (a.attribute != b.attribute) return false;
  const AttributeTest test(a.attribute, a.comparison, a.value), other(b.attribute, b.comparison, b.value);
  switch (a.attribute) {
    case Attribute::kLanguage:
    case Attribute::kCountry: return test.value == other.value;
    case Attribute::kTag:
    case Attribute::kSection: return test.folded == other.folded;
    case Attribute::kSource: return test.value == other.value && test.folded == other.folded;
    case Attribute::kPublished:
    case Attribute::kUrgency:
    case Attribute::kWords: return test.comparison == other.comparison && test.number == other.number;
  }
  return false;
}

// Of a language tag.
std::string_view Primary(std::string_view tag) { return tag.substr(0, tag.find_first_of("-_")); }

// No article is in both: an article has one language. What is no code is not judged here.
bool ExcludeEachOther(std::string_view a, std::string_view b) {
  const std::string tag_a = CanonicalLanguage(a), tag_b = CanonicalLanguage(b);
  const std::string_view primary_a = Primary(tag_a), primary_b = Primary(tag_b);
  if (primary_a.empty() || primary_b.empty()) return false;
  return !LanguageHolds(primary_a, primary_b) && !LanguageHolds(primary_b, primary_a);
}

// Every article in the language `special` is in `general`, which is a language without region and script.
bool LanguageImplies(std::string_view special, std::string_view general) {
  const std::string tag = CanonicalLanguage(general);
  return !tag.empty() && Primary(tag) == tag && LanguageHolds(CanonicalLanguage(special), tag);
}

// A proof by cases that goals exclude each other. What must hold and what must not is gathered branch by branch;
// positive terms exclude nothing but negative ones, so they are looked at last and need no branches.
class Proof {
 public:
  explicit Proof(const std::vector<std::string>& languages) : languages_(languages) {}

  struct Goal {
    const Expression* expression;
    bool holds;
  };

  bool IsPossible(std::vector<Goal> goals) { return Try(std::move(goals), Known()); }

 private:
  struct Known {
    std::vector<const Expression*> positive, negative;  // terms, attributes, and pairs and counts as a whole
    std::vector<const Expression*> either;              // terms joined by OR, one of which must stand
  };

  // Whether the goals can come true with what is known.
  bool Try(std::vector<Goal> goals, Known known) {
    std::vector<Goal> branching;
    while (!goals.empty()) {
      if (++steps_ > kMostSteps) return true;
      const Goal goal = goals.back();
      goals.pop_back();
      if (!Take(goal, goals, branching, known)) return false;
    }
    if (branching.empty()) return IsOneOfEach(known);
    const Goal goal = branching.back();
    branching.pop_back();
    return std::any_of(goal.expression->children.begin(), goal.expression->children.end(),
                       [&](const Expression& child) {
                         std::vector<Goal> more = branching;
                         more.push_back({&child, goal.holds});
                         return Try(std::move(more), known);
                       });
  }

  // Puts what `goal` says where it belongs; false: it excludes what is known.
  bool Take(const Goal& goal, std::vector<Goal>& goals, std::vector<Goal>& branching, Known& known) {
    const Expression& e = *goal.expression;
    const auto all_children = [&](bool holds) {
      for (const Expression& child : e.children) goals.push_back({&child, holds});
    };
    switch (e.kind) {
      case Expression::Kind::kTerm:
      case Expression::Kind::kAttribute: return Note(goal, known);
      case Expression::Kind::kNot: goals.push_back({&e.children[0], !goal.holds}); return true;
      case Expression::Kind::kAnd:
        if (goal.holds) {
          all_children(true);
        } else {
          branching.push_back(goal);
        }
        return true;
      case Expression::Kind::kOr:
        if (!goal.holds) {
          all_children(false);
        } else if (IsTerms(e)) {
          known.either.push_back(&e);
        } else {
          branching.push_back(goal);
        }
        return true;
      case Expression::Kind::kAtLeast:
        if (e.count == e.children.size()) {
          if (goal.holds) {
            all_children(true);
          } else {
            branching.push_back(goal);
          }
        } else if (e.count == 1) {
          if (goal.holds) {
            branching.push_back(goal);
          } else {
            all_children(false);
          }
        }
        return Note(goal, known);
      case Expression::Kind::kRepeated:
        if (goal.holds) goals.push_back({&e.children[0], true});
        return Note(goal, known);
      case Expression::Kind::kNear:
      case Expression::Kind::kSame:
        if (goal.holds) {
          goals.push_back({&e.children[0], true});
          if (!e.negated) goals.push_back({&e.children[1], true});
        }
        return Note(goal, known);
    }
    return true;
  }

  // False: it excludes what is known.
  bool Note(const Goal& goal, Known& known) {
    std::vector<const Expression*>& same = goal.holds ? known.positive : known.negative;
    const std::vector<const Expression*>& other = goal.holds ? known.negative : known.positive;
    for (const Expression* seen : other) {
      if (++steps_ > kMostSteps) return true;
      if (goal.holds ? Implies(*goal.expression, *seen) : Implies(*seen, *goal.expression)) return false;
    }
    same.push_back(goal.expression);
    if (goal.expression->kind != Expression::Kind::kAttribute) return true;
    return IsPossibleWith(goal.expression->attribute, known);
  }

  // Whether some article has this attribute as it must be.
  bool IsPossibleWith(Attribute attribute, const Known& known) const {
    if (IsNumber(attribute)) return !NumbersOf(attribute, known).empty();
    std::vector<const Expression*> wanted;
    for (const Expression* e : known.positive) {
      if (e->kind == Expression::Kind::kAttribute && e->attribute == attribute) wanted.push_back(e);
    }
    const auto exclude = [&](const Expression& a, const Expression& b) {
      switch (attribute) {
        case Attribute::kLanguage: return ExcludeEachOther(a.value, b.value);
        case Attribute::kCountry:
        case Attribute::kSection: return !AreTheSameTest(a, b);
        default: return false;  // an article has two hosts and many tags
      }
    };
    for (std::size_t i = 0; i < wanted.size(); ++i) {
      for (std::size_t k = i + 1; k < wanted.size(); ++k) {
        if (exclude(*wanted[i], *wanted[k])) return false;
      }
    }
    if (attribute != Attribute::kLanguage || languages_.empty()) return true;
    // An article without a language passes the topic, but not `lang:`.
    return std::all_of(wanted.begin(), wanted.end(), [&](const Expression* e) {
      return std::any_of(languages_.begin(), languages_.end(),
                         [&](const std::string& language) { return !ExcludeEachOther(e->value, language); });
    });
  }

  // What an article that has the number at all may have. That it has one is known only from what must hold.
  static Interval NumbersOf(Attribute attribute, const Known& known) {
    Interval interval = DomainOf(attribute);
    bool is_given = attribute == Attribute::kWords;
    const auto is_of = [&](const Expression* e) {
      return e->kind == Expression::Kind::kAttribute && e->attribute == attribute;
    };
    for (const Expression* e : known.positive) {
      if (!is_of(e)) continue;
      is_given = true;
      if (const auto number = NumberOf(*e)) interval = Meet(interval, Of(e->comparison, *number));
    }
    for (const Expression* e : known.negative) {
      if (!is_given || !is_of(e)) continue;
      const auto number = NumberOf(*e);
      if (!number) continue;
      if (const auto opposite = Opposite(e->comparison)) {
        interval = Meet(interval, Of(*opposite, *number));
      } else if (interval.least == *number && interval.most == *number) {
        return {1, 0};
      }
    }
    return interval;
  }

  bool IsOneOfEach(const Known& known) {
    return std::all_of(known.either.begin(), known.either.end(),
                       [&](const Expression* either) { return IsOneFree(*either, known); });
  }

  // Whether one of the terms is not excluded.
  bool IsOneFree(const Expression& terms, const Known& known) {
    if (terms.kind == Expression::Kind::kOr) {
      return std::any_of(terms.children.begin(), terms.children.end(),
                         [&](const Expression& child) { return IsOneFree(child, known); });
    }
    return std::none_of(known.negative.begin(), known.negative.end(), [&](const Expression* excluded) {
      if (++steps_ > kMostSteps) return false;
      return Implies(terms, *excluded);
    });
  }

  // Whether wherever `special` holds `general` does: both terms, attributes, or pairs or counts as a whole.
  bool Implies(const Expression& special, const Expression& general) {
    if (special.kind != general.kind) return false;
    switch (special.kind) {
      case Expression::Kind::kTerm: return TermImplies(special.term, general.term, patterns_);
      case Expression::Kind::kAttribute:
        if (AreTheSameTest(special, general)) return true;
        return special.attribute == Attribute::kLanguage && general.attribute == Attribute::kLanguage &&
               LanguageImplies(special.value, general.value);
      case Expression::Kind::kNear:
        return special.negated == general.negated && SameChildren(special, general) &&
               (special.negated ? special.distance == general.distance && special.ordered == general.ordered
                                : special.distance <= general.distance && (special.ordered || !general.ordered));
      case Expression::Kind::kSame:
        return special.negated == general.negated && special.unit == general.unit && SameChildren(special, general);
      case Expression::Kind::kRepeated: return special.count >= general.count && SameChildren(special, general);
      case Expression::Kind::kAtLeast: return special.count >= general.count && SameChildren(special, general);
      default: return false;
    }
  }

  static bool SameChildren(const Expression& a, const Expression& b) { return ChildrenText(a) == ChildrenText(b); }
  static std::string ChildrenText(const Expression& e) {
    std::string text;
    for (const Expression& child : e.children) text += ToText(child) + "\n";
    return text;
  }

  const std::vector<std::string>& languages_;
  Patterns patterns_;
  std::size_t steps_ = 0;
};

// Without NOT and attributes nothing excludes anything: most rules need no proof.
bool MayExclude(const Expression& e) {
  if (e.kind == Expression::Kind::kAttribute || e.kind == Expression::Kind::kNot) return true;
  return std::any_of(e.children.begin(), e.children.end(), MayExclude);
}

// `.`, `\w+`, `[a-z]`, `e`: a pattern of one character that every text has; `^.`: one that it begins with.
bool IsInEveryText(std::string_view pattern) {
  bool at_begin = false, at_end = false, repeated = false;
  while (pattern.starts_with('^') || pattern.starts_with('(')) {
    at_begin = at_begin || pattern.starts_with('^');
    pattern.remove_prefix(1);
  }
  if (pattern.starts_with("?:")) pattern.remove_prefix(2);
  while (!pattern.empty() && std::string_view("$)+*?").find(pattern.back()) != std::string_view::npos &&
         !(pattern.size() > 1 && pattern[pattern.size() - 2] == '\\')) {
    at_end = at_end || pattern.ends_with('$');
    repeated = repeated || pattern.ends_with('+') || pattern.ends_with('*');
    pattern.remove_suffix(1);
  }
  if (at_begin && at_end) return pattern == "." && repeated;
  if (at_begin || at_end) return pattern == "." || pattern == "\\w" || pattern == "\\S" || pattern == "\\D";
  constexpr std::array<std::string_view, 15> kEverywhere = {".",   "\\w",      "\\W",      "\\s",         "\\S",
                                                            "\\D", "[a-z]",    "[A-Z]",    "[a-zA-Z]",    " ",
                                                            "\\b", "[A-Za-z]", "[a-z0-9]", "[A-Za-z0-9]", "[aeiou]"};
  if (std::find(kEverywhere.begin(), kEverywhere.end(), pattern) != kEverywhere.end()) return true;
  return pattern.size() == 1 && std::string_view("aeinorst").find(pattern[0]) != std::string_view::npos;
}

// What holds on nearly every article that a topic reads, and what on few; most expressions are neither.
class Breadth {
 public:
  // `languages`: of the topic. `language_is_broad`: `lang:en` counts as broad.
  Breadth(const std::vector<std::string>& languages, bool language_is_broad)
      : languages_(languages), language_is_broad_(language_is_broad) {}

  // What makes an expression hold on nearly every article, as small as possible; null: nothing.
  const Expression* BroadPart(const Expression& e) const {
    const auto broad = [&](const Expression& child) { return BroadPart(child) != nullptr; };
    switch (e.kind) {
      case Expression::Kind::kTerm: return IsBroad(e.term) ? &e : nullptr;
      case Expression::Kind::kAttribute: return IsBroad(e) ? &e : nullptr;
      case Expression::Kind::kAnd: return std::all_of(e.children.begin(), e.children.end(), broad) ? &e : nullptr;
      case Expression::Kind::kOr:
        for (const Expression& child : e.children) {
          if (const Expression* part = BroadPart(child)) return part;
        }
        return nullptr;
      case Expression::Kind::kNot: return IsRare(e.children[0]) ? &e : nullptr;
      case Expression::Kind::kNear:
      case Expression::Kind::kSame: return e.negated && broad(e.children[0]) && !broad(e.children[1]) ? &e : nullptr;
      case Expression::Kind::kAtLeast: {
        const auto count = std::count_if(e.children.begin(), e.children.end(), broad);
        return static_cast<std::uint64_t>(count) >= e.count ? &e : nullptr;
      }
      case Expression::Kind::kRepeated: return e.count <= 3 && broad(e.children[0]) ? &e : nullptr;
    }
    return nullptr;
  }

 private:
  // Whether few articles hold it.
  bool IsRare(const Expression& e) const {
    const auto rare = [&](const Expression& child) { return IsRare(child); };
    switch (e.kind) {
      case Expression::Kind::kTerm: return !IsBroad(e.term);
      case Expression::Kind::kAttribute: return IsRareAttribute(e);
      case Expression::Kind::kOr: return std::all_of(e.children.begin(), e.children.end(), rare);
      case Expression::Kind::kNot: return BroadPart(e.children[0]) != nullptr;
      case Expression::Kind::kNear:
      case Expression::Kind::kSame:
        if (e.negated) return IsRare(e.children[0]);
        [[fallthrough]];
      case Expression::Kind::kAnd:
      case Expression::Kind::kRepeated: return std::any_of(e.children.begin(), e.children.end(), rare);
      case Expression::Kind::kAtLeast: {
        const auto count = std::count_if(e.children.begin(), e.children.end(), rare);
        return e.children.size() - static_cast<std::size_t>(count) < e.count;
      }
    }
    return false;
  }

  bool IsBroad(const Term& term) const {
    if (!Includes(term.scope, Scope::kBody)) return false;
    if (term.kind == Term::Kind::kRegex) return IsInEveryText(term.text);
    const std::string word = PatternOf(term);
    if (term.kind == Term::Kind::kExact && term.text != word) return false;  // =UN
    return IsInNearlyEveryArticle(word) && (languages_.empty() || !CommonIn(word, languages_).empty());
  }

  bool IsBroad(const Expression& attribute) const {
    if (attribute.attribute == Attribute::kLanguage) return language_is_broad_;
    return IsNumber(attribute.attribute) &&
           IsBroad(attribute.attribute, Of(attribute.comparison, NumberOf(attribute).value_or(0)));
  }

  static bool IsBroad(Attribute attribute, Interval interval) {
    switch (attribute) {
      case Attribute::kUrgency: return interval.least <= 1 && interval.most >= kMostUrgency;
      case Attribute::kWords: return interval.least <= kFewWords && interval.most >= kManyWords;
      default: return false;
    }
  }

  // A desk may read one language alone, or only what is new, so of these nothing is rare.
  bool IsRareAttribute(const Expression& e) const {
    switch (e.attribute) {
      case Attribute::kLanguage:
      case Attribute::kPublished: return false;
      case Attribute::kWords: {
        const auto opposite = Opposite(e.comparison);
        return !opposite || IsBroad(e.attribute, Of(*opposite, NumberOf(e).value_or(0)));
      }
      default: return !IsBroad(e);
    }
  }

  const std::vector<std::string>& languages_;
  const bool language_is_broad_;
};

class RuleLint {
 public:
  RuleLint(const std::vector<std::string>& languages, bool is_unless) : languages_(languages), is_unless_(is_unless) {}

  // Reports the parts that can never hold: the whole, or what stands in an OR in vain. True: the whole.
  bool FindNever(const Expression& e) {
    if (!MayExclude(e)) return false;
    if (NeverHolds({&e}, {}, languages_)) {
      Report(e);
      return true;
    }
    const bool parts = e.kind == Expression::Kind::kOr || e.kind == Expression::Kind::kAtLeast;
    for (const Expression& child : e.children) {
      if (parts || e.kind == Expression::Kind::kAnd) FindNever(child);
    }
    return false;
  }

  void FindAlways(const Expression& e) {
    const Expression* part = Breadth(languages_, !is_unless_).BroadPart(e);
    if (part == nullptr) return;
    const std::string_view effect = is_unless_               ? ", so the topic hardly ever fires"
                                    : part->place == e.place ? ""
                                                             : ", and the rest with it";
    if (part->kind == Expression::Kind::kAttribute && part->attribute == Attribute::kLanguage) {
      Add(part->place, "nearly-always",
          fmt::format("nothing but the language is asked for: {} holds on all articles in it{}", ToText(*part), effect),
          "join it with AND to a term; the languages of a topic stand in its 'languages:'");
      return;
    }
    Add(part->place, "nearly-always", fmt::format("{} holds on nearly every article{}", Short(*part), effect),
        "join it with AND to a term that few articles have");
  }

  void FindRepeated(const Expression& e) {
    const bool joined = e.kind == Expression::Kind::kAnd || e.kind == Expression::Kind::kOr;
    if (!e.list.empty()) return;
    std::unordered_set<std::string> seen;
    for (const Expression& child : e.children) {
      if (joined && !seen.insert(Folded(child)).second) {
        Add(child.place, "repeated-term", fmt::format("{} stands here already", Short(child)), "delete one of the two");
      }
      FindRepeated(child);
    }
  }

  void Add(Span place, std::string code, std::string message, std::string help) {
    findings_.push_back({place, std::move(code), std::move(message), std::move(help)});
  }
  std::vector<ExpressionError> Take() { return std::move(findings_); }

 private:
  static std::string Short(const Expression& e) {
    std::string text = ToText(e);
    return text.size() <= 60 ? text : "this part";
  }

  // The same text for two that are the same but for case and accents of words. Not ToText for words: it looks for
  // quotes that a text needs, which takes most of the time.
  static std::string Folded(const Expression& e) {
    if (e.kind != Expression::Kind::kTerm || e.term.kind != Term::Kind::kWords) return ToText(e);
    return fmt::format("{}\"{}\"", Prefix(e.term.scope), PatternOf(e.term));
  }

  // The two parts of an AND that exclude each other, if there are two.
  static std::optional<std::pair<const Expression*, const Expression*>> Opponents(
      const Expression& e, const std::vector<std::string>& languages) {
    if (e.kind != Expression::Kind::kAnd || e.children.size() > kMostParts) return std::nullopt;
    for (std::size_t i = 0; i < e.children.size(); ++i) {
      for (std::size_t k = i + 1; k < e.children.size(); ++k) {
        if (NeverHolds({&e.children[i], &e.children[k]}, {}, languages))
          return std::pair(&e.children[i], &e.children[k]);
      }
    }
    return std::nullopt;
  }

  void Report(const Expression& e) {
    const std::vector<std::string> any;
    const std::string_view instead = is_unless_ ? "delete it, or mend it" : "mend or delete one of the parts";
    if (e.kind == Expression::Kind::kAnd) {
      for (const Expression& child : e.children) {
        if (NeverHolds({&child}, {}, languages_)) return Report(child);
      }
      if (const auto pair = Opponents(e, languages_)) {
        const Span place{std::min(pair->first->place.begin, pair->second->place.begin),
                         std::max(pair->first->place.end, pair->second->place.end)};
        Add(place, "never-holds",
            fmt::format("this can never hold: {} and {} exclude each other", Short(*pair->first), Short(*pair->second)),
            std::string(instead));
        return;
      }
    }
    if (!NeverHolds({&e}, {}, any)) {
      Add(e.place, "never-holds",
          fmt::format("{} can never hold: this topic reads articles in {} only", Short(e), fmt::join(languages_, ", ")),
          "add the language to 'languages:', or take it out here");
      return;
    }
    if (e.kind == Expression::Kind::kAttribute) {
      Add(e.place, "never-holds", fmt::format("{} can never hold", ToText(e)),
          e.attribute == Attribute::kUrgency ? "urgency is from 1, the most urgent, to 9"
                                             : "no article has less than 0 words");
      return;
    }
    Add(e.place, "never-holds", "this can never hold: its parts exclude each other", std::string(instead));
  }

  const std::vector<std::string>& languages_;
  const bool is_unless_;
  std::vector<ExpressionError> findings_;
};

}  // namespace

bool NeverHolds(const std::vector<const Expression*>& all, const std::vector<const Expression*>& none,
                const std::vector<std::string>& languages) {
  std::vector<Proof::Goal> goals;
  for (const Expression* e : all) goals.push_back({e, true});
  for (const Expression* e : none) goals.push_back({e, false});
  return !Proof(languages).IsPossible(std::move(goals));
}

bool HoldsNearlyAlways(const Expression& expression, const std::vector<std::string>& languages, bool with_language) {
  return Breadth(languages, with_language).BroadPart(expression) != nullptr;
}

std::vector<ExpressionError> LintRule(const Expression& match, const Expression* unless,
                                      const std::vector<std::string>& languages) {
  RuleLint lint(languages, false);
  lint.FindRepeated(match);
  if (!lint.FindNever(match)) {
    lint.FindAlways(match);
    if (unless != nullptr && NeverHolds({&match}, {unless}, languages)) {
      lint.Add(match.place, "covered-by-unless", "this rule never counts: the topic's 'unless' holds wherever it does",
               "narrow the 'unless', or delete the rule");
    }
  }
  return lint.Take();
}

std::vector<ExpressionError> LintUnless(const Expression& unless, const std::vector<std::string>& languages) {
  RuleLint lint(languages, true);
  lint.FindRepeated(unless);
  if (!lint.FindNever(unless)) lint.FindAlways(unless);
  return lint.Take();
}

}  // namespace wirewatch
