#include "pipeline/match/article_matcher.h"

#include <memory>
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
                                              DecodeMapping mapping, RecordTime record_time, MetricsRegistry& metrics) {
  auto reader = FoldedArticleReader::Create(limits, std::move(mapping), record_time, metrics);
  if (!reader) return std::move(reader).error();
  auto matcher = Matcher::Create(rules);
  if (!matcher) return std::move(matcher).error();
  auto facets = MakeFinder(*rules);
  if (!facets) return std::move(facets).error();
  return ArticleMatcher(*std::move(reader), std::move(rules), *std::move(matcher), *std::move(facets), metrics);
}

ArticleMatcher::ArticleMatcher(FoldedArticleReader reader, std::shared_ptr<const RuleSet> rules, Matcher matcher,
                               std::optional<FacetFinder> facets, MetricsRegistry& metrics)
    : reader_(std::move(reader)),
      rules_(std::move(rules)),
      matcher_(std::move(matcher)),
      teller_(rules_),
      facets_(std::move(facets)),
      metrics_{metrics} {}

Status ArticleMatcher::Use(std::shared_ptr<const RuleSet> rules) {
  if (rules == rules_) return {};
  auto facets = MakeFinder(*rules);
  if (!facets) return std::move(facets).error();
  if (Status used = matcher_.Use(rules); !used) return used;
  facets_ = *std::move(facets);
  rules_ = std::move(rules);
  teller_ = MatchTeller(rules_);
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
}

Outcome<ArticleMatches> ArticleMatcher::Judge(const Record& record, WallTime received) {
  Outcome<ArticleMatches> outcome;
  if (outcome.rejection = reader_.Read(record, received); outcome.rejection) return outcome;
  outcome.time = reader_.time();
  const SteadyTime folded = SteadyNow();
  const auto found = matcher_.Match(reader_.document(), reader_.folded());
  metrics_.match_duration.Observe(SteadyNow() - folded);
  if (!found) {
    metrics_.engine_errors.Increment();
    outcome.rejection = {DeadLetterReason::kEngineError, found.error().message};
    return outcome;
  }
  outcome.value = teller_.Tell(*found, reader_.article(), reader_.folded(), record.headers,
                               {reader_.recorded(), received, received});
  if (Status told = TellFacets(*found, outcome.value.matches); !told) {
    metrics_.engine_errors.Increment();
    outcome.value = {};
    outcome.rejection = {DeadLetterReason::kEngineError, told.error().message};
  }
  return outcome;
}

Status ArticleMatcher::TellFacets(const std::vector<TopicMatch>& found, std::vector<Match>& matches) {
  if (!facets_ || matches.empty()) return {};
  if (Status looked = facets_->Find(reader_.document(), reader_.folded()); !looked) return looked;
  for (std::size_t i = 0; i < matches.size(); ++i) matches[i].facets = facets_->Near(found[i].spans);
  return {};
}

}  // namespace wirewatch
