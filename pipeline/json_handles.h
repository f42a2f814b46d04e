// What the JSON of a match, an alert and a dead letter share. Included by .cc files only.
#ifndef WIREWATCH_PIPELINE_JSON_HANDLES_H_
#define WIREWATCH_PIPELINE_JSON_HANDLES_H_

#include <cstddef>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "pipeline/match.h"

namespace wirewatch {

using Json = nlohmann::ordered_json;  // keys keep the order in which they are written

// A key is left out where nothing is known: lines stay short, and readers need one test, not two.
inline void PutText(Json& json, const char* key, const std::string& text) {
  if (!text.empty()) json[key] = text;
}
inline void PutTime(Json& json, const char* key, std::optional<WallTime> time) {
  if (time) json[key] = FormatRfc3339(*time);
}

// {field, begin, end, text, rule, term}: bytes [begin, end) of the article's field.
inline Json SpanJson(const MatchedSpan& span) {
  return Json{{"field", Name(span.field)}, {"begin", span.span.begin}, {"end", span.span.end},
              {"text", span.text},         {"rule", span.rule},        {"term", span.term}};
}

inline void PutArticle(Json& json, const ArticleFacts& article, const StageTimes& times) {
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

// Characters that steer a terminal, DEL and U+0080 to U+009F, as escapes, which JSON lets stand for them. They stand
// within strings only.
inline void EscapeControls(std::string& line) {
  constexpr std::string_view kHex = "0123456789abcdef";
  const auto escape = [&](std::size_t at, std::size_t bytes, unsigned char code) {
    line.replace(at, bytes, {'\\', 'u', '0', '0', kHex[code >> 4], kHex[code & 15]});
  };
  for (std::size_t at = 0; (at = line.find_first_of("\xC2\x7F", at)) != std::string::npos; ++at) {
    if (line[at] == '\x7F') {
      escape(at, 1, 0x7F);
    } else if (at + 1 < line.size() && static_cast<unsigned char>(line[at + 1]) < 0xA0) {
      escape(at, 2, static_cast<unsigned char>(line[at + 1]));
    }
  }
}

// One line. Bytes that are not UTF-8 become U+FFFD instead of an exception.
inline std::string ToLine(const Json& json) {
  std::string line = json.dump(-1, ' ', false, Json::error_handler_t::replace);
  EscapeControls(line);
  return line;
}

}  // namespace wirewatch

#endif  // WIREWATCH_PIPELINE_JSON_HANDLES_H_
