// RuleSegment: topics compiled together: what finds their terms, and what tells which of their rules hold.
//
// A rule set is made of one segment, or, after an edit, of two: nearly all topics in the one that was there before, and
// those that changed in a small one beside it (rule_set.h). So a segment knows nothing of the set that it is part of:
// its topics and terms have numbers of their own, and it keeps none of the packs alive.
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
    std::uint32_t languages = 0;   // into RuleSegment::languages
    std::uint32_t unless = kNone;  // in programs
  };

  // Borrows the topics during the call. REQUIRES: none of their regular expressions has a mistake.
  // kInternal, kUnavailable: as RegexLane::Build. kTooLarge: that too, or more rules than 32-bit numbers can name.
  static Result<std::shared_ptr<const RuleSegment>> Build(std::span<const Topic* const> topics,
                                                          const PatternCache& cache, const std::stop_token& stop);

  const TermTable& terms() const { return programs.terms(); }

  std::vector<CompiledTopic> topics;
  std::vector<std::vector<std::string>>
      languages;          // Topic::languages, canonical, each once: topics have few different ones
  RulePrograms programs;  // of rules with owners; names of rules are those of their programs
  RuleIndex index;
  WordLane words;
  RegexLane regexes;
};

}  // namespace wirewatch

#endif  // WIREWATCH_RULES_ENGINE_RULE_SEGMENT_H_
