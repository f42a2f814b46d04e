// What a Backtest counted, for people on a terminal, as JSON, and as a page of HTML.
#ifndef WIREWATCH_CLI_REPORT_BACKTEST_REPORT_H_
#define WIREWATCH_CLI_REPORT_BACKTEST_REPORT_H_

#include <string>
#include <vector>

#include "cli/report/archive_facts.h"
#include "pipeline/archive/backtest.h"

namespace wirewatch {

struct BacktestReport {
  const Backtest& counts;
  ArchiveFacts archive;
  std::vector<std::string> packs;  // as they were given
  std::string rule_set;            // hash
};

struct TextStyle {
  bool unicode = false;  // sparklines of blocks
  bool colour = false;   // matched words; else they stand in brackets
  std::size_t width = 100;
};
std::string BacktestText(const BacktestReport& report, const TextStyle& style);
// One document, ended by a newline. Its keys stay.
std::string BacktestJson(const BacktestReport& report);
std::string BacktestHtml(const BacktestReport& report);

// What is to be said of a rule beside its numbers: "never fired, in shadow", "off"; mostly nothing.
std::string RuleNote(const RuleHits& rule);

}  // namespace wirewatch

#endif  // WIREWATCH_CLI_REPORT_BACKTEST_REPORT_H_
