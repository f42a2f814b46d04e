#include "pipeline/config.h"

#include <fmt/format.h>

#include <algorithm>
#include <type_traits>
#include <utility>

#include "base/clock.h"
#include "base/diagnostic.h"
#include "base/secret.h"
#include "base/settings/section_reader.h"
#include "base/settings/section_writer.h"
#include "base/settings/settings_reference.h"
#include "base/text/ascii.h"
#include "base/yaml/yaml_mapping.h"
#include "base/yaml/yaml_text.h"

namespace wirewatch {
namespace {

// A section whose settings belong to a room.
struct Section {
  std::string_view name;
  std::string_view help;
  const FieldTable& table;
  void (*store)(const Fields& fields, Config& config);
  std::vector<SettingsProblem> (*check)(const Fields& fields);  // null: the table says it all
};

// `Settings`: the member of Config that the section fills.
template <auto Settings>
Section SectionOf(std::string_view name, std::string_view help) {
  using Type = std::remove_cvref_t<decltype(std::declval<Config>().*Settings)>;
  Section section{name, help, Type::Table(),
                  [](const Fields& fields, Config& config) { config.*Settings = Type::From(fields); }, nullptr};
  if constexpr (requires(const Fields& fields) { Type::Check(fields); }) section.check = Type::Check;
  return section;
}

// In the order of the reference.
const std::vector<Section>& Sections() {
  static const std::vector<Section> sections = {
      SectionOf<&Config::rules>("rules", "The analysts' rule files."),
      SectionOf<&Config::alerts>("alerts", "From matches to alerts."),
      SectionOf<&Config::decode>("decode", "From JSON to articles: shapes and limits."),
      SectionOf<&Config::deliver>("deliver", "From alerts to the messages of subscriptions; with a `store`."),
      SectionOf<&Config::pipeline>("pipeline", "Threads and bounds."),
      SectionOf<&Config::monitoring>("monitoring", "Metrics and health over HTTP."),
      SectionOf<&Config::log>("log", "Log lines."),
  };
  return sections;
}

constexpr std::string_view kSource = "source", kSinks = "sinks", kDeadLetters = "dead_letters", kMatches = "matches",
                           kDecisions = "decisions", kStore = "store", kAlertsFrom = "alerts_from", kRoles = "roles";
constexpr std::string_view kOff = "off";  // of `decisions`: none are written
constexpr std::string_view kMatch = "match", kAlert = "alert", kDeliver = "deliver";  // the roles

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

// Problems of a section.
void Report(YamlText& text, const YamlNode& root, std::string_view section,
            const std::vector<SettingsProblem>& problems) {
  for (const SettingsProblem& problem : problems) {
    text.Error(Locate(root, fmt::format("{}.{}", section, problem.key)), "wrong-value", problem.message,
               "docs/configuration.md describes every key");
  }
}

std::vector<std::string_view> NamesOf(const std::vector<ConnectorSpec>& specs) {
  std::vector<std::string_view> names;
  for (const ConnectorSpec& spec : specs) names.push_back(spec.name);
  return names;
}

// Null: there is none of that name.
const ConnectorSpec* FindSpec(const std::vector<ConnectorSpec>& specs, std::string_view name) {
  const auto spec = std::find_if(specs.begin(), specs.end(), [&](const ConnectorSpec& s) { return s.name == name; });
  return spec == specs.end() ? nullptr : &*spec;
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
  const ConnectorSpec* const spec = FindSpec(specs, name.scalar);
  if (spec == nullptr) {
    const std::string_view nearest = Nearest(name.scalar, known);
    text.Error(name, "unknown-connector", fmt::format("'{}' cannot be '{}'", section, name.scalar),
               nearest.empty() ? choices : fmt::format("did you mean '{}'?", nearest));
    return {};
  }
  const YamlNode* fields = by_name ? nullptr : &node.entries.front().value;
  if (fields != nullptr && fields->kind == YamlNode::Kind::kNull) fields = nullptr;  // `kafka:` alone
  return {name.scalar, ReadSection(text, fields, name, fmt::format("{}.{}", section, name.scalar), spec->fields)};
}

// Where a finding about a connector is shown: at the field if it is written, else at the connector's name.
const YamlNode& PlaceInConnector(const YamlNode& connector, std::string_view field) {
  if (connector.kind != YamlNode::Kind::kMapping || connector.entries.empty()) return connector;
  const YamlEntry& named = connector.entries.front();
  for (const YamlEntry& entry : named.value.entries) {
    if (entry.key.scalar == field) return entry.value;
  }
  return named.key;
}

// Reads the sections of a configuration, one after the other; what is wrong is reported in the text.
class ConfigReader {
 public:
  // Borrows all.
  ConfigReader(YamlText& text, const YamlNode& root, const YamlMapping& mapping, const ConnectorSpecs& specs)
      : text_(text), root_(root), mapping_(mapping), specs_(specs) {}

