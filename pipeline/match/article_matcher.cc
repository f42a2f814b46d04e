#include "pipeline/match/article_matcher.h"

#include <fmt/format.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "pipeline/match/trace.h"
#include "pipeline/records/rejection.h"

namespace wirewatch {
namespace {

// What an alert or match was sent as (connectors/kafka/produce/kafka_sink.h); empty: the record is none. Read as an
// article it would raise alerts that are read again, without end.
std::string_view OwnEvent(const Record& record) {
  for (const RecordHeader& header : record.headers) {
    if (header.name == "ce_type" && header.value.starts_with("wirewatch.")) return header.value;
  }
  return {};
}

}  // namespace

std::vector<DeadLetterReason> MatchRejectionReasons() {
  return {DeadLetterReason::kEmpty,       DeadLetterReason::kTooLarge,    DeadLetterReason::kTooDeep,
          DeadLetterReason::kInvalidUtf8, DeadLetterReason::kInvalidJson, DeadLetterReason::kWrongType,
          DeadLetterReason::kNoText,      DeadLetterReason::kEngineError, DeadLetterReason::kUnreadable,
          DeadLetterReason::kOwnOutput};
}

namespace {

constexpr std::size_t kLargeRecord = 1 << 20;

// Not by assignment: a string that is given an empty one keeps its memory.
template <typename T>
void Renew(T& object) {
  std::destroy_at(&object);
  std::construct_at(&object);
}

std::string KeptOf(const Oversize& oversize) {
  if (oversize.spill_path.empty() || oversize.spilled == oversize.bytes) return "";
  return fmt::format("; only its first {} bytes are kept", oversize.spilled);
}

// Why a record is not even decoded; nothing: it is.
std::optional<Rejection> RejectUnread(const Record& record) {
  if (auto rejection = RejectUnreadable(record)) return rejection;
  if (const std::string_view event = OwnEvent(record); !event.empty()) {
    return Rejection{DeadLetterReason::kOwnOutput,
                     fmt::format("it is no article but one of wirewatch's own messages (its header ce_type is {}): "
                                 "somebody writes them to where articles are read",
                                 event)};
  }
  if (!record.oversize) return std::nullopt;
  return Rejection{DeadLetterReason::kTooLarge,
                   fmt::format("the record has {} bytes, more than decode.max_record_bytes{}", record.oversize->bytes,
                               KeptOf(*record.oversize))};
}

}  // namespace

Result<ArticleMatcher> ArticleMatcher::Create(std::shared_ptr<const RuleSet> rules, DecodeLimits limits,
                                              DecodeMapping mapping, MetricsRegistry& metrics) {
  auto decoder = ArticleDecoder::Create(limits, mapping);
  if (!decoder) return std::move(decoder).error();
  auto matcher = Matcher::Create(rules);
  if (!matcher) return std::move(matcher).error();
  return ArticleMatcher(limits, std::move(mapping), *std::move(decoder), std::move(rules), *std::move(matcher),
                        metrics);
}

ArticleMatcher::ArticleMatcher(DecodeLimits limits, DecodeMapping mapping, ArticleDecoder decoder,
                               std::shared_ptr<const RuleSet> rules, Matcher matcher, MetricsRegistry& metrics)
    : limits_(limits),
      mapping_(std::move(mapping)),
      decoder_(std::move(decoder)),
      rules_(std::move(rules)),
      matcher_(std::move(matcher)),
      describer_(rules_),
      metrics_{metrics} {
  for (std::size_t i = 0; i < kArticleFieldCount; ++i) {
    unreadable_.push_back(metrics_.unreadable_fields.With(Name(static_cast<ArticleField>(i))));
  }
}

Status ArticleMatcher::Use(std::shared_ptr<const RuleSet> rules) {
  if (rules == rules_) return {};
  if (Status used = matcher_.Use(rules); !used) return used;
  rules_ = std::move(rules);
  describer_ = Describer(rules_);
  return {};
}

Outcome<ArticleMatches> ArticleMatcher::Process(const Record& record, WallTime received) {
  Outcome<ArticleMatches> outcome = Judge(record, received);
  if (record.payload.size() > kLargeRecord) GiveBackMemory();
  return outcome;
}

// One article of 10 MiB makes its worker reserve up to 30 times as much, which no other article needs. To make all anew
// costs less than such an article did.
void ArticleMatcher::GiveBackMemory() {
  Renew(article_);
  Renew(folded_);
  if (auto decoder = ArticleDecoder::Create(limits_, mapping_)) decoder_ = *std::move(decoder);
  // Without memory for another one the one at hand goes on.
  if (auto matcher = Matcher::Create(rules_)) matcher_ = *std::move(matcher);
}

Outcome<ArticleMatches> ArticleMatcher::Judge(const Record& record, WallTime received) {
  Outcome<ArticleMatches> outcome;
  if (outcome.rejection = RejectUnread(record); outcome.rejection) return outcome;

  const SteadyTime begin = SteadyNow();
  outcome.rejection = decoder_.Decode(record.payload, record.readable_after, article_);
  if (outcome.rejection) return outcome;
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
  metrics_.decode_duration.Observe(decoded - begin);
  metrics_.fold_duration.Observe(folded - decoded);
  metrics_.match_duration.Observe(matched - folded);

  if (!found) {
    metrics_.engine_errors.Increment();
    outcome.rejection = {DeadLetterReason::kEngineError, found.error().message};
    return outcome;
  }
  outcome.value = Tell(*found, record, received);
  return outcome;
}

ArticleMatches ArticleMatcher::Tell(const std::vector<TopicMatch>& found, const Record& record, WallTime received) {
  ArticleMatches told;
  const bool is_revision = IsRevision(article_);
  if (found.empty() && !is_revision) return told;
  const StepTimes times{record.timestamp, received, WallNow()};
  const auto facts = std::make_shared<const ArticleFacts>(FactsOf(article_));
  const std::vector<RecordHeader> trace = TraceOf(record.headers);
  auto& matches = told.matches;
  auto& revision = told.revision;
  matches.reserve(found.size());
  for (const TopicMatch& match : found) {
    matches.push_back(describer_.Describe(match, article_, facts, times));
    matches.back().trace = trace;
  }
  if (is_revision) {
    revision.emplace();
    revision->article = facts;
    for (const Match& match : matches) revision->topics.push_back(match.topic);
    revision->rule_set = rules_->hash();
    revision->times = times;
    revision->trace = trace;
  }
  return told;
}

}  // namespace wirewatch
