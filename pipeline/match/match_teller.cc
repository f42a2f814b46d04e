#include "pipeline/match/match_teller.h"

#include <utility>

#include "pipeline/match/article_facts.h"
#include "pipeline/match/trace.h"

namespace wirewatch {

MatchTeller::MatchTeller(std::shared_ptr<const RuleSet> rules) : rules_(std::move(rules)), describer_(rules_) {}

ArticleMatches MatchTeller::Tell(const std::vector<TopicMatch>& found, const Article& article,
                                 const FoldedDocument& folded, const std::vector<RecordHeader>& headers,
                                 StepTimes times) {
  ArticleMatches told;
  const bool is_revision = IsRevision(article);
  if (found.empty() && !is_revision) return told;
  times.matched = WallNow();
  const auto facts = std::make_shared<ArticleFacts>(FactsOf(article, folded));
  facts->signature = PackSignature(signatures_.Make(folded));
  const std::vector<RecordHeader> trace = TraceOf(headers);
  auto& matches = told.matches;
  auto& revision = told.revision;
  matches.reserve(found.size());
  for (const TopicMatch& match : found) {
    matches.push_back(describer_.Describe(match, article, facts, times));
    matches.back().trace = trace;
  }
  if (is_revision) {
    revision.emplace();
    revision->article = facts;
    for (const Match& match : matches) revision->topics.push_back(match.topic);
    revision->rule_set = rules_->hash();
    revision->times = times;
    revision->trace = trace;
  }
  return told;
}

}  // namespace wirewatch
