// The JSON of a match, which alerts and revisions share: the keys, of an object that the caller has begun.
#ifndef WIREWATCH_PIPELINE_MATCH_MATCH_JSON_H_
#define WIREWATCH_PIPELINE_MATCH_MATCH_JSON_H_

#include "base/text/json_writer.h"
#include "pipeline/match/match.h"

namespace wirewatch {

// field, begin, end, text, rule, term: bytes [begin, end) of the article's field.
void PutSpan(JsonWriter& json, const MatchedSpan& span);

// What is known of the article, and when it passed each step.
void PutArticle(JsonWriter& json, const ArticleFacts& article, const StepTimes& times);

// What a match says of its topic.
void PutTopic(JsonWriter& json, const Match& match);

// facets: an object of facets, each an array of {value, count, near}; nothing where there are none.
void PutFacets(JsonWriter& json, const Facets& facets);

// All that a match says to people and programs, but for an id. What the alert step needs beyond that (the article's
// signature, the topic's story policy) is in match_message.h alone.
void PutMatch(JsonWriter& json, const Match& match);

}  // namespace wirewatch

#endif  // WIREWATCH_PIPELINE_MATCH_MATCH_JSON_H_
