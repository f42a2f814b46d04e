// ForEachDecision: the decisions in a kafka topic, for people who ask why. For the tools of an operator.
#ifndef WIREWATCH_CONNECTORS_KAFKA_ADMIN_DECISION_LOG_H_
#define WIREWATCH_CONNECTORS_KAFKA_ADMIN_DECISION_LOG_H_

#include <cstddef>
#include <functional>
#include <optional>
#include <string>

#include "base/clock.h"
#include "base/result.h"
#include "connectors/kafka/client/kafka_settings.h"
#include "pipeline/alert/decision.h"

namespace wirewatch {

// Record times [since, until) of the matches that were decided on; nothing: without a bound.
struct DecisionTimes {
  std::optional<WallTime> since, until;
};

// Calls `take` with each decision of `times` that `topic` holds at the time of the call, in the order of each
// partition, until it gives an error. Gives how many records were passed over because they hold no decision. `shared`:
// the section `kafka` (KafkaSettingsOf). Blocks: as KafkaReader, which also says the errors.
Result<std::size_t> ForEachDecision(const KafkaSettings& shared, const std::string& topic, const DecisionTimes& times,
                                    const std::function<Status(Decision)>& take);

}  // namespace wirewatch

#endif  // WIREWATCH_CONNECTORS_KAFKA_ADMIN_DECISION_LOG_H_
