// The Kafka connectors: one source, and sinks for matches, alerts and dead letters, on librdkafka. No vendor header
// here.
//
// Configuration: the shared top-level section `kafka` (where the cluster is and how to talk to it) and one table for
// each of source, alert sink and dead-letter sink. Every spec is named "kafka".
//
// A broker that cannot be reached is no error of the factories: Ready() says so, the log says so once, and the client
// keeps trying. A property that librdkafka does not know or does not take, or that wirewatch needs for its guarantee
// (`enable.auto.commit`), is: kInvalid, the sentence names the key. Values of properties are never logged.
#ifndef WIREWATCH_CONNECTORS_KAFKA_KAFKA_CONNECTORS_H_
#define WIREWATCH_CONNECTORS_KAFKA_KAFKA_CONNECTORS_H_

#include <memory>

#include "base/result.h"
#include "monitoring/metrics.h"
#include "pipeline/alert/alert_sink.h"
#include "pipeline/config.h"
#include "pipeline/match/match_sink.h"
#include "pipeline/records/sink.h"
#include "pipeline/records/source.h"

namespace wirewatch {

class KafkaTransactions;

ConnectorSpec KafkaSharedSpec();
ConnectorSpec KafkaSourceSpec();
ConnectorSpec KafkaAlertSinkSpec();
ConnectorSpec KafkaDeadLetterSinkSpec();
ConnectorSpec KafkaMatchesSpec();

// The checked section `kafka`. REQUIRES: the configuration was parsed with KafkaSharedSpec.
const Fields& KafkaSectionOf(const Config& config);

// `shared` is the checked section `kafka`. Ownership: the caller's; what is made borrows `metrics`. `transactions`:
// those of the step that it is made for; null: kafka.exactly_once is off.
//
// The source's Run ends with an error when reading on is impossible without a person:
//   kNotFound  the brokers say, for some seconds on end, that the kafka topic does not exist;
//              with offset_reset=error: the group has no usable offset for a partition
//   kRejected  another process runs under the same instance_id, or the group refuses this one
//   kInternal  any other error that librdkafka calls fatal
using KafkaTransactionsPtr = std::shared_ptr<KafkaTransactions>;
// `longest_record`: as decode.max_record_bytes; a longer one may be handed over as its head.
Result<std::unique_ptr<Source>> MakeKafkaSource(const Fields& source, const Fields& shared, std::size_t longest_record,
                                                Metrics& metrics, const KafkaTransactionsPtr& transactions = nullptr);
// `window`: as KafkaSourceOptions::restore_window.
Result<std::unique_ptr<Source>> MakeKafkaMatchesSource(const Fields& matches, const Fields& shared,
                                                       std::chrono::milliseconds window, Metrics& metrics,
                                                       const KafkaTransactionsPtr& transactions = nullptr);
Result<std::unique_ptr<MatchSink>> MakeKafkaMatchSink(const Fields& matches, const Fields& shared, Metrics& metrics,
                                                      const KafkaTransactionsPtr& transactions = nullptr);
Result<std::unique_ptr<AlertSink>> MakeKafkaAlertSink(const Fields& sink, const Fields& shared, Metrics& metrics,
                                                      const KafkaTransactionsPtr& transactions = nullptr);
Result<std::unique_ptr<DeadLetterSink>> MakeKafkaDeadLetterSink(const Fields& sink, const Fields& shared,
                                                                Metrics& metrics,
                                                                const KafkaTransactionsPtr& transactions = nullptr);

}  // namespace wirewatch

#endif  // WIREWATCH_CONNECTORS_KAFKA_KAFKA_CONNECTORS_H_
