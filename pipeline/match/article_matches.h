// ArticleMatches: what one article leads to, and what flows through the match step and the alert step: from the readers
// (ArticleReader, MatchReader) to the handlers (AlertHandler, MatchPublisher).
#ifndef WIREWATCH_PIPELINE_MATCH_ARTICLE_MATCHES_H_
#define WIREWATCH_PIPELINE_MATCH_ARTICLE_MATCHES_H_

#include <memory>
#include <optional>
#include <vector>

#include "pipeline/match/match.h"

namespace wirewatch {

struct Decision;  // pipeline/alert/decision.h

struct ArticleMatches {
  bool empty() const { return matches.empty() && !revision && shadow.empty(); }

  std::vector<Match> matches;  // in order of the rule set's topics
  // Its topics are all that hold, those in shadow too: who was told of one before it went into shadow must not hear
  // that it holds no longer.
  std::optional<Revision> revision;  // of an article that is not in its first version
  // Only where they are asked for (MatchStep): topics by their rules in shadow. Nothing follows from them.
  std::vector<Match> shadow;
  // Only of a record that recalls (RecordUse): what the alert step decided on a match before. It is carried here from
  // MatchReader, which reads it in a worker's thread, to AlertHandler; nobody between the two looks into it.
  std::shared_ptr<const Decision> decision;
};

}  // namespace wirewatch

#endif  // WIREWATCH_PIPELINE_MATCH_ARTICLE_MATCHES_H_
