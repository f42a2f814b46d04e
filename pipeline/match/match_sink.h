// MatchSink: where matches go that another process turns into alerts.
#ifndef WIREWATCH_PIPELINE_MATCH_MATCH_SINK_H_
#define WIREWATCH_PIPELINE_MATCH_MATCH_SINK_H_

#include "pipeline/match/match.h"
#include "pipeline/records/sink.h"

namespace wirewatch {

// Send: as DeadLetterSink.
class MatchSink : public SinkBase {
 public:
  virtual void Send(const Match& match, Delivery delivery) = 0;
  // To whoever alerts, on whatever topics. Delivered when it is there for all of them.
  virtual void Send(const Revision& revision, Delivery delivery) = 0;
};

}  // namespace wirewatch

#endif  // WIREWATCH_PIPELINE_MATCH_MATCH_SINK_H_
