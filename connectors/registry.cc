#include "connectors/registry.h"

#include <fmt/format.h>

#include <string_view>
#include <utility>

#include "connectors/file/file_connectors.h"
#include "connectors/kafka/kafka_connectors.h"
#include "connectors/stdio/stdio_connectors.h"

namespace wirewatch {
namespace {

constexpr std::string_view kFile = "file", kKafka = "kafka", kStdin = "stdin", kStdout = "stdout", kStderr = "stderr";

Error Unknown(std::string_view kind, std::string_view name) {
  return {ErrorCode::kInvalid, fmt::format("there is no {} '{}'", kind, name)};
}

// REQUIRES: the table of Connectors() has the section.
const Fields& KafkaOf(const Config& config) { return config.shared.find(kKafka)->second; }

RecordLimits LimitsOf(const Config& config) {
  RecordLimits limits;
  limits.max_record_bytes = config.decode.max_record_bytes;
  limits.spill_dir = config.source.fields.String("spill_dir");
  if (limits.spill_dir.empty() && config.dead_letters.name == kFile) {
    limits.spill_dir = SpillDirectoryOf(config.dead_letters.fields);
  }
  return limits;
}

}  // namespace

const ConnectorSpecs& Connectors() {
  static const ConnectorSpecs specs = {
      .sources = {KafkaSourceSpec(), FileSourceSpec(), StdinSourceSpec()},
      .alert_sinks = {KafkaAlertSinkSpec(), FileAlertSinkSpec(), StdoutAlertSinkSpec()},
      .dead_letter_sinks = {KafkaDeadLetterSinkSpec(), FileDeadLetterSinkSpec(), StderrDeadLetterSinkSpec()},
      .shared = {KafkaSharedSpec()},
  };
  return specs;
}

Result<std::unique_ptr<Source>> MakeSource(const Config& config, Metrics& metrics) {
  const ConnectorConfig& source = config.source;
  if (source.name == kKafka) return MakeKafkaSource(source.fields, KafkaOf(config), metrics);
  if (source.name == kFile) return MakeFileSource(source.fields, LimitsOf(config));
  if (source.name == kStdin) return MakeStdinSource(source.fields, LimitsOf(config));
  return Unknown("source", source.name);
}

Result<std::unique_ptr<AlertSink>> MakeAlertSink(const ConnectorConfig& sink, const Config& config, Metrics& metrics) {
  if (sink.name == kKafka) return MakeKafkaAlertSink(sink.fields, KafkaOf(config), metrics);
  if (sink.name == kFile) return MakeFileAlertSink(sink.fields, metrics);
  if (sink.name == kStdout) return MakeStdoutAlertSink(sink.fields, metrics);
  return Unknown("sink", sink.name);
}

Result<std::unique_ptr<DeadLetterSink>> MakeDeadLetterSink(const Config& config, Metrics& metrics) {
  const ConnectorConfig& sink = config.dead_letters;
  if (sink.name == kKafka) return MakeKafkaDeadLetterSink(sink.fields, KafkaOf(config), metrics);
  if (sink.name == kFile) return MakeFileDeadLetterSink(sink.fields, metrics);
  if (sink.name == kStderr) return MakeStderrDeadLetterSink(sink.fields, metrics);
  return Unknown("dead-letter sink", sink.name);
}

}  // namespace wirewatch
