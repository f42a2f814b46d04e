// RuleSegment: topics compiled together: what finds their terms, and what tells which of their rules hold.
//
// A rule set is made of one segment, or, after an edit, of two: nearly all topics in the one that was there before, and
// those that changed in a small one beside it (rule_set.h). So a segment knows nothing of the set that it is part of:
// its topics and terms have numbers of their own, and it keeps none of the packs alive.
#ifndef WIREWATCH_RULES_RULE_SEGMENT_H_
#define WIREWATCH_RULES_RULE_SEGMENT_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "rules/pack.h"
#include "rules/pattern_cache.h"
#include "rules/regex_lane.h"
#include "rules/rule_index.h"
#include "rules/rule_programs.h"
#include "rules/word_lane.h"

namespace wirewatch {

// Immutable; shared by threads and rule sets.
struct RuleSegment {
  // Rules of all topics in one row, as RuleIndex numbers them.
  struct CompiledRule {
    std::uint32_t topic;  // index into topics
    std::uint32_t rule;   // index into the topic's rules
    std::uint32_t root;   // in programs
    std::uint32_t score;
  };
  struct CompiledTopic {
    std::vector<std::string> languages;   // as Topic::languages
    std::optional<std::uint32_t> unless;  // the root in programs
  };

  // Borrows the topics during the call. REQUIRES: none of their regular expressions has a mistake.
  // kInternal: as RegexLane::Build.
  static Result<std::shared_ptr<const RuleSegment>> Build(std::span<const Topic* const> topics,
                                                          const PatternCache& cache);

  std::span<const Term> terms() const { return programs.terms(); }

  std::vector<CompiledTopic> topics;
  std::vector<CompiledRule> rules;  // topic by topic
  RulePrograms programs;
  RuleIndex index;
  WordLane words;
  RegexLane regexes;
};

}  // namespace wirewatch

#endif  // WIREWATCH_RULES_RULE_SEGMENT_H_
