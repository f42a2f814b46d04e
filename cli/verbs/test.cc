// wirewatch test: the tests beside packs, and what they exercise.

#include <fmt/format.h>

#include <filesystem>
#include <memory>
#include <regex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/diagnostic.h"
#include "base/text/json_writer.h"
#include "base/text/printable.h"
#include "cli/terminal/exit_code.h"
#include "cli/terminal/tell.h"
#include "cli/terminal/verb.h"
#include "cli/verbs/verbs.h"
#include "cli/wiring/config_input.h"
#include "cli/wiring/coverage_report.h"
#include "cli/wiring/pipeline_run.h"
#include "cli/wiring/test_articles.h"
#include "cli/wiring/test_report.h"
#include "cli/wiring/test_run.h"
#include "cli/wiring/topic_name.h"
#include "rules/tools/coverage.h"
#include "rules/tools/rule_test.h"

namespace wirewatch {
namespace {

struct Options {
  bool wants_coverage() const { return coverage || !coverage_file.empty() || least_given; }

  std::vector<std::string> packs;
  std::string config;
  std::string run;
  std::string topic;
  std::string junit;
  std::string coverage_file;
  std::size_t least = 0;
  bool least_given = false;
  bool coverage = false;
  bool json = false;
  bool quiet = false;
  bool verbose = false;
  bool strict = false;
};

std::string CheckRegex(const std::string& text) {
  try {
    const std::regex regex(text);
    return "";
  } catch (const std::regex_error& error) {
    return fmt::format("'{}' is no regular expression: {}", text, error.what());
  }
}

RuleTestOptions RunOptionsOf(const Options& options) {
  RuleTestOptions run;
  run.topic = options.topic;
  run.load_article = LoaderOfTestArticles(options.config);
  if (!options.run.empty()) {
    run.wanted = [regex = std::regex(options.run, std::regex::icase)](std::string_view name) {
      return std::regex_search(name.begin(), name.end(), regex);
    };
  }
  return run;
}

// What is wrong beside tests that fail; empty: nothing.
std::string Complaint(const Options& options, const PackTests& tests) {
  const RuleTestReport& report = tests.report;
  // Of a file that cannot be read that is told.
  const bool ran =
      report.passed + report.failed + report.to_do + report.to_do_passes > 0 || HasErrors(report.diagnostics);
  if (!ran && report.left_out > 0) return "no test is named like that: nothing was run";
  if (!ran) return "there are no tests beside these packs: write them in NAME_test.yaml, beside NAME.yaml";
  if (options.strict && report.to_do_passes > 0) return "what was to do passes now, which --strict takes for an error";
  if (options.least_given) {
    const double percent = CountPlaces(*tests.coverage).percent();
    if (percent < static_cast<double>(options.least)) {
      return fmt::format("coverage is {:.1f} %, and --least asks for {} %", percent, options.least);
    }
  }
  return "";
}

std::string JsonOf(const PackTests& tests) {
  std::string text;
  JsonWriter json(text);
  json.BeginObject();
  json.Put("version", WIREWATCH_VERSION);
  json.Put("rule_set", tests.rule_set->hash());
  PutTests(json, tests.report);
  if (tests.coverage) PutCoverage(json, *tests.coverage);
  json.EndObject();
  return text + "\n";
}

void Print(const Options& options, const PackTests& tests) {
  if (options.json) return fmt::print("{}", JsonOf(tests));
  TestTelling telling = TestTelling::kUsual;
  if (options.quiet) telling = TestTelling::kQuiet;
  if (options.verbose) telling = TestTelling::kVerbose;
  fmt::print("{}", TestText(tests.report, telling, ColourOnStdout()));
  if (options.coverage) fmt::print("{}", CoverageText(*tests.coverage, options.verbose));
  fmt::print("{}", TestSummary(tests.report));
  if (tests.coverage) {
    const CoverageCount count = CountPlaces(*tests.coverage);
    fmt::print("coverage: {:.1f} %, {} of {} places\n", count.percent(), count.exercised, count.all);
  }
}

Result<ExitCode> Test(const Options& options) {
  const std::vector<std::filesystem::path> paths(options.packs.begin(), options.packs.end());
  if (!options.config.empty()) {  // here its mistakes are its own; later they would be told as those of an article
    QuickConfig decode;
    decode.decode = options.config;
    decode.inputs = {"-"};
    if (auto config = MakeConfig(decode); !config) return std::move(config).error();
  }
  auto tests = TestPacks(PacksOf(paths), RunOptionsOf(options), options.wants_coverage());
  if (!tests) return std::move(tests).error();
  if (tests->rule_set == nullptr) {
    Tell(Render(tests->diagnostics, ColourOnStderr()));
    return kInvalidInput;
  }
  if (!options.topic.empty()) {
    if (auto known = FindTopic(*tests->rule_set, options.topic); !known) return std::move(known).error();
  }
  if (!options.junit.empty()) {
    if (Status written = WriteFile(options.junit, JUnitXml(tests->report)); !written) return std::move(written).error();
  }
  if (!options.coverage_file.empty()) {
    Status written = WriteFile(options.coverage_file, CoverageLcov(*tests->coverage));
    if (!written) return std::move(written).error();
  }
  Print(options, *tests);
  const std::string complaint = Complaint(options, *tests);
  if (!complaint.empty()) Tell(fmt::format("wirewatch: {}\n", complaint));
  const bool good = tests->report.failed == 0 && !HasErrors(tests->report.diagnostics) && complaint.empty();
  return good ? kOk : kExpectationFailed;
}

}  // namespace

void AddTest(CLI::App& app, int& exit_code) {
  auto options = std::make_shared<Options>();
  Verb test(app, "test", "Run the tests beside packs, and show what they leave untested");
  test.Value("packs", options->packs, "Rule files, test files and directories of them").Required();
  test.Value("--run,-r", options->run, "Only tests whose name this regular expression is found in (any case)")
      .Check(CheckRegex);
  test.Value("--topic,-t", options->topic, "Only tests that name this topic");
  test.Flag("--coverage", options->coverage, "Show which rules, branches and terms no test exercises");
  test.Value("--coverage-file", options->coverage_file, "Write the coverage to this file, in the format of LCOV");
  VerbOption least = test.Value("--least", options->least, "Exit code 4 when the coverage is below this percentage");
  least.Between(0, 100);
  test.Value("--junit", options->junit, "Write the results to this file, as JUnit XML");
  test.Flag("--json", options->json, "Print the results as one JSON document");
  VerbOption verbose = test.Flag("--verbose,-v", options->verbose, "Show every test, and what is to do");
  test.Flag("--quiet,-q", options->quiet, "Show what failed, and the counts").Excludes(verbose);
  test.Flag("--strict", options->strict, "Exit code 4 when something that is to do passes");
  test.Value("--config,-c", options->config, "Read articles of files by `decode` of this configuration");
  test.Footer(
      "Exit codes: 0 all passed, 3 mistakes in the packs, 4 a test failed, there is none, or coverage is too low.\n"
      "docs/testing.md says how tests are written.\n\n"
      "Examples:\n"
      "  wirewatch test rules/packs\n"
      "  wirewatch test rules/packs/telecom-security.yaml --run vendor --verbose\n"
      "  wirewatch test my-pack.yaml --coverage --least 50\n"
      "  wirewatch test rules/packs --junit results.xml --coverage-file coverage.lcov");
  test.OnChosen([options, least, &exit_code] {
    options->least_given = least.given();
    exit_code = Finish(Test(*options));
  });
}

}  // namespace wirewatch
