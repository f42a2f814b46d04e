// The file connectors as the registry names them: fields and factories of a source, an alert sink and a dead-letter
// sink. Every spec is named "file".
#ifndef WIREWATCH_CONNECTORS_FILE_FILE_CONNECTORS_H_
#define WIREWATCH_CONNECTORS_FILE_FILE_CONNECTORS_H_

#include <memory>
#include <string>

#include "base/result.h"
#include "connectors/bytes/record_reader.h"
#include "monitoring/metrics.h"
#include "pipeline/alert/alert_sink.h"
#include "pipeline/config.h"
#include "pipeline/records/sink.h"
#include "pipeline/records/source.h"

namespace wirewatch {

ConnectorSpec FileSourceSpec();
ConnectorSpec FileAlertSinkSpec();
ConnectorSpec FileDeadLetterSinkSpec();

Result<std::unique_ptr<Source>> MakeFileSource(const Fields& source, RecordLimits limits);
Result<std::unique_ptr<AlertSink>> MakeFileAlertSink(const Fields& sink, Metrics& metrics);
Result<std::unique_ptr<DeadLetterSink>> MakeFileDeadLetterSink(const Fields& sink, Metrics& metrics);

// Where records stand that are too long to be held: beside the file of dead letters, dead.ndjson.oversize/.
std::string SpillDirectoryOf(const Fields& dead_letter_sink);

}  // namespace wirewatch

#endif  // WIREWATCH_CONNECTORS_FILE_FILE_CONNECTORS_H_
