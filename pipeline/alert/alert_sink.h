// AlertSink: where alerts go.
#ifndef WIREWATCH_PIPELINE_ALERT_ALERT_SINK_H_
#define WIREWATCH_PIPELINE_ALERT_ALERT_SINK_H_

#include "pipeline/alert/alert.h"
#include "pipeline/records/sink.h"

namespace wirewatch {

// Send: as DeadLetterSink.
class AlertSink : public SinkBase {
 public:
  virtual void Send(const Alert& alert, Delivery delivery) = 0;
};

}  // namespace wirewatch

#endif  // WIREWATCH_PIPELINE_ALERT_ALERT_SINK_H_
