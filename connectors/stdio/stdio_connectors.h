// The connectors of standard input, output and error as the registry names them: "stdin", "stdout", "stderr".
#ifndef WIREWATCH_CONNECTORS_STDIO_STDIO_CONNECTORS_H_
#define WIREWATCH_CONNECTORS_STDIO_STDIO_CONNECTORS_H_

#include <memory>

#include "base/result.h"
#include "connectors/bytes/record_reader.h"
#include "monitoring/metrics.h"
#include "pipeline/alert/alert_sink.h"
#include "pipeline/config.h"
#include "pipeline/records/sink.h"
#include "pipeline/records/source.h"

namespace wirewatch {

ConnectorSpec StdinSourceSpec();
ConnectorSpec StdoutAlertSinkSpec();
ConnectorSpec StderrDeadLetterSinkSpec();

Result<std::unique_ptr<Source>> MakeStdinSource(const Fields& source, RecordLimits limits);
Result<std::unique_ptr<AlertSink>> MakeStdoutAlertSink(const Fields& sink, Metrics& metrics);
Result<std::unique_ptr<DeadLetterSink>> MakeStderrDeadLetterSink(const Fields& sink, Metrics& metrics);

}  // namespace wirewatch

#endif  // WIREWATCH_CONNECTORS_STDIO_STDIO_CONNECTORS_H_
