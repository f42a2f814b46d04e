// The nearest miss of NEAR and SAME: part of ClauseBuilder (clause_builder.h).
#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "rules/language/expression_words.h"
#include "rules/text/fold.h"
#include "rules/text/plain_text.h"
#include "rules/tools/clause_builder.h"
#include "rules/tools/term_sample.h"

namespace wirewatch {
namespace {

using Kind = Expression::Kind;

constexpr std::uint32_t kMostDistance = 100;

std::string Plural(std::size_t count, std::string_view word) {
  return fmt::format("{} {}{}", count, word, count == 1 ? "" : "s");
}

// "NEAR/12", "SAME SENTENCE".
std::string OperatorText(const Expression& pair) {
  return pair.kind == Kind::kSame ? SameText(pair.negated, pair.unit)
                                  : NearText(pair.negated, pair.ordered, pair.distance);
}

bool Overlap(const ReferencePlace& a, const ReferencePlace& b) {
  return a.tokens.begin < b.tokens.end && b.tokens.begin < a.tokens.end;
}

// Words between two places of one field that do not overlap.
std::size_t WordsBetween(const ReferencePlace& a, const ReferencePlace& b) {
  return a.tokens.end <= b.tokens.begin ? b.tokens.begin - a.tokens.end : a.tokens.begin - b.tokens.end;
}

std::vector<Term> TermsOf(const Expression& side) {
  if (side.kind == Kind::kTerm) return {side.term};
  std::vector<Term> terms;
  for (const Expression& child : side.children) {
    for (Term& term : TermsOf(child)) terms.push_back(std::move(term));
  }
  return terms;
}

std::string_view UnitName(TextUnit unit) { return unit == TextUnit::kSentence ? "sentence" : "paragraph"; }

}  // namespace

void ClauseBuilder::MissPair(Clause& clause) {
  const Expression& e = *clause.expression;
  const bool left = !evaluation_.PlacesOfSide(e.children[0]).empty();
  const bool right = e.negated || !evaluation_.PlacesOfSide(e.children[1]).empty();
  if (!left || !right) return MissSide(clause);
  if (e.negated) return MissNotNear(clause);
  if (e.kind == Kind::kNear) return MissNear(clause);
  MissSame(clause);
}

// A side has no place.
void ClauseBuilder::MissSide(Clause& clause) {
  const Expression& e = *clause.expression;
  NearestMiss& miss = clause.miss.emplace();
  miss.kind = MissKind::kSideAbsent;
  double sum = 0;
  bool article = false;   // a side stands nowhere, nor anything like it
  bool wordless = false;  // a side stands only where no word is
  Expression pair = e;
  Suggestion suggestion;
  const std::size_t sides = e.negated ? 1 : 2;
  for (std::size_t i = 0; i < sides; ++i) {
    const Clause& side = clause.children[i];
    sum += side.holds ? 1 : side.closeness;
    if (!evaluation_.PlacesOfSide(e.children[i]).empty()) continue;
    std::string sentence = side.holds  ? fmt::format("{} touches no word", ShortText(*side.expression))
                           : side.miss ? side.miss->sentence
                                       : fmt::format("{} does not stand in the text", ShortText(*side.expression));
    miss.sentence += (miss.sentence.empty() ? "" : "; ") + sentence;
    if (side.miss) miss.places.insert(miss.places.end(), side.miss->places.begin(), side.miss->places.end());
    if (side.suggestion && side.suggestion->replacement) {
      pair.children[i] = *side.suggestion->replacement;
      suggestion.sentence += (suggestion.sentence.empty() ? "" : "; ") + side.suggestion->sentence;
    } else if (side.holds) {
      wordless = true;
    } else {
      article = true;
    }
  }
  clause.closeness = 0.5 * sum / static_cast<double>(sides);
  if (wordless && e.negated) {
    clause.suggestion =
        Suggestion{fmt::format("without {} {}", OperatorText(e), ShortText(e.children[1])), e.children[0]};
    return;
  }
  if (!article && !wordless) {
    if (Holds(pair)) {
      suggestion.replacement = std::move(pair);
      clause.suggestion = std::move(suggestion);
      return;
    }
    const auto places = [&](const Expression& side) { return !evaluation_.PlacesOfSide(side).empty(); };
    if (places(pair.children[0]) && (e.negated || places(pair.children[1]))) {
      clause.suggestion = Tried(std::move(pair), suggestion.sentence);
      if (clause.suggestion) return;
    }
  } else if (!wordless && SuggestTogetherInArticle(clause)) {
    return;
  }
  if (e.negated) {
    clause.suggestion = clause.children[0].suggestion;
    if (clause.suggestion && !clause.suggestion->replacement && !clause.suggestion->drops) {
      clause.suggestion->replacement = e.children[0];
    }
    return;
  }
  clause.suggestion = Tried(Group(Kind::kAnd, e.children), fmt::format("AND in place of {}", OperatorText(e)));
}

// Both sides in a paragraph of their own, where both may stand; false: there is no such place.
bool ClauseBuilder::SuggestTogetherInArticle(Clause& clause) {
  const Expression& e = *clause.expression;
  const std::vector<Term> lefts = TermsOf(e.children[0]);
  const std::vector<Term> rights = e.negated ? std::vector<Term>() : TermsOf(e.children[1]);
  const auto stands = [](const Term& term, Field field) { return InScope(term.scope, field, false); };
  for (const Field field : {Field::kBody, Field::kSummary, Field::kTitle}) {
    for (const Term& left : lefts) {
      auto text = stands(left, field) ? SampleOf(left) : std::nullopt;
      if (!text || FoldText(*text).tokens.empty()) continue;
      bool found = e.negated, at_begin = IsAnchored(left);
      for (const Term& right : rights) {
        const auto other = stands(right, field) ? SampleOf(right) : std::nullopt;
        if (!other || FoldText(*other).tokens.empty() || (e.ordered && IsAnchored(right))) continue;
        const bool other_first = IsAnchored(right) && !at_begin && !e.ordered;
        *text = other_first ? *other + " " + *text : *text + " " + *other;
        at_begin = at_begin || other_first;
        found = true;
        break;
      }
      if (!found) continue;
      clause.suggestion =
          Suggestion{fmt::format("the article would have to say {} in the {}", PlainLine(*text), Name(field))};
      clause.suggestion->article.push_back({.field = field, .attribute = {}, .text = *text, .at_begin = at_begin});
      return true;
    }
  }
  return false;
}

void ClauseBuilder::SayPair(Clause& clause, MissKind kind, const Pair& pair, const std::string& how) {
  const auto number = [&](const ReferencePlace& place) {
    return place.tokens.begin - evaluation_.folded().fields[static_cast<std::size_t>(place.field)].begin + 1;
  };
  const std::string where =
      pair.left.field == pair.right.field
          ? fmt::format("{} {} and {}", Name(pair.left.field), number(pair.left), number(pair.right))
          : fmt::format("{} and {}", PlaceIn(pair.left), PlaceIn(pair.right));
  NearestMiss& miss = clause.miss.emplace();
  miss.kind = kind;
  miss.sentence = fmt::format("{} and {} {} ({}), {} asked", Quoted(pair.left), Quoted(pair.right), how, where,
                              OperatorText(*clause.expression));
  miss.places = {{pair.left.field, pair.left.span, pair.left_term},
                 {pair.right.field, pair.right.span, pair.right_term}};
  std::sort(miss.places.begin(), miss.places.end());
}

void ClauseBuilder::MissNear(Clause& clause) {
  const Expression& e = *clause.expression;
  std::optional<Pair> nearest, other_order, overlapping, any;
  for (const auto& [left, left_term] : evaluation_.PlacesOfSide(e.children[0])) {
    for (const auto& [right, right_term] : evaluation_.PlacesOfSide(e.children[1])) {
      const auto keep = [&](std::optional<Pair>& pair, std::size_t apart) {
        if (!pair || apart < pair->apart) pair = Pair{left, right, left_term, right_term, apart};
      };
      if (Overlap(left, right)) {
        keep(overlapping, 0);
      } else if (left.field != right.field) {
        keep(any, 0);
      } else {
        const bool in_order = !e.ordered || left.tokens.end <= right.tokens.begin;
        keep(in_order ? nearest : other_order, WordsBetween(left, right));
      }
    }
  }
  Expression near = e;
  if (other_order && (other_order->apart <= e.distance || !nearest)) {
    SayPair(clause, MissKind::kWrongOrder, *other_order, "stand in the other order");
    clause.closeness = 0.8;
    near.ordered = false;
    near.distance = std::max<std::uint32_t>(
        e.distance, static_cast<std::uint32_t>(std::min<std::size_t>(other_order->apart, kMostDistance + 1)));
  } else if (nearest) {
    SayPair(clause, MissKind::kTooFar, *nearest, fmt::format("stand {} apart", Plural(nearest->apart, "word")));
    clause.miss->found = static_cast<std::int64_t>(nearest->apart);
    clause.miss->asked = e.distance;
    clause.closeness = 0.5 + 0.45 * static_cast<double>(e.distance) / static_cast<double>(nearest->apart);
    near.distance = static_cast<std::uint32_t>(std::min<std::size_t>(nearest->apart, kMostDistance + 1));
  } else if (overlapping) {
    SayPair(clause, MissKind::kOverlap, *overlapping, "stand in the same place");
    clause.closeness = 0.5;
    near.distance = kMostDistance + 1;
  } else {
    SayPair(clause, MissKind::kOtherField, *any, "stand in two fields");
    clause.closeness = 0.45;
    near.distance = kMostDistance + 1;
  }
  if (near.distance <= kMostDistance) {
    clause.suggestion = Tried(near, fmt::format("{} in place of {}", OperatorText(near), OperatorText(e)));
  } else {
    clause.suggestion = Tried(Group(Kind::kAnd, e.children), fmt::format("AND in place of {}", OperatorText(e)));
  }
}

void ClauseBuilder::MissSame(Clause& clause) {
  const Expression& e = *clause.expression;
  std::optional<Pair> nearest, overlapping, any;
  for (const auto& [left, left_term] : evaluation_.PlacesOfSide(e.children[0])) {
    const std::set<std::uint32_t> left_units = evaluation_.UnitsOf(e.unit, left);
    for (const auto& [right, right_term] : evaluation_.PlacesOfSide(e.children[1])) {
      const auto keep = [&](std::optional<Pair>& pair, std::size_t apart) {
        if (!pair || apart < pair->apart) pair = Pair{left, right, left_term, right_term, apart};
      };
      if (Overlap(left, right)) {
        keep(overlapping, 0);
      } else if (left.field != right.field) {
        keep(any, 0);
      } else {
        const std::set<std::uint32_t> right_units = evaluation_.UnitsOf(e.unit, right);
        keep(nearest, left.tokens.end <= right.tokens.begin ? *right_units.begin() - *left_units.rbegin()
                                                            : *left_units.begin() - *right_units.rbegin());
      }
    }
  }
  if (nearest) {
    SayPair(clause, MissKind::kOtherUnit, *nearest,
            fmt::format("stand {} apart", Plural(nearest->apart, UnitName(e.unit))));
    clause.miss->found = static_cast<std::int64_t>(nearest->apart);
    clause.miss->asked = 0;
    clause.closeness = 0.5 + 0.4 / static_cast<double>(1 + nearest->apart);
  } else if (overlapping) {
    SayPair(clause, MissKind::kOverlap, *overlapping, "stand in the same place");
    clause.closeness = 0.5;
  } else {
    SayPair(clause, MissKind::kOtherField, *any, "stand in two fields");
    clause.closeness = 0.45;
  }
  if (e.unit == TextUnit::kSentence) {
    Expression paragraph = e;
    paragraph.unit = TextUnit::kParagraph;
    if (Holds(paragraph)) {
      clause.suggestion =
          Suggestion{fmt::format("{} in place of {}", OperatorText(paragraph), OperatorText(e)), paragraph};
      return;
    }
  }
  clause.suggestion = Tried(Group(Kind::kAnd, e.children), fmt::format("AND in place of {}", OperatorText(e)));
}

// NOT NEAR, NOT SAME: each place of the left side has one of the right. Of the left ones that is told whose nearest
// right one is the farthest.
void ClauseBuilder::MissNotNear(Clause& clause) {
  const Expression& e = *clause.expression;
  std::optional<Pair> farthest;
  for (const auto& [left, left_term] : evaluation_.PlacesOfSide(e.children[0])) {
    std::optional<Pair> nearest;
    for (const auto& [right, right_term] : evaluation_.PlacesOfSide(e.children[1])) {
      if (!evaluation_.Together(e, left, right)) continue;
      const std::size_t apart = Overlap(left, right) ? 0 : WordsBetween(left, right) + 1;
      if (!nearest || apart < nearest->apart) nearest = Pair{left, right, left_term, right_term, apart};
    }
    if (nearest && (!farthest || nearest->apart > farthest->apart)) farthest = nearest;
  }
  clause.closeness = 0.7;
  if (!farthest) return;
  const std::size_t between = farthest->apart == 0 ? 0 : farthest->apart - 1;
  const std::string how = farthest->apart == 0    ? "stand in the same place"
                          : e.kind == Kind::kSame ? fmt::format("stand in one {}", UnitName(e.unit))
                                                  : fmt::format("stand {} apart", Plural(between, "word"));
  SayPair(clause, MissKind::kAlwaysNear, *farthest, how);
  if (e.kind == Kind::kNear) {
    clause.miss->found = static_cast<std::int64_t>(between);
    clause.miss->asked = e.distance;
    Expression near = e;
    near.distance = between == 0 ? 0 : static_cast<std::uint32_t>(between) - 1;
    if (near.distance > 0 && Holds(near)) {
      clause.suggestion = Suggestion{fmt::format("{} in place of {}", OperatorText(near), OperatorText(e)), near};
      return;
    }
  } else if (e.unit == TextUnit::kParagraph) {
    Expression sentence = e;
    sentence.unit = TextUnit::kSentence;
    if (Holds(sentence)) {
      clause.suggestion =
          Suggestion{fmt::format("{} in place of {}", OperatorText(sentence), OperatorText(e)), sentence};
      return;
    }
  }
  clause.suggestion =
      Suggestion{fmt::format("without {} {}", OperatorText(e), ShortText(e.children[1])), e.children[0]};
}

}  // namespace wirewatch
