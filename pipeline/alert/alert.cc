#include "pipeline/alert/alert.h"

#include "base/text/json_writer.h"
#include "pipeline/match/match_json.h"
#include "pipeline/records/json_put.h"

namespace wirewatch {

std::string AlertId(std::string_view topic, std::string_view article_id) {
  return DigestHex({"alert", topic, article_id});
}

std::string AlertId(std::string_view topic, std::string_view article_id, const Digest& edition) {
  return DigestHex({"alert", topic, article_id, {reinterpret_cast<const char*>(edition.data()), edition.size()}});
}

std::string ToJson(const Alert& alert) {
  std::string line;
  JsonWriter json(line);
  json.BeginObject();
  json.Put("schema_version", 2);
  json.Put("id", alert.id);
  json.Put("kind", Name(alert.kind));
  PutText(json, "corrects", alert.corrects);
  PutText(json, "reason", alert.reason);
  PutMatch(json, alert.match);
  PutTime(json, "alerted_at", alert.alerted);
  json.EndObject();
  return line;
}

}  // namespace wirewatch
