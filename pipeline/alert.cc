#include "pipeline/alert.h"

#include <utility>

#include "base/digest.h"
#include "pipeline/json_handles.h"

namespace wirewatch {

std::string AlertId(std::string_view topic, std::string_view article_id) {
  return DigestHex({"alert", topic, article_id});
}

Alert AlertOf(Match match, WallTime now) {
  std::string id = AlertId(match.topic, match.article->id);
  return {std::move(id), std::move(match), now};
}

std::string ToJson(const Alert& alert) {
  Json json;
  json["schema_version"] = 1;
  json["id"] = alert.id;
  json["kind"] = "new";
  PutMatch(json, alert.match);
  PutTime(json, "alerted_at", alert.alerted);
  return ToLine(json);
}

}  // namespace wirewatch
