// Alert: someone must know. Its JSON form: docs/schema/alert.schema.json.
#ifndef WIREWATCH_PIPELINE_ALERT_ALERT_H_
#define WIREWATCH_PIPELINE_ALERT_ALERT_H_

#include <cstddef>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/digest.h"
#include "pipeline/match/match.h"

namespace wirewatch {

enum class AlertKind {
  kNew,         // the first on this topic and article
  kCorrection,  // another version of an article that alerted
  kWithdrawn,   // an article that alerted was canceled, or a later version of it holds no longer
};

constexpr std::string_view Name(AlertKind kind) {
  constexpr std::string_view kNames[] = {"new", "correction", "withdrawn"};
  return kNames[static_cast<std::size_t>(kind)];
}

struct Alert {
  std::string id;  // the same after a crash, a replay, in any process
  AlertKind kind = AlertKind::kNew;
  // Of all but kNew: the id of the alert on this topic and article before this one; as far as it is still known, else
  // of the first.
  std::string corrects;
  std::string_view reason;  // of kWithdrawn: kArticleCanceled or kHoldsNoLonger
  // Of kWithdrawn without spans, and with what the alert before said of topic, severity, score and rules: whoever got
  // that one gets this one.
  Match match;
  WallTime alerted;
};
inline constexpr std::string_view kArticleCanceled = "canceled", kHoldsNoLonger = "holds-no-longer";

// Of the first alert: a hash of topic and article id.
std::string AlertId(std::string_view topic, std::string_view article_id);
// Of one that followed from a later version: of these, and of the version (Edition::digest).
std::string AlertId(std::string_view topic, std::string_view article_id, const Digest& edition);

// One line of JSON without a newline, valid under docs/schema/alert.schema.json.
std::string ToJson(const Alert& alert);

}  // namespace wirewatch

#endif  // WIREWATCH_PIPELINE_ALERT_ALERT_H_
