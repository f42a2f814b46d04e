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
  const Match& match = alert.match;
  const ArticleFacts& article = *match.article;
  Json json;
  json["schema_version"] = 1;
  json["id"] = alert.id;
  json["kind"] = "new";
  json["topic"] = match.topic;
  json["topic_title"] = match.topic_title;
  json["severity"] = Name(match.severity);
  json["score"] = match.score;
  json["tags"] = match.tags;
  json["rules"] = match.rules;
  json["rule_set"] = match.rule_set;
  json["article_id"] = article.id;
  PutText(json, "article_version", article.version);
  PutText(json, "title", article.title);
  PutText(json, "url", article.url);
  PutText(json, "source", article.source);
  PutText(json, "language", article.language);
  PutText(json, "country", article.country);
  PutText(json, "section", article.section);
  json["status"] = Name(article.status);
  if (article.urgency) json["urgency"] = *article.urgency;
  PutTime(json, "embargoed_until", article.embargoed_until);
  PutTime(json, "published_at", article.published_at);
  PutTime(json, "recorded_at", match.times.recorded);
  PutTime(json, "received_at", match.times.received);
  PutTime(json, "matched_at", match.times.matched);
  PutTime(json, "alerted_at", alert.alerted);
  json["spans"] = Json::array();
  for (const MatchedSpan& span : match.spans) {
    Json& item = json["spans"].emplace_back(SpanJson(span));
    item["snippet"] = span.snippet;
    item["snippet_begin"] = span.in_snippet.begin;
    item["snippet_end"] = span.in_snippet.end;
  }
  json["span_count"] = match.span_count;
  return ToLine(json);
}

}  // namespace wirewatch
