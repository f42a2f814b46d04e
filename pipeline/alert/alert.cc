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

namespace {

void PutStory(JsonWriter& json, const AlertStory& story) {
  json.Key("story");
  json.BeginObject();
  json.Put("id", story.id);
  PutTime(json, "first_seen", story.first_seen);
  PutText(json, "first_source", story.first_source);
  json.Put("sources", story.sources);
  json.Put("articles", story.articles);
  json.Put("size", story.size);
  json.EndObject();
}

void PutBurst(JsonWriter& json, const Burst& burst) {
  json.Key("burst");
  json.BeginObject();
  json.Put("stories", burst.stories);
  json.Put("sources", burst.sources);
  PutTime(json, "since", burst.since);
  if (burst.expected) json.Put("expected", *burst.expected);
  if (burst.probability) json.Put("probability", *burst.probability);
  json.EndObject();
}

void PutQuiet(JsonWriter& json, const Quiet& quiet) {
  json.Key("quiet");
  json.BeginObject();
  PutText(json, "source", quiet.source);
  PutTime(json, "since", quiet.since);
  json.Put("per_day", quiet.per_day);
  json.EndObject();
}

void PutSummary(JsonWriter& json, const FoldedHour& hour) {
  json.Key("summary");
  json.BeginObject();
  PutTime(json, "begin", hour.begin);
  PutTime(json, "end", hour.end);
  json.Put("count", hour.count);
  json.Key("alerts");
  json.BeginArray();
  for (const auto& alert : hour.alerts) {
    json.BeginObject();
    json.Put("id", alert->id);
    json.Put("kind", alert->kind);
    PutText(json, "title", alert->title);
    PutText(json, "url", alert->url);
    PutText(json, "source", alert->source);
    PutText(json, "story", alert->story);
    json.EndObject();
  }
  json.EndArray();
  json.EndObject();
}

void PutDemoted(JsonWriter& json, const DemotedRule& demoted) {
  json.Key("demoted");
  json.BeginObject();
  PutText(json, "rule", demoted.rule);
  PutText(json, "owner", demoted.owner);
  json.Put("cause", demoted.cause);
  json.EndObject();
}

}  // namespace

std::string ToJson(const Alert& alert) {
  std::string line;
  JsonWriter json(line);
  json.BeginObject();
  json.Put("schema_version", 3);
  json.Put("id", alert.id);
  json.Put("kind", Name(alert.kind));
  PutText(json, "because", alert.because);
  PutText(json, "corrects", alert.corrects);
  PutText(json, "reason", alert.reason);
  if (alert.story) PutStory(json, *alert.story);
  if (!alert.previous.empty()) json.Put("previous", alert.previous);
  if (alert.burst) PutBurst(json, *alert.burst);
  if (alert.quiet) PutQuiet(json, *alert.quiet);
  if (alert.summary) PutSummary(json, *alert.summary);
  if (alert.demoted) PutDemoted(json, *alert.demoted);
  if (HasArticle(alert.kind)) {
    PutMatch(json, alert.match);
  } else {
    PutTopic(json, alert.match);
  }
  PutTime(json, "alerted_at", alert.alerted);
  json.EndObject();
  return line;
}

}  // namespace wirewatch
