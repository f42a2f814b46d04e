// wirewatch check: packs, the rule tests beside them, and a configuration with its subscriptions.

#include <fmt/format.h>

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/diagnostic.h"
#include "cli/terminal/exit_code.h"
#include "cli/terminal/tell.h"
#include "cli/terminal/verb.h"
#include "cli/verbs/verbs.h"
#include "cli/wiring/alert_options.h"
#include "cli/wiring/config_input.h"
#include "cli/wiring/pipeline_run.h"
#include "cli/wiring/test_articles.h"
#include "cli/wiring/test_report.h"
#include "cli/wiring/test_run.h"
#include "pipeline/deliver/subscription_file.h"
#include "rules/engine/compile_packs.h"
#include "rules/tools/rule_test.h"

namespace wirewatch {
namespace {

struct Options {
  std::vector<std::string> packs;
  std::string config;
  bool no_tests = false;
  bool strict = false;
};

// Prints what is found; with --strict warnings count as errors.
class Findings {
 public:
  explicit Findings(bool strict) : strict_(strict) {}

  void Print(Diagnostics diagnostics) {
    for (Diagnostic& diagnostic : diagnostics) {
      if (diagnostic.severity != Severity::kWarning) continue;
      if (strict_) diagnostic.severity = Severity::kError;
      ++warnings_;
    }
    Tell(Render(diagnostics, ColourOnStderr()));
  }

  // What the exit code is when nothing else is wrong.
  ExitCode code() const {
    if (!strict_ || warnings_ == 0) return kOk;
    Tell(fmt::format("{} warning{}, which --strict takes for {}\n", warnings_, warnings_ == 1 ? "" : "s",
                     warnings_ == 1 ? "an error" : "errors"));
    return kInvalidInput;
  }

 private:
  const bool strict_;
  std::size_t warnings_ = 0;
};

// `config_file`: says how articles of files are read; empty: none does.
Result<ExitCode> RunTests(const RuleSet& rules, const std::vector<std::filesystem::path>& paths,
                          const std::string& config_file, Findings& findings) {
  auto files = FindRuleTestFiles(paths);
  if (!files) return std::move(files).error();
  RuleTestOptions options;
  options.load_article = LoaderOfTestArticles(config_file);
  auto report = RunRuleTests(rules, *files, options);
  if (!report) return std::move(report).error();
  findings.Print(FindUntestedPacks(rules, *report));
  const bool good = report->failed == 0 && !HasErrors(report->diagnostics);
  findings.Print(std::move(report->diagnostics));
  fmt::print("rule {}", TestSummary(*report));
  return good ? findings.code() : kExpectationFailed;
}

// The files of `deliver`, where the configuration names any; secrets are not looked up. `rules`: null, nobody knows the
// topics. False: they have mistakes.
bool CheckSubscriptions(const Config& config, const RuleSet* rules, Findings& findings) {
  if (config.deliver.subscriptions.empty()) return true;
  const auto topics = rules != nullptr ? std::optional(KnownTopics(rules->packs())) : std::nullopt;
  ReadSubscriptions read =
      LoadSubscriptions(config.deliver.subscriptions, SecretReferences::kLeave, topics ? &*topics : nullptr);
  const bool good = !HasErrors(read.diagnostics);
  findings.Print(std::move(read.diagnostics));
  if (good) fmt::print("subscriptions: {}\n", read.subscriptions.size());
  return good;
}

// `config`: null, none is known.
Result<ExitCode> CheckPacks(std::vector<std::filesystem::path> paths, const Options& options, const Config* config) {
  paths = PacksOf(std::move(paths));
  auto compiled = CompilePacks(paths);
  if (!compiled) return std::move(compiled).error();
  Findings findings(options.strict);
  findings.Print(std::move(compiled->diagnostics));
  const bool subscriptions_good = config == nullptr || CheckSubscriptions(*config, compiled->rule_set.get(), findings);
  if (compiled->rule_set == nullptr || !subscriptions_good) return kInvalidInput;
  const RuleSet& rules = *compiled->rule_set;
  if (config != nullptr) {
    if (auto cut = FindCutWindows(rules, config->alerts.window)) {
      cut->file = options.config;
      findings.Print({*std::move(cut)});
    }
  }
  std::size_t rule_count = 0;
  for (const Topic* topic : rules.topics()) rule_count += topic->rules.size();
  fmt::print("packs: {} packs, {} topics, {} rules, {} terms, rule set {}\n", rules.packs().size(),
             rules.topics().size(), rule_count, rules.term_count(), rules.hash());
  return options.no_tests ? findings.code() : RunTests(rules, paths, options.config, findings);
}

Result<ExitCode> Check(const Options& options) {
  std::vector<std::filesystem::path> paths(options.packs.begin(), options.packs.end());
  std::optional<Config> config;
  if (!options.config.empty()) {
    auto loaded = LoadConfig(options.config);
    if (!loaded) return std::move(loaded).error();
    fmt::print("configuration: {} is valid\n", options.config);
    config = *std::move(loaded);
    if (paths.empty()) paths = config->rules.packs;
  }
  return CheckPacks(std::move(paths), options, config ? &*config : nullptr);
}

}  // namespace

void AddCheck(CLI::App& app, int& exit_code) {
  auto options = std::make_shared<Options>();
  Verb check(app, "check", "Check packs, run the tests beside them, check a configuration");
  check.Value("packs", options->packs, "Rule files and directories of them");
  check.Value("--config,-c", options->config,
              "A configuration, with its subscriptions; without PACKS its packs are checked too");
  check.Flag("--no-tests", options->no_tests, "Do not run the *_test.yaml beside the packs");
  check.Flag("--strict", options->strict, "Take warnings for errors: exit code 3");
  check.Footer(
      "Examples:\n  wirewatch check rules/packs\n  wirewatch check --strict rules/packs\n  wirewatch check --config "
      "wirewatch.yaml");
  check.OnChosen([options, &exit_code] {
    if (options->packs.empty() && options->config.empty()) {
      FailMissing("PACKS or --config");
    }
    exit_code = Finish(Check(*options));
  });
}

}  // namespace wirewatch
