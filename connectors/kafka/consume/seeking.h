// Seeking: moves the consumer to other offsets of partitions that are ours: behind records that were read at a second
// look, and back before the records of a transaction that was undone.
//
// The brokers may not answer; then it is to be called again. Threads: that of the context.
#ifndef WIREWATCH_CONNECTORS_KAFKA_CONSUME_SEEKING_H_
#define WIREWATCH_CONNECTORS_KAFKA_CONSUME_SEEKING_H_

#include "connectors/kafka/consume/consumer_context.h"
#include "connectors/kafka/consume/partition_flow.h"
#include "connectors/kafka/consume/partition_leases.h"

namespace wirewatch {

class Seeking {
 public:
  Seeking(ConsumerContext& context, PartitionFlow& flow) : context_(context), flow_(flow) {}

  // Reading goes on from `next` once SeekOn has moved the consumer.
  void Request(Partition partition, Offset next);
  bool is_due() const { return due_; }
  void SeekOn();

  // A transaction was undone (ConsumerContext::rewinds): its partitions are read from before it.
  void ReadAgain();

 private:
  // False: not yet.
  bool Seek(const PartitionLeases::Offsets& to);

  ConsumerContext& context_;
  PartitionFlow& flow_;
  bool due_ = false;
};

}  // namespace wirewatch

#endif  // WIREWATCH_CONNECTORS_KAFKA_CONSUME_SEEKING_H_
