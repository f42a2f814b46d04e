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
#include "pipeline/match/describe.h"
#include "pipeline/match/folded_article_reader.h"
#include "pipeline/match/live_rules.h"
#include "pipeline/match/match_metrics.h"
#include "pipeline/match/match_teller.h"
#include "pipeline/records/dead_letter_reason.h"
#include "pipeline/records/record.h"
#include "rules/engine/facet_set.h"
#include "rules/engine/matcher.h"
#include "rules/engine/rule_set.h"
#include "rules/engine/shadow_rules.h"

namespace wirewatch {

// Every reason for which ArticleMatcher rejects a record.
std::vector<DeadLetterReason> MatchRejectionReasons();

// What is done with the rules that run in shadow.
struct ShadowUse {
  LiveRules* live = nullptr;  // of a service; null: they are only left out
  bool tells = false;         // ArticleMatches::shadow
};

// Threads: one at a time; make one a thread.
class ArticleMatcher {
 public:
  // Borrows `metrics` and what is in `shadow`. With RecordTime::kPublished outcomes tell the time of their articles.
  // kInvalid: the mapping is wrong; kInternal: Hyperscan gave no memory.
  static Result<ArticleMatcher> Create(std::shared_ptr<const RuleSet> rules, DecodeLimits limits, DecodeMapping mapping,
                                       RecordTime record_time, MetricsRegistry& metrics, ShadowUse shadow = {});

  // From now on these rules. Cheap when they are the ones in use. kInternal: the ones before stay in use.
  Status Use(std::shared_ptr<const RuleSet> rules);

  Outcome<ArticleMatches> Process(const Record& record, WallTime received);

 private:
  ArticleMatcher(FoldedArticleReader reader, std::shared_ptr<const RuleSet> rules, Matcher matcher,
                 std::optional<FacetFinder> facets, MetricsRegistry& metrics, ShadowUse shadow);

  Outcome<ArticleMatches> Judge(const Record& record, WallTime received);
  // Puts their facets into the matches, which are of the topics `found`, in order.
  Status TellFacets(const std::vector<TopicMatch>& found, std::vector<Match>& matches);
  // What was found by rules in shadow: `told` hears of it as far as it is to.
  void TellShadow(const std::vector<TopicMatch>& shadow, const StepTimes& times, ArticleMatches& told);
  // Reader, teller, matcher and finder of facets as they were made.
  void GiveBackMemory();

  FoldedArticleReader reader_;
  std::shared_ptr<const RuleSet> rules_;  // those of matcher_
  Matcher matcher_;
  MatchTeller teller_;                 // of the same rules
  std::optional<FacetFinder> facets_;  // of the same rules; none: they have no facets
  ShadowUse shadow_;
  std::optional<LiveMatching> live_;  // of a service
  ShadowRules shadow_rules_;          // of the same rules, of all others
  Describer shadow_describer_;        // the same
  MatchMetrics metrics_;
};

}  // namespace wirewatch

#endif  // WIREWATCH_PIPELINE_MATCH_ARTICLE_MATCHER_H_
