// Topics as the command line names them.
#ifndef WIREWATCH_CLI_WIRING_TOPIC_NAME_H_
#define WIREWATCH_CLI_WIRING_TOPIC_NAME_H_

#include <string>

#include "base/result.h"
#include "rules/engine/rule_set.h"

namespace wirewatch {

// kInvalid: the rules have no topic of that id; the message names the nearest.
Status CheckTopic(const RuleSet& rules, const std::string& topic);

}  // namespace wirewatch

#endif  // WIREWATCH_CLI_WIRING_TOPIC_NAME_H_
