#include "pipeline/config.h"

#include <fmt/format.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <charconv>
#include <set>
#include <utility>

#include "base/clock.h"

namespace wirewatch {
namespace {

const FieldTable& RulesTable() {
  static const FieldTable table = {
      {"packs", FieldType::kStringList, kRequired, "Rule files and directories of them (*.yaml, without *_test.yaml)."},
      {"reload_interval", FieldType::kDuration, "200ms",
       "How often to look for changed packs; 0ms: only on SIGHUP. A pack with a mistake changes nothing and is "
       "logged."},
  };
  return table;
}

const FieldTable& DecodeTable() {
  static const FieldTable table = {
      {"max_record_bytes", FieldType::kBytes, "16MiB",
       "Longest record; a longer one becomes a dead letter (too-large)."},
      {"max_depth", FieldType::kInteger, "64",
       "Deepest nesting of JSON; a deeper record becomes a dead letter (too-deep)."},
      {"max_text_bytes", FieldType::kBytes, "10MiB",
       "Longest title, summary or body; with a longer one the record becomes a dead letter."},
      {"mapping", FieldType::kStringMap, "",
       "For articles of any other shape: article field to JSON pointer, as in `title: /headline/main`. Used for every "
       "record when given."},
  };
  return table;
}

const FieldTable& PipelineTable() {
  static const FieldTable table = {
      {"workers", FieldType::kInteger, "0", "Threads that decode and match; 0: one for each core."},
      {"in_flight_records", FieldType::kInteger, "20000", "Most records between reading and the last acknowledgement."},
      {"in_flight_bytes", FieldType::kBytes, "128MiB",
       "Most bytes of records between reading and the last acknowledgement."},
      {"drain_timeout", FieldType::kDuration, "20s",
       "How long a stop waits for what is under way; what is left is read again after the restart."},
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
  const FieldTable& fields;
};

const std::vector<SectionTable>& Sections() {
  static const std::vector<SectionTable> sections = {
      {"rules", "The analysts' rule files.", RulesTable()},
      {"decode", "From JSON to articles: shapes and limits.", DecodeTable()},
      {"pipeline", "Threads and bounds.", PipelineTable()},
      {"monitoring", "Metrics and health over HTTP.", MonitoringTable()},
      {"log", "Log lines.", LogTable()},
  };
  return sections;
}

constexpr std::string_view kSource = "source", kSinks = "sinks", kDeadLetters = "dead_letters";

std::optional<std::int64_t> ParseInteger(std::string_view text) {
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

std::optional<std::int64_t> ParseBytes(std::string_view text) {
  struct Unit {
    std::string_view name;
    std::int64_t bytes;
  };
  constexpr Unit kUnits[] = {{"GiB", 1 << 30}, {"MiB", 1 << 20}, {"KiB", 1 << 10}, {"", 1}};
  for (const Unit& unit : kUnits) {
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
    case FieldType::kBool: return "true or false";
    case FieldType::kInteger: return "a whole number, 0 or more";
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
    case FieldType::kStringMap: return std::nullopt;
  }
  std::abort();
}

Fields::Value DefaultOf(const FieldSpec& spec) {
  if (spec.type == FieldType::kStringList && spec.default_value.empty()) return std::vector<std::string>{};
  if (spec.type == FieldType::kStringMap) return std::map<std::string, std::string>{};
  if (spec.default_value == kRequired) return std::string();
  return *ParseScalar(spec.type, std::string(spec.default_value));
}

// Reads one file against the tables and collects every mistake.
class Reader {
 public:
  Reader(std::string_view text, const std::string& file) : file_(file) {
    for (std::size_t begin = 0; begin <= text.size();) {
      const std::size_t end = std::min(text.find('\n', begin), text.size());
      lines_.emplace_back(text.substr(begin, end - begin));
      begin = end + 1;
    }
  }

  void Report(const YAML::Mark& mark, std::string code, std::string message, std::string help, std::size_t length = 1) {
    Diagnostic& diagnostic = diagnostics_.emplace_back();
    diagnostic.file = file_;
    if (!mark.is_null()) {
      diagnostic.position = {static_cast<std::uint32_t>(mark.line + 1), static_cast<std::uint32_t>(mark.column + 1)};
      if (static_cast<std::size_t>(mark.line) < lines_.size()) {
        diagnostic.source_line = lines_[static_cast<std::size_t>(mark.line)];
      }
    }
    diagnostic.length = static_cast<std::uint32_t>(std::max<std::size_t>(length, 1));
    diagnostic.code = std::move(code);
    diagnostic.message = std::move(message);
    diagnostic.help = std::move(help);
  }

  // Whether `node` is a mapping whose keys are all in `known`, each once.
  bool CheckKeys(const YAML::Node& node, std::string_view section, const std::vector<std::string_view>& known) {
    if (!node.IsMap()) {
      Report(node.Mark(), "wrong-type", fmt::format("{} must hold keys and values", section),
             fmt::format("its keys are: {}", fmt::join(known, ", ")));
      return false;
    }
    std::set<std::string> seen;
    for (const auto& entry : node) {
      const std::string key = entry.first.IsScalar() ? entry.first.Scalar() : std::string();
      if (!seen.insert(key).second) {
        Report(entry.first.Mark(), "duplicate-key", fmt::format("'{}' is given twice in {}", key, section),
               "keep one of them", key.size());
      }
      if (std::find(known.begin(), known.end(), key) != known.end()) continue;
      const std::string_view nearest = Nearest(key, known);
      Report(entry.first.Mark(), "unknown-key", fmt::format("{} has no key '{}'", section, key),
             nearest.empty() ? fmt::format("its keys are: {}", fmt::join(known, ", "))
                             : fmt::format("did you mean '{}'?", nearest),
             key.size());
    }
    return true;
  }

  Fields ReadFields(const YAML::Node& node, std::string_view section, const FieldTable& table) {
    std::vector<std::string_view> known;
    for (const FieldSpec& spec : table) known.push_back(spec.name);
    const bool given = node.IsDefined() && !node.IsNull();
    const bool readable = given && CheckKeys(node, section, known);
    Fields fields;
    for (const FieldSpec& spec : table) {
      const YAML::Node value = readable ? node[std::string(spec.name)] : YAML::Node(YAML::NodeType::Undefined);
      const bool present = readable && value.IsDefined() && !value.IsNull();
      if (!present && spec.default_value == kRequired) {
        Report(given ? node.Mark() : YAML::Mark::null_mark(), "missing-key",
               fmt::format("{} needs '{}'", section, spec.name), std::string(spec.help));
      }
      fields.Set(spec.name, present ? ReadValue(value, section, spec) : DefaultOf(spec));
    }
    return fields;
  }

  Diagnostics TakeDiagnostics() { return std::move(diagnostics_); }
  bool failed() const { return HasErrors(diagnostics_); }

 private:
  Fields::Value ReadValue(const YAML::Node& node, std::string_view section, const FieldSpec& spec) {
    if (spec.type == FieldType::kStringMap && node.IsMap()) {
      std::map<std::string, std::string> map;
      for (const auto& entry : node) {
        if (entry.first.IsScalar() && entry.second.IsScalar()) {
          map[entry.first.Scalar()] = entry.second.Scalar();
        } else {
          Report(entry.first.Mark(), "wrong-type",
                 fmt::format("{}.{} holds a value that is no text", section, spec.name), "");
        }
      }
      return map;
    }
    if (spec.type == FieldType::kStringList && node.IsSequence()) {
      std::vector<std::string> list;
      for (const auto& item : node) {
        if (item.IsScalar()) {
          list.push_back(item.Scalar());
        } else {
          Report(item.Mark(), "wrong-type", fmt::format("{}.{} holds an item that is no text", section, spec.name), "");
        }
      }
      return list;
    }
    std::optional<Fields::Value> value = node.IsScalar() ? ParseScalar(spec.type, node.Scalar()) : std::nullopt;
    if (!value) {
      Report(node.Mark(), "wrong-type", fmt::format("{}.{} must be {}", section, spec.name, Describe(spec.type)),
             spec.default_value == kRequired || spec.default_value.empty()
                 ? std::string(spec.help)
                 : fmt::format("the default is {}", spec.default_value),
             node.IsScalar() ? node.Scalar().size() : 1);
      return DefaultOf(spec);
    }
    if (!spec.choices.empty() &&
        std::find(spec.choices.begin(), spec.choices.end(), node.Scalar()) == spec.choices.end()) {
      Report(node.Mark(), "wrong-value", fmt::format("{}.{} cannot be '{}'", section, spec.name, node.Scalar()),
             fmt::format("one of: {}", fmt::join(spec.choices, ", ")), node.Scalar().size());
    }
    return *std::move(value);
  }

  std::string file_;
  std::vector<std::string> lines_;
  Diagnostics diagnostics_;
};

std::vector<std::string_view> NamesOf(const std::vector<ConnectorSpec>& specs) {
  std::vector<std::string_view> names;
  for (const ConnectorSpec& spec : specs) names.push_back(spec.name);
  return names;
}

// `kafka: {topic: articles}`, or the bare name `stdin` where all fields have defaults.
ConnectorConfig ReadConnector(Reader& reader, const YAML::Node& node, std::string_view section,
                              const std::vector<ConnectorSpec>& specs) {
  const std::vector<std::string_view> known = NamesOf(specs);
  const std::string choices = fmt::format("one of: {}", fmt::join(known, ", "));
  if (!node.IsDefined() || node.IsNull()) {
    reader.Report(YAML::Mark::null_mark(), "missing-key", fmt::format("'{}' is missing", section), choices);
    return {};
  }
  ConnectorConfig connector;
  YAML::Node fields(YAML::NodeType::Undefined);
  if (node.IsScalar()) {
    connector.name = node.Scalar();
  } else if (node.IsMap() && node.size() == 1 && node.begin()->first.IsScalar()) {
    connector.name = node.begin()->first.Scalar();
    fields.reset(node.begin()->second);
  } else {
    reader.Report(node.Mark(), "wrong-type", fmt::format("'{}' must name one connector", section), choices);
    return {};
  }
  const auto spec =
      std::find_if(specs.begin(), specs.end(), [&](const ConnectorSpec& s) { return s.name == connector.name; });
  if (spec == specs.end()) {
    const std::string_view nearest = Nearest(connector.name, known);
    reader.Report(node.Mark(), "unknown-connector", fmt::format("'{}' cannot be '{}'", section, connector.name),
                  nearest.empty() ? choices : fmt::format("did you mean '{}'?", nearest), connector.name.size());
    return {};
  }
  connector.fields = reader.ReadFields(fields, fmt::format("{}.{}", section, connector.name), spec->fields);
  return connector;
}

void AppendTable(std::string& text, const FieldTable& table) {
  text += "| key | value | default | |\n|---|---|---|---|\n";
  for (const FieldSpec& spec : table) {
    std::string value(spec.choices.empty() ? Describe(spec.type) : fmt::format("{}", fmt::join(spec.choices, ", ")));
    std::string fallback = spec.default_value == kRequired ? "(required)"
                           : spec.default_value.empty()    ? ""
                                                           : fmt::format("`{}`", spec.default_value);
    text += fmt::format("| `{}` | {} | {} | {} |\n", spec.name, value, fallback, spec.help);
  }
  text += "\n";
}

}  // namespace

ParsedConfig ParseConfig(std::string_view text, const std::string& file, const ConnectorSpecs& connectors) {
  Reader reader(text, file);
  YAML::Node root;
  try {
    root = YAML::Load(std::string(text));
  } catch (const YAML::Exception& e) {
    reader.Report(e.mark, "yaml-syntax", e.msg, "");
    return {std::nullopt, reader.TakeDiagnostics()};
  }
  std::vector<std::string_view> known = {kSource, kSinks, kDeadLetters};
  for (const SectionTable& section : Sections()) known.push_back(section.name);
  for (const ConnectorSpec& shared : connectors.shared) known.push_back(shared.name);
  if (!root.IsDefined() || root.IsNull()) root = YAML::Node(YAML::NodeType::Map);
  if (!reader.CheckKeys(root, "the configuration", known)) return {std::nullopt, reader.TakeDiagnostics()};

  Config config;
  const auto read = [&](std::string_view name, const FieldTable& table) {
    return reader.ReadFields(root[std::string(name)], name, table);
  };
  config.rules = read("rules", RulesTable());
  config.pipeline = read("pipeline", PipelineTable());
  config.monitoring = read("monitoring", MonitoringTable());
  config.log = read("log", LogTable());
  const Fields decode = read("decode", DecodeTable());
  for (const ConnectorSpec& shared : connectors.shared) {
    config.shared.emplace(shared.name, read(shared.name, shared.fields));
  }
  config.source = ReadConnector(reader, root[std::string(kSource)], kSource, connectors.sources);
  config.dead_letters =
      ReadConnector(reader, root[std::string(kDeadLetters)], kDeadLetters, connectors.dead_letter_sinks);
  const YAML::Node sinks = root[std::string(kSinks)];
  if (!sinks.IsDefined() || !sinks.IsSequence() || sinks.size() == 0) {
    reader.Report(sinks.IsDefined() ? sinks.Mark() : YAML::Mark::null_mark(), "missing-key",
                  "'sinks' must list where alerts go",
                  fmt::format("one or more of: {}; for example `sinks: [stdout]`",
                              fmt::join(NamesOf(connectors.alert_sinks), ", ")));
  } else {
    for (const auto& sink : sinks) {
      config.sinks.push_back(ReadConnector(reader, sink, kSinks, connectors.alert_sinks));
    }
  }
  if (reader.failed()) return {std::nullopt, reader.TakeDiagnostics()};

  config.decode.max_record_bytes = decode.Bytes("max_record_bytes");
  config.decode.max_depth = static_cast<std::size_t>(decode.Integer("max_depth"));
  config.decode.max_text_bytes = decode.Bytes("max_text_bytes");
  const auto& mapping = decode.Map("mapping");
  config.mapping = DecodeMapping(mapping.begin(), mapping.end());
  return {std::move(config), reader.TakeDiagnostics()};
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
    AppendTable(text, section.fields);
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
  append(kDeadLetters, "Where records go that can never be processed: one of these.", connectors.dead_letter_sinks);
  text.pop_back();
  return text;
}

}  // namespace wirewatch
