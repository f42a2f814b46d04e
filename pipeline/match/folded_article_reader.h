// FoldedArticleReader: one record to its article and the searchable text of it, or to the reason why it is no article.
// What stands before matching; it knows no rules.
#ifndef WIREWATCH_PIPELINE_MATCH_FOLDED_ARTICLE_READER_H_
#define WIREWATCH_PIPELINE_MATCH_FOLDED_ARTICLE_READER_H_

#include <cstddef>
#include <optional>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "monitoring/metrics.h"
#include "pipeline/decode/article.h"
#include "pipeline/decode/article_decoder.h"
#include "pipeline/flow/pipeline_settings.h"
#include "pipeline/match/match_metrics.h"
#include "pipeline/records/record.h"
#include "pipeline/records/rejection.h"
#include "rules/text/document.h"
#include "rules/text/fold.h"

namespace wirewatch {

// Threads: one at a time; make one a thread.
class FoldedArticleReader {
 public:
  // Borrows `metrics`. kInvalid: the mapping is wrong.
  static Result<FoldedArticleReader> Create(DecodeLimits limits, DecodeMapping mapping, RecordTime record_time,
                                            MetricsRegistry& metrics);

  // Nothing: the record was read, and what follows is of it until the next Read. `received`: when this process read it.
  std::optional<Rejection> Read(const Record& record, WallTime received);
  const Article& article() const { return article_; }
  const Document& document() const { return document_; }  // borrows from the article
  const FoldedDocument& folded() const { return folded_; }
  // Outcome::time. Of an article that is dated ahead: nothing.
  std::optional<WallTime> time() const { return time_; }
  // When the record was written to its stream; else time().
  std::optional<WallTime> recorded() const { return recorded_; }

  // A record of more bytes makes its reader reserve up to 30 times as much, which no other article needs. To make all
  // anew costs less than such an article did.
  static constexpr std::size_t kLargeRecord = 1 << 20;
  // Decoder and fold as they were made. What was read is gone.
  void GiveBackMemory();

 private:
  FoldedArticleReader(DecodeLimits limits, DecodeMapping mapping, RecordTime record_time, ArticleDecoder decoder,
                      MetricsRegistry& metrics);

  DecodeLimits limits_;
  DecodeMapping mapping_;
  RecordTime record_time_;
  ArticleDecoder decoder_;
  MatchMetrics metrics_;
  std::vector<Counter> unreadable_;  // by ArticleField
  Article article_;                  // reused
  Document document_;
  FoldedDocument folded_;  // reused
  std::optional<WallTime> time_, recorded_;
};

}  // namespace wirewatch

#endif  // WIREWATCH_PIPELINE_MATCH_FOLDED_ARTICLE_READER_H_
