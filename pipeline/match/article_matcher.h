// ArticleMatcher: one record to its matches, or to the reason why it can have none. Stateless but for memory that is
// reused; what a very large record made it reserve is given back after it.
#ifndef WIREWATCH_PIPELINE_MATCH_ARTICLE_MATCHER_H_
#define WIREWATCH_PIPELINE_MATCH_ARTICLE_MATCHER_H_

#include <memory>
#include <optional>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "monitoring/metrics.h"
#include "pipeline/decode/article_decoder.h"
#include "pipeline/flow/outcome.h"
#include "pipeline/flow/pipeline_settings.h"
#include "pipeline/match/article_matches.h"
#include "pipeline/match/folded_article_reader.h"
#include "pipeline/match/match_metrics.h"
#include "pipeline/match/match_teller.h"
#include "pipeline/records/dead_letter_reason.h"
#include "pipeline/records/record.h"
#include "rules/engine/facet_set.h"
#include "rules/engine/matcher.h"
#include "rules/engine/rule_set.h"

namespace wirewatch {

// Every reason for which ArticleMatcher rejects a record.
std::vector<DeadLetterReason> MatchRejectionReasons();

// Threads: one at a time; make one a thread.
class ArticleMatcher {
 public:
  // Borrows `metrics`. With RecordTime::kPublished outcomes tell the time of their articles. kInvalid: the mapping is
  // wrong; kInternal: Hyperscan gave no memory.
  static Result<ArticleMatcher> Create(std::shared_ptr<const RuleSet> rules, DecodeLimits limits, DecodeMapping mapping,
                                       RecordTime record_time, MetricsRegistry& metrics);

  // From now on these rules. Cheap when they are the ones in use. kInternal: the ones before stay in use.
  Status Use(std::shared_ptr<const RuleSet> rules);

  Outcome<ArticleMatches> Process(const Record& record, WallTime received);

 private:
  ArticleMatcher(FoldedArticleReader reader, std::shared_ptr<const RuleSet> rules, Matcher matcher,
                 std::optional<FacetFinder> facets, MetricsRegistry& metrics);

  Outcome<ArticleMatches> Judge(const Record& record, WallTime received);
  // Puts their facets into the matches, which are of the topics `found`, in order.
  Status TellFacets(const std::vector<TopicMatch>& found, std::vector<Match>& matches);
  // Reader, teller and matcher as they were made.
  void GiveBackMemory();

  FoldedArticleReader reader_;
  std::shared_ptr<const RuleSet> rules_;  // those of matcher_
  Matcher matcher_;
  MatchTeller teller_;                 // of the same rules
  std::optional<FacetFinder> facets_;  // of the same rules; none: they have no facets
  MatchMetrics metrics_;
};

}  // namespace wirewatch

#endif  // WIREWATCH_PIPELINE_MATCH_ARTICLE_MATCHER_H_
