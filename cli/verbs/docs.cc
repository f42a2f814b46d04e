#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <string>

#include "cli/terminal/exit_code.h"
#include "cli/terminal/verb.h"
#include "cli/verbs/verbs.h"
#include "cli/wiring/all_metrics.h"
#include "connectors/registry.h"
#include "pipeline/config.h"
#include "pipeline/records/dead_letter_reason.h"
#include "rules/language/diagnostic_codes.h"
#include "rules/pack/pack_schema.h"

namespace wirewatch {
namespace {

// For people who read the file, too.
void PrintIndented(const std::string& json) { fmt::print("{}\n", nlohmann::ordered_json::parse(json).dump(2)); }

}  // namespace

void AddDocs(CLI::App& app, int& exit_code) {
  Verb docs(app, "docs", "Print a generated page of docs/");
  docs.Hide();  // for those who work on wirewatch
  docs.NeedsVerb();
  docs.Add("configuration", "docs/configuration.md").OnChosen([&exit_code] {
    fmt::print("{}", ConfigReference(Connectors()));
    exit_code = kOk;
  });
  docs.Add("metrics", "docs/metrics.md").OnChosen([&exit_code] {
    fmt::print("{}", MetricsReference());
    exit_code = kOk;
  });
  docs.Add("diagnostics", "The tables of codes in docs/rules.md").OnChosen([&exit_code] {
    fmt::print("{}", DiagnosticReference());
    exit_code = kOk;
  });
  docs.Add("dead-letters", "The table of reasons in docs/operations.md").OnChosen([&exit_code] {
    fmt::print("{}", DeadLetterReference());
    exit_code = kOk;
  });
  docs.Add("pack-schema", "docs/schema/pack.schema.json").OnChosen([&exit_code] {
    PrintIndented(PackSchema());
    exit_code = kOk;
  });
  docs.Add("test-schema", "docs/schema/rule_test.schema.json").OnChosen([&exit_code] {
    PrintIndented(RuleTestSchema());
    exit_code = kOk;
  });
}

}  // namespace wirewatch
