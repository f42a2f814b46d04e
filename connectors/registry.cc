#include "connectors/registry.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "connectors/channels/channels.h"
#include "connectors/config_checks.h"
#include "connectors/file/file_connectors.h"
#include "connectors/http_client/curl_transport.h"
#include "connectors/http_client/http_client_settings.h"
#include "connectors/kafka/kafka_connectors.h"
#include "connectors/stdio/stdio_connectors.h"
#include "connectors/store/sqlite_alert_memory.h"
#include "connectors/store/store_connectors.h"

namespace wirewatch {
namespace {

constexpr std::string_view kHttpClient = "http_client", kSmtp = "smtp";  // sections

// The tables: one row a connector. Each is in its reference in this order.

const std::vector<SourceConnector>& Sources() {
  static const std::vector<SourceConnector> table = {
      KafkaSourceConnector(),
      FileSourceConnector(),
      StdinSourceConnector(),
  };
  return table;
}

const std::vector<AlertSinkConnector>& AlertSinks() {
  static const std::vector<AlertSinkConnector> table = {
      KafkaAlertSinkConnector(),
      FileAlertSinkConnector(),
      StdoutAlertSinkConnector(),
  };
  return table;
}

const std::vector<DecisionConnector>& DecisionSinks() {
  static const std::vector<DecisionConnector> table = {
      KafkaDecisionConnector(),
      FileDecisionConnector(),
  };
  return table;
}

const std::vector<DeadLetterConnector>& DeadLetterSinks() {
  static const std::vector<DeadLetterConnector> table = {
      KafkaDeadLetterConnector(),
      FileDeadLetterConnector(),
      StderrDeadLetterConnector(),
  };
  return table;
}

const std::vector<MatchStreamConnector>& MatchStreams() {
  static const std::vector<MatchStreamConnector> table = {
      KafkaMatchStreamConnector(),
  };
  return table;
}

const std::vector<StoreConnector>& Stores() {
  static const std::vector<StoreConnector> table = {
      SqliteStoreConnector(),
      PostgresStoreConnector(),
  };
  return table;
}

const std::vector<AlertSourceConnector>& AlertSources() {
  static const std::vector<AlertSourceConnector> table = {
      KafkaAlertSourceConnector(),
  };
  return table;
}

const std::vector<SharedSectionSpec>& SharedSectionSpecs() {
  static const std::vector<SharedSectionSpec> table = {
      KafkaSharedSection(),
      {.name = kHttpClient,
       .help = "How messages reach readers' URLs: webhooks, Slack, Teams, Discord, Alertmanager.",
       .fields = HttpClientSettings::Table(),
       .check = HttpClientSettings::Check},
      {.name = kSmtp,
       .help = "The mail server that takes the messages of e-mail channels.",
       .fields = SmtpSettings::Table(),
       .check = SmtpSettings::Check},
  };
  return table;
}

// No configuration names it: there is one.
constexpr auto kOpenAlertMemory = SqliteAlertMemory::Open;

template <typename Connector>
std::vector<ConnectorSpec> SpecsOf(const std::vector<Connector>& table) {
  std::vector<ConnectorSpec> specs;
  for (const Connector& connector : table) specs.push_back(connector.spec);
  return specs;
}

// REQUIRES: the name comes from a configuration that was parsed with Connectors().
template <typename Connector>
const Connector& Find(const std::vector<Connector>& table, std::string_view name) {
  const auto found = std::find_if(table.begin(), table.end(), [&](const Connector& c) { return c.spec.name == name; });
  if (found == table.end()) {
    fmt::print(stderr, "wirewatch: the program asks for a connector that is not in its table: {}\n", name);
    std::abort();
  }
  return *found;
}

const Fields& SectionOf(const Config& config, std::string_view name) { return config.shared.find(name)->second; }

ConnectorContext ContextOf(const Config& config, MetricsRegistry& metrics, const StepTransactions& transactions) {
  const bool recalls = config.matches && config.decisions && config.matches->name == config.decisions->name;
  const auto spill_dir = DeadLetterSinkOf(config).spill_dir;
  return {.shared = config.shared,
          .longest_record = config.decode.limits.max_record_bytes,
          .alerts_window = config.alerts.window,
          .spill_dir = spill_dir != nullptr ? spill_dir(config.dead_letters.fields) : "",
          .metrics = metrics,
          .transactions = transactions,
          .decisions = recalls ? &config.decisions->fields : nullptr};
}

}  // namespace

const ConnectorSpecs& Connectors() {
  static const ConnectorSpecs specs = {
      .sources = SpecsOf(Sources()),
      .alert_sinks = SpecsOf(AlertSinks()),
      .dead_letter_sinks = SpecsOf(DeadLetterSinks()),
      .matches = SpecsOf(MatchStreams()),
      .decisions = SpecsOf(DecisionSinks()),
      .stores = SpecsOf(Stores()),
      .alert_sources = SpecsOf(AlertSources()),
      .shared = SharedSectionSpecs(),
      .check = CheckConnectors,
  };
  return specs;
}

const SourceConnector& SourceOf(const Config& config) { return Find(Sources(), config.source.name); }

const AlertSinkConnector& AlertSinkOf(const ConnectorConfig& sink) { return Find(AlertSinks(), sink.name); }

const DecisionConnector& DecisionSinkOf(const Config& config) { return Find(DecisionSinks(), config.decisions->name); }

const StoreConnector& StoreOf(const Config& config) { return Find(Stores(), config.store->name); }

const DeadLetterConnector& DeadLetterSinkOf(const Config& config) {
  return Find(DeadLetterSinks(), config.dead_letters.name);
}

Result<StepTransactions> MakeMatchTransactions(const Config& config, MetricsRegistry& metrics) {
  return MakeKafkaTransactions("match", config.source.fields, config.shared, metrics);
}

Result<StepTransactions> MakeAlertTransactions(const Config& config, MetricsRegistry& metrics) {
  return MakeKafkaTransactions("alert", config.matches->fields, config.shared, metrics);
}

Result<std::unique_ptr<Source>> MakeSource(const Config& config, MetricsRegistry& metrics,
                                           const StepTransactions& transactions) {
  return SourceOf(config).make(config.source.fields, ContextOf(config, metrics, transactions));
}

Result<std::unique_ptr<Source>> MakeMatchesSource(const Config& config, MetricsRegistry& metrics,
                                                  const StepTransactions& transactions) {
  const ConnectorConfig& matches = *config.matches;
  return Find(MatchStreams(), matches.name).make_source(matches.fields, ContextOf(config, metrics, transactions));
}

Result<std::unique_ptr<MatchSink>> MakeMatchSink(const Config& config, MetricsRegistry& metrics,
                                                 const StepTransactions& transactions) {
  const ConnectorConfig& matches = *config.matches;
  return Find(MatchStreams(), matches.name).make_sink(matches.fields, ContextOf(config, metrics, transactions));
}

Result<std::unique_ptr<AlertSink>> MakeAlertSink(const ConnectorConfig& sink, const Config& config,
                                                 MetricsRegistry& metrics, const StepTransactions& transactions) {
  return AlertSinkOf(sink).make(sink.fields, ContextOf(config, metrics, transactions));
}

Result<std::unique_ptr<DecisionSink>> MakeDecisionSink(const Config& config, MetricsRegistry& metrics,
                                                       const StepTransactions& transactions) {
  if (!config.decisions) return std::unique_ptr<DecisionSink>();
  return DecisionSinkOf(config).make(config.decisions->fields, ContextOf(config, metrics, transactions));
}

Result<std::unique_ptr<AlertMemory>> MakeAlertMemory(const Config& config) {
  const std::string path = StatePath(config);
  if (path.empty()) return std::unique_ptr<AlertMemory>();
  return kOpenAlertMemory(path);
}

Result<std::unique_ptr<DeadLetterSink>> MakeDeadLetterSink(const Config& config, MetricsRegistry& metrics,
                                                           const StepTransactions& transactions) {
  return DeadLetterSinkOf(config).make(config.dead_letters.fields, ContextOf(config, metrics, transactions));
}

Result<std::unique_ptr<DeliveryStore>> MakeDeliveryStore(const Config& config, MetricsRegistry& metrics) {
  return StoreOf(config).make(config.store->fields, ContextOf(config, metrics, {}));
}

Result<std::unique_ptr<Source>> MakeAlertsSource(const Config& config, MetricsRegistry& metrics) {
  const ConnectorConfig& alerts = *config.alerts_from;
  return Find(AlertSources(), alerts.name).make(alerts.fields, ContextOf(config, metrics, {}));
}

Result<std::unique_ptr<Transport>> MakeTransport(const Config& config) {
  auto options = TransportOptions(HttpClientSettings::From(SectionOf(config, kHttpClient)),
                                  SmtpSettings::From(SectionOf(config, kSmtp)));
  if (!options) return std::move(options).error();
  auto transport = CurlTransport::Create(*std::move(options));
  if (!transport) return std::move(transport).error();
  return std::unique_ptr<Transport>(*std::move(transport));
}

std::chrono::milliseconds LongestSend(const Config& config) {
  return HttpClientSettings::From(SectionOf(config, kHttpClient)).timeout;
}

Channels MakeChannels(const Config& config, std::shared_ptr<const MessageRenderer> renderer,
                      std::shared_ptr<const LinkSigner> links) {
  ChannelParts parts;
  parts.render = [renderer = std::move(renderer)](TemplateName name, const OutgoingMessage& message) {
    return renderer->Render(name, message);
  };
  if (links != nullptr) {
    parts.unsubscribe_url = [links = std::move(links)](const Subscription& subscription) {
      SignedLink link;
      link.action = LinkAction::kUnsubscribe;
      link.subscription = subscription.id;
      return links->Url(link);
    };
  }
  parts.mail_from = SmtpSettings::From(SectionOf(config, kSmtp)).from;
  Channels channels;
  for (const ChannelKind kind : kChannelKinds) channels.emplace(kind, ChannelFor(kind, parts));
  return channels;
}

}  // namespace wirewatch
