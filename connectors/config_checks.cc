#include "connectors/config_checks.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <string_view>
#include <system_error>
#include <utility>

#include "base/clock.h"
#include "connectors/file/file_list.h"
#include "connectors/kafka/admin/kafka_topics.h"
#include "connectors/kafka/kafka_connectors.h"
#include "connectors/registry.h"
#include "connectors/store/store_connectors.h"

namespace wirewatch {
namespace {

// Not a device or a pipe, which several may share.
bool IsFile(const std::filesystem::path& path) {
  std::error_code error;
  const auto type = std::filesystem::status(path, error).type();
  return type == std::filesystem::file_type::regular || type == std::filesystem::file_type::not_found;
}

// The first sink of alerts that writes a file; null: none does.
const ConnectorConfig* FirstFileSink(const Config& config) {
  const auto sink = std::find_if(config.sinks.begin(), config.sinks.end(),
                                 [](const ConnectorConfig& one) { return AlertSinkOf(one).file != nullptr; });
  return sink == config.sinks.end() ? nullptr : &*sink;
}

struct OutputFile {
  std::filesystem::path path;
  std::string_view what;
  // Where it is named, as in ConnectorFinding.
  const ConnectorConfig* connector;
  std::string_view key;
};

std::vector<OutputFile> OutputFiles(const Config& config) {
  std::vector<OutputFile> files;
  const auto add = [&](const ConnectorConfig& sink, std::string (*file)(const Fields&), std::string_view what) {
    if (file == nullptr) return;
    std::filesystem::path path = Resolved(file(sink.fields));
    if (IsFile(path)) files.push_back({std::move(path), what, &sink, "path"});
  };
  for (const ConnectorConfig& sink : config.sinks) add(sink, AlertSinkOf(sink).file, "alerts");
  if (config.decisions) add(*config.decisions, DecisionSinkOf(config).file, "decisions");
  add(config.dead_letters, DeadLetterSinkOf(config).file, "dead letters");
  if (const std::string state = StatePath(config); !state.empty()) {
    const bool named = !config.alerts.state.empty();
    files.push_back({Resolved(state), "the memory of alerts", named ? nullptr : FirstFileSink(config),
                     named ? "alerts.state" : "path"});
  }
  if (const std::string& quarantine = config.pipeline.quarantine.path; !quarantine.empty()) {
    files.push_back({Resolved(quarantine), "the quarantine", nullptr, "pipeline.quarantine"});
  }
  if (const std::filesystem::path& shadow = config.rules.live.shadow_file; !shadow.empty()) {
    files.push_back({Resolved(shadow), "the record of rules in shadow", nullptr, "rules.shadow_file"});
  }
  if (config.store && StoreOf(config).file != nullptr) {
    files.push_back(
        {Resolved(StoreOf(config).file(config.store->fields)), "the store of deliveries", &*config.store, "path"});
  }
  return files;
}

// Inputs of the source that would read `file`, which is resolved.
std::vector<std::string> InputsThatRead(const Config& config, const std::filesystem::path& file) {
  const auto inputs = SourceOf(config).inputs_that_read;
  return inputs != nullptr ? inputs(config.source.fields, file) : std::vector<std::string>();
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
    for (const std::string& input : InputsThatRead(config, one->path)) {
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
  const std::string& state = config.alerts.state;
  if (!config.matches || state.empty() || state == AlertSettings::kNowhere) return {};
  return {{nullptr, "alerts.state", "alerts.state is for a process without `matches`",
           "leave it out: what has alerted is read again from the stream of matches"}};
}

// A message whose lease ends while it is sent would be sent by another process as well.
std::vector<ConnectorFinding> CheckLease(const Config& config) {
  if (!config.store || config.deliver.lease >= 2 * LongestSend(config)) return {};
  return {
      {nullptr, "deliver.lease",
       fmt::format("deliver.lease is {}, and one send may take {} (http_client.timeout): another process would send "
                   "the same message meanwhile",
                   FormatDuration(config.deliver.lease), FormatDuration(LongestSend(config))),
       "make it twice http_client.timeout or more"}};
}

}  // namespace

std::vector<ConnectorFinding> CheckConnectors(const Config& config) {
  std::vector<ConnectorFinding> all;
  for (auto* const check : {CheckExactlyOnce, CheckFiles, CheckState, CheckKafkaTopics, CheckStores, CheckLease}) {
    std::vector<ConnectorFinding> findings = check(config);
    std::move(findings.begin(), findings.end(), std::back_inserter(all));
  }
  return all;
}

std::string StatePath(const Config& config) {
  const std::string& path = config.alerts.state;
  if (path == AlertSettings::kNowhere || config.matches) return "";
  if (!path.empty()) return path;
  const ConnectorConfig* const sink = FirstFileSink(config);
  if (sink == nullptr) return "";
  const std::string alerts = AlertSinkOf(*sink).file(sink->fields);
  return IsFile(alerts) ? alerts + ".state" : "";
}

bool ReadsAsInput(const Config& config, const std::filesystem::path& file) {
  return !InputsThatRead(config, Resolved(file)).empty();
}

}  // namespace wirewatch
