// Rule tests: the *_test.yaml beside a pack, an article each and the topics that must fire on it, exactly.
//
//   tests:
//     - name: a ban names the vendor
//       article: {title: "...", summary: "...", body: "...", language: en, country: PL, source: ..., host: reuters.com,
//                 section: ..., tags: [...], age: 30h, urgency: 3}
//       fires: [5g-vendor-bans]       # exactly these of the packs' topics; [] asserts silence
//     - name: ...
//       article: {file: wire.ndjson, id: a-17}    # of a file beside the test; other keys take the place of its own
//       must_not_fire: [huawei-espionage]   # instead of `fires`: only these are judged (with must_fire: [...])
//     - name: ...
//       article: {...}
//       fires: [{topic: 5g-vendor-bans, severity: high, score: 80, rules: [ban-near-vendor]}]
//       todo_fire: [clean-network]    # a known miss: no failure; said when it begins to work (todo_silent: [...])
//     - name: ...
//       todo: true                    # the same of all that the test wants; or a text: why
//       ...
//
// `host` is that of the article's url, without "www."; `age` the time from its publication to its record. The topics
// are those of all packs of the rule set. What rules in shadow find is not held against `fires` and `must_not_fire`,
// but of a topic that is in shadow and named there; `fires` and `must_fire` may name it all the same (docs/shadow.md).
#ifndef WIREWATCH_RULES_TOOLS_RULE_TEST_H_
#define WIREWATCH_RULES_TOOLS_RULE_TEST_H_

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/diagnostic.h"
#include "base/result.h"
#include "rules/engine/match.h"
#include "rules/engine/rule_set.h"
#include "rules/text/document.h"
#include "rules/text/fold.h"
#include "rules/tools/test_article.h"

namespace wirewatch {

enum class TestOutcome : std::uint8_t {
  kPassed,
  kFailed,      // something that it wants does not come true
  kMistake,     // it could not be run for a mistake in it; counts as failed
  kToDo,        // all that it wants is to do, and some of that does not come true yet
  kToDoPasses,  // all that it wants is to do, and comes true
};

constexpr std::string_view Name(TestOutcome outcome) {
  constexpr std::string_view kNames[] = {"passed", "failed", "mistake", "todo", "todo-passes"};
  return kNames[static_cast<std::size_t>(outcome)];
}

struct RuleTestResult {
  std::string name;
  TextPosition position;  // of its name
  TestOutcome outcome = TestOutcome::kPassed;
  Diagnostics diagnostics;         // why it failed; what was to do and passes now
  std::vector<std::string> to_do;  // what does not come true yet, a sentence each
  std::size_t to_do_passes = 0;    // so much of what was to do comes true
  std::chrono::duration<double> took{};
};

struct RuleTestFile {
  std::string file;
  std::vector<RuleTestResult> tests;  // in the order of the file
  Diagnostics diagnostics;            // of the file, and of no test of it
};

struct RuleTestReport {
  std::size_t passed = 0;
  std::size_t failed = 0;        // with those that could not be run for a mistake in them
  std::size_t to_do = 0;         // expectations that do not come true yet
  std::size_t to_do_passes = 0;  // those that do: a warning each
  std::size_t left_out = 0;      // tests that nobody asked for
  std::vector<RuleTestFile> files;
  Diagnostics diagnostics;         // of all files: a failed test at its place, with what fired instead; mistakes
  std::set<std::string> expected;  // the topics that some test wants to fire
};

// What one test found out, for who measures what the tests exercise. Topics are indices into RuleSet::topics().
struct JudgedArticle {
  const Document& document;
  const FoldedDocument& folded;
  const std::vector<TopicMatch>& matches;
  std::vector<std::uint32_t> fired;   // the test wants them to fire, and they do, as it wants
  std::vector<std::uint32_t> silent;  // the test wants them to be silent, and they are
};

struct RuleTestOptions {
  std::function<bool(std::string_view name)> wanted = nullptr;   // by name; null: all tests
  std::string topic = {};                                        // only tests that name it; empty: all
  TestArticleLoader load_article = nullptr;                      // null: an article in a file is a mistake
  std::function<Status(const JudgedArticle&)> judged = nullptr;  // of each test that is not to do
};

// The *_test.yaml files under `paths` (directories are searched as FindPackFiles does; of a pack file, its own
// neighbour; a test file by its name). There may be none. Errors: as FindPackFiles.
Result<std::vector<std::filesystem::path>> FindRuleTestFiles(const std::vector<std::filesystem::path>& paths);

// An unreadable file is a diagnostic. kInternal: the engine failed; errors of `judged`.
Result<RuleTestReport> RunRuleTests(const RuleSet& rule_set, const std::vector<std::filesystem::path>& files,
                                    const RuleTestOptions& options = {});

// A warning for each pack of which no test wants a topic to fire.
Diagnostics FindUntestedPacks(const RuleSet& rule_set, const RuleTestReport& report);

}  // namespace wirewatch

#endif  // WIREWATCH_RULES_TOOLS_RULE_TEST_H_
