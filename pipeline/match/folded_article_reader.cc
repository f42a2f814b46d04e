#include "pipeline/match/folded_article_reader.h"

#include <fmt/format.h>

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

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

// A date that lies ahead is a mistake of the publisher. The time of a partition never goes back: all articles behind
// this one would stand still at it.
std::optional<WallTime> TimeToTell(const Article& article, RecordTime record_time, WallTime received) {
  if (record_time == RecordTime::kReceived || article.published_at > received) return std::nullopt;
  return article.published_at;
}

}  // namespace

Result<FoldedArticleReader> FoldedArticleReader::Create(DecodeLimits limits, DecodeMapping mapping,
                                                        RecordTime record_time, MetricsRegistry& metrics) {
  auto decoder = ArticleDecoder::Create(limits, mapping);
  if (!decoder) return std::move(decoder).error();
  return FoldedArticleReader(limits, std::move(mapping), record_time, *std::move(decoder), metrics);
}

FoldedArticleReader::FoldedArticleReader(DecodeLimits limits, DecodeMapping mapping, RecordTime record_time,
                                         ArticleDecoder decoder, MetricsRegistry& metrics)
    : limits_(limits),
      mapping_(std::move(mapping)),
      record_time_(record_time),
      decoder_(std::move(decoder)),
      metrics_{metrics} {
  for (std::size_t i = 0; i < kArticleFieldCount; ++i) {
    unreadable_.push_back(metrics_.unreadable_fields.With(Name(static_cast<ArticleField>(i))));
  }
}

std::optional<Rejection> FoldedArticleReader::Read(const Record& record, WallTime received) {
  if (auto rejection = RejectUnread(record)) return rejection;
  const SteadyTime begin = SteadyNow();
  if (auto rejection = decoder_.Decode(record.payload, record.readable_after, article_)) return rejection;
  const SteadyTime decoded = SteadyNow();
  for (std::size_t i = 0; !article_.unreadable.empty() && i < kArticleFieldCount; ++i) {
    if (article_.unreadable.Has(static_cast<ArticleField>(i))) unreadable_[i].Increment();
  }
  document_ = DocumentOf(article_);
  time_ = TimeToTell(article_, record_time_, received);
  recorded_ = record.timestamp ? record.timestamp : time_;
  document_.now = recorded_.value_or(received);
  Fold(document_, folded_);
  metrics_.decode_duration.Observe(decoded - begin);
  metrics_.fold_duration.Observe(SteadyNow() - decoded);
  return std::nullopt;
}

void FoldedArticleReader::GiveBackMemory() {
  document_ = {};
  Renew(article_);
  Renew(folded_);
  // Without memory for another one the one at hand goes on.
  if (auto decoder = ArticleDecoder::Create(limits_, mapping_)) decoder_ = *std::move(decoder);
}

}  // namespace wirewatch
