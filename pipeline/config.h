// Config: wirewatch.yaml, checked: the list of the rooms' settings, and the connectors that are named. A wrong file
// lists all its mistakes, each with its place.
#ifndef WIREWATCH_PIPELINE_CONFIG_H_
#define WIREWATCH_PIPELINE_CONFIG_H_

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/diagnostic.h"
#include "base/settings/field_spec.h"
#include "base/settings/log_settings.h"
#include "monitoring/http/monitoring_settings.h"
#include "pipeline/alert/alert_settings.h"
#include "pipeline/connector.h"
#include "pipeline/decode/decode_settings.h"
#include "pipeline/deliver/deliver_settings.h"
#include "pipeline/flow/pipeline_settings.h"
#include "pipeline/match/rule_settings.h"

namespace wirewatch {

// One chosen connector and its fields.
struct ConnectorConfig {
  std::string name;
  Fields fields;
};

// What is wrong with a connector, or a key of a section, beside the others.
struct ConnectorFinding {
  const ConnectorConfig* where;  // one of the configuration's; null: a section's key
  std::string_view field;        // of its fields; empty: the connector itself. Of a section: "alerts.state"
  std::string message;           // what is wrong and what comes of it
  std::string help;              // the way out
};

struct Config;

// What the connectors bring to the configuration; the pipeline knows none of them.
struct ConnectorSpecs {
  std::vector<ConnectorSpec> sources, alert_sinks, dead_letter_sinks;
  std::vector<ConnectorSpec> matches;    // what may stand between the two steps
  std::vector<ConnectorSpec> decisions;  // one of the name of a stream of matches restores from it
  std::vector<ConnectorSpec> stores;
  std::vector<ConnectorSpec> alert_sources;
  std::vector<SharedSectionSpec> shared;
  // What only the connectors together can tell; null: nothing. Called with every connector named and every field set,
  // some perhaps to their defaults because what is written is wrong.
  std::vector<ConnectorFinding> (*check)(const Config& config) = nullptr;
};

struct Config {
  RuleSettings rules;
  AlertSettings alerts;
  DecodeSettings decode;
  DeliverSettings deliver;
  PipelineSettings pipeline;
  MonitoringSettings monitoring;
  LogSettings log;
  std::vector<Fields> sections;  // what these were made from, in the order of the reference: EffectiveConfig writes it
  SharedSections shared;

  ConnectorConfig source;
  std::vector<ConnectorConfig> sinks;
  ConnectorConfig dead_letters;
  // Present: articles become matches, and matches become alerts, in two steps with this stream between them.
  std::optional<ConnectorConfig> matches;
  // Where the decisions go. Present unless said else where `matches` is, and there of the same name.
  std::optional<ConnectorConfig> decisions;
  // Present: alerts are delivered to subscriptions. Without it nobody is told of them but the sinks.
  std::optional<ConnectorConfig> store;
  // Present: the deliver step reads alerts from here; else it takes those that this process raises.
  std::optional<ConnectorConfig> alerts_from;
  // Which of the steps this process does; one at least. Where `roles` is not written: all that there are.
  bool matches_here = true, alerts_here = true, delivers_here = false;
};

struct ParsedConfig {
  std::optional<Config> config;  // absent: diagnostics has errors
  Diagnostics diagnostics;
};

ParsedConfig ParseConfig(std::string_view text, const std::string& file, const ConnectorSpecs& connectors);

// The configuration as YAML with every key written, defaults too. ParseConfig reads it back, but for secrets
// (base/settings/section_writer.h).
std::string EffectiveConfig(const Config& config, const ConnectorSpecs& connectors);

// docs/configuration.md, generated from the same tables.
std::string ConfigReference(const ConnectorSpecs& connectors);

}  // namespace wirewatch

#endif  // WIREWATCH_PIPELINE_CONFIG_H_
