// What a DiffCounts counted, for people on a terminal, and as JSON.
#ifndef WIREWATCH_CLI_REPORT_DIFF_REPORT_H_
#define WIREWATCH_CLI_REPORT_DIFF_REPORT_H_

#include <optional>
#include <string>

#include "cli/report/archive_facts.h"
#include "cli/report/backtest_report.h"
#include "pipeline/archive/diff_counts.h"
#include "pipeline/archive/pack_comparison.h"

namespace wirewatch {

struct DiffReport {
  const DiffCounts& counts;
  const PackComparison& comparison;
  ArchiveFacts archive;
  std::string old_name, new_name;          // as they were given
  std::string old_rule_set, new_rule_set;  // hashes
  std::optional<double> budget;            // alerts a day that may come in addition
};

// Whether NEW raises more alerts a day in addition than the budget; without one: no.
bool IsOverBudget(const DiffReport& report);

std::string DiffText(const DiffReport& report, const TextStyle& style);
// One document, ended by a newline. Its keys stay.
std::string DiffJson(const DiffReport& report);
// One line of NDJSON for one article, ended by a newline: all that changed, where the report has samples.
std::string ChangeJson(const PackComparison& comparison, const ChangedArticle& changed);

}  // namespace wirewatch

#endif  // WIREWATCH_CLI_REPORT_DIFF_REPORT_H_
