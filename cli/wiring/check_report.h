// Check report: what `wirewatch check` found, in the forms that people, editors and CI read.
//
//   text    compiler's messages on stderr, counts on stdout
//   json    one document: docs/schema/check.schema.json
//   github  workflow commands of GitHub Actions (::error file=...), which it shows beside the lines of a change
//   sarif   SARIF 2.1.0 (OASIS), which code scanning services and editors read
#ifndef WIREWATCH_CLI_WIRING_CHECK_REPORT_H_
#define WIREWATCH_CLI_WIRING_CHECK_REPORT_H_

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/diagnostic.h"
#include "cli/terminal/exit_code.h"
#include "rules/tools/rule_test.h"

namespace wirewatch {

struct CheckReport {
  struct RuleCounts {
    std::size_t packs = 0, topics = 0, rules = 0, terms = 0;
  };
  Diagnostics diagnostics;              // in the order in which they are told
  std::vector<std::string> policies;    // files
  std::optional<RuleCounts> rules;      // none: they did not compile
  std::string rule_set;                 // its hash; empty: they did not compile
  std::optional<RuleTestReport> tests;  // none: not run
  std::optional<std::size_t> subscriptions;
  std::size_t raised = 0;  // warnings that --strict takes for errors
  ExitCode exit_code = kOk;

  std::size_t Count(Severity severity) const;
};

// One line, the same for the same findings.
std::string CheckReportJson(const CheckReport& report);
// A line for each finding.
std::string CheckReportGithub(const CheckReport& report);
// One line. `version`: of the program.
std::string CheckReportSarif(const CheckReport& report, std::string_view version);

}  // namespace wirewatch

#endif  // WIREWATCH_CLI_WIRING_CHECK_REPORT_H_
