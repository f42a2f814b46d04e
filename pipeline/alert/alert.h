// Alert: someone must know. Its JSON form: docs/schema/alert.schema.json.
#ifndef WIREWATCH_PIPELINE_ALERT_ALERT_H_
#define WIREWATCH_PIPELINE_ALERT_ALERT_H_

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/digest.h"
#include "pipeline/match/match.h"
#include "pipeline/story/pulse.h"
#include "pipeline/story/throttle.h"

namespace wirewatch {

enum class AlertKind {
  kNew,         // the first article of a story on this topic
  kCorrection,  // another version of an article that alerted
  kWithdrawn,   // an article that alerted was canceled, or a later version of it holds no longer
  kGrow,        // a story has come to a step of sources
  kUpdate,      // a story has become more severe, or brings a rule that had not matched
  kBurst,       // far more stories than the topic usually has
  kQuiet,       // the topic, or a source of it, is silent for far longer than usual
  kSummary,     // what the topic's throttle held back in an hour
  kDemoted,     // a rule of the topic was over its budget, and raises no alerts: for its owner, not for readers
};

inline constexpr AlertKind kAlertKinds[] = {AlertKind::kNew,   AlertKind::kCorrection, AlertKind::kWithdrawn,
                                            AlertKind::kGrow,  AlertKind::kUpdate,     AlertKind::kBurst,
                                            AlertKind::kQuiet, AlertKind::kSummary,    AlertKind::kDemoted};

constexpr std::string_view Name(AlertKind kind) {
  constexpr std::string_view kNames[] = {"new",   "correction", "withdrawn", "grow",   "update",
                                         "burst", "quiet",      "summary",   "demoted"};
  return kNames[static_cast<std::size_t>(kind)];
}

// The story of an alert, as it is then.
struct AlertStory {
  std::string id;
  WallTime first_seen;       // record time of its first article
  std::string first_source;  // that of its first article
  std::size_t sources = 0;   // different ones
  std::size_t articles = 0;  // different ids
  std::size_t size = 0;      // versions of all of them
};

// A rule that raises no alerts any more, of kDemoted (pipeline/match/rule_budgets.h).
struct DemotedRule {
  std::string rule;   // empty: all of the topic
  std::string owner;  // of its pack; empty: nobody
  std::string cause;  // "cpu", "hits"
};

struct Alert {
  std::string id;  // the same after a crash, a replay, in any process
  AlertKind kind = AlertKind::kNew;
  // Of kCorrection, kWithdrawn and kUpdate: the id of the alert on this topic and article before this one, if there is
  // one; as far as it is still known, else of the first.
  std::string corrects;
  std::string_view reason;          // of kWithdrawn: kArticleCanceled or kHoldsNoLonger
  std::string because;              // why, as a sentence for people
  std::optional<AlertStory> story;  // of all but kBurst, kQuiet, kSummary and kDemoted
  // Ids of the story's alerts before this one, the latest last; at most kMostPrevious.
  std::vector<std::string> previous;
  // Of kWithdrawn without spans, and with what the alert before said of topic, severity, score and rules: whoever got
  // that one gets this one. Of kQuiet, kSummary and kDemoted only what it says of the topic counts.
  Match match;
  std::optional<Burst> burst;          // of kBurst; `match` is the one that made it one
  std::optional<Quiet> quiet;          // of kQuiet
  std::optional<FoldedHour> summary;   // of kSummary
  std::optional<DemotedRule> demoted;  // of kDemoted
  WallTime alerted;
};
inline constexpr std::string_view kArticleCanceled = "canceled", kHoldsNoLonger = "holds-no-longer";
inline constexpr std::size_t kMostPrevious = 5;

// Whether the alert is about an article; else about a topic.
constexpr bool HasArticle(AlertKind kind) {
  return kind != AlertKind::kQuiet && kind != AlertKind::kSummary && kind != AlertKind::kDemoted;
}

// Of the first alert: a hash of topic and article id.
std::string AlertId(std::string_view topic, std::string_view article_id);
// Of one that followed from a later version: of these, and of the version (Edition::digest).
std::string AlertId(std::string_view topic, std::string_view article_id, const Digest& edition);

// One line of JSON without a newline, valid under docs/schema/alert.schema.json.
std::string ToJson(const Alert& alert);

}  // namespace wirewatch

#endif  // WIREWATCH_PIPELINE_ALERT_ALERT_H_
