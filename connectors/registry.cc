#include "connectors/registry.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include "connectors/file/file_connectors.h"
#include "connectors/file/file_list.h"
#include "connectors/kafka/kafka_connectors.h"
#include "connectors/kafka/kafka_transactions.h"
#include "connectors/sqlite/sqlite_alert_memory.h"
#include "connectors/stdio/stdio_connectors.h"
#include "pipeline/transactional_handler.h"

namespace wirewatch {
namespace {

constexpr std::string_view kFile = "file", kKafka = "kafka", kStdin = "stdin", kStdout = "stdout", kStderr = "stderr";

Error Unknown(std::string_view kind, std::string_view name) {
  return {ErrorCode::kInvalid, fmt::format("there is no {} '{}'", kind, name)};
}

RecordLimits LimitsOf(const Config& config) {
  RecordLimits limits;
  limits.max_record_bytes = config.decode.max_record_bytes;
  limits.spill_dir = config.source.fields.String("spill_dir");
  if (limits.spill_dir.empty() && config.dead_letters.name == kFile) {
    limits.spill_dir = SpillDirectoryOf(config.dead_letters.fields);
  }
  return limits;
}

std::filesystem::path Resolved(const std::string& path) {
  std::error_code error;
  const std::filesystem::path resolved = std::filesystem::weakly_canonical(path, error);
  return error ? std::filesystem::path(path) : resolved;
}

// Whether a file source that is given `input` reads `file`.
bool WouldRead(const std::filesystem::path& input, const std::filesystem::path& file) {
  if (input == file) return true;
  const auto [rest, ignored] = std::mismatch(input.begin(), input.end(), file.begin(), file.end());
  return rest == input.end() && IsArticleFile(file.native());
}

// Where alerts.state says that alerts are remembered; empty: nowhere.
std::string StatePath(const Config& config) {
  const std::string& path = config.alerts.String("state");
  if (path == "off" || config.matches) return "";
  if (!path.empty()) return path;
  for (const ConnectorConfig& sink : config.sinks) {
    if (sink.name != kFile) continue;
    const std::string& alerts = sink.fields.String("path");
    std::error_code error;
    const auto type = std::filesystem::status(alerts, error).type();
    const bool is_file =
        type == std::filesystem::file_type::regular || type == std::filesystem::file_type::not_found;
    return is_file ? alerts + ".state" : "";
  }
  return "";
}

struct OutputFile {
  std::filesystem::path path;
  std::string_view what;
};

// But for devices and pipes, which several may share.
std::vector<OutputFile> OutputFiles(const Config& config) {
  std::vector<OutputFile> files;
  const auto add = [&](const ConnectorConfig& sink, std::string_view what) {
    if (sink.name != kFile) return;
    std::filesystem::path path = Resolved(sink.fields.String("path"));
    std::error_code error;
    const auto type = std::filesystem::status(path, error).type();
    if (type == std::filesystem::file_type::regular || type == std::filesystem::file_type::not_found) {
      files.push_back({std::move(path), what});
    }
  };
  for (const ConnectorConfig& sink : config.sinks) add(sink, "alerts");
  add(config.dead_letters, "dead letters");
  if (const std::string state = StatePath(config); !state.empty()) {
    files.push_back({Resolved(state), "the memory of alerts"});
  }
  return files;
}

bool IsExactlyOnce(const Config& config) { return KafkaSectionOf(config).Bool("exactly_once"); }

// Transactions are Kafka's alone: what went elsewhere could not be undone with them.
Status CheckExactlyOnce(const Config& config) {
  const auto check = [](std::string_view what, const std::string& name) -> Status {
    if (name == kKafka) return {};
    return Error{ErrorCode::kInvalid,
                 fmt::format("kafka.exactly_once: {} cannot be {}: it takes no part in Kafka's transactions; make it "
                             "kafka, or turn exactly_once off (at least once, and repeats have the same id)",
                             what, name)};
  };
  if (Status source = check("the source", config.source.name); !source) return source;
  for (const ConnectorConfig& sink : config.sinks) {
    if (Status checked = check("a sink", sink.name); !checked) return checked;
  }
  return check("dead_letters", config.dead_letters.name);
}

Result<StepTransactions> MakeTransactions(std::string step, const Fields& consumer, const Config& config,
                                          Metrics& metrics) {
  if (!IsExactlyOnce(config)) return StepTransactions();
  return KafkaTransactions::Create(std::move(step), consumer, KafkaSectionOf(config), metrics);
}

}  // namespace

Status CheckConnectors(const Config& config) {
  if (const std::string& state = config.alerts.String("state"); config.matches && !state.empty() && state != "off") {
    return Error{ErrorCode::kInvalid,
                 "alerts.state is for one process without `matches`; with it what has alerted is read again from that "
                 "stream: leave alerts.state out"};
  }
  if (IsExactlyOnce(config)) {
    if (Status checked = CheckExactlyOnce(config); !checked) return checked;
  }
  const std::vector<OutputFile> outputs = OutputFiles(config);
  for (auto one = outputs.begin(); one != outputs.end(); ++one) {
    const auto same = std::find_if(outputs.begin(), one, [&](const OutputFile& o) { return o.path == one->path; });
    if (same != one) {
      return Error{ErrorCode::kInvalid, fmt::format("{} is where {} and {} go: give each a file of its own",
                                                    one->path.string(), same->what, one->what)};
    }
    if (config.source.name != kFile) continue;
    for (const std::string& input : config.source.fields.List("path")) {
      if (!WouldRead(Resolved(input), one->path)) continue;
      return Error{ErrorCode::kInvalid,
                   fmt::format("{}: {} would be read as articles, since they are written into {}; write them elsewhere",
                               one->path.string(), one->what, input)};
    }
  }
  return {};
}

const ConnectorSpecs& Connectors() {
  static const ConnectorSpecs specs = {
      .sources = {KafkaSourceSpec(), FileSourceSpec(), StdinSourceSpec()},
      .alert_sinks = {KafkaAlertSinkSpec(), FileAlertSinkSpec(), StdoutAlertSinkSpec()},
      .dead_letter_sinks = {KafkaDeadLetterSinkSpec(), FileDeadLetterSinkSpec(), StderrDeadLetterSinkSpec()},
      .matches = {KafkaMatchesSpec()},
      .shared = {KafkaSharedSpec()},
  };
  return specs;
}

Result<StepTransactions> MakeMatchTransactions(const Config& config, Metrics& metrics) {
  return MakeTransactions("match", config.source.fields, config, metrics);
}

Result<StepTransactions> MakeAlertTransactions(const Config& config, Metrics& metrics) {
  return MakeTransactions("alert", config.matches->fields, config, metrics);
}

std::unique_ptr<OutcomeHandler> InTransactions(std::unique_ptr<OutcomeHandler> handler, StepTransactions transactions,
                                               const Config& config) {
  if (!transactions) return handler;
  TransactionalOptions options;
  options.interval = KafkaSectionOf(config).Duration("transaction_interval");
  options.records =
      std::min(options.records,
               std::max<std::size_t>(1, static_cast<std::size_t>(config.pipeline.Integer("in_flight_records")) / 2));
  return std::make_unique<TransactionalHandler>(std::move(handler), std::move(transactions), options);
}

Result<std::unique_ptr<Source>> MakeSource(const Config& config, Metrics& metrics,
                                           const StepTransactions& transactions) {
  const ConnectorConfig& source = config.source;
  if (source.name == kKafka) return MakeKafkaSource(source.fields, KafkaSectionOf(config), metrics, transactions);
  if (source.name == kFile) return MakeFileSource(source.fields, LimitsOf(config));
  if (source.name == kStdin) return MakeStdinSource(source.fields, LimitsOf(config));
  return Unknown("source", source.name);
}

Result<std::unique_ptr<Source>> MakeMatchesSource(const Config& config, Metrics& metrics,
                                                  const StepTransactions& transactions) {
  return MakeKafkaMatchesSource(config.matches->fields, KafkaSectionOf(config), config.alerts.Duration("window"),
                                metrics, transactions);
}

Result<std::unique_ptr<MatchSink>> MakeMatchSink(const Config& config, Metrics& metrics,
                                                 const StepTransactions& transactions) {
  return MakeKafkaMatchSink(config.matches->fields, KafkaSectionOf(config), metrics, transactions);
}

Result<std::unique_ptr<AlertSink>> MakeAlertSink(const ConnectorConfig& sink, const Config& config, Metrics& metrics,
                                                 const StepTransactions& transactions) {
  if (sink.name == kKafka) return MakeKafkaAlertSink(sink.fields, KafkaSectionOf(config), metrics, transactions);
  if (sink.name == kFile) return MakeFileAlertSink(sink.fields, metrics);
  if (sink.name == kStdout) return MakeStdoutAlertSink(sink.fields, metrics);
  return Unknown("sink", sink.name);
}

Result<std::unique_ptr<AlertMemory>> MakeAlertMemory(const Config& config) {
  const std::string path = StatePath(config);
  if (path.empty()) return std::unique_ptr<AlertMemory>();
  return SqliteAlertMemory::Open(path);
}

Result<std::unique_ptr<DeadLetterSink>> MakeDeadLetterSink(const Config& config, Metrics& metrics,
                                                           const StepTransactions& transactions) {
  const ConnectorConfig& sink = config.dead_letters;
  if (sink.name == kKafka) return MakeKafkaDeadLetterSink(sink.fields, KafkaSectionOf(config), metrics, transactions);
  if (sink.name == kFile) return MakeFileDeadLetterSink(sink.fields, metrics);
  if (sink.name == kStderr) return MakeStderrDeadLetterSink(sink.fields, metrics);
  return Unknown("dead-letter sink", sink.name);
}

}  // namespace wirewatch