  Config Read() {
    ReadSettings();
    ReadOne(kSource, specs_.sources, config_.source);
    ReadOne(kDeadLetters, specs_.dead_letter_sinks, config_.dead_letters);
    ReadSinks();
    ReadOptional(kMatches, specs_.matches, config_.matches);
    ReadDecisions();
    ReadOptional(kStore, specs_.stores, config_.store);
    ReadOptional(kAlertsFrom, specs_.alert_sources, config_.alerts_from);
    config_.delivers_here = config_.store.has_value();
    CheckConnectors();
    if (const YamlNode* node = mapping_.Find(kRoles)) ReadRoles(*node);
    CheckDelivery();
    return std::move(config_);
  }

 private:
  // A connector of the configuration, and the node that it was read from; null: it could not be read, or nobody wrote
  // it (ReadDecisions).
  struct ReadFrom {
    const ConnectorConfig* connector;
    const YamlNode* node;
  };

  void ReadSettings() {
    const auto read = [&](const auto& section, const FieldTable& table) {
      Fields fields = ReadSection(text_, mapping_.Find(section.name), root_, section.name, table);
      if (section.check != nullptr) Report(text_, root_, section.name, section.check(fields));
      return fields;
    };
    for (const Section& section : Sections()) {
      config_.sections.push_back(read(section, section.table));
      section.store(config_.sections.back(), config_);
    }
    for (const SharedSectionSpec& shared : specs_.shared) {
      config_.shared.emplace(shared.name, read(shared, shared.fields));
    }
  }

  // A connector that must be there.
  void ReadOne(std::string_view section, const std::vector<ConnectorSpec>& specs, ConnectorConfig& connector) {
    const YamlNode* const node = mapping_.Require(section);
    if (node != nullptr) connector = ReadConnector(text_, *node, section, specs);
    read_from_.push_back({&connector, node});
  }

  // One that may be left out.
  void ReadOptional(std::string_view section, const std::vector<ConnectorSpec>& specs,
                    std::optional<ConnectorConfig>& connector) {
    const YamlNode* const node = mapping_.Find(section);
    if (node == nullptr) return;
    connector = ReadConnector(text_, *node, section, specs);
    read_from_.push_back({&*connector, node});
  }

  void ReadSinks() {
    const YamlNode* const sinks = mapping_.Require(kSinks);
    const std::vector<const YamlNode*> nodes = ReadItems(text_, sinks, "'sinks'", "[stdout]");
    for (const YamlNode* node : nodes) {
      config_.sinks.push_back(ReadConnector(text_, *node, kSinks, specs_.alert_sinks));
    }
    for (std::size_t i = 0; i < nodes.size(); ++i) read_from_.push_back({&config_.sinks[i], nodes[i]});
    if (sinks != nullptr && sinks->kind == YamlNode::Kind::kSequence && sinks->items.empty()) {
      text_.Error(*sinks, "no-sink", "alerts have nowhere to go",
                  fmt::format("one or more of: {}", fmt::join(NamesOf(specs_.alert_sinks), ", ")));
    }
  }

  // Where nothing is said: beside the stream of matches, by a connector of its name.
  void ReadDecisions() {
    const YamlNode* const node = mapping_.Find(kDecisions);
    if (node != nullptr) {
      if (node->kind == YamlNode::Kind::kScalar && node->scalar == kOff) return;
      config_.decisions = ReadConnector(text_, *node, kDecisions, specs_.decisions);
    } else if (config_.matches) {
      const ConnectorSpec* const spec = FindSpec(specs_.decisions, config_.matches->name);
      if (spec == nullptr) return;
      config_.decisions = {config_.matches->name, ReadSection(text_, nullptr, root_, kDecisions, spec->fields)};
    } else {
      return;
    }
    read_from_.push_back({&*config_.decisions, node});
  }

  // What the connectors are asked about has a source, a sink and dead letters.
  void CheckConnectors() {
    const bool all_named =
        !config_.sinks.empty() && std::all_of(read_from_.begin(), read_from_.end(),
                                              [](const ReadFrom& one) { return !one.connector->name.empty(); });
    if (specs_.check == nullptr || !all_named) return;
    for (const ConnectorFinding& finding : specs_.check(config_)) {
      text_.Error(PlaceOf(finding), "wrong-value", finding.message, finding.help);
    }
  }

