#include "rules/engine/facet_set.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>
#include <tuple>
#include <utility>

#include "rules/codes/language_code.h"
#include "rules/pack/topic_digest.h"

namespace wirewatch {
namespace {

// The terms of one value by language, and by "" those of none.
using TermsByLanguage = std::map<std::string, std::vector<Expression>>;

void Append(const std::vector<PackLibrary::Terms>& languages, TermsByLanguage& terms) {
  for (const PackLibrary::Terms& language : languages) {
    auto& all = terms[language.language];
    all.insert(all.end(), language.terms.begin(), language.terms.end());
  }
}

Rule RuleOf(const std::string& language, std::vector<Expression> terms) {
  Rule rule;
  rule.id = language.empty() ? "any" : language;
  rule.match.kind = Expression::Kind::kOr;
  rule.match.children = std::move(terms);
  return rule;
}

bool TakesLanguage(const std::string& of_term, std::string_view of_document) {
  if (of_term.empty() || of_document.empty()) return true;
  const std::string document(of_document);
  return LanguageHolds(document, of_term) || LanguageHolds(of_term, document);
}

}  // namespace

Result<std::shared_ptr<const FacetSet>> FacetSet::Compile(const Libraries& libraries,
                                                          const std::shared_ptr<const FacetSet>& before) {
  std::map<std::pair<std::string, std::string>, TermsByLanguage> values;  // by facet and name
  for (const auto& library : libraries) {
    if (library->facet.empty()) continue;
    for (const PackLibrary::List& list : library->lists) Append(list.languages, values[{library->facet, list.name}]);
    if (!library->except.empty()) Append(library->except, values[{library->facet, ""}]);
  }
  if (values.empty()) return std::shared_ptr<const FacetSet>();

  std::shared_ptr<FacetSet> set(new FacetSet());
  Pack pack;
  pack.name = "facets";
  std::vector<Digest> digests;
  for (auto& [key, terms] : values) {
    Topic topic;
    topic.id = fmt::format("{}/{}", key.first, key.second);
    topic.title = topic.id;
    Value value{key.first, key.second, {}};
    for (auto& [language, expressions] : terms) {
      if (expressions.empty()) continue;
      topic.rules.push_back(RuleOf(language, std::move(expressions)));
      value.languages.push_back(language);
    }
    if (topic.rules.empty()) continue;
    digests.push_back(DigestOf(topic));
    set->values_.push_back(std::move(value));
    pack.topics.push_back(std::move(topic));
  }
  set->digest_ = DigestOf({HexOfAll(std::move(digests))});
  if (before != nullptr && before->digest_ == set->digest_) return before;
  std::vector<Pack> packs;
  packs.push_back(std::move(pack));
  CompiledRules compiled = RuleSet::Compile(std::move(packs));
  if (compiled.rule_set == nullptr) {
    return Error{ErrorCode::kInvalid, "the names of facets do not compile: " + Render(compiled.diagnostics)};
  }
  set->rules_ = std::move(compiled.rule_set);
  return std::shared_ptr<const FacetSet>(std::move(set));
}

Result<FacetFinder> FacetFinder::Create(std::shared_ptr<const FacetSet> set) {
  auto matcher = Matcher::Create(set->rules_);
  if (!matcher) return std::move(matcher).error();
  return FacetFinder(std::move(set), *std::move(matcher));
}

TokenRange FacetFinder::WordsOf(Field field, Span span) const {
  const TokenRange all = folded_->fields[static_cast<std::size_t>(field)];
  const auto first = folded_->tokens.begin() + all.begin, last = folded_->tokens.begin() + all.end;
  // Also of a span that touches no word, as of a regular expression for punctuation: where it would be.
  const auto begin =
      std::partition_point(first, last, [&](const Token& token) { return token.original.end <= span.begin; });
  const auto end =
      std::partition_point(begin, last, [&](const Token& token) { return token.original.begin < span.end; });
  return {static_cast<std::uint32_t>(begin - folded_->tokens.begin()),
          static_cast<std::uint32_t>(end - folded_->tokens.begin())};
}

Status FacetFinder::Find(const Document& document, const FoldedDocument& folded) {
  places_.clear();
  folded_ = &folded;
  const auto found = matcher_.Match(document, folded);
  if (!found) return found.error();
  struct Found {
    std::string_view facet;
    Place place;
    Span span;
  };
  std::vector<Found> all;
  for (const TopicMatch& match : *found) {
    const FacetSet::Value& value = set_->values_[match.topic];
    for (const MatchSpan& span : match.spans) {
      if (!TakesLanguage(value.languages[span.rule], document.language)) continue;
      all.push_back({value.facet, {match.topic, span.field, WordsOf(span.field, span.span)}, span.span});
    }
  }
  // Of each facet in reading order, of those that begin at one place the longest first.
  std::sort(all.begin(), all.end(), [](const Found& a, const Found& b) {
    return std::tuple(a.facet, a.place.field, a.span.begin, b.span.end, a.place.value) <
           std::tuple(b.facet, b.place.field, b.span.begin, a.span.end, b.place.value);
  });
  std::optional<Found> longest;
  for (const Found& one : all) {
    const bool same_text = longest && longest->facet == one.facet && longest->place.field == one.place.field;
    const bool covered = same_text && one.span.end <= longest->span.end && one.span != longest->span;
    if (covered || (same_text && one.span == longest->span && one.place.value == longest->place.value)) continue;
    longest = one;
    if (!set_->values_[one.place.value].name.empty()) places_.push_back(one.place);
  }
  return {};
}

Facets FacetFinder::Near(const std::vector<MatchSpan>& spans) const {
  // Of each field the words of its spans by their beginning, with the furthest end so far.
  std::array<std::vector<TokenRange>, kFieldCount> near;
  for (const MatchSpan& span : spans)
    near[static_cast<std::size_t>(span.field)].push_back(WordsOf(span.field, span.span));
  for (auto& ranges : near) {
    std::sort(ranges.begin(), ranges.end());
    for (std::size_t i = 1; i < ranges.size(); ++i) ranges[i].end = std::max(ranges[i].end, ranges[i - 1].end);
  }
  const auto is_near = [&](const Place& place) {
    if (place.field == Field::kTitle) return true;
    const auto& ranges = near[static_cast<std::size_t>(place.field)];
    const auto behind = std::partition_point(ranges.begin(), ranges.end(), [&](const TokenRange& range) {
      return range.begin <= place.words.end + kFacetWords;
    });
    return behind != ranges.begin() && std::prev(behind)->end + kFacetWords >= place.words.begin;
  };

  std::map<std::string_view, std::map<std::string_view, FacetValue>> counted;
  for (const Place& place : places_) {
    const FacetSet::Value& value = set_->values_[place.value];
    FacetValue& count = counted[value.facet][value.name];
    count.value = value.name;
    ++count.count;
    count.near = count.near || is_near(place);
  }
  Facets facets;
  for (auto& [name, values] : counted) {
    Facet& facet = facets.emplace_back();
    facet.name = name;
    for (auto& [value, count] : values) facet.values.push_back(std::move(count));
    std::stable_sort(facet.values.begin(), facet.values.end(), [](const FacetValue& a, const FacetValue& b) {
      return std::tuple(a.near, a.count) > std::tuple(b.near, b.count);
    });
    if (facet.values.size() > kMaxFacetValues) facet.values.resize(kMaxFacetValues);
  }
  return facets;
}

}  // namespace wirewatch
