// Running the tests beside packs, for the verbs that do: `test`, `watch`, `check`.
#ifndef WIREWATCH_CLI_WIRING_TEST_RUN_H_
#define WIREWATCH_CLI_WIRING_TEST_RUN_H_

#include <filesystem>
#include <memory>
#include <optional>
#include <vector>

#include "base/diagnostic.h"
#include "base/result.h"
#include "rules/engine/rule_set.h"
#include "rules/tools/coverage.h"
#include "rules/tools/rule_test.h"

namespace wirewatch {

// The packs that the user means: a test file stands for the pack that it tests, which is told on stderr.
std::vector<std::filesystem::path> PacksOf(std::vector<std::filesystem::path> paths);

struct PackTests {
  Diagnostics diagnostics;                  // of the packs
  std::shared_ptr<const RuleSet> rule_set;  // null: the packs have mistakes, and nothing was run
  RuleTestReport report;
  std::optional<Coverage> coverage;  // when it was asked for
};

// Compiles the packs and runs the tests beside them. `options.judged` is not to be set. Errors: those of CompilePacks,
// RunRuleTests and Coverage.
Result<PackTests> TestPacks(const std::vector<std::filesystem::path>& packs, RuleTestOptions options,
                            bool with_coverage);

}  // namespace wirewatch

#endif  // WIREWATCH_CLI_WIRING_TEST_RUN_H_
