// Handler: the end of a pipeline. It takes the value of each record and makes what follows from it durable: the alert
// policy and its sinks, the publisher of matches, or the printer of `wirewatch match`.
#ifndef WIREWATCH_PIPELINE_FLOW_HANDLER_H_
#define WIREWATCH_PIPELINE_FLOW_HANDLER_H_

#include "base/clock.h"
#include "base/result.h"
#include "monitoring/health.h"
#include "pipeline/flow/outcome.h"
#include "pipeline/records/receipt.h"
#include "pipeline/records/source.h"

namespace wirewatch {

// The part of a handler that is the same for every value.
// Threads: called by one thread, but for RequestStop.
class HandlerBase {
 public:
  virtual ~HandlerBase() = default;

  // One readiness check for each thing that it needs, such as a sink. `health` keeps the checks, and they use the
  // handler: it must live for as long as anybody asks `health`.
  virtual void AddReadiness(Health& /*health*/) const {}

  // In order with the records of Handle. For those that keep a state of partitions.
  virtual void Observe(const PartitionEvent& /*event*/) {}

  // The record time of the partition moves on to `record_time`.
  //   Record time: when a record was written to its stream (Record::timestamp). Where that is not known, what its
  //                reader says (Outcome::time). Where that is not known, either: with RecordTime::kReceived when this
  //                process read it; with kPublished it leaves the time where it is, at first at 1970.
  //   When:        before the first record of a partition, and before each record that is later than all before it.
  //                That record's Handle is the next call for the partition. Records that only restore count too,
  //                but none that recalls: it comes without an Advance, also where it is the first.
  //   Order:       each time is later than the one before. After the events kAssigned, kRevoked and kUndone it begins
  //                anew, and may go back.
  virtual void Advance(Partition /*partition*/, WallTime /*record_time*/) {}

  // The transaction of what was handled so far of the partition is committed: none of that is undone any more. Called
  // only where there are transactions.
  virtual void Committed(Partition /*partition*/) {}

  // Pushes out what is buffered, and sees to what came back from sinks (refusals). Called between batches when no other
  // is waiting and at least every 100 ms, also while nothing comes in and while the last records are settled; so what
  // must happen by the clock belongs here. Errors: nothing more can be delivered; the pipeline stops.
  virtual Status Tend() = 0;

  // Makes a Handle that blocks give up. Any thread.
  virtual void RequestStop() = 0;

  // Waits until everything handled is settled, or `deadline` (kTimeout).
  virtual Status Close(SteadyTime deadline) = 0;
};

template <class Value>
class Handler : public HandlerBase {
 public:
  // Takes the outcomes of records in the order in which the records were read. Sets the receipt's outcome, and releases
  // it when all that follows from it is durable: now or later, in any thread (receipt.h). May block (back-pressure).
  virtual void Handle(ReceiptPtr receipt, Outcome<Value> outcome) = 0;
};

}  // namespace wirewatch

#endif  // WIREWATCH_PIPELINE_FLOW_HANDLER_H_
