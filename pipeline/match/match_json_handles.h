// The JSON of a match, which an alert shares. Included by .cc files only.
#ifndef WIREWATCH_PIPELINE_MATCH_MATCH_JSON_HANDLES_H_
#define WIREWATCH_PIPELINE_MATCH_MATCH_JSON_HANDLES_H_

#include "pipeline/match/match.h"
#include "pipeline/records/json_handles.h"

namespace wirewatch {

// {field, begin, end, text, rule, term}: bytes [begin, end) of the article's field.
inline Json SpanJson(const MatchedSpan& span) {
  return Json{{"field", Name(span.field)}, {"begin", span.span.begin}, {"end", span.span.end},
              {"text", span.text},         {"rule", span.rule},        {"term", span.term}};
}

inline void PutArticle(Json& json, const ArticleFacts& article, const StepTimes& times) {
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
  PutText(json, "content_hash", article.content_hash);
  PutTime(json, "recorded_at", times.recorded);
  PutTime(json, "received_at", times.received);
  PutTime(json, "matched_at", times.matched);
}

// All that a match says, but for an id.
inline void PutMatch(Json& json, const Match& match) {
  json["topic"] = match.topic;
  json["topic_title"] = match.topic_title;
  json["severity"] = Name(match.severity);
  json["score"] = match.score;
  json["tags"] = match.tags;
  json["rules"] = match.rules;
  json["rule_set"] = match.rule_set;
  PutArticle(json, *match.article, match.times);
  json["spans"] = Json::array();
  for (const MatchedSpan& span : match.spans) {
    Json& item = json["spans"].emplace_back(SpanJson(span));
    item["snippet"] = span.snippet;
    item["snippet_begin"] = span.in_snippet.begin;
    item["snippet_end"] = span.in_snippet.end;
  }
  json["span_count"] = match.span_count;
}

}  // namespace wirewatch

#endif  // WIREWATCH_PIPELINE_MATCH_MATCH_JSON_HANDLES_H_
