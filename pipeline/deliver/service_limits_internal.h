// What Slack, Teams and Discord take in one message. A message that is over is rendered again with less in it.
#ifndef WIREWATCH_PIPELINE_DELIVER_SERVICE_LIMITS_INTERNAL_H_
#define WIREWATCH_PIPELINE_DELIVER_SERVICE_LIMITS_INTERNAL_H_

#include <nlohmann/json.hpp>

#include "pipeline/deliver/message_renderer.h"

namespace wirewatch {

// True of all but kSlack, kTeams and kDiscord.
bool FitsService(TemplateName name, const nlohmann::ordered_json& message);

}  // namespace wirewatch

#endif  // WIREWATCH_PIPELINE_DELIVER_SERVICE_LIMITS_INTERNAL_H_
