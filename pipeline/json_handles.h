// What the JSON of a match, an alert and a dead letter share. Included by .cc files only.
#ifndef WIREWATCH_PIPELINE_JSON_HANDLES_H_
#define WIREWATCH_PIPELINE_JSON_HANDLES_H_

#include <nlohmann/json.hpp>
#include <optional>
#include <string>

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

// One line. Bytes that are not UTF-8 become U+FFFD instead of an exception.
inline std::string ToLine(const Json& json) { return json.dump(-1, ' ', false, Json::error_handler_t::replace); }

}  // namespace wirewatch

#endif  // WIREWATCH_PIPELINE_JSON_HANDLES_H_
