// OutcomeHandler: what stands behind the match stage. In `wirewatch run` the alert stage and its sinks, in `wirewatch
// match` a printer. The boundary between the stages: later a kafka topic comes between.
#ifndef WIREWATCH_PIPELINE_FLOW_OUTCOME_HANDLER_H_
#define WIREWATCH_PIPELINE_FLOW_OUTCOME_HANDLER_H_

#include "base/clock.h"
#include "base/result.h"
#include "pipeline/match/match_stage.h"
#include "pipeline/records/receipt.h"
#include "pipeline/records/source.h"

namespace wirewatch {

// Threads: called by one thread, but for RequestStop.
class OutcomeHandler {
 public:
  virtual ~OutcomeHandler() = default;

  // Takes the outcomes of records in the order in which the records were read. Sets the receipt's outcome and settles
  // it when all that follows from it is durable: now or later, in any thread. May block (back-pressure).
  virtual void Handle(ReceiptPtr receipt, MatchOutcome outcome) = 0;

  // In order with the records of Handle. For those that keep a state of partitions.
  virtual void Observe(const PartitionEvent& /*event*/) {}

  // Called when nothing is waiting, and at least every 100 ms: pushes out what is buffered, sees to what came back.
  // An error stops the pipeline: nothing more can be delivered.
  virtual Status Tend() = 0;

  // Makes a Handle that blocks give up. Any thread.
  virtual void RequestStop() = 0;

  // Waits until everything handled is settled, or `deadline` (kTimeout).
  virtual Status Close(SteadyTime deadline) = 0;
};

}  // namespace wirewatch

#endif  // WIREWATCH_PIPELINE_FLOW_OUTCOME_HANDLER_H_
