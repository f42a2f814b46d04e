// Topics as the command line names them.
#ifndef WIREWATCH_CLI_WIRING_TOPIC_NAME_H_
#define WIREWATCH_CLI_WIRING_TOPIC_NAME_H_

#include <string>
#include <vector>

#include "base/result.h"
#include "rules/engine/rule_set.h"

namespace wirewatch {

// The topic that `--topic id` asks for; owned by the rules. kNotFound: they have none of that id; the message names the
// nearest, or some of those that there are.
Result<const Topic*> FindTopic(const RuleSet& rules, const std::string& id);
Status CheckTopics(const RuleSet& rules, const std::vector<std::string>& ids);

}  // namespace wirewatch

#endif  // WIREWATCH_CLI_WIRING_TOPIC_NAME_H_
