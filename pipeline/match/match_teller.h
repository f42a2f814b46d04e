// MatchTeller: what comes of the topics that a matcher found in an article: its matches, and its revision.
#ifndef WIREWATCH_PIPELINE_MATCH_MATCH_TELLER_H_
#define WIREWATCH_PIPELINE_MATCH_MATCH_TELLER_H_

#include <memory>
#include <vector>

#include "pipeline/decode/article.h"
#include "pipeline/match/article_matches.h"
#include "pipeline/match/describe.h"
#include "pipeline/match/match.h"
#include "pipeline/records/record.h"
#include "pipeline/story/story_signature.h"
#include "rules/engine/match.h"
#include "rules/engine/rule_set.h"
#include "rules/text/fold.h"

namespace wirewatch {

// Threads: one at a time; make one a thread.
class MatchTeller {
 public:
  explicit MatchTeller(std::shared_ptr<const RuleSet> rules);

  // `found`: by a matcher of the same rules in `article`, of which `folded` is the searchable text. `times`: but for
  // `matched`, which is now. `headers`: of the article's record. An article without a topic that is in its first
  // version costs nothing.
  ArticleMatches Tell(const std::vector<TopicMatch>& found, const Article& article, const FoldedDocument& folded,
                      const std::vector<RecordHeader>& headers, StepTimes times);

  // Frees what a very large article made it reserve.
  void GiveBackMemory() { signatures_ = SignatureMaker(); }

 private:
  std::shared_ptr<const RuleSet> rules_;
  Describer describer_;
  SignatureMaker signatures_;
};

}  // namespace wirewatch

#endif  // WIREWATCH_PIPELINE_MATCH_MATCH_TELLER_H_
