// Decision: what the alert step decided on one match, and why. The log of decisions stands beside the log of matches:
// the answer to "why was nobody told of this?" (`wirewatch explain --decision`), and the part of the step's state that
// the last window of matches does not tell: to which story a match went, and how far that story had come.
//
// A decision is of one record of the matches, in the partition of the same number. Who restores a partition reads the
// decisions of the window first, and then the matches: each match goes to the story that its decision names. Decisions
// on records that are not committed are not used: what is read again is decided again, and alike.
//
// Its JSON form: docs/schema/decision.schema.json.
#ifndef WIREWATCH_PIPELINE_ALERT_DECISION_H_
#define WIREWATCH_PIPELINE_ALERT_DECISION_H_

#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/result.h"
#include "pipeline/records/record.h"

namespace wirewatch {

struct Decision {
  // The record of the match; of `matches` when two steps run.
  Partition partition{};
  Offset offset{};
  WallTime record_time;

  std::string topic, article_id, article_version, source, title;
  std::string outcome;   // "alerted", "held", "folded", "suppressed", "state" (no match: only `state` counts)
  std::string kind;      // of the alert, where one was raised or folded
  std::string reason;    // of the others: Name(Suppressed)
  std::string because;   // a sentence for people
  std::string alert_id;  // where there is one
  std::string story_id;
  std::string state;  // what the alert step needs beside the matches (StoryAlerts::Recall)
};

// One line of JSON without a newline.
std::string ToJson(const Decision& decision);
// kInvalid: what is wrong with it. Keys that are not known are passed over.
Result<Decision> ReadDecision(std::string_view json);

}  // namespace wirewatch

#endif  // WIREWATCH_PIPELINE_ALERT_DECISION_H_
