// The connectors of standard input, output and error as the registry lists them: "stdin", "stdout", "stderr".
#ifndef WIREWATCH_CONNECTORS_STDIO_STDIO_CONNECTORS_H_
#define WIREWATCH_CONNECTORS_STDIO_STDIO_CONNECTORS_H_

#include "pipeline/connector.h"

namespace wirewatch {

SourceConnector StdinSourceConnector();
AlertSinkConnector StdoutAlertSinkConnector();
DeadLetterConnector StderrDeadLetterConnector();

}  // namespace wirewatch

#endif  // WIREWATCH_CONNECTORS_STDIO_STDIO_CONNECTORS_H_
