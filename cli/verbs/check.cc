// wirewatch check: packs, the rule tests beside them, and a configuration with its subscriptions.

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <iterator>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "base/diagnostic.h"
#include "base/text/printable.h"
#include "cli/terminal/exit_code.h"
#include "cli/terminal/tell.h"
#include "cli/terminal/verb.h"
#include "cli/verbs/verbs.h"
#include "cli/wiring/alert_options.h"
#include "cli/wiring/check_report.h"
#include "cli/wiring/config_input.h"
#include "cli/wiring/pipeline_run.h"
#include "cli/wiring/test_articles.h"
#include "cli/wiring/test_report.h"
#include "cli/wiring/test_run.h"
#include "pipeline/deliver/subscription_file.h"
#include "rules/check/pack_check.h"
#include "rules/engine/compile_packs.h"
#include "rules/pack/library_files.h"
#include "rules/pack/pack_cache.h"
#include "rules/pack/pack_files.h"
#include "rules/tools/rule_test.h"

namespace wirewatch {
namespace {

struct Options {
  std::vector<std::string> packs;
  std::string config;
  std::string policy;
  std::vector<std::string> error, warn, off;  // codes
  std::string format = "text";
  bool json = false;
  bool no_tests = false;
  bool strict = false;
};

WarningLevels LevelsOf(const Options& options) {
  WarningLevels levels;
  for (const std::string& code : options.off) levels[code] = WarningLevel::kOff;
  for (const std::string& code : options.warn) levels[code] = WarningLevel::kWarn;
  for (const std::string& code : options.error) levels[code] = WarningLevel::kError;
  return levels;
}

// Gathers what is found, each with the level that it has in the end.
class Findings {
 public:
  Findings(const Options& options, Policies& policies, std::vector<PackSwitch> switches)
      : levels_(LevelsOf(options)), strict_(options.strict), policies_(policies), switches_(std::move(switches)) {}

  // Of the loader: the comments in packs have been applied.
  void AddLoaded(Diagnostics diagnostics) {
    for (Diagnostic& diagnostic : diagnostics) {
      const Policy* const policy = policies_.Known(diagnostic.file);
      Diagnostics one = {std::move(diagnostic)};
      ApplyLevels(levels_, policy, switches_, one);
      std::move(one.begin(), one.end(), std::back_inserter(diagnostics_));
    }
  }
  void Add(Diagnostics diagnostics) {
    ApplySwitches(switches_, diagnostics);
    AddLoaded(std::move(diagnostics));
  }
  void AddIdleSwitches() { AddLoaded(IdleSwitches(switches_)); }

  // By file, in the order in which files were first named, and by place.
  Diagnostics Take() {
    std::map<std::string, std::size_t> files;
    for (const Diagnostic& d : diagnostics_) files.try_emplace(d.file, files.size());
    std::stable_sort(diagnostics_.begin(), diagnostics_.end(), [&](const Diagnostic& a, const Diagnostic& b) {
      return std::tuple(files.at(a.file), a.position.line, a.position.column) <
             std::tuple(files.at(b.file), b.position.line, b.position.column);
    });
    for (Diagnostic& diagnostic : diagnostics_) {
      if (!strict_ || diagnostic.severity != Severity::kWarning) continue;
      diagnostic.severity = Severity::kError;
      ++raised_;
    }
    return std::move(diagnostics_);
  }
  // By --strict.
  std::size_t raised() const { return raised_; }

