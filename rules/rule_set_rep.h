// The inside of a RuleSet, which Matcher reads. Only for rule_set.cc and matcher.cc.
#ifndef WIREWATCH_RULES_RULE_SET_REP_H_
#define WIREWATCH_RULES_RULE_SET_REP_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "rules/regex_lane.h"
#include "rules/rule_index.h"
#include "rules/rule_programs.h"
#include "rules/rule_set.h"
#include "rules/word_lane.h"

namespace wirewatch {

struct RuleSet::Rep {
  // Rules of all topics in one row, as RuleIndex numbers them.
  struct CompiledRule {
    std::uint32_t topic;  // index into topics
    std::uint32_t rule;   // index into the topic's rules
    std::uint32_t root;   // in programs
  };

  std::vector<Pack> packs;
  std::string hash;
  std::vector<const Topic*> topics;
  std::vector<CompiledRule> rules;                   // topic by topic
  std::vector<std::optional<std::uint32_t>> unless;  // of each topic: the root in programs
  RulePrograms programs;
  RuleIndex index;
  WordLane words;
  RegexLane regexes;
};

}  // namespace wirewatch

#endif  // WIREWATCH_RULES_RULE_SET_REP_H_
