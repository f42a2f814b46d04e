// ArchiveTeller: what comes of a scanned article, as AlertReplay takes it: the matches of active rules, and beside them
// those of rules in shadow (ArticleMatches::shadow), from which nothing follows.
#ifndef WIREWATCH_CLI_WIRING_ARCHIVE_TELLER_H_
#define WIREWATCH_CLI_WIRING_ARCHIVE_TELLER_H_

#include <cstddef>
#include <memory>
#include <utility>
#include <vector>

#include "cli/wiring/archive_run.h"
#include "pipeline/match/article_matches.h"
#include "pipeline/match/match_teller.h"
#include "rules/engine/rule_set.h"
#include "rules/engine/shadow_rules.h"

namespace wirewatch {

// Threads: one at a time; make one a worker.
class ArchiveTeller {
 public:
  explicit ArchiveTeller(std::shared_ptr<const RuleSet> rules) : rules_(rules), shadow_(*rules), teller_(rules) {}

  // `rule_set`: that of this teller, as ScannedArticle::found counts them.
  ArticleMatches Tell(const ScannedArticle& scanned, std::size_t rule_set) {
    const std::vector<TopicMatch>& found = scanned.found[rule_set];
    if (shadow_.empty() || found.empty()) return TellOf(found, scanned);
    std::vector<TopicMatch> active = found;
    const std::vector<TopicMatch> in_shadow = shadow_.TakeFrom(*rules_, active);
    ArticleMatches told = TellOf(active, scanned);
    told.shadow = TellOf(in_shadow, scanned).matches;
    return told;
  }

 private:
  ArticleMatches TellOf(const std::vector<TopicMatch>& found, const ScannedArticle& scanned) {
    return teller_.Tell(found, scanned.article, scanned.folded, scanned.record.headers,
                        {scanned.recorded, scanned.received, scanned.received});
  }

  const std::shared_ptr<const RuleSet> rules_;
  const ShadowRules shadow_;
  MatchTeller teller_;
};

}  // namespace wirewatch

#endif  // WIREWATCH_CLI_WIRING_ARCHIVE_TELLER_H_
