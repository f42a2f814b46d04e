// AlertStep: the records of an alert step are matches that another process found, and those that recall are decisions
// on them (decision.h).
#ifndef WIREWATCH_PIPELINE_ALERT_ALERT_STEP_H_
#define WIREWATCH_PIPELINE_ALERT_ALERT_STEP_H_

#include "monitoring/metrics.h"
#include "pipeline/flow/reader.h"
#include "pipeline/match/article_matches.h"

namespace wirewatch {

// Records that MatchStep's process wrote (match_message.h), to matches again.
Step<ArticleMatches> AlertStep(MetricsRegistry& metrics);

}  // namespace wirewatch

#endif  // WIREWATCH_PIPELINE_ALERT_ALERT_STEP_H_
