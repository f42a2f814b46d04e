#include "pipeline/alert/alert.h"

#include "pipeline/match/match_json_handles.h"

namespace wirewatch {

std::string AlertId(std::string_view topic, std::string_view article_id) {
  return DigestHex({"alert", topic, article_id});
}

std::string AlertId(std::string_view topic, std::string_view article_id, const Digest& edition) {
  return DigestHex({"alert", topic, article_id, {reinterpret_cast<const char*>(edition.data()), edition.size()}});
}

std::string ToJson(const Alert& alert) {
  Json json;
  json["schema_version"] = 2;
  json["id"] = alert.id;
  json["kind"] = Name(alert.kind);
  PutText(json, "corrects", alert.corrects);
  if (!alert.reason.empty()) json["reason"] = alert.reason;
  PutMatch(json, alert.match);
  PutTime(json, "alerted_at", alert.alerted);
  return ToLine(json);
}

}  // namespace wirewatch
