#include "connectors/registry.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <iterator>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include "connectors/file/file_connectors.h"
#include "connectors/file/file_list.h"
#include "connectors/kafka/admin/kafka_topics.h"
#include "connectors/kafka/kafka_connectors.h"
#include "connectors/kafka/produce/kafka_transactions.h"
#include "connectors/stdio/stdio_connectors.h"
#include "connectors/store/sqlite_alert_memory.h"
#include "pipeline/alert/alert_sink.h"
#include "pipeline/flow/transactional_handler.h"
#include "pipeline/match/match_sink.h"

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
    const bool is_file = type == std::filesystem::file_type::regular || type == std::filesystem::file_type::not_found;
    return is_file ? alerts + ".state" : "";
  }
  return "";
}

struct OutputFile {
  std::filesystem::path path;
  std::string_view what;
  // Where it is named, as in ConnectorFinding.
  const ConnectorConfig* connector;
  std::string_view key;
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
      files.push_back({std::move(path), what, &sink, "path"});
    }
  };
  for (const ConnectorConfig& sink : config.sinks) add(sink, "alerts");
  add(config.dead_letters, "dead letters");
  if (const std::string state = StatePath(config); !state.empty()) {
    const bool named = !config.alerts.String("state").empty();
    const auto sink = std::find_if(config.sinks.begin(), config.sinks.end(),
                                   [&](const ConnectorConfig& one) { return !named && one.name == kFile; });
    files.push_back(
        {Resolved(state), "the memory of alerts", named ? nullptr : &*sink, named ? "alerts.state" : "path"});
  }
  if (const std::string& quarantine = config.pipeline.String("quarantine"); !quarantine.empty()) {
    files.push_back({Resolved(quarantine), "the quarantine", nullptr, "pipeline.quarantine"});
  }
  return files;
}

std::vector<ConnectorFinding> CheckFiles(const Config& config) {
  std::vector<ConnectorFinding> findings;
  const std::vector<OutputFile> outputs = OutputFiles(config);
  for (auto one = outputs.begin(); one != outputs.end(); ++one) {
    const auto same = std::find_if(outputs.begin(), one, [&](const OutputFile& o) { return o.path == one->path; });
    if (same != one) {
      findings.push_back({one->connector, one->key,
                          fmt::format("{} is where {} and {} go", one->path.string(), same->what, one->what),
                          "give each a file of its own"});
    }
    if (config.source.name != kFile) continue;
    for (const std::string& input : config.source.fields.List("path")) {
      if (!WouldRead(Resolved(input), one->path)) continue;
      findings.push_back({one->connector, one->key,
                          fmt::format("{}: {} would be read as articles, since they are written into {}",
                                      one->path.string(), one->what, input),
                          "write them elsewhere"});
    }
  }
  return findings;
}

// With `matches` what has alerted is read again from that stream.
std::vector<ConnectorFinding> CheckState(const Config& config) {
  const std::string& state = config.alerts.String("state");
  if (!config.matches || state.empty() || state == "off") return {};
  return {{nullptr, "alerts.state", "alerts.state is for a process without `matches`",
           "leave it out: what has alerted is read again from the stream of matches"}};
}

bool IsExactlyOnce(const Config& config) { return KafkaSectionOf(config).Bool("exactly_once"); }

// Transactions are Kafka's alone: what went elsewhere could not be undone with them.
std::vector<ConnectorFinding> CheckExactlyOnce(const Config& config) {
  std::vector<ConnectorFinding> findings;
  if (!IsExactlyOnce(config)) return findings;
  const auto check = [&](std::string_view what, const ConnectorConfig& connector) {
    if (connector.name == kKafka) return;
    findings.push_back({&connector, "",
                        fmt::format("kafka.exactly_once: {} cannot be {}: it takes no part in Kafka's transactions",
                                    what, connector.name),
                        "make it kafka, or turn exactly_once off (at least once, and repeats have the same id)"});
  };
  check("the source", config.source);
  for (const ConnectorConfig& sink : config.sinks) check("a sink", sink);
  check("dead_letters", config.dead_letters);
  return findings;
}

std::vector<ConnectorFinding> CheckConnectors(const Config& config) {
  std::vector<ConnectorFinding> all = CheckExactlyOnce(config);
  for (auto* const check : {CheckFiles, CheckState, CheckKafkaTopics}) {
    std::vector<ConnectorFinding> findings = check(config);
    std::move(findings.begin(), findings.end(), std::back_inserter(all));
  }
  return all;
}

Result<StepTransactions> MakeTransactions(std::string step, const Fields& consumer, const Config& config,
                                          Metrics& metrics) {
  if (!IsExactlyOnce(config)) return StepTransactions();
  return KafkaTransactions::Create(std::move(step), consumer, KafkaSectionOf(config), metrics);
}

}  // namespace

const std::string* InputThatReads(const Config& config, const std::filesystem::path& file) {
  if (config.source.name != kFile) return nullptr;
  const std::filesystem::path resolved = Resolved(file.native());
  const auto& inputs = config.source.fields.List("path");
  const auto found = std::find_if(inputs.begin(), inputs.end(),
                                  [&](const std::string& input) { return WouldRead(Resolved(input), resolved); });
  return found == inputs.end() ? nullptr : &*found;
}

const ConnectorSpecs& Connectors() {
  static const ConnectorSpecs specs = {
      .sources = {KafkaSourceSpec(), FileSourceSpec(), StdinSourceSpec()},
      .alert_sinks = {KafkaAlertSinkSpec(), FileAlertSinkSpec(), StdoutAlertSinkSpec()},
      .dead_letter_sinks = {KafkaDeadLetterSinkSpec(), FileDeadLetterSinkSpec(), StderrDeadLetterSinkSpec()},
      .matches = {KafkaMatchesSpec()},
      .shared = {KafkaSharedSpec()},
      .check = CheckConnectors,
  };
  return specs;
}

Result<StepTransactions> MakeMatchTransactions(const Config& config, Metrics& metrics) {
  return MakeTransactions("match", config.source.fields, config, metrics);
}

Result<StepTransactions> MakeAlertTransactions(const Config& config, Metrics& metrics) {
  return MakeTransactions("alert", config.matches->fields, config, metrics);
}

std::unique_ptr<Handler<ArticleMatches>> InTransactions(std::unique_ptr<Handler<ArticleMatches>> handler,
                                                        StepTransactions transactions, const Config& config) {
  if (!transactions) return handler;
  TransactionalOptions options;
  options.interval = KafkaSectionOf(config).Duration("transaction_interval");
  options.records =
      std::min(options.records,
               std::max<std::size_t>(1, static_cast<std::size_t>(config.pipeline.Integer("in_flight_records")) / 2));
  return std::make_unique<TransactionalHandler<ArticleMatches>>(std::move(handler), std::move(transactions), options);
}

Result<std::unique_ptr<Source>> MakeSource(const Config& config, Metrics& metrics,
                                           const StepTransactions& transactions) {
  const ConnectorConfig& source = config.source;
  if (source.name == kKafka) {
    return MakeKafkaSource(source.fields, KafkaSectionOf(config), config.decode.max_record_bytes, metrics,
                           transactions);
  }
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
