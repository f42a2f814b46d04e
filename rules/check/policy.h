// Policy: what a house asks of its packs, in a file `wirewatch-policy.yaml` beside them. docs/check.md has an example.
//
//   levels: {shadowed-term: error, no-test: off}       # of warnings, by code
//   metadata:
//     pack:  {owner: {required: true, pattern: '.+@example\.org'}}
//     topic: {tags: {required: true, values: [telecom, trade]}, title: {most_characters: 60, level: warn}}
//     rule:  {id: {pattern: '[a-z]+(-[a-z]+)*', help: name the event first}}
//     list:  {name: {pattern: '[a-z_]+'}}
//   limits: {untested_topics: 0, rules_of_topic: 50}
#ifndef WIREWATCH_RULES_CHECK_POLICY_H_
#define WIREWATCH_RULES_CHECK_POLICY_H_

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/diagnostic.h"
#include "base/result.h"
#include "base/yaml/yaml_text.h"
#include "rules/check/whole_pattern.h"
#include "rules/pack/pack_keys.h"
#include "rules/pack/pack_switches.h"

namespace wirewatch {

// Levels of warnings by code; what is not there stays a warning.
using WarningLevels = std::map<std::string, WarningLevel, std::less<>>;

// What one key must be. Of a key with several values (tags) each of them.
struct KeyPolicy {
  bool required = false;
  std::optional<WholePattern> pattern;
  std::vector<std::string> values;  // the only ones; empty: any
  std::size_t least_characters = 0;
  std::optional<std::size_t> most_characters;
  WarningLevel level = WarningLevel::kError;  // of a breach
  std::string help;                           // the way out, in the house's words; empty: ours
};

struct PolicyLimits {
  std::optional<std::int64_t> untested_topics, untested_rules;  // of a pack: that no test makes fire, or hold
  std::optional<std::int64_t> rules_of_topic, terms_of_list, topics_of_pack;
  std::optional<std::int64_t> characters_of_match;
};

struct Policy {
  std::string file;
  WarningLevels levels;
  std::map<std::string, KeyPolicy, std::less<>> pack, topic, rule;  // by key
  std::optional<KeyPolicy> list_name;
  PolicyLimits limits;
};

// What tests exercise: the topics that some test wants to fire, and the rules (topic, rule) that hold where it does.
struct TestedRules {
  std::set<std::string> topics;
  std::set<std::pair<std::string, std::string>> rules;
};

struct ReadPolicy {
  Policy policy;            // complete only when `diagnostics` has no errors
  Diagnostics diagnostics;  // all mistakes, at their places
};
ReadPolicy LoadPolicyText(std::string_view text, const std::string& file);
// kNotFound, kIo: it cannot be read.
Result<ReadPolicy> LoadPolicy(const std::filesystem::path& file);

// The policy of a pack: beside it, or in the nearest directory above, up to the root of a git repository. Nothing:
// there is none.
std::optional<std::filesystem::path> FindPolicy(const std::filesystem::path& pack);

// The breaches of one pack, reported to `text`. `tested`: null, nobody knows. REQUIRES: as LintPack.
struct Pack;
void CheckPolicy(YamlText& text, const YamlNode& root, const Pack& pack, const Policy& policy,
                 const TestedRules* tested);

}  // namespace wirewatch

#endif  // WIREWATCH_RULES_CHECK_POLICY_H_
