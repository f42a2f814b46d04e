// An Evaluation for people on a terminal, as CSV for a table calculator, and as JSON.
#ifndef WIREWATCH_CLI_REPORT_EVAL_REPORT_H_
#define WIREWATCH_CLI_REPORT_EVAL_REPORT_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "cli/report/archive_facts.h"
#include "pipeline/archive/evaluation.h"

namespace wirewatch {

// An alert on an article without a label for its topic.
struct UnlabelledAlert {
  std::string topic, article, title, severity;
};

struct EvalReport {
  const Evaluation& evaluation;
  std::vector<Evaluation::TopicRows> topics;
  EvaluationOptions options;
  ArchiveFacts archive;
  std::vector<std::string> packs;  // as they were given
  std::string config;              // the same; empty: none
  std::string labels;              // the file
  std::size_t disagreements = 0, left_out = 0;
  std::vector<std::string> unknown_topics;  // that have labels, and are in none of the packs
  std::uint64_t unlabelled = 0;             // alerts
  std::vector<UnlabelledAlert> unlabelled_sample;
  std::vector<std::string> too_low;  // sentences: what is under a threshold
};

// One of the articles on which rules and people disagree.
struct Disagreement {
  enum class Kind : std::uint8_t { kMissed, kFalse, kHigh };  // kHigh: high severity on a label 1
  Kind kind = Kind::kMissed;
  const std::string* topic = nullptr;
  const LabelledArticle* article = nullptr;
  const LabelledArticle::OnTopic* on = nullptr;
};
// "missed", "false-alarm", "high-on-1".
std::string_view Name(Disagreement::Kind kind);
// By topic, then by kind. Borrows from the report.
std::vector<Disagreement> DisagreementsOf(const EvalReport& report);
// Ready to be run: `wirewatch explain ARCHIVE --id ID --topic TOPIC --packs PACKS`; empty: of an archive that is no
// file, of which explain cannot read.
std::string ExplainCommand(const EvalReport& report, const std::string& article, const std::string& topic);

// At most `most` of each list; 0: all.
std::string EvalText(const EvalReport& report, std::size_t most);
// A line for each topic and language.
std::string EvalCsv(const EvalReport& report);
// One document, ended by a newline. Its keys stay.
std::string EvalJson(const EvalReport& report);

}  // namespace wirewatch

#endif  // WIREWATCH_CLI_REPORT_EVAL_REPORT_H_
