// ConsumerContext: what the parts of one KafkaSource have in common: who it is, its client, what it shares with other
// threads, and the inbox.
//
// Threads: the constants, `state`, `metrics`, `repeats` and the atomics by any. The rest belongs to the thread in Run,
// and while the group is left (Run is over) to the thread that leaves it.
#ifndef WIREWATCH_CONNECTORS_KAFKA_CONSUME_CONSUMER_CONTEXT_H_
#define WIREWATCH_CONNECTORS_KAFKA_CONSUME_CONSUMER_CONTEXT_H_

#include <atomic>
#include <string>
#include <utility>

#include "base/clock.h"
#include "base/guarded.h"
#include "base/result.h"
#include "connectors/kafka/client/kafka_log.h"
#include "connectors/kafka/client/kafka_metrics.h"
#include "connectors/kafka/client/kafka_probe.h"
#include "connectors/kafka/client/kafka_settings.h"
#include "connectors/kafka/client/rd_handles.h"
#include "connectors/kafka/consume/kafka_source.h"
#include "connectors/kafka/consume/source_state.h"
#include "monitoring/metrics.h"
#include "pipeline/records/source.h"

namespace wirewatch {

inline constexpr int kUnansweredLag = 3;  // questions for the lag without an answer, until that is told

struct ConsumerContext {
  ConsumerContext(const KafkaConsumerSettings& source, const KafkaSettings& shared, MetricsRegistry& metrics_,
                  KafkaSourceOptions options_)
      : address{shared.bootstrap_servers, source.topic},
        group(source.group),
        instance(source.instance_id),
        offset_reset(source.offset_reset),
        options(options_),
        metrics{metrics_},
        state(SourceState(options_.transactional, {kUnansweredLag * options_.lag_interval, offset_reset == "latest"})) {
  }

  void Beat() {
    if (inbox != nullptr) inbox->Beat();
  }
  // Nothing more comes just now.
  void Flush() {
    if (!flushed && inbox != nullptr) inbox->Flush();
    flushed = true;
  }
  // When Run is over, nobody is left to hear it. The inbox keeps the event until the next Flush, so one must follow.
  void Tell(const PartitionEvent& event) {
    if (inbox == nullptr) return;
    inbox->Tell(event);
    flushed = false;
  }
  // Run ends with `error` before it takes another record.
  void EndWith(Error error) {
    state.Lock()->unreadable = std::move(error);
    tick_at = {};
  }

  const KafkaAddress address;
  const std::string group, instance, offset_reset;
  const KafkaSourceOptions options;
  KafkaMetrics metrics;
  RepeatFilter repeats;
  Guarded<SourceState> state;
  std::atomic<bool> stop{false};     // asked for
  std::atomic<bool> closing{false};  // Run is over: nobody but us is left to tell, `metrics` may be gone
  std::atomic<bool> rewinds{false};  // a partition is to be read again: what RewindsDue would say, without the lock

  rd_kafka_t* client = nullptr;  // SourceState::client's
  RecordInbox* inbox = nullptr;  // null: Run is over
  bool flushed = true;           // since the last record was offered, or event told
  SteadyTime tick_at{};          // when the loop looks at offsets and errors again
};

}  // namespace wirewatch

#endif  // WIREWATCH_CONNECTORS_KAFKA_CONSUME_CONSUMER_CONTEXT_H_
