#include "pipeline/match/match.h"

#include "base/text/json_writer.h"
#include "pipeline/match/match_json.h"
#include "pipeline/records/json_put.h"

namespace wirewatch {

void AppendJson(const Match& match, std::string& lines, MatchStatus status) {
  const ArticleFacts& article = *match.article;
  JsonWriter json(lines);
  json.BeginObject();
  json.Put("article_id", article.id);
  PutText(json, "article_version", article.version);
  json.Put("topic", match.topic);
  if (status == MatchStatus::kShadow) json.Put("status", "shadow");
  json.Put("severity", Name(match.severity));
  json.Put("score", match.score);
  json.Put("rules", match.rules);
  json.Put("rule_set", match.rule_set);
  PutText(json, "title", article.title);
  PutText(json, "first_paragraph", article.first_paragraph);
  PutText(json, "source", article.source);
  PutTime(json, "published_at", article.published_at);
  json.Key("spans");
  json.BeginArray();
  for (const MatchedSpan& span : match.spans) {
    json.BeginObject();
    PutSpan(json, span);
    json.EndObject();
  }
  json.EndArray();
  json.Put("span_count", match.span_count);
  PutFacets(json, match.facets);
  json.EndObject();
}

}  // namespace wirewatch
