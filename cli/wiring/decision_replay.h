// ReplayDecisions, ReplayAlerts: what `wirewatch run --record-time published` decides on the articles of an archive,
// and which alerts follow. In memory, with the handlers of that verb: no alert goes anywhere, and nothing is
// remembered.
#ifndef WIREWATCH_CLI_WIRING_DECISION_REPLAY_H_
#define WIREWATCH_CLI_WIRING_DECISION_REPLAY_H_

#include <functional>
#include <string>

#include "base/result.h"
#include "cli/terminal/signals.h"
#include "cli/wiring/pipeline_run.h"
#include "pipeline/alert/alert.h"
#include "pipeline/alert/decision.h"
#include "pipeline/config.h"

namespace wirewatch {

struct DecisionReplay {
  PipelineRun run;
  bool was_read = false;     // the input has the article that was asked for, with or without a match
  bool no_articles = false;  // as TellOfInput
};

// Reads the input of `config` (MakeConfig) to its end, or until `stop`, and calls `take`, from one thread, with each
// decision, in their order. `article`: the id of the one that is asked for. Dead letters go where `config` says.
// Errors: what is in the way of a start; an error while it runs is in `run`.
Result<DecisionReplay> ReplayDecisions(const Config& config, const std::string& article,
                                       const std::function<void(const Decision&)>& take, StopSwitch& stop);

// The same with each alert. Its `alerted` is now; its match tells when its article was published.
Result<DecisionReplay> ReplayAlerts(const Config& config, const std::function<void(const Alert&)>& take,
                                    StopSwitch& stop);

}  // namespace wirewatch

#endif  // WIREWATCH_CLI_WIRING_DECISION_REPLAY_H_
