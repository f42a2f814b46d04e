// RuleProfile: what the rules of a set cost on an archive, and what they find: time, evaluations and hits by rule,
// articles by term, and an estimate of each regular expression.
//
// The engine finds all terms of all rules at once, so a term has no time of its own, but for regular expressions: each
// is compiled alone and run on a sample of the archive (MeasureRegexes). Rules are evaluated one by one, and timed.
#ifndef WIREWATCH_PIPELINE_ARCHIVE_RULE_PROFILE_H_
#define WIREWATCH_PIPELINE_ARCHIVE_RULE_PROFILE_H_

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "pipeline/decode/article.h"
#include "rules/engine/match.h"
#include "rules/engine/match_watch.h"
#include "rules/engine/matcher.h"
#include "rules/engine/rule_set.h"
#include "rules/text/document.h"
#include "rules/text/fold.h"

namespace wirewatch {

// Of a rule, or of a topic's `unless`.
struct RuleCost {
  std::uint64_t evaluated = 0;  // articles in which its necessary terms were found, so that it was looked at
  std::uint64_t held = 0;       // and it held, and no `unless` did; of an `unless`: that it excluded
  std::chrono::nanoseconds took{};

  void Add(const RuleCost& other) {
    evaluated += other.evaluated;
    held += other.held;
    took += other.took;
  }
};

// The sums over articles: those of several workers are added.
struct RuleProfile {
  explicit RuleProfile(const RuleSet& rules);

  void Add(const RuleProfile& other);  // REQUIRES: of the same rules

  std::uint64_t articles = 0;
  std::chrono::nanoseconds matching{};       // all of it, CPU time
  std::vector<std::vector<RuleCost>> rules;  // by topic and rule
  std::vector<RuleCost> unless;              // by topic
  std::vector<std::uint64_t> term_articles;  // by RuleSet::term

  std::chrono::nanoseconds evaluating() const;  // the part of it that rules took
};

// Profiles one worker's articles. Threads: one at a time.
class RuleProfiler {
 public:
  // kInternal: as Matcher::Create.
  static Result<RuleProfiler> Create(std::shared_ptr<const RuleSet> rules);

  // kInternal: the engine failed; the article counts nowhere.
  Status Add(const Document& document, const FoldedDocument& folded);
  const RuleProfile& profile() const { return profile_; }

 private:
  RuleProfiler(const RuleSet& rules, Matcher matcher);

  Matcher matcher_;
  MatchWatch watch_;
  RuleProfile profile_;
  std::vector<std::uint32_t> terms_;         // reused
  std::vector<std::uint64_t> unless_asked_;  // by topic: the number of the last article of which its `unless` was asked
  std::chrono::nanoseconds stopwatch_;       // what it costs to take a time, to be subtracted
};

struct RegexCost {
  std::uint32_t term = 0;                 // RuleSet::term
  std::chrono::nanoseconds an_article{};  // alone, on the sample; 0: not to be told from nothing
  std::uint64_t held = 0;                 // articles of the sample that have it
};
// Compiles each regular expression alone and runs it on `sample`. Takes some milliseconds each; the first `most`, in
// the order of their numbers. One that Hyperscan does not take alone is left out.
std::vector<RegexCost> MeasureRegexes(const RuleSet& rules, const std::vector<Article>& sample, std::size_t most);

}  // namespace wirewatch

#endif  // WIREWATCH_PIPELINE_ARCHIVE_RULE_PROFILE_H_
