// MatchStep: the records of a match step are articles, and become their matches.
#ifndef WIREWATCH_PIPELINE_MATCH_MATCH_STEP_H_
#define WIREWATCH_PIPELINE_MATCH_MATCH_STEP_H_

#include "monitoring/metrics.h"
#include "pipeline/decode/article_decoder.h"
#include "pipeline/decode/format_guess.h"
#include "pipeline/flow/pipeline_settings.h"
#include "pipeline/flow/reader.h"
#include "pipeline/match/article_matcher.h"
#include "pipeline/match/article_matches.h"
#include "pipeline/match/rule_store.h"

namespace wirewatch {

// Articles to matches. Borrows all. Errors of make_reader: as ArticleMatcher::Create. `look`, if given, is shown the
// records that are no articles. `shadow`: as ArticleMatcher; what is in it outlives the step.
Step<ArticleMatches> MatchStep(const RuleStore& rules, DecodeLimits limits, DecodeMapping mapping,
                               RecordTime record_time, MetricsRegistry& metrics, InputLook* look = nullptr,
                               ShadowUse shadow = {});

}  // namespace wirewatch

#endif  // WIREWATCH_PIPELINE_MATCH_MATCH_STEP_H_