 private:
  const WarningLevels levels_;
  const bool strict_;
  Policies& policies_;
  std::vector<PackSwitch> switches_;
  Diagnostics diagnostics_;
  std::size_t raised_ = 0;
};

// The files of `deliver`, where the configuration names any; secrets are not looked up. `rules`: null, nobody knows the
// topics.
void CheckSubscriptions(const Config& config, const RuleSet* rules, CheckReport& report, Findings& findings) {
  if (config.deliver.subscriptions.empty()) return;
  const auto topics = rules != nullptr ? std::optional(KnownTopics(rules->packs())) : std::nullopt;
  ReadSubscriptions read =
      LoadSubscriptions(config.deliver.subscriptions, SecretReferences::kLeave, topics ? &*topics : nullptr);
  if (!HasErrors(read.diagnostics)) report.subscriptions = read.subscriptions.size();
  findings.AddLoaded(std::move(read.diagnostics));
}

void CheckRules(const RuleSet& rules, const Options& options, const Config* config, CheckReport& report,
                Findings& findings) {
  if (config != nullptr) {
    if (auto cut = FindCutWindows(rules, config->alerts.window)) {
      cut->file = options.config;
      findings.AddLoaded({*std::move(cut)});
    }
  }
  CheckReport::RuleCounts& counts = report.rules.emplace();
  counts = {rules.packs().size(), rules.topics().size(), 0, rules.term_count()};
  for (const Topic* topic : rules.topics()) counts.rules += topic->rules.size();
  report.rule_set = rules.hash();
}

// `config_file`: says how articles of files are read; empty: none does.
Result<TestedRules> RunTests(const RuleSet& rules, const std::vector<std::filesystem::path>& paths,
                             const std::string& config_file, CheckReport& report, Findings& findings) {
  auto files = FindRuleTestFiles(paths);
  if (!files) return std::move(files).error();
  TestedRules tested;
  RuleTestOptions options;
  options.load_article = LoaderOfTestArticles(config_file);
  options.judged = [&](const JudgedArticle& judged) -> Status {
    for (const TopicMatch& match : judged.matches) {
      if (std::find(judged.fired.begin(), judged.fired.end(), match.topic) == judged.fired.end()) continue;
      const Topic& topic = *rules.topics()[match.topic];
      for (const std::uint32_t rule : match.rules) tested.rules.emplace(topic.id, topic.rules[rule].id);
    }
    return {};
  };
  auto tests = RunRuleTests(rules, *files, options);
  if (!tests) return std::move(tests).error();
  findings.Add(FindUntestedPacks(rules, *tests));
  if (tests->failed > 0 || HasErrors(tests->diagnostics)) report.exit_code = kExpectationFailed;
  findings.Add(std::move(tests->diagnostics));
  tested.topics = tests->expected;
  report.tests = *std::move(tests);
  return tested;
}

// What is said of packs that load: lints and the policy. Nothing of a pack with errors.
Status CheckFiles(const std::vector<std::filesystem::path>& files, const std::set<std::string>& with_errors,
                  const TestedRules* tested, Policies& policies, Findings& findings) {
  LibraryFiles libraries;
  for (const std::filesystem::path& file : files) {
    if (with_errors.contains(file.string())) continue;
    const auto policy = policies.Of(file);
    if (!policy) return policy.error();
    findings.Add(CheckPackFile(file, libraries, *policy, tested));
  }
  return {};
}

// `config`: null, none is known.
Result<CheckReport> CheckPacks(std::vector<std::filesystem::path> paths, const Options& options, const Config* config) {
  CheckReport report;
  paths = PacksOf(std::move(paths));
  auto loaded = PackCache(paths).Load();
  if (!loaded) return std::move(loaded).error();
  const auto files = FindPackFiles(paths);
  if (!files) return files.error();
  Policies policies(options.policy.empty() ? std::nullopt : std::optional<std::filesystem::path>(options.policy));
  for (const std::filesystem::path& file : *files) {
    if (const auto policy = policies.Of(file); !policy) return policy.error();
  }
  Findings findings(options, policies, std::move(loaded->switches));
  CompiledRules compiled = CompileLoaded(*std::move(loaded), nullptr, {}, {});
  std::set<std::string> with_errors;
  for (const Diagnostic& diagnostic : compiled.diagnostics) {
    if (diagnostic.severity == Severity::kError) with_errors.insert(diagnostic.file);
  }
  findings.AddLoaded(std::move(compiled.diagnostics));
  findings.AddLoaded(policies.diagnostics());
  if (config != nullptr) CheckSubscriptions(*config, compiled.rule_set.get(), report, findings);
  std::optional<TestedRules> tested;
  if (compiled.rule_set != nullptr) {
    CheckRules(*compiled.rule_set, options, config, report, findings);
    if (!options.no_tests) {
      auto run = RunTests(*compiled.rule_set, paths, options.config, report, findings);
      if (!run) return std::move(run).error();
      tested = *std::move(run);
    }
  }
  if (Status checked = CheckFiles(*files, with_errors, tested ? &*tested : nullptr, policies, findings); !checked) {
    return std::move(checked).error();
  }
  // A comment about tests may have its use where they run.
  if (tested) findings.AddIdleSwitches();
  report.diagnostics = findings.Take();
  report.policies = policies.files();
  if (HasErrors(report.diagnostics) && report.exit_code == kOk) report.exit_code = kInvalidInput;
  report.raised = findings.raised();
  return report;
}

// Diagnostics to stderr, counts to stdout.
void PrintText(const CheckReport& report, const Options& options, std::size_t raised) {
  Tell(Render(report.diagnostics, ColourOnStderr()));
  if (report.subscriptions) fmt::print("subscriptions: {}\n", *report.subscriptions);
  for (const std::string& policy : report.policies) fmt::print("policy: {}\n", Printable(policy));
  if (report.rules) {
    fmt::print("packs: {} packs, {} topics, {} rules, {} terms, rule set {}\n", report.rules->packs,
               report.rules->topics, report.rules->rules, report.rules->terms, report.rule_set);
  }
  if (report.tests) fmt::print("rule {}", TestSummary(*report.tests));
  if (options.strict && raised > 0) {
    Tell(fmt::format("{} warning{}, which --strict takes for {}\n", raised, raised == 1 ? "" : "s",
                     raised == 1 ? "an error" : "errors"));
  }
}

Result<ExitCode> Check(Options options) {
  if (options.json) options.format = "json";
  std::vector<std::filesystem::path> paths(options.packs.begin(), options.packs.end());
  std::optional<Config> config;
  if (!options.config.empty()) {
    auto loaded = LoadConfig(options.config);
    if (!loaded) return std::move(loaded).error();
    if (options.format == "text") fmt::print("configuration: {} is valid\n", options.config);
    config = *std::move(loaded);
    if (paths.empty()) paths = config->rules.packs;
  }
  const auto report = CheckPacks(std::move(paths), options, config ? &*config : nullptr);
  if (!report) return report.error();
  if (options.format == "json") fmt::print("{}", CheckReportJson(*report));
  if (options.format == "github") fmt::print("{}", CheckReportGithub(*report));
  if (options.format == "sarif") fmt::print("{}", CheckReportSarif(*report, WIREWATCH_VERSION));
  if (options.format == "text") PrintText(*report, options, report->raised);
  return report->exit_code;
}

// For the command line: what is wrong with a code.
std::string CheckCode(const std::string& code) {
  const CodeMistake mistake = FindCodeMistake(code);
  return mistake.message.empty() ? "" : fmt::format("{}: {}", mistake.message, mistake.help);
}

}  // namespace

void AddCheck(CLI::App& app, int& exit_code) {
  auto options = std::make_shared<Options>();
  Verb check(app, "check", "Check packs, run the tests beside them, check a configuration");
  check.Value("packs", options->packs, "Rule files and directories of them");
  check.Value("--config,-c", options->config,
              "A configuration, with its subscriptions; without PACKS its packs are checked too");
  check.Flag("--no-tests", options->no_tests, "Do not run the *_test.yaml beside the packs");
  const auto add_code = [&](const char* name, std::vector<std::string>& codes, const char* help) {
    check.Value(name, codes, help).OneValueATime().Check(CheckCode);
  };
  add_code("--error", options->error, "Take warnings of this code for errors");
  add_code("--warn", options->warn, "Take them for warnings, whatever the policy says");
  add_code("--off", options->off, "Do not tell them");
  check.Flag("--strict", options->strict, "Take all warnings for errors: exit code 3");
  check.Value("--policy", options->policy, "What the house asks of packs; default: wirewatch-policy.yaml beside them");
  VerbOption format = check.Value("--format", options->format, "How findings are written")
                          .OneOf({"text", "json", "github", "sarif"})
                          .ShowDefault();
  check.Flag("--json", options->json, "The same as --format json").Excludes(format);
  check.Footer(
      "Examples:\n"
      "  wirewatch check rules/packs\n"
      "  wirewatch check --strict --off shadowed-term rules/packs\n"
      "  wirewatch check --policy house.yaml --format github rules/packs\n"
      "  wirewatch check --json rules/packs | jq '.diagnostics[] | select(.code == \"never-holds\")'\n"
      "  wirewatch check --config wirewatch.yaml\n"
      "Exit codes: 0 no errors, 3 errors in packs or configuration, 4 a rule test failed, 5 no such file.");
  check.OnChosen([options, &exit_code] {
    if (options->packs.empty() && options->config.empty()) {
      FailMissing("PACKS or --config");
    }
    exit_code = Finish(Check(*options));
  });
}

}  // namespace wirewatch
