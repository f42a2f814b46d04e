// Config: wirewatch.yaml, checked. A wrong file lists all its mistakes, each with its place.
#ifndef WIREWATCH_PIPELINE_CONFIG_H_
#define WIREWATCH_PIPELINE_CONFIG_H_

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/diagnostic.h"
#include "base/result.h"
#include "base/settings/field_spec.h"
#include "pipeline/decode/article_decoder.h"

namespace wirewatch {

// A value that is wrong, though it has the type that its table asks for.
struct ConfigProblem {
  // What it is about: "monitoring.listen", "kafka.properties.sasl.mechanism". Underlined is the last part of it that is
  // written.
  std::string key;
  std::string message;  // what is wrong and what to do
};

// What the connectors bring to the configuration; the pipeline knows none of them.
struct ConnectorSpec {
  std::string_view name;  // "kafka", "file", "stdin", "stdout"
  std::string_view help;
  FieldTable fields;
  // What no table can say of the fields of a shared section; null: nothing. Keys are those of the section:
  // "properties.sasl.mechanism".
  std::vector<ConfigProblem> (*check)(const Fields& fields) = nullptr;
};

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
struct ConnectorSpecs {
  std::vector<ConnectorSpec> sources, alert_sinks, dead_letter_sinks;
  std::vector<ConnectorSpec> matches;  // what may stand between the two steps
  std::vector<ConnectorSpec> shared;   // top-level sections used by several connectors: `kafka:`
  // What only the connectors together can tell; null: nothing. Called with every connector named and every field set,
  // some perhaps to their defaults because what is written is wrong.
  std::vector<ConnectorFinding> (*check)(const Config& config) = nullptr;
  // What the program that runs them knows of the other sections; null: nothing.
  std::vector<ConfigProblem> (*check_sections)(const Config& config) = nullptr;
};

struct Config {
  Fields rules;           // packs, reload_interval, pattern_cache
  Fields alerts;          // window, state, max_sightings
  Fields pipeline;        // workers, in_flight_records, in_flight_bytes, drain_timeout
  Fields monitoring;      // listen
  Fields log;             // level
  Fields decode_section;  // max_record_bytes, max_depth, max_text_bytes, mapping; checked into the next two:
  DecodeLimits decode;
  DecodeMapping mapping;
  ConnectorConfig source;
  std::vector<ConnectorConfig> sinks;
  ConnectorConfig dead_letters;
  // Present: articles become matches, and matches become alerts, in two steps with this stream between them.
  std::optional<ConnectorConfig> matches;
  bool matches_here = true, alerts_here = true;       // which of the steps this process does; one at least
  std::map<std::string, Fields, std::less<>> shared;  // by section name
};

struct ParsedConfig {
  std::optional<Config> config;  // absent: diagnostics has errors
  Diagnostics diagnostics;
};

ParsedConfig ParseConfig(std::string_view text, const std::string& file, const ConnectorSpecs& connectors);

// The configuration as YAML with every key written, defaults too. ParseConfig reads it back, but for secrets that stood
// in it: they are kMaskedSecret. References to secrets stand as they were written, since nothing is looked up here.
std::string EffectiveConfig(const Config& config, const ConnectorSpecs& connectors);
inline constexpr std::string_view kMaskedSecret = "(secret)";

// docs/configuration.md, generated from the same tables.
std::string ConfigReference(const ConnectorSpecs& connectors);

}  // namespace wirewatch

#endif  // WIREWATCH_PIPELINE_CONFIG_H_
