#include "pipeline/config.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <utility>

#include "base/clock.h"
#include "base/diagnostic.h"
#include "base/secret.h"
#include "base/text/ascii.h"
#include "base/yaml/yaml_mapping.h"
#include "base/yaml/yaml_text.h"
#include "pipeline/decode/decode_presets.h"
#include "pipeline/records/json_handles.h"

namespace wirewatch {
namespace {

const FieldTable& RulesTable() {
  static const FieldTable table = {
      {"packs", FieldType::kStringList, kRequired, "Rule files and directories of them (*.yaml, without *_test.yaml)."},
      {"reload_interval", FieldType::kDuration, "50ms",
       "How often to look for changed packs, at most; 0ms: only on SIGHUP. A pack that is being written is left alone "
       "until it stands still; one with a mistake changes nothing and is logged."},
      {"pattern_cache", FieldType::kString, "",
       "A directory of this program's own, where compiled regular expressions are kept for the next start; empty: none "
       "are. It is made if its parent is there, with mode 700; files that others may write are not taken."},
  };
  return table;
}

const FieldTable& AlertsTable() {
  static const FieldTable table = {
      {"window", FieldType::kDuration, "48h",
       "How long an article that was seen on a topic is known: its repeats raise no alert. By record time, and from "
       "the "
       "last repeat on."},
      {"state", FieldType::kString, "",
       "Where one process without `matches` keeps what it has alerted on, and what it holds for an embargo, so that a "
       "restart alerts on nothing twice: a SQLite file of its own. Empty: PATH.state beside the alerts, where a sink "
       "writes them to a file; off: nowhere."},
      {"max_sightings",
       FieldType::kInteger,
       "2000000",
       "Most versions of articles, each on one topic, that are known at a time, about 400 bytes each; beyond them the "
       "oldest are forgotten, and may alert again.",
       {},
       {1, 1'000'000'000}},
  };
  return table;
}

const FieldTable& DecodeTable() {
  static const FieldTable table = {
      {"max_record_bytes",
       FieldType::kBytes,
       "16MiB",
       "Longest record; a longer one becomes a dead letter (too-large).",
       {},
       {1, 1 << 30}},
      {"max_depth",
       FieldType::kInteger,
       "64",
       "Deepest nesting of JSON; a deeper record becomes a dead letter (too-deep).",
       {},
       {1, 1000}},
      {"max_text_bytes",
       FieldType::kBytes,
       "10MiB",
       "Longest title, summary or body; with a longer one the record becomes a dead letter.",
       {},
       {1, 1 << 30}},
      {"mapping", FieldType::kMapping, "",
       "For articles of any other shape: article field to JSON pointer or several, as in `title: [/headline/main, "
       "/title]`; or the name of a shape that is known: `superdesk`, `ans`, `ap`, `wordpress`, also as `preset:` "
       "beside "
       "fields that replace its own. Used for every record when given."},
  };
  return table;
}

const FieldTable& PipelineTable() {
  static const FieldTable table = {
      {"workers", FieldType::kInteger, "0", "Threads that decode and match; 0: one for each core.", {}, {0, 1024}},
      {"in_flight_records",
       FieldType::kInteger,
       "20000",
       "Most records between reading and the last acknowledgement.",
       {},
       {1, 100'000'000}},
      {"in_flight_bytes",
       FieldType::kBytes,
       "128MiB",
       "Most bytes of records between reading and the last acknowledgement.",
       {},
       {1}},
      {"drain_timeout", FieldType::kDuration, "20s",
       "How long a stop waits for what is under way; what is left is read again after the restart."},
      {"quarantine", FieldType::kString, "",
       "A file of this process's own, in which it notes what it is at work on, so that a record that ends the process "
       "becomes a dead letter (quarantined) instead of ending it for ever; empty: none. Made when it is missing."},
      {"quarantine_tries",
       FieldType::kInteger,
       "3",
       "How often a record may end the process before it becomes a dead letter.",
       {},
       {1, 1000}},
      {"record_time_budget",
       FieldType::kDuration,
       "20s",
       "CPU time that a record may take to be decoded and matched; over it the process ends, with `quarantine` only.",
       {},
       {1}},
  };
  return table;
}

const FieldTable& MonitoringTable() {
  static const FieldTable table = {
      {"listen", FieldType::kString, "127.0.0.1:9464",
       "host:port of /metrics, /healthz and /readyz; port 0: any free one; off: no listener."},
  };
  return table;
}

const FieldTable& LogTable() {
  static const FieldTable table = {
      {"level",
       FieldType::kString,
       "info",
       "Lines of this level and above go to stderr.",
       {"debug", "info", "warn", "error"}},
  };
  return table;
}

struct SectionTable {
  std::string_view name;
  std::string_view help;
  const FieldTable& table;
  Fields Config::*fields;
};

const std::vector<SectionTable>& Sections() {
  static const std::vector<SectionTable> sections = {
      {"rules", "The analysts' rule files.", RulesTable(), &Config::rules},
      {"alerts", "From matches to alerts.", AlertsTable(), &Config::alerts},
      {"decode", "From JSON to articles: shapes and limits.", DecodeTable(), &Config::decode_section},
      {"pipeline", "Threads and bounds.", PipelineTable(), &Config::pipeline},
      {"monitoring", "Metrics and health over HTTP.", MonitoringTable(), &Config::monitoring},
      {"log", "Log lines.", LogTable(), &Config::log},
  };
  return sections;
}

constexpr std::string_view kSource = "source", kSinks = "sinks", kDeadLetters = "dead_letters", kMatches = "matches",
                           kRoles = "roles";
constexpr std::string_view kMatch = "match", kAlert = "alert";  // the roles

std::optional<std::int64_t> ParseInteger(std::string_view text) {
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

struct SizeUnit {
  std::string_view name;
  std::int64_t bytes;
};
constexpr SizeUnit kSizeUnits[] = {{"GiB", 1 << 30}, {"MiB", 1 << 20}, {"KiB", 1 << 10}, {"", 1}};

std::optional<std::int64_t> ParseBytes(std::string_view text) {
  for (const SizeUnit& unit : kSizeUnits) {
    if (!text.ends_with(unit.name)) continue;
    const auto number = ParseInteger(text.substr(0, text.size() - unit.name.size()));
    if (!number || *number < 0 || *number > (std::int64_t{1} << 40) / unit.bytes) return std::nullopt;
    return *number * unit.bytes;
  }
  return std::nullopt;
}

std::string_view Describe(FieldType type) {
  switch (type) {
    case FieldType::kString: return "text";
    case FieldType::kStringList: return "a list of texts";
    case FieldType::kStringMap: return "keys with text values";
    case FieldType::kMapping: return "article fields with JSON pointers, or the name of a known shape";
    case FieldType::kBool: return "true or false";
    case FieldType::kInteger: return "a whole number";
    case FieldType::kBytes: return "a size such as 16MiB, 64KiB or 1000";
    case FieldType::kDuration: return "a duration such as 250ms, 5s, 10m, 48h";
  }
  std::abort();
}

// A scalar's value; nothing: not of that type.
std::optional<Fields::Value> ParseScalar(FieldType type, const std::string& text) {
  switch (type) {
    case FieldType::kString: return text;
    case FieldType::kBool:
      if (text == "true") return true;
      if (text == "false") return false;
      return std::nullopt;
    case FieldType::kInteger:
      if (const auto number = ParseInteger(text); number && *number >= 0) return *number;
      return std::nullopt;
    case FieldType::kBytes:
      if (const auto bytes = ParseBytes(text)) return *bytes;
      return std::nullopt;
    case FieldType::kDuration:
      if (const auto duration = ParseDuration(text)) return *duration;
      return std::nullopt;
    case FieldType::kStringList: return std::vector<std::string>{text};  // one may be written without brackets
    case FieldType::kStringMap:
    case FieldType::kMapping: return std::nullopt;
  }
  std::abort();
}

Fields::Value DefaultOf(const FieldSpec& spec) {
  if (spec.type == FieldType::kStringList && spec.default_value.empty()) return std::vector<std::string>{};
  if (spec.type == FieldType::kStringMap) return std::map<std::string, std::string>{};
  if (spec.type == FieldType::kMapping) return Fields::ListMap{};
  if (spec.default_value == kRequired) return std::string();
  return *ParseScalar(spec.type, std::string(spec.default_value));
}

// As ParseBytes reads it: "16MiB".
std::string WriteBytes(std::int64_t bytes) {
  for (const SizeUnit& unit : kSizeUnits) {
    if (bytes != 0 && bytes % unit.bytes == 0) return fmt::format("{}{}", bytes / unit.bytes, unit.name);
  }
  return "0";
}

// "1 to 1000", "0 or more"; empty: not a number or size.
std::string RangeOf(const FieldSpec& spec) {
  if (spec.type != FieldType::kInteger && spec.type != FieldType::kBytes) return "";
  const auto write = [&](std::int64_t number) {
    return spec.type == FieldType::kBytes ? WriteBytes(number) : std::to_string(number);
  };
  if (spec.range.most != FieldRange().most)
    return fmt::format("{} to {}", write(spec.range.least), write(spec.range.most));
  return fmt::format("{} or more", write(spec.range.least));
}

// Puts the pointers of a mapping that comes with wirewatch into `mapping`.
void AddPreset(YamlText& text, const YamlNode& node, const std::string& name, Fields::ListMap& mapping) {
  const DecodePreset* preset = FindDecodePreset(name);
  if (preset == nullptr) {
    std::vector<std::string_view> known;
    for (const DecodePreset& one : DecodePresets()) known.push_back(one.name);
    const std::string_view nearest = Nearest(name, known);
    text.Error(node, "wrong-value", fmt::format("there is no mapping '{}'", name),
               nearest.empty() ? fmt::format("one of: {}; or article fields with JSON pointers", fmt::join(known, ", "))
                               : fmt::format("did you mean '{}'?", nearest));
    return;
  }
  for (const auto& [field, pointers] : preset->mapping) mapping.emplace(field, pointers.all);
}

// `ans`; or `{title: /headline, tags: [/a, /b]}`, also with `preset: ans`, whose fields the others replace.
Fields::Value ReadMapping(YamlText& text, const YamlNode& node, const std::string& name) {
  Fields::ListMap mapping;
  if (node.kind == YamlNode::Kind::kScalar) {
    AddPreset(text, node, node.scalar, mapping);
    return mapping;
  }
  const YamlEntry* preset = nullptr;
  for (const YamlEntry& entry : node.entries) {
    if (entry.key.scalar == "preset") {
      preset = &entry;
    } else {
      mapping[entry.key.scalar] =
          entry.value.kind == YamlNode::Kind::kSequence
              ? ReadTexts(text, &entry.value, fmt::format("'{}.{}'", name, entry.key.scalar), "[/one, /another]")
              : std::vector{ReadText(text, &entry.value, fmt::format("'{}.{}'", name, entry.key.scalar)).value_or("")};
    }
  }
  if (preset != nullptr) AddPreset(text, preset->value, preset->value.scalar, mapping);
  return mapping;
}

// A value as its field's table wants it; what is wrong is reported, and the default stands in.
Fields::Value ReadValue(YamlText& text, const YamlNode& node, std::string_view section, const FieldSpec& spec) {
  const std::string name = fmt::format("{}.{}", section, spec.name);
  if (spec.type == FieldType::kStringMap && node.kind == YamlNode::Kind::kMapping) {
    std::map<std::string, std::string> map;
    for (const YamlEntry& entry : node.entries) {
      map[entry.key.scalar] = ReadText(text, &entry.value, fmt::format("'{}.{}'", name, entry.key.scalar)).value_or("");
    }
    return map;
  }
  if (spec.type == FieldType::kMapping &&
      (node.kind == YamlNode::Kind::kMapping || node.kind == YamlNode::Kind::kScalar)) {
    return ReadMapping(text, node, name);
  }
  if (spec.type == FieldType::kStringList && node.kind == YamlNode::Kind::kSequence) {
    return ReadTexts(text, &node, fmt::format("'{}'", name), "[one, another]");
  }
  const bool is_scalar = node.kind == YamlNode::Kind::kScalar;
  std::optional<Fields::Value> value = is_scalar ? ParseScalar(spec.type, node.scalar) : std::nullopt;
  if (!value) {
    const bool has_default = spec.default_value != kRequired && !spec.default_value.empty();
    text.Error(node, "wrong-type", fmt::format("{} must be {}", name, Describe(spec.type)),
               has_default ? fmt::format("the default is {}", spec.default_value) : std::string(spec.help));
    return DefaultOf(spec);
  }
  if (const std::int64_t* number = std::get_if<std::int64_t>(&*value);
      number != nullptr && (*number < spec.range.least || *number > spec.range.most)) {
    text.Error(node, "out-of-range", fmt::format("{} cannot be {}", name, node.scalar), RangeOf(spec));
    return DefaultOf(spec);
  }
  if (!spec.choices.empty() && std::find(spec.choices.begin(), spec.choices.end(), node.scalar) == spec.choices.end()) {
    text.Error(node, "wrong-value", fmt::format("{} cannot be '{}'", name, node.scalar),
               fmt::format("one of: {}", fmt::join(spec.choices, ", ")));
  }
  return *std::move(value);
}

// `node` may be null: a section that is not written has its defaults. `parent` is where its absence is reported.
Fields ReadFields(YamlText& text, const YamlNode* node, const YamlNode& parent, std::string_view section,
                  const FieldTable& table) {
  std::vector<std::string_view> known;
  for (const FieldSpec& spec : table) known.push_back(spec.name);
  const std::optional<YamlMapping> mapping =
      node != nullptr ? std::optional<YamlMapping>(std::in_place, text, *node, section, known) : std::nullopt;
  Fields fields;
  for (const FieldSpec& spec : table) {
    const YamlNode* value = mapping ? mapping->Find(spec.name) : nullptr;
    if (value == nullptr && spec.default_value == kRequired) {
      text.Error(node != nullptr ? *node : parent, "missing-key", fmt::format("{} needs '{}'", section, spec.name),
                 std::string(spec.help));
    }
    fields.Set(spec.name, value != nullptr ? ReadValue(text, *value, section, spec) : DefaultOf(spec));
  }
  return fields;
}

// The key of `path` that is written and stands deepest below `root`; `root` itself: none of it is written. Keys may
// have dots in them.
const YamlNode& Locate(const YamlNode& root, std::string_view path) {
  for (const YamlEntry& entry : root.entries) {
    if (!path.starts_with(entry.key.scalar)) continue;
    const std::string_view rest = path.substr(entry.key.scalar.size());
    if (rest.empty()) return entry.key;
    if (rest.front() != '.') continue;
    const YamlNode& below = Locate(entry.value, rest.substr(1));
    return &below == &entry.value ? entry.key : below;
  }
  return root;
}

void Report(YamlText& text, const YamlNode& root, const std::vector<ConfigProblem>& problems) {
  for (const ConfigProblem& problem : problems) {
    text.Error(Locate(root, problem.key), "wrong-value", problem.message, "docs/configuration.md describes every key");
  }
}

std::vector<std::string_view> NamesOf(const std::vector<ConnectorSpec>& specs) {
  std::vector<std::string_view> names;
  for (const ConnectorSpec& spec : specs) names.push_back(spec.name);
  return names;
}

// `kafka: {topic: articles}`, or the bare name `stdin` where all fields have defaults.
ConnectorConfig ReadConnector(YamlText& text, const YamlNode& node, std::string_view section,
                              const std::vector<ConnectorSpec>& specs) {
  const std::vector<std::string_view> known = NamesOf(specs);
  const std::string choices = fmt::format("one of: {}", fmt::join(known, ", "));
  const bool by_name = node.kind == YamlNode::Kind::kScalar;
  if (!by_name && (node.kind != YamlNode::Kind::kMapping || node.entries.size() != 1)) {
    text.Error(node, "wrong-type", fmt::format("'{}' must name one connector", section), choices);
    return {};
  }
  const YamlNode& name = by_name ? node : node.entries.front().key;
  const auto spec =
      std::find_if(specs.begin(), specs.end(), [&](const ConnectorSpec& s) { return s.name == name.scalar; });
  if (spec == specs.end()) {
    const std::string_view nearest = Nearest(name.scalar, known);
    text.Error(name, "unknown-connector", fmt::format("'{}' cannot be '{}'", section, name.scalar),
               nearest.empty() ? choices : fmt::format("did you mean '{}'?", nearest));
    return {};
  }
  const YamlNode* fields = by_name ? nullptr : &node.entries.front().value;
  if (fields != nullptr && fields->kind == YamlNode::Kind::kNull) fields = nullptr;  // `kafka:` alone
  return {name.scalar, ReadFields(text, fields, name, fmt::format("{}.{}", section, name.scalar), spec->fields)};
}

// Where a finding about a connector is shown: at the field if it is written, else at the connector's name.
const YamlNode& PlaceOf(const YamlNode& connector, std::string_view field) {
  if (connector.kind != YamlNode::Kind::kMapping || connector.entries.empty()) return connector;
  const YamlEntry& named = connector.entries.front();
  for (const YamlEntry& entry : named.value.entries) {
    if (entry.key.scalar == field) return entry.value;
  }
  return named.key;
}

// A connector of the configuration, and the node that it was read from; null: it could not be read.
struct ReadFrom {
  const ConnectorConfig* connector;
  const YamlNode* node;
};

void ReportFindings(YamlText& text, const YamlNode& root, const std::vector<ReadFrom>& connectors,
                    const std::vector<ConnectorFinding>& findings) {
  for (const ConnectorFinding& finding : findings) {
    if (finding.where == nullptr) {
      text.Error(Locate(root, finding.field), "wrong-value", finding.message, finding.help);
      continue;
    }
    const auto at = std::find_if(connectors.begin(), connectors.end(),
                                 [&](const ReadFrom& one) { return one.connector == finding.where; });
    text.Error(PlaceOf(*at->node, finding.field), "wrong-value", finding.message, finding.help);
  }
}

void ReadRoles(YamlText& text, const YamlNode& node, Config& config) {
  config.matches_here = config.alerts_here = false;
  for (const YamlNode* role : ReadItems(text, &node, "'roles'", "[match, alert]")) {
    if (role->scalar == kMatch) {
      config.matches_here = true;
    } else if (role->scalar == kAlert) {
      config.alerts_here = true;
    } else {
      text.Error(*role, "wrong-value", fmt::format("there is no role '{}'", role->scalar), "one of: match, alert");
    }
  }
  if (!config.matches_here && !config.alerts_here) {
    text.Error(node, "empty-list", "a process without a role does nothing", "[match], [alert] or [match, alert]");
  } else if (!config.matches && !(config.matches_here && config.alerts_here)) {
    text.Error(node, "wrong-value", "only where a stream stands between the two steps can a process do one of them",
               "name it: matches: kafka");
  }
}

void AppendTable(std::string& text, const FieldTable& table) {
  text += "| key | value | default | |\n|---|---|---|---|\n";
  for (const FieldSpec& spec : table) {
    std::string value(spec.choices.empty() ? Describe(spec.type) : fmt::format("{}", fmt::join(spec.choices, ", ")));
    if (const std::string range = RangeOf(spec); !range.empty()) value += ", " + range;
    std::string fallback = spec.default_value == kRequired ? "(required)"
                           : spec.default_value.empty()    ? ""
                                                           : fmt::format("`{}`", spec.default_value);
    text += fmt::format("| `{}` | {} | {} | {} |\n", spec.name, value, fallback, spec.help);
  }
  text += "\n";
}

// The whole configuration as YAML: what ParseConfig reads, with every key written.
class YamlWriter {
 public:
  void Section(std::string_view name) { text_ += fmt::format("{}:\n", name); }
  // Behind `prefix`, with its fields `indent` blanks to the right.
  void Connector(std::string_view prefix, std::size_t indent, const ConnectorConfig& connector,
                 const std::vector<ConnectorSpec>& specs) {
    const auto spec =
        std::find_if(specs.begin(), specs.end(), [&](const ConnectorSpec& s) { return s.name == connector.name; });
    text_ += fmt::format("{}{}{}\n", prefix, connector.name, spec->fields.empty() ? "" : ":");
    Table(spec->fields, connector.fields, indent);
  }
  void Table(const FieldTable& table, const Fields& fields, std::size_t indent) {
    for (const FieldSpec& spec : table) {
      text_ += fmt::format("{:{}}{}:", "", indent, spec.name);
      Value(spec, fields, indent);
    }
  }
  void Roles(const Config& config) {
    std::vector<std::string_view> roles;
    if (config.matches_here) roles.push_back(kMatch);
    if (config.alerts_here) roles.push_back(kAlert);
    text_ += fmt::format("{}: [{}]\n", kRoles, fmt::join(roles, ", "));
  }
  std::string Take() { return std::move(text_); }

 private:
  // What any reader of YAML takes for the same text is not quoted.
  static std::string Scalar(std::string_view text) {
    const auto plain = [](char c) {
      return IsAsciiLetter(c) || IsAsciiDigit(c) || c == '_' || c == '.' || c == '/' || c == '-';
    };
    if (!text.empty() && (IsAsciiLetter(text.front()) || text.front() == '/') &&
        std::all_of(text.begin(), text.end(), plain) && text != "null" && text != "true" && text != "false") {
      return std::string(text);
    }
    return ToLine(Json(text));  // JSON is YAML
  }
  // A reference tells nothing, and says where the value comes from.
  static std::string Shown(std::string_view name, std::string_view value) {
    if (IsSecretName(name) && !value.empty() && !IsSecretReference(value)) return Scalar(kMaskedSecret);
    return Scalar(WithoutSecretValues(value));
  }

  void Value(const FieldSpec& spec, const Fields& fields, std::size_t indent) {
    switch (spec.type) {
      case FieldType::kString: text_ += " " + Shown(spec.name, fields.String(spec.name)); break;
      case FieldType::kBool: text_ += fields.Bool(spec.name) ? " true" : " false"; break;
      case FieldType::kInteger: text_ += fmt::format(" {}", fields.Integer(spec.name)); break;
      case FieldType::kBytes: text_ += " " + WriteBytes(fields.Integer(spec.name)); break;
      case FieldType::kDuration: text_ += " " + FormatDuration(fields.Duration(spec.name)); break;
      case FieldType::kStringList: {
        std::vector<std::string> items;
        for (const std::string& item : fields.List(spec.name)) items.push_back(Scalar(item));
        text_ += fmt::format(" [{}]", fmt::join(items, ", "));
        break;
      }
      case FieldType::kStringMap: {
        const auto& map = fields.Map(spec.name);
        if (map.empty()) text_ += " {}";
        for (const auto& [key, value] : map) {
          text_ += fmt::format("\n{:{}}{}: {}", "", indent + 2, Scalar(key), Shown(key, value));
        }
        break;
      }
      case FieldType::kMapping: {
        const auto& map = fields.Mapping(spec.name);
        if (map.empty()) text_ += " {}";
        for (const auto& [key, pointers] : map) {
          std::vector<std::string> items;
          for (const std::string& pointer : pointers) items.push_back(Scalar(pointer));
          text_ += fmt::format("\n{:{}}{}: {}", "", indent + 2, Scalar(key),
                               items.size() == 1 ? items.front() : fmt::format("[{}]", fmt::join(items, ", ")));
        }
        break;
      }
    }
    text_ += '\n';
  }

  std::string text_;
};

// A finding quotes the line that it is about, and its sentences quote values: a configuration may hold secrets, and
// what is wrong with its YAML may be wrong with one of them.
Diagnostics TakeDiagnostics(YamlText& text) {
  Diagnostics diagnostics = text.TakeDiagnostics();
  if (diagnostics.empty()) return diagnostics;
  const SecretLines secrets(text.text());
  for (Diagnostic& diagnostic : diagnostics) {
    diagnostic.message = secrets.Clear(diagnostic.message);
    diagnostic.help = secrets.Clear(diagnostic.help);
    if (!secrets.Holds(diagnostic.position.line)) {
      diagnostic.source_line = WithoutSecretValues(diagnostic.source_line);
      continue;
    }
    if (!diagnostic.source_line.empty()) {
      diagnostic.source_line = secrets.Masked(diagnostic.position.line);
      diagnostic.source_column = 1;
    }
    if (diagnostic.code.starts_with("yaml")) {  // whose sentences are made of what stands there, piece by piece
      diagnostic.message = "the value of this secret cannot be read as YAML";
      diagnostic.help =
          "put the whole value in single quotes and double each single quote in it, or write ${file:/path} or "
          "${env:NAME}";
    }
  }
  return diagnostics;
}

}  // namespace

std::string EffectiveConfig(const Config& config, const ConnectorSpecs& connectors) {
  YamlWriter yaml;
  for (const SectionTable& section : Sections()) {
    yaml.Section(section.name);
    yaml.Table(section.table, config.*section.fields, 2);
  }
  for (const ConnectorSpec& shared : connectors.shared) {
    yaml.Section(shared.name);
    yaml.Table(shared.fields, config.shared.find(shared.name)->second, 2);
  }
  yaml.Section(kSource);
  yaml.Connector("  ", 4, config.source, connectors.sources);
  yaml.Section(kSinks);
  for (const ConnectorConfig& sink : config.sinks) yaml.Connector("  - ", 6, sink, connectors.alert_sinks);
  yaml.Section(kDeadLetters);
  yaml.Connector("  ", 4, config.dead_letters, connectors.dead_letter_sinks);
  if (config.matches) {
    yaml.Section(kMatches);
    yaml.Connector("  ", 4, *config.matches, connectors.matches);
  }
  yaml.Roles(config);
  return yaml.Take();
}

ParsedConfig ParseConfig(std::string_view source, const std::string& file, const ConnectorSpecs& connectors) {
  std::vector<std::string_view> known = {kSource, kSinks, kDeadLetters, kMatches, kRoles};
  for (const SectionTable& section : Sections()) known.push_back(section.name);
  for (const ConnectorSpec& shared : connectors.shared) known.push_back(shared.name);
  YamlText text(file, source);
  text.QuoteOnlyWith(known);
  const std::optional<YamlNode> parsed = text.Parse();
  if (!parsed) return {std::nullopt, TakeDiagnostics(text)};
  const YamlNode& root = *parsed;

  const YamlMapping mapping(text, root, "the configuration", known);
  if (root.kind != YamlNode::Kind::kMapping) return {std::nullopt, TakeDiagnostics(text)};

  Config config;
  const auto read = [&](std::string_view name, const FieldTable& table) {
    return ReadFields(text, mapping.Find(name), root, name, table);
  };
  for (const SectionTable& section : Sections()) config.*section.fields = read(section.name, section.table);
  for (const ConnectorSpec& shared : connectors.shared) {
    Fields fields = read(shared.name, shared.fields);
    if (shared.check != nullptr) {
      auto problems = shared.check(fields);
      for (ConfigProblem& problem : problems) problem.key = fmt::format("{}.{}", shared.name, problem.key);
      Report(text, root, problems);
    }
    config.shared.emplace(shared.name, std::move(fields));
  }
  std::vector<ReadFrom> read_from;
  const YamlNode* const source_node = mapping.Require(kSource);
  if (source_node != nullptr) config.source = ReadConnector(text, *source_node, kSource, connectors.sources);
  read_from.push_back({&config.source, source_node});
  const YamlNode* const dead_letters = mapping.Require(kDeadLetters);
  if (dead_letters != nullptr) {
    config.dead_letters = ReadConnector(text, *dead_letters, kDeadLetters, connectors.dead_letter_sinks);
  }
  read_from.push_back({&config.dead_letters, dead_letters});
  const YamlNode* sinks = mapping.Require(kSinks);
  const std::vector<const YamlNode*> sink_nodes = ReadItems(text, sinks, "'sinks'", "[stdout]");
  for (const YamlNode* sink : sink_nodes) {
    config.sinks.push_back(ReadConnector(text, *sink, kSinks, connectors.alert_sinks));
  }
  for (std::size_t i = 0; i < sink_nodes.size(); ++i) read_from.push_back({&config.sinks[i], sink_nodes[i]});
  if (sinks != nullptr && sinks->kind == YamlNode::Kind::kSequence && sinks->items.empty()) {
    text.Error(*sinks, "no-sink", "alerts have nowhere to go",
               fmt::format("one or more of: {}", fmt::join(NamesOf(connectors.alert_sinks), ", ")));
  }
  if (const YamlNode* node = mapping.Find(kMatches)) {
    config.matches = ReadConnector(text, *node, kMatches, connectors.matches);
    read_from.push_back({&*config.matches, node});
  }
  // What the connectors are asked about has a source, a sink and dead letters.
  const bool all_named =
      !config.sinks.empty() &&
      std::all_of(read_from.begin(), read_from.end(), [](const ReadFrom& one) { return !one.connector->name.empty(); });
  if (connectors.check != nullptr && all_named) ReportFindings(text, root, read_from, connectors.check(config));
  if (const YamlNode* node = mapping.Find(kRoles)) ReadRoles(text, *node, config);
  const Fields& decode = config.decode_section;
  config.decode.max_record_bytes = decode.Bytes("max_record_bytes");
  config.decode.max_depth = static_cast<std::size_t>(decode.Integer("max_depth"));
  config.decode.max_text_bytes = decode.Bytes("max_text_bytes");
  config.mapping.clear();
  for (const auto& [field, pointers] : decode.Mapping("mapping")) config.mapping.emplace(field, pointers);
  if (const auto decoder = ArticleDecoder::Create(config.decode, config.mapping); !decoder) {
    Report(text, root, {{"decode.mapping", decoder.error().message}});
  }
  if (connectors.check_sections != nullptr) Report(text, root, connectors.check_sections(config));
  Diagnostics diagnostics = TakeDiagnostics(text);
  if (HasErrors(diagnostics)) return {std::nullopt, std::move(diagnostics)};
  return {std::move(config), std::move(diagnostics)};
}

std::string ConfigReference(const ConnectorSpecs& connectors) {
  std::string text =
      "# Configuration\n\n"
      "<!-- Generated by `wirewatch docs configuration`; a test holds it against the program. -->\n\n"
      "One YAML file, given to `wirewatch run --config FILE` and `wirewatch check --config FILE`. A wrong file lists "
      "all its "
      "mistakes, each with line and column. A complete example: "
      "[deploy/wirewatch.example.yaml](../deploy/wirewatch.example.yaml).\n\n";
  for (const SectionTable& section : Sections()) {
    text += fmt::format("## `{}`\n\n{}\n\n", section.name, section.help);
    AppendTable(text, section.table);
  }
  for (const ConnectorSpec& shared : connectors.shared) {
    text += fmt::format("## `{}`\n\n{}\n\n", shared.name, shared.help);
    AppendTable(text, shared.fields);
  }
  const auto append = [&](std::string_view section, std::string_view intro, const std::vector<ConnectorSpec>& specs) {
    text += fmt::format("## `{}`\n\n{}\n\n", section, intro);
    for (const ConnectorSpec& spec : specs) {
      text += fmt::format("### `{}: {}`\n\n{}\n\n", section, spec.name, spec.help);
      if (!spec.fields.empty()) AppendTable(text, spec.fields);
    }
  };
  append(kSource,
         "Where articles come from: one of these. A connector without required keys may be written by its name alone.",
         connectors.sources);
  append(kSinks, "Where alerts go: a list of these. A record is done when every sink has taken its alerts.",
         connectors.alert_sinks);
  append(kMatches,
         "What stands between matching and alerting, if they are two steps: each is shared by the processes of its "
         "group. Without it a process does both in memory. `roles: [match]` or `roles: [alert]` makes a process do one "
         "of the steps only.",
         connectors.matches);
  append(kDeadLetters, "Where records go that can never be processed: one of these.", connectors.dead_letter_sinks);
  text.pop_back();
  return text;
}

}  // namespace wirewatch
