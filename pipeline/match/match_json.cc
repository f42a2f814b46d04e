#include "pipeline/match/match_json.h"

#include "pipeline/records/json_put.h"

namespace wirewatch {

void PutSpan(JsonWriter& json, const MatchedSpan& span) {
  json.Put("field", Name(span.field));
  json.Put("begin", span.span.begin);
  json.Put("end", span.span.end);
  json.Put("text", span.text);
  json.Put("rule", span.rule);
  json.Put("term", span.term);
}

void PutArticle(JsonWriter& json, const ArticleFacts& article, const StepTimes& times) {
  json.Put("article_id", article.id);
  for (const TextFact& text : kTextFacts) PutText(json, text.key, article.*text.fact);
  json.Put("status", Name(article.status));
  for (const NumberFact& number : kNumberFacts) {
    if (const std::optional<int> value = article.*number.fact) json.Put(number.key, *value);
  }
  for (const TimeFact& time : kTimeFacts) PutTime(json, time.key, article.*time.fact);
  PutText(json, "content_hash", article.content_hash);
  PutTime(json, "recorded_at", times.recorded);
  PutTime(json, "received_at", times.received);
  PutTime(json, "matched_at", times.matched);
}

void PutTopic(JsonWriter& json, const Match& match) {
  json.Put("topic", match.topic);
  json.Put("topic_title", match.topic_title);
  json.Put("severity", Name(match.severity));
  json.Put("tags", match.tags);
  json.Put("rule_set", match.rule_set);
}

void PutFacets(JsonWriter& json, const Facets& facets) {
  if (facets.empty()) return;
  json.Key("facets");
  json.BeginObject();
  for (const Facet& facet : facets) {
    json.Key(facet.name);
    json.BeginArray();
    for (const FacetValue& value : facet.values) {
      json.BeginObject();
      json.Put("value", value.value);
      json.Put("count", value.count);
      json.Put("near", value.near);
      json.EndObject();
    }
    json.EndArray();
  }
  json.EndObject();
}

void PutMatch(JsonWriter& json, const Match& match) {
  PutTopic(json, match);
  json.Put("score", match.score);
  json.Put("rules", match.rules);
  PutArticle(json, *match.article, match.times);
  json.Key("spans");
  json.BeginArray();
  for (const MatchedSpan& span : match.spans) {
    json.BeginObject();
    PutSpan(json, span);
    json.Put("snippet", span.snippet);
    json.Put("snippet_begin", span.in_snippet.begin);
    json.Put("snippet_end", span.in_snippet.end);
    json.EndObject();
  }
  json.EndArray();
  json.Put("span_count", match.span_count);
  PutFacets(json, match.facets);
}

}  // namespace wirewatch
