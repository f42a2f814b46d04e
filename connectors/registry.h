// Registry: the written-out list of connectors: name, fields, factory.
#ifndef WIREWATCH_CONNECTORS_REGISTRY_H_
#define WIREWATCH_CONNECTORS_REGISTRY_H_

#include <filesystem>
#include <memory>
#include <string>

#include "base/result.h"
#include "monitoring/metrics.h"
#include "pipeline/alert/alert_memory.h"
#include "pipeline/alert/alert_sink.h"
#include "pipeline/config.h"
#include "pipeline/flow/handler.h"
#include "pipeline/match/article_matches.h"
#include "pipeline/match/match_sink.h"
#include "pipeline/records/sink.h"
#include "pipeline/records/source.h"

namespace wirewatch {

class KafkaTransactions;

// Its check finds outputs that are written twice or read again as input, names that cannot be those of kafka topics,
// and what takes no part in Kafka's transactions.
const ConnectorSpecs& Connectors();

// Which of the articles' files and directories of `config` reads `file`, which would be written; null: none.
const std::string* InputThatReads(const Config& config, const std::filesystem::path& file);

// The transactions of a step, with kafka.exactly_once; without: null. What is built with them is of that step.
using StepTransactions = std::shared_ptr<KafkaTransactions>;
Result<StepTransactions> MakeMatchTransactions(const Config& config, Metrics& metrics);
Result<StepTransactions> MakeAlertTransactions(const Config& config, Metrics& metrics);
// `handler`, in `transactions` where there are some.
std::unique_ptr<Handler<ArticleMatches>> InTransactions(std::unique_ptr<Handler<ArticleMatches>> handler,
                                                        StepTransactions transactions, const Config& config);

// Build what the configuration names. Ownership: the caller's; they borrow `metrics`.
// Errors say what cannot be opened or reached, where, and what to do. An unreachable broker is not an error here:
// Ready() says it.
Result<std::unique_ptr<Source>> MakeSource(const Config& config, Metrics& metrics,
                                           const StepTransactions& transactions = nullptr);
// Both ends of the stream between the steps. REQUIRES: config.matches.
Result<std::unique_ptr<Source>> MakeMatchesSource(const Config& config, Metrics& metrics,
                                                  const StepTransactions& transactions = nullptr);
Result<std::unique_ptr<MatchSink>> MakeMatchSink(const Config& config, Metrics& metrics,
                                                 const StepTransactions& transactions = nullptr);
Result<std::unique_ptr<AlertSink>> MakeAlertSink(const ConnectorConfig& sink, const Config& config, Metrics& metrics,
                                                 const StepTransactions& transactions = nullptr);
// Null: none is kept, or the stream of matches is what is read again.
Result<std::unique_ptr<AlertMemory>> MakeAlertMemory(const Config& config);
Result<std::unique_ptr<DeadLetterSink>> MakeDeadLetterSink(const Config& config, Metrics& metrics,
                                                           const StepTransactions& transactions = nullptr);

}  // namespace wirewatch

#endif  // WIREWATCH_CONNECTORS_REGISTRY_H_