  const YamlNode& PlaceOf(const ConnectorFinding& finding) const {
    if (finding.where == nullptr) return Locate(root_, finding.field);
    const auto at = std::find_if(read_from_.begin(), read_from_.end(),
                                 [&](const ReadFrom& one) { return one.connector == finding.where; });
    return at->node != nullptr ? PlaceInConnector(*at->node, finding.field) : Locate(root_, kMatches);
  }

  void ReadRoles(const YamlNode& node) {
    config_.matches_here = config_.alerts_here = config_.delivers_here = false;
    for (const YamlNode* role : ReadItems(text_, &node, "'roles'", "[match, alert]")) {
      if (role->scalar == kMatch) {
        config_.matches_here = true;
      } else if (role->scalar == kAlert) {
        config_.alerts_here = true;
      } else if (role->scalar == kDeliver) {
        config_.delivers_here = true;
      } else {
        text_.Error(*role, "wrong-value", fmt::format("there is no role '{}'", role->scalar),
                    "one or more of: match, alert, deliver");
      }
    }
    if (!config_.matches_here && !config_.alerts_here && !config_.delivers_here) {
      text_.Error(node, "empty-list", "a process without a role does nothing", "one or more of: match, alert, deliver");
    } else if (!config_.matches && config_.matches_here != config_.alerts_here) {
      text_.Error(node, "wrong-value", "only where a stream stands between the two steps can a process do one of them",
                  "name it: matches: kafka");
    }
  }

  // Whether what is raised here is delivered, and what is to be delivered comes from somewhere.
  void CheckDelivery() {
    const YamlNode* const roles = mapping_.Find(kRoles);
    if (!config_.store) {
      if (roles != nullptr && config_.delivers_here) {
        text_.Error(*roles, "wrong-value", "nothing can be delivered without a store for subscriptions and messages",
                    "name one: store: {sqlite: {path: deliver.db}}, or leave the role deliver out");
      }
      if (const YamlNode* const node = mapping_.Find(kAlertsFrom)) {
        text_.Error(*node, "wrong-value", "alerts are read from there to be delivered, and there is no store to do so",
                    "name one: store: {sqlite: {path: deliver.db}}");
      }
      return;
    }
    if (config_.alerts_from || roles == nullptr) return;
    if (config_.delivers_here && !config_.alerts_here) {
      text_.Error(*roles, "wrong-value", "this process delivers alerts, and neither raises nor reads any",
                  "name where they come from: alerts_from: kafka; or add the role alert");
    } else if (config_.alerts_here && !config_.delivers_here) {
      text_.Error(*roles, "wrong-value", "this process raises alerts, and nobody delivers them",
                  "add the role deliver; or let another process read them: alerts_from: kafka");
    }
  }

