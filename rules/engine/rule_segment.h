// RuleSegment: topics compiled together: the lanes that find their terms, and the programs that tell which rules hold.
//
// A rule set has one segment or, after an edit, two: a large one from before the edit, and a small one with the topics
// that changed (rule_set.h). A segment may be shared by rule sets. So its topics and terms have numbers of its own, and
// it keeps none of the packs alive.
#ifndef WIREWATCH_RULES_ENGINE_RULE_SEGMENT_H_
#define WIREWATCH_RULES_ENGINE_RULE_SEGMENT_H_

#include <cstdint>
#include <memory>
#include <span>
#include <stop_token>
#include <string>
#include <vector>

#include "base/result.h"
#include "rules/engine/rule_index.h"
#include "rules/engine/rule_programs.h"
#include "rules/lanes/pattern_cache.h"
#include "rules/lanes/regex_lane.h"
#include "rules/lanes/word_lane.h"
#include "rules/pack/pack.h"

namespace wirewatch {

// Immutable; shared by threads and rule sets.
struct RuleSegment {
  struct CompiledTopic {
    static constexpr std::uint32_t kNone = ~std::uint32_t{0};
    std::uint32_t languages = 0;                     // index into RuleSegment::languages
    std::uint32_t unless = kNone;                    // a program; kNone: the topic has no `unless`
    std::vector<std::uint32_t> rule_languages = {};  // likewise, of each rule; none: no rule has languages of its own
  };

  // Borrows the topics during the call. REQUIRES: none of their regular expressions has a mistake.
  // kInternal, kUnavailable: as RegexLane::Build. kTooLarge: that too, or more rules than 32-bit numbers can name.
  static Result<std::shared_ptr<const RuleSegment>> Build(std::span<const Topic* const> topics,
                                                          const PatternCache& cache, const std::stop_token& stop);

  const TermTable& terms() const { return programs.terms(); }

  std::vector<CompiledTopic> topics;
  // Topic::languages and Rule::languages, canonical, each set once: there are few different ones.
  std::vector<std::vector<std::string>> languages;
  RulePrograms programs;  // of rules, with owners, and of `unless`; RuleIndex names a rule by its program
  RuleIndex index;
  WordLane words;
  RegexLane regexes;
};

}  // namespace wirewatch

#endif  // WIREWATCH_RULES_ENGINE_RULE_SEGMENT_H_
