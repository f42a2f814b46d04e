#include "connectors/stdio/stdio_connectors.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <string>
#include <utility>

#include "base/io/io_error.h"
#include "connectors/stdio/stdin_source.h"
#include "connectors/stdio/stdio_sinks.h"

namespace wirewatch {
namespace {

struct StdinSettings {
  Framing framing = Framing::kAuto;
  std::string spill_dir;

  static const FieldTable& Table();
  static StdinSettings From(const Fields& fields);
};

const FieldTable& StdinSettings::Table() {
  static const FieldTable table = {
      TextField("format",
                "ndjson: a record a line; json: objects over several lines, or arrays of them; auto: the beginning "
                "decides.")
          .Default("auto")
          .OneOf({"auto", "ndjson", "json"}),
      TextField("spill_dir",
                "Where records over decode.max_record_bytes are kept, a file each, up to 16 times that; empty: beside "
                "the file of dead letters, if there is one."),
  };
  return table;
}

StdinSettings StdinSettings::From(const Fields& fields) {
  const std::string& format = fields.String("format");
  return {.framing = format == "json"     ? Framing::kValues
                     : format == "ndjson" ? Framing::kLines
                                          : Framing::kAuto,
          .spill_dir = fields.String("spill_dir")};
}

struct StdoutSettings {
  PrintFormat format = PrintFormat::kAuto;

  static const FieldTable& Table();
  static StdoutSettings From(const Fields& fields);
};

const FieldTable& StdoutSettings::Table() {
  static const FieldTable table = {
      TextField("format",
                "text: for people, the words that matched in colour or brackets; json: a line each; auto: text on a "
                "terminal.")
          .Default("auto")
          .OneOf({"auto", "text", "json"}),
  };
  return table;
}

StdoutSettings StdoutSettings::From(const Fields& fields) {
  const std::string& format = fields.String("format");
  return {.format = format == "text" ? PrintFormat::kText : format == "json" ? PrintFormat::kJson : PrintFormat::kAuto};
}

Result<std::unique_ptr<Source>> MakeStdinSource(const Fields& fields, const ConnectorContext& context) {
  UniqueFd fd(fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3));
  if (!fd) return IoError("stdin", "cannot be read", errno);
  const StdinSettings settings = StdinSettings::From(fields);
  return std::unique_ptr<Source>(
      std::make_unique<StdinSource>(std::move(fd), settings.framing, LimitsOf(context, settings.spill_dir)));
}

Result<std::unique_ptr<AlertSink>> MakeStdoutSink(const Fields& fields, const ConnectorContext& context) {
  const PrintFormat format = StdoutSettings::From(fields).format;
  return std::unique_ptr<AlertSink>(std::make_unique<StdoutAlertSink>(STDOUT_FILENO, format, context.metrics));
}

Result<std::unique_ptr<DeadLetterSink>> MakeStderrSink(const Fields&, const ConnectorContext& context) {
  return std::unique_ptr<DeadLetterSink>(std::make_unique<StderrDeadLetterSink>(STDERR_FILENO, context.metrics));
}

}  // namespace

SourceConnector StdinSourceConnector() {
  return {
      .spec = {"stdin", "Articles from standard input: plain, zstd or gzip (known by their content), until it ends.",
               StdinSettings::Table()},
      .make = MakeStdinSource};
}

AlertSinkConnector StdoutAlertSinkConnector() {
  return {.spec = {kStdout,
                   "Alerts on standard output: readable on a terminal, lines of JSON in a pipe. Delivered once it has "
                   "taken them.",
                   StdoutSettings::Table()},
          .make = MakeStdoutSink};
}

DeadLetterConnector StderrDeadLetterConnector() {
  return {
      .spec = {kStderr, "A line with place and reason for each dead letter; the records themselves are not kept.", {}},
      .make = MakeStderrSink};
}

}  // namespace wirewatch
