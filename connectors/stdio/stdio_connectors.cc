#include "connectors/stdio/stdio_connectors.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <string>
#include <utility>

#include "base/io/io_error.h"
#include "connectors/stdio/stdin_source.h"
#include "connectors/stdio/stdio_sinks.h"
#include "pipeline/alert/alert_sink.h"

namespace wirewatch {

ConnectorSpec StdinSourceSpec() {
  return {
      "stdin",
      "Articles from standard input: plain, zstd or gzip (known by their content), until it ends.",
      {{"format",
        FieldType::kString,
        "auto",
        "ndjson: a record a line; json: objects over several lines, or arrays of them; auto: the beginning decides.",
        {"auto", "ndjson", "json"}},
       {"spill_dir", FieldType::kString, "",
        "Where records over decode.max_record_bytes are kept, a file each, up to 16 times that; empty: beside the "
        "file of dead letters, if there is one."}}};
}

ConnectorSpec StdoutAlertSinkSpec() {
  return {"stdout",
          "Alerts on standard output: readable on a terminal, lines of JSON in a pipe. Delivered once it has taken "
          "them.",
          {{"format",
            FieldType::kString,
            "auto",
            "text: for people, the words that matched in colour or brackets; json: a line each; auto: text on a "
            "terminal.",
            {"auto", "text", "json"}}}};
}

ConnectorSpec StderrDeadLetterSinkSpec() {
  return {"stderr", "A line with place and reason for each dead letter; the records themselves are not kept.", {}};
}

Result<std::unique_ptr<Source>> MakeStdinSource(const Fields& source, RecordLimits limits) {
  UniqueFd fd(fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3));
  if (!fd) return IoError("stdin", "cannot be read", errno);
  const std::string& format = source.String("format");
  const Framing framing = format == "json" ? Framing::kValues : format == "ndjson" ? Framing::kLines : Framing::kAuto;
  return std::unique_ptr<Source>(std::make_unique<StdinSource>(std::move(fd), framing, std::move(limits)));
}

Result<std::unique_ptr<AlertSink>> MakeStdoutAlertSink(const Fields& sink, Metrics& metrics) {
  const std::string& format = sink.String("format");
  const PrintFormat print = format == "text"   ? PrintFormat::kText
                            : format == "json" ? PrintFormat::kJson
                                               : PrintFormat::kAuto;
  return std::unique_ptr<AlertSink>(std::make_unique<StdoutAlertSink>(STDOUT_FILENO, print, metrics));
}

Result<std::unique_ptr<DeadLetterSink>> MakeStderrDeadLetterSink(const Fields&, Metrics& metrics) {
  return std::unique_ptr<DeadLetterSink>(std::make_unique<StderrDeadLetterSink>(STDERR_FILENO, metrics));
}

}  // namespace wirewatch
