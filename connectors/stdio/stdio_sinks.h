// The sinks that print: alerts on stdout, dead letters on stderr.
//
// Delivered: the operating system has taken the text. Nobody can tell whether it was read.
#ifndef WIREWATCH_CONNECTORS_STDIO_STDIO_SINKS_H_
#define WIREWATCH_CONNECTORS_STDIO_STDIO_SINKS_H_

#include <string>
#include <string_view>

#include "connectors/stdio/stream_output.h"
#include "monitoring/metrics.h"
#include "pipeline/alert/alert_sink.h"
#include "pipeline/records/sink.h"

namespace wirewatch {

// The connectors' names, and the sinks' in metrics.
inline constexpr std::string_view kStdout = "stdout";
inline constexpr std::string_view kStderr = "stderr";

enum class PrintFormat { kAuto, kText, kJson };

// A block of text for each alert (alert_text.h), or a line of JSON. kAuto: text on a terminal.
//
// When the reader has gone (`wirewatch run | head`), alerts are refused with kIo, which stops the pipeline: their
// records stay unacknowledged.
class StdoutAlertSink : public AlertSink {
 public:
  // `fd`: standard output, or what a test has instead; not owned.
  StdoutAlertSink(int fd, PrintFormat format, MetricsRegistry& metrics);

  std::string_view name() const override { return kStdout; }
  void Send(const Alert& alert, Delivery delivery) override;
  void Flush() override {}
  void RequestStop() override { output_.RequestStop(); }
  Status Ready() const override { return output_.Ready(); }
  Status Close(SteadyTime) override { return {}; }

 private:
  const int fd_;
  const bool text_;
  StreamOutput output_;
};

// One line each: "dead letter REASON at STREAM:PARTITION:OFFSET: MESSAGE". The record itself is not kept.
// When stderr is closed a letter is refused: there is no other place for it.
class StderrDeadLetterSink : public DeadLetterSink {
 public:
  StderrDeadLetterSink(int fd, MetricsRegistry& metrics);

  std::string_view name() const override { return kStderr; }
  bool IsForPeople() const override { return true; }
  void Send(const DeadLetter& letter, Delivery delivery) override;
  void Flush() override {}
  void RequestStop() override { output_.RequestStop(); }
  Status Ready() const override { return output_.Ready(); }
  Status Close(SteadyTime) override { return {}; }

 private:
  StreamOutput output_;
};

}  // namespace wirewatch

#endif  // WIREWATCH_CONNECTORS_STDIO_STDIO_SINKS_H_
