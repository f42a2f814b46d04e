#include "rules/pack/lint/never_holds.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string_view>
#include <utility>

#include "base/text/ascii.h"
#include "rules/codes/language_code.h"
#include "rules/language/attributes.h"
#include "rules/language/word_pattern.h"
#include "rules/pack/lint/number_interval.h"
#include "rules/text/particles.h"

namespace wirewatch {
namespace {

constexpr std::size_t kMostSteps = 5'000;  // of one proof: a rule that takes more is taken for possible

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
  if (special.find('~') != std::string_view::npos) return false;  // other words, too
  if (const PatternWord word = ReadPatternWord(general); word.kind != PatternWord::Kind::kWritten) {
    return special == word.text;  // a word is a form of itself, and no misspelling
  }
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
  if (IsPlainWord(special.text) && IsPlainWord(general.text)) return EqualsInAnyCase(special.text, general.text);
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
      interval = Meet(interval, Of(e->comparison, NumberOf(*e)));
    }
    for (const Expression* e : known.negative) {
      if (!is_given || !is_of(e)) continue;
      const std::int64_t number = NumberOf(*e);
      if (const auto opposite = Opposite(e->comparison)) {
        interval = Meet(interval, Of(*opposite, number));
      } else if (interval.least == number && interval.most == number) {
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
        if (!special.negated && !general.negated) {
          return special.distance <= general.distance && (special.ordered || !general.ordered) &&
                 SidesImply(special, general, general.ordered);
        }
        return special.negated == general.negated && SameChildren(special, general) &&
               (special.negated ? special.distance == general.distance && special.ordered == general.ordered
                                : special.distance <= general.distance && (special.ordered || !general.ordered));
      case Expression::Kind::kSame:
        if (!special.negated && !general.negated) {
          return special.unit == general.unit && SidesImply(special, general, false);
        }
        return special.negated == general.negated && special.unit == general.unit && SameChildren(special, general);
      case Expression::Kind::kRepeated: return special.count >= general.count && SameChildren(special, general);
      case Expression::Kind::kAtLeast: return special.count >= general.count && SameChildren(special, general);
      default: return false;
    }
  }

  // Whether a place of each side of `special` is one of a side of `general`. Sides may change places if no order is
  // asked for.
  bool SidesImply(const Expression& special, const Expression& general, bool in_order) {
    if (SameChildren(special, general)) return true;
    const auto& narrow = special.children;
    const auto& wide = general.children;
    return (SideImplies(narrow[0], wide[0]) && SideImplies(narrow[1], wide[1])) ||
           (!in_order && SideImplies(narrow[0], wide[1]) && SideImplies(narrow[1], wide[0]));
  }

  // Whether every place of the terms of `special` is a place of one of `general`.
  bool SideImplies(const Expression& special, const Expression& general) {
    if (special.kind == Expression::Kind::kOr) {
      if (!special.list.empty() && special.list == general.list && ToText(special) == ToText(general)) return true;
      return std::all_of(special.children.begin(), special.children.end(),
                         [&](const Expression& child) { return SideImplies(child, general); });
    }
    if (general.kind == Expression::Kind::kOr) {
      return std::any_of(general.children.begin(), general.children.end(),
                         [&](const Expression& child) { return SideImplies(special, child); });
    }
    // A giving up is no proof.
    if (++steps_ > kMostSteps || !IsTextTerm(special) || !IsTextTerm(general)) return false;
    return HasThePlacesOf(special.term, general.term);
  }

  // As TermImplies, with the same words: the distance to others is the same, too.
  bool HasThePlacesOf(const Term& special, const Term& general) {
    if (!TermImplies(special, general, patterns_)) return false;
    if (special.kind == general.kind && special.text == general.text) return true;
    if (special.kind == Term::Kind::kRegex || general.kind == Term::Kind::kRegex) return false;
    return Words(patterns_.Of(special)).size() == Words(patterns_.Of(general)).size();
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

}  // namespace

bool NeverHolds(const std::vector<const Expression*>& all, const std::vector<const Expression*>& none,
                const std::vector<std::string>& languages) {
  std::vector<Proof::Goal> goals;
  for (const Expression* e : all) goals.push_back({e, true});
  for (const Expression* e : none) goals.push_back({e, false});
  return !Proof(languages).IsPossible(std::move(goals));
}

bool TermHoldsWherever(const Term& general, const Term& special) {
  Patterns patterns;
  return TermImplies(special, general, patterns);
}

}  // namespace wirewatch
