// ForEachDecisionInFile: the decisions that the file sink of decisions has written, for people who ask why.
#ifndef WIREWATCH_CONNECTORS_FILE_DECISION_FILE_H_
#define WIREWATCH_CONNECTORS_FILE_DECISION_FILE_H_

#include <cstddef>
#include <functional>
#include <string>

#include "base/result.h"
#include "pipeline/alert/decision.h"

namespace wirewatch {

// Calls `take` with the decision on each line, in the order of the file, until it gives an error. Gives how many lines
// were passed over because they hold no decision; what is being written, a last line without a newline, is no line.
// Errors: those of OpenRegularFile, with the path; kIo: it cannot be read on.
Result<std::size_t> ForEachDecisionInFile(const std::string& path, const std::function<Status(Decision)>& take);

}  // namespace wirewatch

#endif  // WIREWATCH_CONNECTORS_FILE_DECISION_FILE_H_
