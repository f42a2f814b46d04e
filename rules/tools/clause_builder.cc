#include "rules/tools/clause_builder.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <set>
#include <string_view>
#include <utility>

#include "base/clock.h"
#include "rules/language/attribute_value.h"
#include "rules/language/expression_words.h"
#include "rules/text/plain_text.h"
#include "rules/tools/term_sample.h"

namespace wirewatch {
namespace {

using Kind = Expression::Kind;

constexpr std::size_t kMostRepeats = 100;          // of {n,}
constexpr std::size_t kMostTermsSearched = 5'000;  // of one OR: nearest words are looked for

std::string InPlaceOf(const Expression& now, const Expression& before) {
  return fmt::format("{} in place of {}", ShortText(now), ShortText(before));
}

void Append(std::string& sentence, const std::string& more) { sentence += (sentence.empty() ? "" : "; ") + more; }

bool IsOrOfTerms(const Expression& e) {
  return e.kind == Kind::kOr && std::all_of(e.children.begin(), e.children.end(), [](const Expression& child) {
           return child.kind == Kind::kTerm || IsOrOfTerms(child);
         });
}

std::size_t CountTerms(const Expression& e) {
  std::size_t count = e.kind == Kind::kTerm ? 1 : 0;
  for (const Expression& child : e.children) count += CountTerms(child);
  return count;
}

Expression WithScope(Expression e, Scope scope) {
  e.term.scope = scope;
  for (Expression& child : e.children) child = WithScope(std::move(child), scope);
  return e;
}

// Whether `now` is `before OR x`, of a term or an attribute.
bool Adds(const Expression& now, const Expression& before) {
  if (now.kind != Kind::kOr || now.children.size() != 2 || now.children[0].kind != before.kind) return false;
  const Expression& first = now.children[0];
  if (before.kind == Kind::kTerm) return first.term == before.term;
  return before.kind == Kind::kAttribute && first.attribute == before.attribute && first.value == before.value;
}

// What an article says of itself, as a value of the attribute; empty: nothing that can be written.
std::string ValueOf(Attribute attribute, const Document& document) {
  std::string value;
  switch (attribute) {
    case Attribute::kLanguage: value = document.language; break;
    case Attribute::kCountry: value = document.country; break;
    case Attribute::kSource: value = document.source_host.empty() ? document.source : document.source_host; break;
    case Attribute::kTag: value = document.tags.empty() ? "" : document.tags.front(); break;
    case Attribute::kSection: value = document.section; break;
    case Attribute::kPublished:
    case Attribute::kUrgency:
    case Attribute::kWords: break;
  }
  return value;
}

std::string_view InWords(Attribute attribute) {
  constexpr std::string_view kNames[] = {"language", "country", "source",  "tags",
                                         "section",  "age",     "urgency", "number of words"};
  return kNames[static_cast<std::size_t>(attribute)];
}

// A number that an attribute of numbers holds on.
std::string ValueThatHolds(const Expression& e) {
  const int step = e.comparison == Comparison::kLess ? -1 : e.comparison == Comparison::kMore ? 1 : 0;
  if (step == 0) return e.value;
  if (e.attribute == Attribute::kPublished) {
    const auto age = ParseDuration(e.value);
    if (!age) return e.value;
    return fmt::format("{}m", std::max<std::int64_t>(0, std::chrono::floor<std::chrono::minutes>(*age).count() + step));
  }
  return std::to_string(std::strtoll(e.value.c_str(), nullptr, 10) + step);
}

std::string ShownValue(Attribute attribute, const Document& document) {
  if (attribute == Attribute::kTag) return PlainLine(fmt::format("{}", fmt::join(document.tags, ", ")));
  if (attribute == Attribute::kSource && !document.source.empty() && !document.source_host.empty()) {
    return PlainLine(fmt::format("{} ({})", document.source, document.source_host));
  }
  return PlainLine(ValueOf(attribute, document));
}

}  // namespace

Expression Group(Kind kind, std::vector<Expression> children) {
  if (children.size() == 1 && (kind == Kind::kAnd || kind == Kind::kOr)) return std::move(children.front());
  Expression group;
  group.kind = kind;
  group.children = std::move(children);
  return group;
}

std::optional<ArticleChange> AddedToArticle(const Term& term) {
  const auto sample = SampleOf(term);
  if (!sample) return std::nullopt;
  ArticleChange change;
  change.field = Includes(term.scope, Scope::kBody)   ? Field::kBody
                 : Includes(term.scope, Scope::kLead) ? Field::kSummary
                                                      : Field::kTitle;
  change.text = *sample;
  change.at_begin = IsAnchored(term);
  return change;
}

ClauseBuilder::ClauseBuilder(const Document& document)
    : document_(document), evaluation_(document), nearest_(evaluation_, document) {}

Clause ClauseBuilder::Build(const Expression& expression, Wanted wanted) {
  Clause clause;
  clause.expression = &expression;
  clause.holds = Holds(expression);
  const bool as_wanted = wanted == Wanted::kAny || clause.holds == (wanted == Wanted::kHolds);
  Wanted of_children = as_wanted ? Wanted::kAny : wanted;
  if (!as_wanted && expression.kind == Kind::kNot) {
    of_children = wanted == Wanted::kHolds ? Wanted::kNot : Wanted::kHolds;
  }
  // The right side of a NOT NEAR need not stand.
  const bool left_only = expression.negated && (expression.kind == Kind::kNear || expression.kind == Kind::kSame);
  // What nobody looks through is not looked for.
  if (of_children == Wanted::kHolds && IsOrOfTerms(expression) && CountTerms(expression) > kMostTermsSearched) {
    of_children = Wanted::kAny;
  }
  clause.children.reserve(expression.children.size());
  for (std::size_t i = 0; i < expression.children.size(); ++i) {
    clause.children.push_back(Build(expression.children[i], left_only && i > 0 ? Wanted::kAny : of_children));
  }
  clause.closeness = clause.holds ? 1 : 0;
  if (clause.holds) {
    for (auto& [place, term] : evaluation_.SpansOf(expression)) {
      clause.places.push_back({place.field, place.span, std::move(term)});
    }
    std::sort(clause.places.begin(), clause.places.end());
    clause.places.erase(std::unique(clause.places.begin(), clause.places.end()), clause.places.end());
  }
  if (as_wanted) return clause;
  if (wanted == Wanted::kHolds) {
    FindMiss(clause);
  } else {
    clause.suggestion = Broken(clause);
  }
  return clause;
}

void ClauseBuilder::FindMiss(Clause& clause) {
  switch (clause.expression->kind) {
    case Kind::kTerm: return MissTerm(clause);
    case Kind::kAttribute: return IsNumber(clause.expression->attribute) ? MissNumber(clause) : MissAttribute(clause);
    case Kind::kAnd: return MissAnd(clause);
    case Kind::kOr: return MissOr(clause);
    case Kind::kNot: return MissNot(clause);
    case Kind::kAtLeast: return MissAtLeast(clause);
    case Kind::kRepeated: return MissRepeated(clause);
    case Kind::kNear:
    case Kind::kSame: return MissPair(clause);
  }
}

std::optional<Suggestion> ClauseBuilder::Tried(Expression replacement, std::string sentence) {
  Suggestion suggestion;
  suggestion.sentence = std::move(sentence);
  if (Holds(replacement)) {
    suggestion.replacement = std::move(replacement);
    return suggestion;
  }
  constexpr int kDeepest = 4;
  if (depth_ == kDeepest) return std::nullopt;
  ++depth_;
  auto further = Build(replacement, Wanted::kHolds).suggestion;
  --depth_;
  if (!further) return std::nullopt;
  Append(suggestion.sentence, further->sentence);
  suggestion.drops = further->drops;
  suggestion.article = std::move(further->article);
  if (!suggestion.drops) {
    suggestion.replacement = further->replacement ? std::move(further->replacement) : std::move(replacement);
  }
  return suggestion;
}

// ----------------------------------------------------------------------------------------------- terms, attributes

void ClauseBuilder::MissTerm(Clause& clause) {
  const Expression& e = *clause.expression;
  NearestTerm::Found found = nearest_.Find(e.term);
  clause.closeness = found.closeness;
  clause.miss = std::move(found.miss);
  Suggestion& suggestion = clause.suggestion.emplace();
  if (found.term) {
    Expression near = e;
    near.term = *std::move(found.term);
    suggestion.sentence = found.replaces ? InPlaceOf(near, e) : fmt::format("also {}", ShortText(near));
    suggestion.replacement = found.replaces ? std::move(near) : Group(Kind::kOr, {e, std::move(near)});
  } else if (auto change = AddedToArticle(e.term)) {
    suggestion.sentence =
        fmt::format("the article would have to say {} in the {}", PlainLine(change->text), Name(*change->field));
    suggestion.article.push_back(*std::move(change));
  } else {
    suggestion.sentence = fmt::format("without {}", ShortText(e));
    suggestion.drops = true;
  }
}

void ClauseBuilder::MissAttribute(Clause& clause) {
  const Expression& e = *clause.expression;
  const std::string shown = ShownValue(e.attribute, document_);
  NearestMiss& miss = clause.miss.emplace();
  miss.kind = shown.empty() ? MissKind::kUnknownValue : MissKind::kOtherValue;
  miss.sentence = shown.empty() ? fmt::format("{} asked, the article's {} {} unknown", ShortText(e),
                                              InWords(e.attribute), e.attribute == Attribute::kTag ? "are" : "is")
                                : fmt::format("{} asked, the article's {} {} {}", ShortText(e), InWords(e.attribute),
                                              e.attribute == Attribute::kTag ? "are" : "is", shown);
  clause.closeness = shown.empty() ? 0.3 : 0.4;
  Expression own = e;
  own.value = ValueOf(e.attribute, document_);
  const bool writable =
      own.value.find_first_of("\"\n\r\\") == std::string::npos && FitsAttribute(e.attribute, own.value);
  if (!own.value.empty() && writable && Holds(own)) {
    clause.suggestion = Suggestion{fmt::format("also {}", ShortText(own)), Group(Kind::kOr, {e, own})};
    return;
  }
  Suggestion& suggestion = clause.suggestion.emplace();
  suggestion.sentence = fmt::format("the article would have to be of {}", ShortText(e));
  suggestion.article.push_back({.field = {}, .attribute = e.attribute, .text = e.value});
}

void ClauseBuilder::MissNumber(Clause& clause) {
  const Expression& e = *clause.expression;
  NearestMiss& miss = clause.miss.emplace();
  miss.kind = MissKind::kNumber;
  clause.closeness = 0.5;
  const FoldedDocument& folded = evaluation_.folded();
  std::optional<std::int64_t> found;  // minutes, of an age
  std::string shown;
  const std::int64_t words = folded.fields[static_cast<std::size_t>(Field::kBody)].size();
  if (e.attribute == Attribute::kWords) {
    found = words;
    shown = fmt::format("the body has {}", words);
  } else if (e.attribute == Attribute::kUrgency && document_.urgency) {
    found = *document_.urgency;
    shown = fmt::format("the article's urgency is {}", *found);
  } else if (e.attribute == Attribute::kPublished && document_.published_at && document_.now) {
    found = std::chrono::floor<std::chrono::minutes>(*document_.now - *document_.published_at).count();
    shown = *found >= 120 ? fmt::format("the article is {}h old", *found / 60)
                          : fmt::format("the article is {}m old", *found);
  }
  if (!found) {
    miss.kind = MissKind::kUnknownValue;
    miss.sentence = fmt::format("{} asked, the article's {} is unknown", ShortText(e), InWords(e.attribute));
    clause.closeness = 0.3;
    clause.suggestion = Suggestion{fmt::format("the article would have to be of {}", ShortText(e))};
    clause.suggestion->article.push_back({.field = {}, .attribute = e.attribute, .text = ValueThatHolds(e)});
    return;
  }
  miss.found = found;
  miss.sentence = fmt::format("{} asked, {}", ShortText(e), shown);
  if (e.attribute == Attribute::kPublished) {
    if (const auto asked = ParseDuration(e.value)) {
      miss.asked = std::chrono::floor<std::chrono::minutes>(*asked).count();
    }
  } else {
    miss.asked = std::strtoll(e.value.c_str(), nullptr, 10);
  }
  const std::string unit = e.attribute == Attribute::kPublished ? "m" : "";
  for (const std::int64_t number : {*found, *found + 1, *found - 1}) {
    Expression moved = e;
    moved.value = fmt::format("{}{}", number, unit);
    if (number < 0 || !FitsAttribute(e.attribute, moved.value) || !Holds(moved)) continue;
    clause.suggestion = Suggestion{InPlaceOf(moved, e), moved};
    return;
  }
  if (e.comparison == Comparison::kLess || e.comparison == Comparison::kMore) {  // where no number is left beyond it
    Expression moved = e;
    moved.comparison = e.comparison == Comparison::kLess ? Comparison::kAtMost : Comparison::kAtLeast;
    moved.value = fmt::format("{}{}", *found, unit);
    if (*found >= 0 && FitsAttribute(e.attribute, moved.value) && Holds(moved)) {
      clause.suggestion = Suggestion{InPlaceOf(moved, e), moved};
      return;
    }
  }
  if (e.attribute == Attribute::kPublished) {  // it lies in the future
    clause.suggestion = Suggestion{fmt::format("the article would have to be of {}", ShortText(e))};
    clause.suggestion->article.push_back({.field = {}, .attribute = e.attribute, .text = ValueThatHolds(e)});
    return;
  }
  clause.suggestion = Suggestion{fmt::format("without {}", ShortText(e)), std::nullopt, true};
}

// ----------------------------------------------------------------------------------------------------- connectives

void ClauseBuilder::MissAnd(Clause& clause) {
  double sum = 0;
  bool known = true, changed = false;
  Suggestion suggestion;
  std::vector<Expression> children;
  for (const Clause& child : clause.children) {
    sum += child.closeness;
    if (child.holds) {
      children.push_back(*child.expression);
    } else if (!child.suggestion) {
      known = false;
    } else {
      Append(suggestion.sentence, child.suggestion->sentence);
      const auto& article = child.suggestion->article;
      suggestion.article.insert(suggestion.article.end(), article.begin(), article.end());
      changed = changed || child.suggestion->changes_rule();
      if (!child.suggestion->drops) children.push_back(child.suggestion->replacement.value_or(*child.expression));
    }
  }
  clause.closeness = sum / static_cast<double>(clause.children.size());
  if (!known) return;
  if (children.empty()) {
    suggestion.drops = true;
  } else if (changed) {
    suggestion.replacement = Group(Kind::kAnd, std::move(children));
  }
  clause.suggestion = std::move(suggestion);
}

void ClauseBuilder::MissOr(Clause& clause) {
  const Expression& e = *clause.expression;
  const Clause* nearest = nullptr;
  const Clause* best = nullptr;  // with a suggestion, rather of the rule
  const auto rank = [](const Clause& child) {
    const bool changes = child.suggestion && child.suggestion->replacement;
    return std::pair(changes ? 1 : 0, child.closeness);
  };
  for (const Clause& child : clause.children) {
    if (nearest == nullptr || child.closeness > nearest->closeness) nearest = &child;
    if (child.suggestion && (best == nullptr || rank(child) > rank(*best))) best = &child;
  }
  if (nearest == nullptr) return;
  clause.closeness = nearest->closeness;
  if (nearest->miss) clause.miss = nearest->miss;
  if (nearest->closeness == 0 && IsOrOfTerms(e) && e.children.size() > 1) {
    clause.miss.emplace().sentence =
        e.list.empty() ? fmt::format("none of {} stands in the text", ShortText(e))
                       : fmt::format("none of the {} terms of {} stands in the text", CountTerms(e), ShortText(e));
  } else if (!clause.miss && nearest->holds == false) {
    const auto failed = FailedClauses(*nearest);
    if (!failed.empty() && failed.front()->miss) clause.miss = failed.front()->miss;
  }
  if (!clause.miss) clause.miss.emplace().sentence = fmt::format("{} does not hold", ShortText(e));
  if (best == nullptr) {
    if (!IsOrOfTerms(e)) return;
    for (const Expression& child : e.children) {  // it was too long to be searched
      if (child.kind != Kind::kTerm) continue;
      if (auto change = AddedToArticle(child.term)) {
        clause.suggestion = Suggestion{fmt::format("the article would have to say {}", PlainLine(change->text))};
        clause.suggestion->article.push_back(*std::move(change));
        return;
      }
    }
    return;
  }
  const Suggestion& of_best = *best->suggestion;
  Suggestion suggestion{of_best.sentence, std::nullopt, of_best.drops, of_best.article};
  if (of_best.replacement) {
    // What is new in it: a list keeps its name beside it.
    const Expression& now = *of_best.replacement;
    const bool adds = Adds(now, *best->expression);
    const bool is_list = !e.list.empty();
    // A list is asked for in one part of the article: it is asked for in more, with all its terms.
    if (is_list && now.kind == Kind::kTerm && now.term.scope != best->expression->term.scope) {
      Expression wider = WithScope(e, now.term.scope);
      if (Holds(wider)) {
        clause.suggestion = Suggestion{InPlaceOf(wider, e), std::move(wider)};
        return;
      }
    }
    if (adds && is_list) {
      suggestion.sentence = fmt::format("{} in the list @{}", ShortText(now.children[1]), e.list);
    }
    std::vector<Expression> children = is_list ? std::vector{e} : e.children;
    if (adds || is_list) {
      children.push_back(adds ? now.children[1] : now);
    } else {
      children[static_cast<std::size_t>(best - clause.children.data())] = now;
    }
    suggestion.replacement = Group(Kind::kOr, std::move(children));
  }
  clause.suggestion = std::move(suggestion);
}

std::string ClauseBuilder::NamedPlaces(const Clause& clause) const {
  constexpr std::size_t kMost = 3;
  std::string named;
  for (std::size_t i = 0; i < std::min(clause.places.size(), kMost); ++i) {
    const FoundPlace& place = clause.places[i];
    named += fmt::format("{}{} at {}", named.empty() ? "" : ", ", QuotedPlace(document_, place.field, place.span),
                         FoundPlaceText(evaluation_.folded(), place));
  }
  if (clause.places.size() > kMost) named += fmt::format(" and {} more", clause.places.size() - kMost);
  return named.empty() ? ShortText(*clause.expression) : named;
}

void ClauseBuilder::MissNot(Clause& clause) {
  const Clause& excluded = clause.children[0];
  NearestMiss& miss = clause.miss.emplace();
  miss.kind = MissKind::kExcluded;
  miss.places = excluded.places;
  miss.sentence = fmt::format("excluded by NOT {}", NamedPlaces(excluded));
  clause.closeness = 0.7;
  Suggestion suggestion;
  if (excluded.suggestion && excluded.suggestion->replacement) {
    suggestion.sentence = excluded.suggestion->sentence;
    suggestion.replacement = Group(Kind::kNot, {*excluded.suggestion->replacement});
  } else {
    suggestion.sentence = fmt::format("without {}", ShortText(*clause.expression));
    suggestion.drops = true;
  }
  if (excluded.expression->kind == Kind::kNot) {  // NOT NOT x
    const Clause& inner = excluded.children[0];
    clause.closeness = inner.closeness;
    const auto failed = FailedClauses(inner);
    if (!failed.empty() && failed.front()->miss) clause.miss = failed.front()->miss;
    clause.suggestion = inner.suggestion;
    return;
  }
  clause.suggestion = std::move(suggestion);
}

Suggestion ClauseBuilder::Broken(const Clause& clause) {
  const Expression& e = *clause.expression;
  Suggestion drop{fmt::format("without {}", ShortText(e)), std::nullopt, true};
  switch (e.kind) {
    case Kind::kOr: {
      std::vector<Expression> children;
      Suggestion suggestion;
      for (const Clause& child : clause.children) {
        if (!child.holds) {
          children.push_back(*child.expression);
          continue;
        }
        const Suggestion broken = Broken(child);
        Append(suggestion.sentence, broken.sentence);
        if (broken.replacement) children.push_back(*broken.replacement);
      }
      if (children.empty()) return drop;
      if (!e.list.empty()) suggestion.sentence += fmt::format(", of the list @{}", e.list);
      suggestion.replacement = Group(Kind::kOr, std::move(children));
      return suggestion;
    }
    case Kind::kAnd:
      for (std::size_t i = 0; i < clause.children.size(); ++i) {
        Suggestion broken = Broken(clause.children[i]);
        if (!broken.replacement) continue;
        std::vector<Expression> children = e.children;
        children[i] = *std::move(broken.replacement);
        return {broken.sentence, Group(Kind::kAnd, std::move(children))};
      }
      return drop;
    case Kind::kAtLeast: {
      std::uint32_t holding = 0;
      for (const Clause& child : clause.children) holding += child.holds ? 1 : 0;
      if (holding + 1 > e.children.size()) return drop;
      Expression more = e;
      more.count = holding + 1;
      return {fmt::format("{} OF in place of {} OF", more.count, e.count), more};
    }
    case Kind::kRepeated: {
      std::set<std::pair<Field, Span>> different;
      for (const FoundPlace& place : clause.places) different.emplace(place.field, place.span);
      if (different.size() + 1 > kMostRepeats) return drop;
      Expression more = e;
      more.count = static_cast<std::uint32_t>(different.size() + 1);
      return {fmt::format("{{{},}} in place of {{{},}}", more.count, e.count), more};
    }
    case Kind::kNot: {
      const auto& holding = clause.children[0].suggestion;
      if (!holding || !holding->replacement || !holding->article.empty()) return drop;
      return {holding->sentence, Group(Kind::kNot, {*holding->replacement})};
    }
    case Kind::kTerm:
    case Kind::kAttribute:
    case Kind::kNear:
    case Kind::kSame: return drop;
  }
  return drop;
}

void ClauseBuilder::MissAtLeast(Clause& clause) {
  const Expression& e = *clause.expression;
  std::vector<const Clause*> nearest;
  std::uint32_t holding = 0;
  NearestMiss& miss = clause.miss.emplace();
  for (const Clause& child : clause.children) {
    if (child.holds) {
      ++holding;
      miss.places.insert(miss.places.end(), child.places.begin(), child.places.end());
    } else {
      nearest.push_back(&child);
    }
  }
  std::stable_sort(nearest.begin(), nearest.end(),
                   [](const Clause* a, const Clause* b) { return a->closeness > b->closeness; });
  double sum = holding;
  for (std::size_t i = 0; i < std::min<std::size_t>(nearest.size(), e.count - holding); ++i)
    sum += nearest[i]->closeness;
  clause.closeness = 0.95 * sum / e.count;
  std::sort(miss.places.begin(), miss.places.end());
  miss.kind = MissKind::kTooFewEntries;
  miss.found = holding;
  miss.asked = e.count;
  miss.sentence = fmt::format("{} of the {} asked in {} hold{}", holding == 0 ? "none" : std::to_string(holding),
                              e.count, ShortText(e), holding == 1 ? "s" : "");
  // With fewer a NOT could be enough, and a rule must need something to be found.
  const bool has_not = std::any_of(e.children.begin(), e.children.end(),
                                   [](const Expression& child) { return child.kind == Kind::kNot; });
  if (has_not) {
    Suggestion suggestion;
    Expression changed = e;
    std::uint32_t missing = e.count - holding;
    for (const Clause* child : nearest) {
      if (missing == 0 || !child->suggestion || child->suggestion->drops) continue;
      --missing;
      Append(suggestion.sentence, child->suggestion->sentence);
      const auto& article = child->suggestion->article;
      suggestion.article.insert(suggestion.article.end(), article.begin(), article.end());
      if (!child->suggestion->replacement) continue;
      changed.children[static_cast<std::size_t>(child - clause.children.data())] = *child->suggestion->replacement;
      suggestion.replacement = changed;
    }
    if (missing == 0) {
      clause.suggestion = std::move(suggestion);
      return;
    }
  }
  if (holding > 0) {
    Expression fewer = e;
    fewer.count = holding;
    clause.suggestion = Suggestion{fmt::format("{} OF in place of {} OF", holding, e.count), fewer};
    return;
  }
  for (const Clause* child : nearest) {
    if (child->miss && !child->miss->sentence.empty()) Append(miss.sentence, child->miss->sentence);
    break;
  }
  for (const Clause* child : nearest) {
    if (!child->suggestion || child->suggestion->drops) continue;
    Suggestion suggestion = *child->suggestion;
    if (e.count > 1) suggestion.sentence = fmt::format("1 OF in place of {} OF; {}", e.count, suggestion.sentence);
    Expression one = e;
    one.count = 1;
    if (suggestion.replacement) {
      one.list.clear();
      one.children[static_cast<std::size_t>(child - clause.children.data())] = *suggestion.replacement;
      if (!e.list.empty()) {  // the list keeps its name beside what is new
        Expression list = e;
        list.kind = Kind::kOr;
        list.count = 0;
        one = Group(Kind::kOr, {list, *suggestion.replacement});
      }
    }
    suggestion.replacement = std::move(one);
    clause.suggestion = std::move(suggestion);
    return;
  }
  if (!nearest.empty() && nearest.front()->suggestion) clause.suggestion = nearest.front()->suggestion;
}

void ClauseBuilder::MissRepeated(Clause& clause) {
  const Expression& e = *clause.expression;
  const Clause& counted = clause.children[0];
  std::set<std::pair<Field, Span>> different;
  for (const FoundPlace& place : counted.places) different.emplace(place.field, place.span);
  NearestMiss& miss = clause.miss.emplace();
  miss.kind = MissKind::kTooFew;
  miss.places = counted.places;
  miss.found = static_cast<std::int64_t>(different.size());
  miss.asked = e.count;
  miss.sentence = fmt::format(
      "{} of {} where {{{},}} asked",
      different.empty() ? "no place" : fmt::format("{} place{}", different.size(), different.size() == 1 ? "" : "s"),
      ShortText(e.children[0]), e.count);
  if (different.empty()) {
    clause.closeness = 0.5 * counted.closeness;
    if (counted.miss && counted.closeness > 0) Append(miss.sentence, counted.miss->sentence);
    if (!counted.suggestion) return;
    Suggestion suggestion = *counted.suggestion;
    if (!suggestion.drops && !suggestion.replacement) suggestion.replacement = e.children[0];
    suggestion.sentence = fmt::format("without {{{},}}; {}", e.count, suggestion.sentence);
    clause.suggestion = std::move(suggestion);
    return;
  }
  clause.closeness = 0.9 * static_cast<double>(different.size()) / e.count;
  if (different.size() == 1) {
    clause.suggestion = Suggestion{fmt::format("without {{{},}}", e.count), e.children[0]};
    return;
  }
  Expression fewer = e;
  fewer.count = static_cast<std::uint32_t>(different.size());
  clause.suggestion = Suggestion{fmt::format("{{{},}} in place of {{{},}}", fewer.count, e.count), fewer};
}

}  // namespace wirewatch
