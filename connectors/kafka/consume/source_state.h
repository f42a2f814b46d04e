// SourceState: what the thread in KafkaSource::Run shares with others: the threads that acknowledge, that commit
// transactions, that ask for the lag and the health, and that close.
//
// One mutex guards all of it and nothing else: it is reached through Guarded<SourceState> only (base/guarded.h). No
// call of librdkafka that waits is made under it, and nothing is offered or told to the inbox.
#ifndef WIREWATCH_CONNECTORS_KAFKA_CONSUME_SOURCE_STATE_H_
#define WIREWATCH_CONNECTORS_KAFKA_CONSUME_SOURCE_STATE_H_

#include <memory>
#include <string>

#include "base/result.h"
#include "connectors/kafka/client/kafka_client.h"
#include "connectors/kafka/consume/partition_leases.h"
#include "connectors/kafka/consume/shown_lag.h"

namespace wirewatch {

struct SourceState {
  SourceState(bool transactional, ShownLag::Settings lag_settings) : leases(transactional), lag(lag_settings) {}

  PartitionLeases leases;
  ShownLag lag;
  std::shared_ptr<SharedConsumer> client;  // null: closed
  bool joined = false;                     // the group took us, whether or not it gave us partitions
  std::string problem;                     // what the group refuses us, until it takes us
  bool topic_refused = false;              // the group then gives us no partitions, and takes those that we had
  Status unreadable;                       // an error: a partition cannot be read on without a decision, and Run ends
};

}  // namespace wirewatch

#endif  // WIREWATCH_CONNECTORS_KAFKA_CONSUME_SOURCE_STATE_H_
