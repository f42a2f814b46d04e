// Rule tests: the *_test.yaml beside a pack, an article each and the topics that must fire on it, exactly.
//
//   tests:
//     - name: a ban names the vendor
//       article: {title: "...", summary: "...", body: "...", language: en, country: PL, source: ..., host: reuters.com,
//                 section: ..., tags: [...], age: 30h, urgency: 3}
//       fires: [5g-vendor-bans]       # exactly these of the packs' topics; [] asserts silence
//     - name: ...
//       article: {...}
//       must_not_fire: [huawei-espionage]   # instead of `fires`: only these are judged (with must_fire: [...])
//
// `host` is that of the article's url, without "www."; `age` the time from its publication to its record. The topics
// are those of all packs of the rule set. What rules in shadow find is not held against `fires` and `must_not_fire`,
// but of a topic that is in shadow and named there; `fires` and `must_fire` may name it all the same (docs/shadow.md).
#ifndef WIREWATCH_RULES_TOOLS_RULE_TEST_H_
#define WIREWATCH_RULES_TOOLS_RULE_TEST_H_

#include <cstddef>
#include <filesystem>
#include <set>
#include <string>
#include <vector>

#include "base/diagnostic.h"
#include "base/result.h"
#include "rules/engine/rule_set.h"

namespace wirewatch {

struct RuleTestReport {
  std::size_t passed = 0;
  std::size_t failed = 0;          // with those that could not be run for a mistake in them
  Diagnostics diagnostics;         // a failed test at its place, with what fired instead; mistakes in the file
  std::set<std::string> expected;  // the topics that some test wants to fire
};

// The *_test.yaml files under `paths` (directories are searched as FindPackFiles does; of a pack file, its own
// neighbour; a test file by its name). There may be none. Errors: as FindPackFiles.
Result<std::vector<std::filesystem::path>> FindRuleTestFiles(const std::vector<std::filesystem::path>& paths);

// An unreadable file is a diagnostic. kInternal: the engine failed.
Result<RuleTestReport> RunRuleTests(const RuleSet& rule_set, const std::vector<std::filesystem::path>& files);

// A warning for each pack of which no test wants a topic to fire.
Diagnostics FindUntestedPacks(const RuleSet& rule_set, const RuleTestReport& report);

}  // namespace wirewatch

#endif  // WIREWATCH_RULES_TOOLS_RULE_TEST_H_
