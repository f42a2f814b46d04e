// The form in which a match, or a revision, waits between the two steps: one JSON object,
// docs/schema/match.schema.json. All of a Match is in it, so that the process that alerts needs neither the article nor
// the rules.
#ifndef WIREWATCH_PIPELINE_MATCH_MATCH_MESSAGE_H_
#define WIREWATCH_PIPELINE_MATCH_MATCH_MESSAGE_H_

#include <string>
#include <string_view>
#include <variant>

#include "base/result.h"
#include "pipeline/match/match.h"

namespace wirewatch {

// A hash of topic, article id and version: the same in any process, however often the article is read.
std::string MatchId(const Match& match);
std::string MatchId(std::string_view topic, const ArticleFacts& article);

// Of article id and version.
std::string RevisionId(const ArticleFacts& article);

std::string ToMessage(const Match& match);
std::string ToMessage(const Revision& revision);
// Of this version and of all before it: what these did not have is as in a Match that nobody has filled. kInvalid: what
// is wrong with it, or that its version is newer. Keys that are not known are passed over.
Result<std::variant<Match, Revision>> ReadMessage(std::string_view json);
// kInvalid, too: it is a revision.
Result<Match> MatchOfMessage(std::string_view json);

}  // namespace wirewatch

#endif  // WIREWATCH_PIPELINE_MATCH_MATCH_MESSAGE_H_
