#include "rules/tools/explanation.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "rules/tools/clause_builder.h"

namespace wirewatch {

std::string_view Name(MissKind kind) {
  constexpr std::string_view kNames[] = {
      "absent",   "similar_word", "words_apart",     "other_spelling", "other_part",    "side_absent",
      "too_far",  "wrong_order",  "other_field",     "overlap",        "other_unit",    "always_near",
      "excluded", "too_few",      "too_few_entries", "other_value",    "unknown_value", "number"};
  return kNames[static_cast<std::size_t>(kind)];
}

struct Explainer::Rep {
  ClauseBuilder builder;
  std::string language;
};

Explainer::Explainer(const Document& document)
    : rep_(new Rep{ClauseBuilder(document), std::string(document.language)}) {}
Explainer::~Explainer() = default;

std::string Explainer::PlaceText(const FoundPlace& place) const {
  return FoundPlaceText(rep_->builder.evaluation().folded(), place);
}

Result<TopicExplanation> Explainer::Explain(const Topic& topic) {
  using Wanted = ClauseBuilder::Wanted;
  ClauseBuilder& builder = rep_->builder;
  TopicExplanation explanation;
  explanation.topic = &topic;
  explanation.language = rep_->language;
  double nearest = 0;
  bool holds = false;
  for (const Rule& rule : topic.rules) {
    const RuleExplanation& explained = explanation.rules.emplace_back(RuleExplanation{
        &rule, builder.Build(rule.match, Wanted::kHolds), builder.evaluation().LanguagePasses(rule.languages)});
    nearest = std::max(nearest, explained.reads ? explained.root.closeness : 0);
    holds = holds || explained.holds();
  }
  if (topic.unless) explanation.unless = builder.Build(*topic.unless, Wanted::kNot);
  if (explanation.unless && explanation.unless->holds) {
    NearestMiss& miss = explanation.unless->miss.emplace();
    miss.kind = MissKind::kExcluded;
    miss.sentence = builder.NamedPlaces(*explanation.unless);
    miss.places = explanation.unless->places;
  }
  using Outcome = TopicExplanation::Outcome;
  const bool reads = builder.evaluation().LanguagePasses(topic.languages);
  const bool excluded = explanation.unless && explanation.unless->holds;
  explanation.outcome = !reads     ? Outcome::kLanguage
                        : !holds   ? Outcome::kNoRule
                        : excluded ? Outcome::kUnless
                                   : Outcome::kFired;
  const bool language = explanation.outcome == Outcome::kLanguage;
  explanation.closeness = nearest * (language ? 0.9 : 1) * (excluded ? 0.9 : 1);
  if (builder.evaluation().error()) return *builder.evaluation().error();
  return explanation;
}

std::vector<std::size_t> TopicExplanation::Nearest() const {
  std::vector<std::size_t> order(rules.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    const RuleExplanation &left = rules[a], &right = rules[b];
    return std::tuple(left.reads, left.root.holds, left.root.closeness) >
           std::tuple(right.reads, right.root.holds, right.root.closeness);
  });
  return order;
}

std::vector<const Clause*> FailedClauses(const Clause& root) {
  if (root.holds) return {};
  if (root.expression->kind == Expression::Kind::kAnd) {
    std::vector<const Clause*> failed;
    for (const Clause& child : root.children) {
      for (const Clause* clause : FailedClauses(child)) failed.push_back(clause);
    }
    return failed;
  }
  if (root.expression->kind == Expression::Kind::kOr) {
    const auto leaf = [](const Clause& child) {
      return child.expression->kind == Expression::Kind::kTerm ||
             child.expression->kind == Expression::Kind::kAttribute || child.expression->kind == Expression::Kind::kOr;
    };
    const Clause* nearest = nullptr;
    for (const Clause& child : root.children) {
      if (nearest == nullptr || child.closeness > nearest->closeness) nearest = &child;
    }
    if (nearest != nullptr && !leaf(*nearest)) return FailedClauses(*nearest);
  }
  return {&root};
}

}  // namespace wirewatch
