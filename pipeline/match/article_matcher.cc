#include "pipeline/match/article_matcher.h"

#include <algorithm>
#include <memory>
#include <string>
#include <utility>

namespace wirewatch {

namespace {

// Nothing: the rules have no facets.
Result<std::optional<FacetFinder>> MakeFinder(const RuleSet& rules) {
  if (rules.facets() == nullptr) return std::optional<FacetFinder>();
  auto finder = FacetFinder::Create(rules.facets());
  if (!finder) return std::move(finder).error();
  return std::optional<FacetFinder>(*std::move(finder));
}

}  // namespace

std::vector<DeadLetterReason> MatchRejectionReasons() {
  return {DeadLetterReason::kEmpty,       DeadLetterReason::kTooLarge,    DeadLetterReason::kTooDeep,
          DeadLetterReason::kInvalidUtf8, DeadLetterReason::kInvalidJson, DeadLetterReason::kWrongType,
          DeadLetterReason::kNoText,      DeadLetterReason::kEngineError, DeadLetterReason::kUnreadable,
          DeadLetterReason::kOwnOutput};
}

Result<ArticleMatcher> ArticleMatcher::Create(std::shared_ptr<const RuleSet> rules, DecodeLimits limits,
                                              DecodeMapping mapping, RecordTime record_time, MetricsRegistry& metrics,
                                              ShadowUse shadow) {
  auto reader = FoldedArticleReader::Create(limits, std::move(mapping), record_time, metrics);
  if (!reader) return std::move(reader).error();
  auto matcher = Matcher::Create(rules);
  if (!matcher) return std::move(matcher).error();
  auto facets = MakeFinder(*rules);
  if (!facets) return std::move(facets).error();
  return ArticleMatcher(*std::move(reader), std::move(rules), *std::move(matcher), *std::move(facets), metrics, shadow);
}

ArticleMatcher::ArticleMatcher(FoldedArticleReader reader, std::shared_ptr<const RuleSet> rules, Matcher matcher,
                               std::optional<FacetFinder> facets, MetricsRegistry& metrics, ShadowUse shadow)
    : reader_(std::move(reader)),
      rules_(std::move(rules)),
      matcher_(std::move(matcher)),
      teller_(rules_),
      facets_(std::move(facets)),
      shadow_(shadow),
      shadow_rules_(*rules_),
      shadow_describer_(rules_),
      metrics_{metrics} {
  if (shadow_.live != nullptr) live_.emplace(*shadow_.live, rules_);
}

Status ArticleMatcher::Use(std::shared_ptr<const RuleSet> rules) {
  if (rules == rules_) return {};
  auto facets = MakeFinder(*rules);
  if (!facets) return std::move(facets).error();
  if (Status used = matcher_.Use(rules); !used) return used;
  facets_ = *std::move(facets);
  rules_ = std::move(rules);
  teller_ = MatchTeller(rules_);
  shadow_rules_ = ShadowRules(*rules_);
  shadow_describer_ = Describer(rules_);
  if (live_) live_->Use(rules_);
  return {};
}

Outcome<ArticleMatches> ArticleMatcher::Process(const Record& record, WallTime received) {
  Outcome<ArticleMatches> outcome = Judge(record, received);
  if (record.payload.size() > FoldedArticleReader::kLargeRecord) GiveBackMemory();
  return outcome;
}

void ArticleMatcher::GiveBackMemory() {
  reader_.GiveBackMemory();
  teller_.GiveBackMemory();
  // Without memory for another one the one at hand goes on.
  if (auto matcher = Matcher::Create(rules_)) matcher_ = *std::move(matcher);
  if (auto facets = MakeFinder(*rules_)) facets_ = *std::move(facets);
}

Outcome<ArticleMatches> ArticleMatcher::Judge(const Record& record, WallTime received) {
  Outcome<ArticleMatches> outcome;
  if (outcome.rejection = reader_.Read(record, received); outcome.rejection) return outcome;
  outcome.time = reader_.time();
  MatchWatch* const watch = live_ ? live_->Before(reader_.article()) : nullptr;
  const SteadyTime folded = SteadyNow();
  auto found = matcher_.Match(reader_.document(), reader_.folded(), watch);
  const SteadyTime::duration took = SteadyNow() - folded;
  metrics_.match_duration.Observe(took);
  if (!found) {
    metrics_.engine_errors.Increment();
    outcome.rejection = {DeadLetterReason::kEngineError, found.error().message};
    return outcome;
  }
  std::vector<TopicMatch> shadow;
  if (live_) {
    shadow = live_->After({.article = reader_.article(),
                           .document = reader_.document(),
                           .folded = reader_.folded(),
                           .record = record,
                           // Not later than now: a date in the future would keep its hour and day for good.
                           .time = std::min(reader_.recorded().value_or(received), received),
                           .took = took},
                          *found);
  } else {
    shadow = shadow_rules_.TakeFrom(*rules_, *found);
  }
  const StepTimes times{reader_.recorded(), received, received};
  outcome.value = teller_.Tell(*found, reader_.article(), reader_.folded(), record.headers, times);
  if (Status faceted = TellFacets(*found, outcome.value.matches); !faceted) {
    metrics_.engine_errors.Increment();
    outcome.value = {};
    outcome.rejection = {DeadLetterReason::kEngineError, faceted.error().message};
    return outcome;
  }
  TellShadow(shadow, times, outcome.value);
  return outcome;
}

Status ArticleMatcher::TellFacets(const std::vector<TopicMatch>& found, std::vector<Match>& matches) {
  if (!facets_ || matches.empty()) return {};
  if (Status looked = facets_->Find(reader_.document(), reader_.folded()); !looked) return looked;
  for (std::size_t i = 0; i < matches.size(); ++i) matches[i].facets = facets_->Near(found[i].spans);
  return {};
}

void ArticleMatcher::TellShadow(const std::vector<TopicMatch>& shadow, const StepTimes& times, ArticleMatches& told) {
  std::shared_ptr<const ArticleFacts> facts;
  for (const TopicMatch& match : shadow) {
    const std::string& topic = rules_->topics()[match.topic]->id;
    if (told.revision) {
      auto& topics = told.revision->topics;
      if (std::find(topics.begin(), topics.end(), topic) == topics.end()) topics.push_back(topic);
    }
    if (!shadow_.tells) continue;
    if (!facts) facts = std::make_shared<const ArticleFacts>(FactsOf(reader_.article(), reader_.folded()));
    told.shadow.push_back(shadow_describer_.Describe(match, reader_.article(), facts, times));
  }
}

}  // namespace wirewatch
