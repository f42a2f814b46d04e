// wirewatch check: packs, the rule tests beside them, and a configuration.

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "base/diagnostic.h"
#include "cli/config_input.h"
#include "cli/exit_code.h"
#include "cli/tell.h"
#include "cli/verbs.h"
#include "pipeline/rule_store.h"
#include "rules/rule_test.h"

namespace wirewatch {
namespace {

struct Options {
  std::vector<std::string> packs;
  std::string config;
  bool no_tests = false;
};

ExitCode RunTests(const RuleSet& rules, const std::vector<std::filesystem::path>& paths) {
  auto files = FindRuleTestFiles(paths);
  if (!files) {
    PrintError(files.error());
    return ExitCodeOf(files.error());
  }
  auto report = RunRuleTests(rules, *files);
  if (!report) {
    PrintError(report.error());
    return ExitCodeOf(report.error());
  }
  Tell(Render(report->diagnostics, ColourOnStderr()));
  fmt::print("rule tests: {} passed, {} failed\n", report->passed, report->failed);
  return report->failed == 0 && !HasErrors(report->diagnostics) ? kOk : kExpectationFailed;
}

ExitCode CheckPacks(const std::vector<std::filesystem::path>& paths, bool with_tests) {
  auto compiled = CompilePacks(paths);
  if (!compiled) {
    PrintError(compiled.error());
    return ExitCodeOf(compiled.error());
  }
  Tell(Render(compiled->diagnostics, ColourOnStderr()));
  if (compiled->rule_set == nullptr) return kInvalidInput;
  const RuleSet& rules = *compiled->rule_set;
  std::size_t rule_count = 0;
  for (const Topic* topic : rules.topics()) rule_count += topic->rules.size();
  fmt::print("packs: {} packs, {} topics, {} rules, {} terms, rule set {}\n", rules.packs().size(),
             rules.topics().size(), rule_count, rules.term_count(), rules.hash());
  return with_tests ? RunTests(rules, paths) : kOk;
}

ExitCode Check(const Options& options) {
  std::vector<std::filesystem::path> paths(options.packs.begin(), options.packs.end());
  if (!options.config.empty()) {
    auto config = LoadConfig(options.config);
    if (!config) {
      PrintError(config.error());
      return ExitCodeOf(config.error());
    }
    fmt::print("configuration: {} is valid\n", options.config);
    if (paths.empty()) paths = PackPaths(*config);
  }
  return CheckPacks(paths, !options.no_tests);
}

}  // namespace

void AddCheck(CLI::App& app, int& exit_code) {
  auto options = std::make_shared<Options>();
  CLI::App* check = app.add_subcommand("check", "Check packs, run the tests beside them, check a configuration");
  check->add_option("packs", options->packs, "Rule files and directories of them");
  check->add_option("--config,-c", options->config, "A configuration; without PACKS its packs are checked too");
  check->add_flag("--no-tests", options->no_tests, "Do not run the *_test.yaml beside the packs");
  check->footer("Examples:\n  wirewatch check rules/packs\n  wirewatch check --config wirewatch.yaml");
  check->callback([options, &exit_code] {
    if (options->packs.empty() && options->config.empty()) {
      throw CLI::RequiredError("PACKS or --config", CLI::ExitCodes::RequiredError);
    }
    exit_code = Check(*options);
  });
}

}  // namespace wirewatch
