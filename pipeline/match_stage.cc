#include "pipeline/match_stage.h"

#include <fmt/format.h>

#include <utility>

namespace wirewatch {

std::vector<std::string_view> MatchRejectionReasons() {
  std::vector<std::string_view> reasons;
  for (const DecodeFailure failure :
       {DecodeFailure::kEmpty, DecodeFailure::kTooLarge, DecodeFailure::kTooDeep, DecodeFailure::kInvalidUtf8,
        DecodeFailure::kInvalidJson, DecodeFailure::kWrongType, DecodeFailure::kNoText}) {
    reasons.push_back(Name(failure));
  }
  reasons.push_back(kEngineError);
  return reasons;
}

Result<MatchStage> MatchStage::Create(std::shared_ptr<const RuleSet> rules, DecodeLimits limits, DecodeMapping mapping,
                                      Metrics& metrics) {
  auto decoder = ArticleDecoder::Create(limits, std::move(mapping));
  if (!decoder) return std::move(decoder).error();
  auto matcher = Matcher::Create(std::move(rules));
  if (!matcher) return std::move(matcher).error();
  return MatchStage(*std::move(decoder), *std::move(matcher), metrics);
}

MatchStage::MatchStage(ArticleDecoder decoder, Matcher matcher, Metrics& metrics)
    : decoder_(std::move(decoder)), matcher_(std::move(matcher)), metrics_(&metrics) {
  for (std::size_t i = 0; i < kArticleFieldCount; ++i) {
    unreadable_.push_back(metrics.UnreadableFields(Name(static_cast<ArticleField>(i))));
  }
}

Status MatchStage::Use(std::shared_ptr<const RuleSet> rules) {
  if (rules.get() == &matcher_.rule_set()) return {};
  return matcher_.Use(std::move(rules));
}

MatchOutcome MatchStage::Process(const Record& record, WallTime received) {
  MatchOutcome outcome;
  if (record.oversize) {
    outcome.rejection = {
        Name(DecodeFailure::kTooLarge),
        fmt::format("the record has {} bytes, more than decode.max_record_bytes", record.oversize->bytes)};
    return outcome;
  }

  const SteadyTime begin = SteadyNow();
  if (auto error = decoder_.Decode(record.payload, record.readable_after, article_)) {
    outcome.rejection = {Name(error->failure), std::move(error->message)};
    return outcome;
  }
  const SteadyTime decoded = SteadyNow();
  for (std::size_t i = 0; !article_.unreadable.empty() && i < kArticleFieldCount; ++i) {
    if (article_.unreadable.Has(static_cast<ArticleField>(i))) unreadable_[i].Increment();
  }
  Document document = DocumentOf(article_);
  document.now = record.timestamp.value_or(received);  // of files and stdin no other time is known
  Fold(document, folded_);
  const SteadyTime folded = SteadyNow();
  const auto found = matcher_.Match(document, folded_);
  const SteadyTime matched = SteadyNow();
  metrics_->decode_duration.Observe(decoded - begin);
  metrics_->fold_duration.Observe(folded - decoded);
  metrics_->match_duration.Observe(matched - folded);

  if (!found) {
    metrics_->engine_errors.Increment();
    outcome.rejection = {kEngineError, found.error().message};
    return outcome;
  }
  if (found->empty()) return outcome;
  const StageTimes times{record.timestamp, received, WallNow()};
  const auto facts = std::make_shared<const ArticleFacts>(FactsOf(article_));
  outcome.matches.reserve(found->size());
  for (const TopicMatch& match : *found) {
    outcome.matches.push_back(Describe(match, matcher_.rule_set(), article_, facts, times));
    outcome.matches.back().trace = TraceOf(record.headers);
  }
  return outcome;
}

}  // namespace wirewatch
