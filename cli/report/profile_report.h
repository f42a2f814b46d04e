// What a RuleProfile measured, for people on a terminal, and as JSON.
#ifndef WIREWATCH_CLI_REPORT_PROFILE_REPORT_H_
#define WIREWATCH_CLI_REPORT_PROFILE_REPORT_H_

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "cli/report/archive_facts.h"
#include "pipeline/archive/rule_profile.h"
#include "rules/engine/rule_set.h"

namespace wirewatch {

struct ProfileReport {
  const RuleProfile& profile;
  const RuleSet& rules;
  ArchiveFacts archive;
  std::vector<std::string> packs;   // as they were given
  std::vector<std::string> topics;  // that are told of; empty: all
  std::vector<RegexCost> regexes;
  std::size_t regex_sample = 0;  // articles
};

// The slowest rules first, then those that never held; at most `most` rows of each table; 0: all.
std::string ProfileText(const ProfileReport& report, std::size_t most);
// One document, ended by a newline, of all. Its keys stay.
std::string ProfileJson(const ProfileReport& report);

}  // namespace wirewatch

#endif  // WIREWATCH_CLI_REPORT_PROFILE_REPORT_H_
