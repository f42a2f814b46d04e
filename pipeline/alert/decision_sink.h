// DecisionSink: where the alert step writes what it decided.
#ifndef WIREWATCH_PIPELINE_ALERT_DECISION_SINK_H_
#define WIREWATCH_PIPELINE_ALERT_DECISION_SINK_H_

#include "pipeline/alert/decision.h"
#include "pipeline/records/sink.h"

namespace wirewatch {

// Send: as DeadLetterSink. In a kafka topic a decision goes into the partition of its match.
class DecisionSink : public SinkBase {
 public:
  virtual void Send(const Decision& decision, Delivery delivery) = 0;
};

}  // namespace wirewatch

#endif  // WIREWATCH_PIPELINE_ALERT_DECISION_SINK_H_
