// What RuleHygiene found, for people on a terminal, and as JSON.
#ifndef WIREWATCH_CLI_REPORT_HYGIENE_REPORT_H_
#define WIREWATCH_CLI_REPORT_HYGIENE_REPORT_H_

#include <cstddef>
#include <string>
#include <vector>

#include "cli/report/archive_facts.h"
#include "pipeline/archive/rule_hygiene.h"
#include "rules/engine/rule_set.h"

namespace wirewatch {

struct HygieneReport {
  const RuleHygiene& hygiene;
  const RuleSet& rules;
  HygieneOptions options;
  ArchiveFacts archive;
  std::vector<std::string> packs;   // as they were given
  std::vector<std::string> topics;  // that are told of; empty: all
  std::string labels;               // a file; empty: none
};

// At most `most` of each list; 0: all. `unicode`: of the sparklines.
std::string HygieneText(const HygieneReport& report, std::size_t most, bool unicode);
// One document, ended by a newline, of all. Its keys stay.
std::string HygieneJson(const HygieneReport& report);

}  // namespace wirewatch

#endif  // WIREWATCH_CLI_REPORT_HYGIENE_REPORT_H_