  YamlText& text_;
  const YamlNode& root_;
  const YamlMapping& mapping_;
  const ConnectorSpecs& specs_;
  Config config_;
  std::vector<ReadFrom> read_from_;
};

// Behind `prefix`, with its fields `indent` blanks to the right.
void AppendConnector(std::string& yaml, std::string_view prefix, std::size_t indent, const ConnectorConfig& connector,
                     const std::vector<ConnectorSpec>& specs) {
  const ConnectorSpec& spec = *FindSpec(specs, connector.name);
  yaml += fmt::format("{}{}{}\n", prefix, connector.name, spec.fields.empty() ? "" : ":");
  AppendFields(yaml, spec.fields, connector.fields, indent);
}

std::string RolesText(const Config& config) {
  std::vector<std::string_view> roles;
  if (config.matches_here) roles.push_back(kMatch);
  if (config.alerts_here) roles.push_back(kAlert);
  if (config.delivers_here) roles.push_back(kDeliver);
  return fmt::format("{}: [{}]\n", kRoles, fmt::join(roles, ", "));
}

}  // namespace

std::string EffectiveConfig(const Config& config, const ConnectorSpecs& connectors) {
  std::string yaml;
  const auto begin = [&](std::string_view section) { yaml += fmt::format("{}:\n", section); };
  for (std::size_t i = 0; i < Sections().size(); ++i) {
    begin(Sections()[i].name);
    AppendFields(yaml, Sections()[i].table, config.sections[i], 2);
  }
  for (const SharedSectionSpec& shared : connectors.shared) {
    begin(shared.name);
    AppendFields(yaml, shared.fields, config.shared.find(shared.name)->second, 2);
  }
  begin(kSource);
  AppendConnector(yaml, "  ", 4, config.source, connectors.sources);
  begin(kSinks);
  for (const ConnectorConfig& sink : config.sinks) AppendConnector(yaml, "  - ", 6, sink, connectors.alert_sinks);
  begin(kDeadLetters);
  AppendConnector(yaml, "  ", 4, config.dead_letters, connectors.dead_letter_sinks);
  if (config.matches) {
    begin(kMatches);
    AppendConnector(yaml, "  ", 4, *config.matches, connectors.matches);
  }
  if (config.decisions) {
    begin(kDecisions);
    AppendConnector(yaml, "  ", 4, *config.decisions, connectors.decisions);
  } else {
    yaml += fmt::format("{}: {}\n", kDecisions, kOff);
  }
  if (config.store) {
    begin(kStore);
    AppendConnector(yaml, "  ", 4, *config.store, connectors.stores);
  }
  if (config.alerts_from) {
    begin(kAlertsFrom);
    AppendConnector(yaml, "  ", 4, *config.alerts_from, connectors.alert_sources);
  }
  return yaml + RolesText(config);
}

ParsedConfig ParseConfig(std::string_view source, const std::string& file, const ConnectorSpecs& connectors) {
  std::vector<std::string_view> known = {kSource,    kSinks, kDeadLetters, kMatches,
                                         kDecisions, kStore, kAlertsFrom,  kRoles};
  for (const Section& section : Sections()) known.push_back(section.name);
  for (const SharedSectionSpec& shared : connectors.shared) known.push_back(shared.name);
  YamlText text(file, source);
  text.QuoteOnlyWith(known);
  const std::optional<YamlNode> root = text.Parse();
  if (!root) return {std::nullopt, TakeWithoutSecrets(text)};
  const YamlMapping mapping(text, *root, "the configuration", known);
  if (root->kind != YamlNode::Kind::kMapping) return {std::nullopt, TakeWithoutSecrets(text)};

  Config config = ConfigReader(text, *root, mapping, connectors).Read();
  Diagnostics diagnostics = TakeWithoutSecrets(text);
  if (HasErrors(diagnostics)) return {std::nullopt, std::move(diagnostics)};
  return {std::move(config), std::move(diagnostics)};
}

std::string ConfigReference(const ConnectorSpecs& connectors) {
  std::string text =
      "# Configuration\n\n"
      "<!-- Generated by `wirewatch docs configuration`; a test holds it against the program. -->\n\n"
      "One YAML file, given to `wirewatch run --config FILE` and `wirewatch check --config FILE`. A wrong file lists "
      "all its mistakes, each with line and column. A complete example: "
      "[deploy/wirewatch.example.yaml](../deploy/wirewatch.example.yaml).\n\n";
  const auto section = [&](std::string_view name, std::string_view help, const FieldTable& table) {
    text += fmt::format("## `{}`\n\n{}\n\n", name, help);
    AppendReference(text, table);
  };
  for (const Section& one : Sections()) section(one.name, one.help, one.table);
  for (const SharedSectionSpec& shared : connectors.shared) section(shared.name, shared.help, shared.fields);
  const auto append = [&](std::string_view name, std::string_view intro, const std::vector<ConnectorSpec>& specs) {
    text += fmt::format("## `{}`\n\n{}\n\n", name, intro);
    for (const ConnectorSpec& spec : specs) {
      text += fmt::format("### `{}: {}`\n\n{}\n\n", name, spec.name, spec.help);
      if (!spec.fields.empty()) AppendReference(text, spec.fields);
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
         "of the steps only; `deliver` is the third.",
         connectors.matches);
  append(
      kDecisions,
      "Where the alert step writes what it decided on each match, and why: one of these, or `off`. Left out: with "
      "`matches: kafka` it is `kafka`, without `matches` it is `off`. With `matches: kafka` the decisions in a kafka "
      "topic are also a part of what the alert step knows: who is given a partition reads those of the last "
      "alerts.window again. Where they are elsewhere or off, stories that began before a restart may be told again.",
      connectors.decisions);
  append(kStore,
         "Where subscriptions, the ledger and the outbox are kept: one of these. Without it alerts go to the sinks "
         "alone. With it the process delivers alerts to subscriptions, unless `roles` leaves `deliver` out.",
         connectors.stores);
  append(kAlertsFrom,
         "Where a process reads the alerts that it delivers, if others raise them: each is shared by the processes of "
         "its group. Left out: it delivers those that it raises itself. `roles: [deliver]` makes a process do that "
         "alone.",
         connectors.alert_sources);
  append(kDeadLetters, "Where records go that can never be processed: one of these.", connectors.dead_letter_sinks);
  text.pop_back();
  return text;
}

}  // namespace wirewatch
