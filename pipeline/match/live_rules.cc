#include "pipeline/match/live_rules.h"

#include <algorithm>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "pipeline/match/article_facts.h"
#include "pipeline/match/match.h"

namespace wirewatch {
namespace {

// The words of one rule, the first of each term before others.
std::vector<ShadowWords> WordsOf(const Match& match, std::string_view rule) {
  std::vector<ShadowWords> words;
  std::set<std::string_view> terms;
  for (const MatchedSpan& span : match.spans) {
    if (words.size() == kShadowWords) break;
    if (span.rule != rule || span.snippet.size() > kShadowText || !terms.insert(span.term).second) continue;
    words.push_back({std::string(Name(span.field)), span.term, span.snippet, span.in_snippet});
  }
  return words;
}

}  // namespace

LiveRules::LiveRules(const LiveRulesOptions& options, std::unique_ptr<DeadLetterSink> oracle_letters, TellDemotion tell,
                     MetricsRegistry& metrics)
    : tell_(std::move(tell)), shadow_(options.shadow_file, metrics), budgets_(options.budget, metrics) {
  if (options.oracle_one_in == 0) return;
  oracle_ = std::make_unique<LiveOracle>(options.oracle_one_in, std::move(oracle_letters), metrics);
}

std::shared_ptr<const RuleStanding> LiveRules::StandingOf(std::shared_ptr<const RuleSet> rules) {
  auto standing = budgets_.StandingOf(std::move(rules));
  const std::lock_guard lock(mutex_);
  if (known_ == standing) return standing;
  shadow_.Know(*standing->rules, standing->shadow, standing->demoted);
  known_ = standing;
  return standing;
}

LiveMatching::LiveMatching(LiveRules& live, std::shared_ptr<const RuleSet> rules)
    : live_(&live), rules_(std::move(rules)), standing_(live_->StandingOf(rules_)), describer_(rules_) {}

void LiveMatching::Use(std::shared_ptr<const RuleSet> rules) {
  rules_ = std::move(rules);
  describer_ = Describer(rules_);
  Refresh();
}

void LiveMatching::Refresh() { standing_ = live_->StandingOf(rules_); }

MatchWatch* LiveMatching::Before(const Article& article) {
  if (standing_->generation != live_->budgets_.generation()) Refresh();
  checked_ = live_->oracle_ != nullptr && live_->oracle_->Wants(article.id);
  scheduled_ = --until_timed_ == 0;
  if (scheduled_) until_timed_ = kTimedOneIn;
  watch_.timed = standing_->takes_times && (scheduled_ || slow_);
  watch_.times.clear();
  // What rests is looked at where it is timed by turns, so that its record goes on: not where it would make every
  // article slow, and so timed, itself. The oracle's answer is that of all rules.
  // And a revision says of all topics whether they hold.
  const bool all = checked_ || scheduled_ || standing_->resting.empty() || IsRevision(article);
  watch_.resting.clear();
  if (!all) watch_.resting = standing_->resting;
  return watch_.timed || !watch_.resting.empty() ? &watch_ : nullptr;
}

std::vector<TopicMatch> LiveMatching::After(const Looked& looked, std::vector<TopicMatch>& found) {
  live_->shadow_.CountArticle(looked.time);
  if (watch_.timed) {
    // Of one by turns, all those that were not timed count as it does.
    const std::uint32_t weight = slow_ ? 1 : kTimedOneIn;
    Tell(live_->budgets_.CountTimes(*standing_, watch_.times, weight, looked.time));
  }
  if (!scheduled_) slow_ = standing_->takes_times && looked.took >= kSlow;
  if (checked_) live_->oracle_->Offer(rules_, looked.article, looked.document, looked.record, found);
  if (found.empty()) return {};
  Tell(live_->budgets_.CountHits(*standing_, found, looked.time));
  std::vector<TopicMatch> taken = standing_->shadow.TakeFrom(*rules_, found);
  for (const TopicMatch& match : taken) {
    const bool caught =
        std::any_of(found.begin(), found.end(), [&](const TopicMatch& one) { return one.topic == match.topic; });
    Sample(looked, match, caught);
  }
  return taken;
}

void LiveMatching::Tell(const std::vector<Demotion>& demotions) const {
  if (!live_->tell_) return;
  for (const Demotion& demotion : demotions) live_->tell_(demotion);
}

void LiveMatching::Sample(const Looked& looked, const TopicMatch& match, bool caught) {
  const Topic& topic = *rules_->topics()[match.topic];
  std::optional<Match> described;
  for (const std::uint32_t number : match.rules) {
    const std::string& rule = topic.rules[number].id;
    if (!live_->shadow_.CountHit({topic.id, rule, looked.article.id, looked.article.version, looked.time, caught})) {
      continue;
    }
    if (!described) {
      auto facts = std::make_shared<const ArticleFacts>(FactsOf(looked.article, looked.folded));
      described = describer_.Describe(match, looked.article, std::move(facts), {});
    }
    const ArticleFacts& facts = *described->article;
    live_->shadow_.AddSample(topic.id, rule,
                             {.article = facts.id,
                              .version = facts.version,
                              .title = Cut(facts.title, kShadowText),
                              .url = facts.url,
                              .source = SourceOf(facts),
                              .language = facts.language,
                              .time = looked.time,
                              .caught = caught,
                              .words = WordsOf(*described, rule)});
  }
}

}  // namespace wirewatch
