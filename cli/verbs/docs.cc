#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <string>

#include "cli/terminal/exit_code.h"
#include "cli/verbs/verbs.h"
#include "connectors/registry.h"
#include "monitoring/metrics.h"
#include "pipeline/config.h"
#include "pipeline/records/dead_letter_reason.h"
#include "rules/language/diagnostic_codes.h"

namespace wirewatch {

void AddDocs(CLI::App& app, int& exit_code) {
  CLI::App* docs = app.add_subcommand("docs", "Print a generated page of docs/");
  docs->group("");  // for those who work on wirewatch
  docs->require_subcommand(1);
  docs->add_subcommand("configuration", "docs/configuration.md")->callback([&exit_code] {
    fmt::print("{}", ConfigReference(Connectors()));
    exit_code = kOk;
  });
  docs->add_subcommand("metrics", "docs/metrics.md")->callback([&exit_code] {
    fmt::print("{}", Metrics::Reference());
    exit_code = kOk;
  });
  docs->add_subcommand("diagnostics", "The tables of codes in docs/rules.md")->callback([&exit_code] {
    fmt::print("{}", DiagnosticReference());
    exit_code = kOk;
  });
  docs->add_subcommand("dead-letters", "The table of reasons in docs/operations.md")->callback([&exit_code] {
    fmt::print("{}", DeadLetterReference());
    exit_code = kOk;
  });
}

}  // namespace wirewatch
