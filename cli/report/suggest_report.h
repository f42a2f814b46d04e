// Term suggestions for people on a terminal, and as JSON.
#ifndef WIREWATCH_CLI_REPORT_SUGGEST_REPORT_H_
#define WIREWATCH_CLI_REPORT_SUGGEST_REPORT_H_

#include <cstddef>
#include <string>
#include <vector>

#include "cli/report/archive_facts.h"
#include "pipeline/archive/term_suggestions.h"

namespace wirewatch {

struct SuggestReport {
  std::string topic;
  Suggestions suggestions;
  SuggestionOptions options;
  ArchiveFacts archive;
  std::vector<std::string> packs;
  std::string labels;          // the file
  std::size_t labelled = 0;    // articles with a label for the topic
  std::size_t in_archive = 0;  // of them
  std::size_t left_out = 0;    // of them, for want of memory
};

std::string SuggestText(const SuggestReport& report);
// One document, ended by a newline. Its keys stay.
std::string SuggestJson(const SuggestReport& report);

}  // namespace wirewatch

#endif  // WIREWATCH_CLI_REPORT_SUGGEST_REPORT_H_
