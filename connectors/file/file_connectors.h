// The file connectors as the registry lists them: a source, and sinks of alerts, decisions and
// dead letters, all named "file".
#ifndef WIREWATCH_CONNECTORS_FILE_FILE_CONNECTORS_H_
#define WIREWATCH_CONNECTORS_FILE_FILE_CONNECTORS_H_

#include "pipeline/connector.h"

namespace wirewatch {

SourceConnector FileSourceConnector();
AlertSinkConnector FileAlertSinkConnector();
DecisionConnector FileDecisionConnector();
DeadLetterConnector FileDeadLetterConnector();

}  // namespace wirewatch

#endif  // WIREWATCH_CONNECTORS_FILE_FILE_CONNECTORS_H_
