// The file sinks: alerts, decisions and dead letters as lines of JSON, appended to a file, delivered once they are on
// disk.
#ifndef WIREWATCH_CONNECTORS_FILE_FILE_SINKS_H_
#define WIREWATCH_CONNECTORS_FILE_FILE_SINKS_H_

#include <memory>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include "connectors/file/line_writer.h"
#include "monitoring/metrics.h"
#include "pipeline/alert/alert_sink.h"
#include "pipeline/alert/decision_sink.h"
#include "pipeline/flow/flow_metrics.h"
#include "pipeline/records/sink.h"

namespace wirewatch {

inline constexpr std::string_view kFile = "file";  // the connectors' name, and the sinks' in metrics, but for decisions

// Any kind: `Kind` is AlertSink, DecisionSink or DeadLetterSink, `Thing` what ToJson(Thing) makes a line of.
template <typename Kind, typename Thing>
class FileSink : public Kind {
 public:
  // kNotFound, kIo: the file cannot be opened.
  static Result<std::unique_ptr<FileSink>> Create(const std::string& path, LineWriterOptions options,
                                                  MetricsRegistry& metrics) {
    auto writer = LineWriter::Create(path, options, SinkMetrics{metrics}.retries.With(kName));
    if (!writer) return std::move(writer).error();
    return std::unique_ptr<FileSink>(new FileSink(*std::move(writer)));
  }

  std::string_view name() const override { return kName; }
  void Send(const Thing& thing, Delivery delivery) override {
    std::string line = ToJson(thing);
    line += '\n';
    writer_->Send(std::move(line), std::move(delivery));
  }
  void Flush() override {}  // nothing is held back
  void RequestStop() override { writer_->RequestStop(); }
  Status Ready() const override { return writer_->Ready(); }
  Status Close(SteadyTime deadline) override { return writer_->Close(deadline); }

 private:
  // Decisions are not counted with alerts.
  static constexpr std::string_view kName = std::is_same_v<Kind, DecisionSink> ? "decisions" : kFile;

  explicit FileSink(std::unique_ptr<LineWriter> writer) : writer_(std::move(writer)) {}

  const std::unique_ptr<LineWriter> writer_;
};

using FileAlertSink = FileSink<AlertSink, Alert>;
using FileDecisionSink = FileSink<DecisionSink, Decision>;
using FileDeadLetterSink = FileSink<DeadLetterSink, DeadLetter>;

}  // namespace wirewatch

#endif  // WIREWATCH_CONNECTORS_FILE_FILE_SINKS_H_
