// Registry: the written-out list of connectors, a table for each kind, and what is made of a configuration with it.
#ifndef WIREWATCH_CONNECTORS_REGISTRY_H_
#define WIREWATCH_CONNECTORS_REGISTRY_H_

#include <chrono>
#include <map>
#include <memory>

#include "base/result.h"
#include "pipeline/config.h"
#include "pipeline/connector.h"
#include "pipeline/deliver/channel.h"
#include "pipeline/deliver/message_renderer.h"
#include "pipeline/deliver/signed_link.h"
#include "pipeline/deliver/subscription.h"
#include "pipeline/deliver/transport.h"

namespace wirewatch {

// For the parser of configurations. Its check finds outputs that are written twice or read again as input, names that
// cannot be those of kafka topics, and what takes no part in Kafka's transactions.
const ConnectorSpecs& Connectors();

// The connectors that a configuration names.
const SourceConnector& SourceOf(const Config& config);
const AlertSinkConnector& AlertSinkOf(const ConnectorConfig& sink);
const DecisionConnector& DecisionSinkOf(const Config& config);  // REQUIRES: config.decisions
const StoreConnector& StoreOf(const Config& config);            // REQUIRES: config.store
const DeadLetterConnector& DeadLetterSinkOf(const Config& config);

// The transactions of a step, if it has any. What is built with them is of that step.
Result<StepTransactions> MakeMatchTransactions(const Config& config, MetricsRegistry& metrics);
Result<StepTransactions> MakeAlertTransactions(const Config& config,
                                               MetricsRegistry& metrics);  // REQUIRES: config.matches

// As Factory (pipeline/connector.h).
Result<std::unique_ptr<Source>> MakeSource(const Config& config, MetricsRegistry& metrics,
                                           const StepTransactions& transactions = {});
// Both ends of the stream between the steps. REQUIRES: config.matches.
Result<std::unique_ptr<Source>> MakeMatchesSource(const Config& config, MetricsRegistry& metrics,
                                                  const StepTransactions& transactions = {});
Result<std::unique_ptr<MatchSink>> MakeMatchSink(const Config& config, MetricsRegistry& metrics,
                                                 const StepTransactions& transactions = {});
Result<std::unique_ptr<AlertSink>> MakeAlertSink(const ConnectorConfig& sink, const Config& config,
                                                 MetricsRegistry& metrics, const StepTransactions& transactions = {});
// Null: none are written.
Result<std::unique_ptr<DecisionSink>> MakeDecisionSink(const Config& config, MetricsRegistry& metrics,
                                                       const StepTransactions& transactions = {});
// Null: none is kept, or the stream of matches is what is read again.
Result<std::unique_ptr<AlertMemory>> MakeAlertMemory(const Config& config);
Result<std::unique_ptr<DeadLetterSink>> MakeDeadLetterSink(const Config& config, MetricsRegistry& metrics,
                                                           const StepTransactions& transactions = {});

// REQUIRES: config.store.
Result<std::unique_ptr<DeliveryStore>> MakeDeliveryStore(const Config& config, MetricsRegistry& metrics);
// REQUIRES: config.alerts_from.
Result<std::unique_ptr<Source>> MakeAlertsSource(const Config& config, MetricsRegistry& metrics);

// How messages leave the house: sections `http_client` and `smtp`. Errors: a secret or a CA file that is not there.
Result<std::unique_ptr<Transport>> MakeTransport(const Config& config);
// The longest time that it takes for a message.
std::chrono::milliseconds LongestSend(const Config& config);
// One of each kind. `links`: null, messages have none.
using Channels = std::map<ChannelKind, std::unique_ptr<const Channel>>;
Channels MakeChannels(const Config& config, std::shared_ptr<const MessageRenderer> renderer,
                      std::shared_ptr<const LinkSigner> links);

}  // namespace wirewatch

#endif  // WIREWATCH_CONNECTORS_REGISTRY_H_
