// ArticleMatches: what one article leads to, and what flows through the match step and the alert step: from the readers
// (ArticleReader, MatchReader) to the handlers (AlertHandler, MatchPublisher).
#ifndef WIREWATCH_PIPELINE_MATCH_ARTICLE_MATCHES_H_
#define WIREWATCH_PIPELINE_MATCH_ARTICLE_MATCHES_H_

#include <optional>
#include <vector>

#include "pipeline/match/match.h"

namespace wirewatch {

struct ArticleMatches {
  bool empty() const { return matches.empty() && !revision; }

  std::vector<Match> matches;        // in order of the rule set's topics
  std::optional<Revision> revision;  // of an article that is not in its first version
};

}  // namespace wirewatch

#endif  // WIREWATCH_PIPELINE_MATCH_ARTICLE_MATCHES_H_
