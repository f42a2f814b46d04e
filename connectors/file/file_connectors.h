// The file connectors as the registry lists them: a source, an alert sink and a dead-letter sink, all named "file".
#ifndef WIREWATCH_CONNECTORS_FILE_FILE_CONNECTORS_H_
#define WIREWATCH_CONNECTORS_FILE_FILE_CONNECTORS_H_

#include "pipeline/connector.h"

namespace wirewatch {

SourceConnector FileSourceConnector();
AlertSinkConnector FileAlertSinkConnector();
DeadLetterConnector FileDeadLetterConnector();

}  // namespace wirewatch

#endif  // WIREWATCH_CONNECTORS_FILE_FILE_CONNECTORS_H_
