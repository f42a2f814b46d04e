#include "connectors/stdio/stdio_sinks.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cstdint>
#include <utility>

#include "connectors/stdio/alert_text.h"
#include "connectors/stdio/terminal.h"
#include "pipeline/flow/flow_metrics.h"
#include "rules/text/plain_text.h"

namespace wirewatch {

StdoutAlertSink::StdoutAlertSink(int fd, PrintFormat format, MetricsRegistry& metrics)
    : fd_(fd),
      text_(format == PrintFormat::kText || (format == PrintFormat::kAuto && IsTerminal(fd))),
      output_(fd, std::string(kStdout), SinkMetrics{metrics}.retries.With(kStdout)) {}

void StdoutAlertSink::Send(const Alert& alert, Delivery delivery) {
  const std::string text = text_ ? RenderAlert(alert, {WantsColour(fd_), TerminalWidth(fd_)}) : ToJson(alert) + '\n';
  switch (output_.Write(text)) {
    case StreamOutput::Outcome::kWritten: delivery.Delivered(); break;
    case StreamOutput::Outcome::kStopped: break;
    case StreamOutput::Outcome::kGone: delivery.Refused(output_.Ready().error().In(name())); break;
  }
}

StderrDeadLetterSink::StderrDeadLetterSink(int fd, MetricsRegistry& metrics)
    : output_(fd, std::string(kStderr), SinkMetrics{metrics}.retries.With(kStderr)) {}

void StderrDeadLetterSink::Send(const DeadLetter& letter, Delivery delivery) {
  const RecordPlace& place = letter.record.place;
  const std::string line =
      fmt::format("dead letter {} at {}:{}:{}: {}", letter.reason, place.stream,
                  static_cast<std::int32_t>(place.partition), static_cast<std::int64_t>(place.offset), letter.message);
  switch (output_.Write(PlainLine(line) + '\n')) {
    case StreamOutput::Outcome::kWritten: delivery.Delivered(); break;
    case StreamOutput::Outcome::kStopped: break;
    case StreamOutput::Outcome::kGone: delivery.Refused(output_.Ready().error()); break;
  }
}

}  // namespace wirewatch
