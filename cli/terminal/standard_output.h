// Standard output of verbs that print much, to readers that may be slow or gone.
#ifndef WIREWATCH_CLI_TERMINAL_STANDARD_OUTPUT_H_
#define WIREWATCH_CLI_TERMINAL_STANDARD_OUTPUT_H_

#include <string_view>

#include "base/io/stop_signal.h"
#include "base/result.h"
#include "cli/terminal/signals.h"

namespace wirewatch {

// Writes all of `text` to stdout. Waits for a reader that is slow, until `stop`; not for a full disk, as StreamOutput
// would: here somebody waits for the exit code.
// Errors: kTimeout: stopped meanwhile; kIo. `what` the text holds is named in them: "matches".
Status WriteToStandardOutput(std::string_view text, const StopSignal& stop, std::string_view what);

// The same of what a verb prints in the end, until `stop` stops while it is written. Stopped before: what there is is
// written all the same, and the next signal ends the process.
Status PrintReport(std::string_view text, StopSwitch& stop, std::string_view what = "report");

}  // namespace wirewatch

#endif  // WIREWATCH_CLI_TERMINAL_STANDARD_OUTPUT_H_
