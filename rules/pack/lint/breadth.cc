#include "rules/pack/lint/breadth.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "rules/language/attribute_value.h"
#include "rules/language/common_words.h"
#include "rules/language/word_pattern.h"
#include "rules/pack/lint/number_interval.h"

namespace wirewatch {
namespace {

constexpr std::int64_t kFewWords = 20;      // of a body: nearly every article has more
constexpr std::int64_t kManyWords = 5'000;  // and fewer than these

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
    return IsNumber(attribute.attribute) && IsBroad(attribute.attribute, Of(attribute.comparison, NumberOf(attribute)));
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
        return !opposite || IsBroad(e.attribute, Of(*opposite, NumberOf(e)));
      }
      default: return !IsBroad(e);
    }
  }

  const std::vector<std::string>& languages_;
  const bool language_is_broad_;
};

}  // namespace

const Expression* BroadPart(const Expression& expression, const std::vector<std::string>& languages,
                            bool with_language) {
  return Breadth(languages, with_language).BroadPart(expression);
}

}  // namespace wirewatch
