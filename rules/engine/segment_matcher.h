// SegmentMatcher: one thread's scanner over a RuleSegment. It runs the lanes, then the index, then the evaluator.
#ifndef WIREWATCH_RULES_ENGINE_SEGMENT_MATCHER_H_
#define WIREWATCH_RULES_ENGINE_SEGMENT_MATCHER_H_

#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "rules/engine/evaluator.h"
#include "rules/engine/match.h"
#include "rules/engine/match_watch.h"
#include "rules/engine/rule_segment.h"
#include "rules/lanes/hs_database.h"
#include "rules/lanes/positions.h"
#include "rules/text/document.h"
#include "rules/text/fold.h"

namespace wirewatch {

// Threads: one at a time.
class SegmentMatcher {
 public:
  explicit SegmentMatcher(std::shared_ptr<const RuleSegment> segment);
  SegmentMatcher(const SegmentMatcher&) = delete;  // evaluator_ has references to the other members
  SegmentMatcher& operator=(const SegmentMatcher&) = delete;

  const RuleSegment& segment() const { return *segment_; }

  // The terms that stand in the document of the last Match, by the segment's numbers, in no particular order.
  std::span<const std::uint32_t> found_terms() const { return positions_.found(); }

  // How a rule set numbers what is in the segment. `topics`: for each topic of the segment its index in the rule set,
  // or kGone. `first_term`: the number in the rule set of the segment's term 0.
  struct Numbers {
    static constexpr std::uint32_t kGone = ~std::uint32_t{0};  // the set does not hold the topic
    std::span<const std::uint32_t> topics;
    std::uint32_t first_term = 0;
  };
  // Appends the topics that match, in order of the segment. REQUIRES: RegexLane::Prepare(scratch) of the segment's
  // lane. `watch`: as Matcher::Match. kInternal: the engine failed.
  Status Match(const Document& document, const FoldedDocument& folded, const HsScratch& scratch, const Numbers& numbers,
               MatchWatch* watch, std::vector<TopicMatch>& matches);

 private:
  void Evaluate(std::span<const std::uint32_t> rules, std::string_view language,
                const RuleSegment::CompiledTopic& topic, MatchWatch* watch, TopicMatch& match);
  void Evaluate(std::uint32_t program, TopicMatch& match);

  const std::shared_ptr<const RuleSegment> segment_;
  WordLane::Memory word_memory_;
  RegexLane::Memory regex_memory_;
  Positions positions_;
  RuleIndex::Memory index_memory_;
  std::vector<std::uint32_t> candidates_;  // rules, by their programs
  Evaluator evaluator_;
};

}  // namespace wirewatch

#endif  // WIREWATCH_RULES_ENGINE_SEGMENT_MATCHER_H_
