// What a configuration says of alerts: the options of their handler, and where packs ask for more than it gives.
#ifndef WIREWATCH_CLI_WIRING_ALERT_OPTIONS_H_
#define WIREWATCH_CLI_WIRING_ALERT_OPTIONS_H_

#include <chrono>
#include <optional>

#include "base/diagnostic.h"
#include "pipeline/alert/alert_handler.h"
#include "pipeline/config.h"
#include "rules/engine/rule_set.h"

namespace wirewatch {

// `remembers`: an AlertMemory keeps what the handler knows.
AlertHandlerOptions AlertHandlerOptionsOf(const Config& config, bool remembers, bool transactional);

// Topics with a story.window that is longer than alerts.window: one warning for all of them, without a file. Nothing:
// there are none.
std::optional<Diagnostic> FindCutWindows(const RuleSet& rules, std::chrono::milliseconds alerts_window);

}  // namespace wirewatch

#endif  // WIREWATCH_CLI_WIRING_ALERT_OPTIONS_H_
