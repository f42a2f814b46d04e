#include "cli/wiring/test_run.h"

#include <fmt/format.h>

#include <system_error>
#include <utility>

#include "base/text/printable.h"
#include "cli/terminal/tell.h"
#include "rules/engine/compile_packs.h"
#include "rules/pack/pack_files.h"

namespace wirewatch {

std::vector<std::filesystem::path> PacksOf(std::vector<std::filesystem::path> paths) {
  for (std::filesystem::path& path : paths) {
    std::error_code error;
    if (!IsRuleTestFile(path) || !std::filesystem::is_regular_file(path, error)) continue;
    const std::filesystem::path pack = PackOfTestFile(path);
    if (!std::filesystem::exists(pack, error)) continue;
    Tell(fmt::format("{} holds the tests of {}: both are checked\n", Printable(path.string()),
                     Printable(pack.string())));
    path = pack;
  }
  return paths;
}

Result<PackTests> TestPacks(const std::vector<std::filesystem::path>& packs, RuleTestOptions options,
                            bool with_coverage) {
  auto compiled = CompilePacks(packs);
  if (!compiled) return std::move(compiled).error();
  PackTests tests;
  tests.diagnostics = std::move(compiled->diagnostics);
  tests.rule_set = compiled->rule_set;
  if (tests.rule_set == nullptr) return tests;
  auto files = FindRuleTestFiles(packs);
  if (!files) return std::move(files).error();
  if (with_coverage) {
    auto coverage = Coverage::Create(tests.rule_set);
    if (!coverage) return std::move(coverage).error();
    tests.coverage.emplace(*std::move(coverage));
    options.judged = [&tests](const JudgedArticle& judged) { return tests.coverage->Take(judged); };
  }
  auto report = RunRuleTests(*tests.rule_set, *files, options);
  if (!report) return std::move(report).error();
  tests.report = *std::move(report);
  return tests;
}

}  // namespace wirewatch
