// Alert: someone must know. Its JSON form: docs/schema/alert.schema.json.
#ifndef WIREWATCH_PIPELINE_ALERT_H_
#define WIREWATCH_PIPELINE_ALERT_H_

#include <string>
#include <string_view>

#include "base/clock.h"
#include "pipeline/match.h"

namespace wirewatch {

struct Alert {
  std::string id;  // a hash of topic and article id: the same after a crash, a replay, in any process
  Match match;
  WallTime alerted;
};

std::string AlertId(std::string_view topic, std::string_view article_id);

// The alert that `match` would raise. Whether it does, AlertStage decides.
Alert AlertOf(Match match, WallTime now);

// One line of JSON without a newline, valid under docs/schema/alert.schema.json.
std::string ToJson(const Alert& alert);

}  // namespace wirewatch

#endif  // WIREWATCH_PIPELINE_ALERT_H_
