// `wirewatch eval --browse`: the articles on which rules and labels disagree, one by one on a terminal.
#ifndef WIREWATCH_CLI_VERBS_EVAL_BROWSE_H_
#define WIREWATCH_CLI_VERBS_EVAL_BROWSE_H_

#include <string>
#include <vector>

#include "base/result.h"
#include "cli/report/eval_report.h"
#include "cli/terminal/signals.h"

namespace wirewatch {

// kInvalid: stdin or stdout is no terminal, or the archive (`on`, as it was given) is none that `explain` reads again.
Status CanBrowse(const std::vector<std::string>& on);

// Keys: n next, p previous, e explain, q quit. Returns when the reader quits, or `stop` is called.
void Browse(const EvalReport& report, const StopSwitch& stop);

}  // namespace wirewatch

#endif  // WIREWATCH_CLI_VERBS_EVAL_BROWSE_H_
