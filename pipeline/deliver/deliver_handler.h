// DeliverHandler: the handler of the deliver step: alerts to the dispatcher, what is none to the dead letters. A record
// is done when what follows from its alert is in the store.
#ifndef WIREWATCH_PIPELINE_DELIVER_DELIVER_HANDLER_H_
#define WIREWATCH_PIPELINE_DELIVER_DELIVER_HANDLER_H_

#include <memory>

#include "base/clock.h"
#include "monitoring/health.h"
#include "monitoring/metrics.h"
#include "pipeline/deliver/alert_notice.h"
#include "pipeline/deliver/dispatcher.h"
#include "pipeline/flow/durable_sends.h"
#include "pipeline/flow/handler.h"
#include "pipeline/records/sink.h"

namespace wirewatch {

class DeliverHandler : public Handler<AlertNotice> {
 public:
  // Borrows `metrics`, which must outlive it.
  DeliverHandler(std::unique_ptr<Dispatcher> dispatcher, std::unique_ptr<DeadLetterSink> dead_letters,
                 MetricsRegistry& metrics);

  // "sink deliver", "dead letters kafka": one readiness check each.
  void AddReadiness(Health& health) const override { sends_.AddReadiness(health); }

  void Handle(ReceiptPtr receipt, Outcome<AlertNotice> outcome) override;
  Status Tend() override { return sends_.Tend(); }
  void RequestStop() override { sends_.RequestStop(); }
  Status Close(SteadyTime deadline) override { return sends_.Close(deadline); }

 private:
  DurableSends<Dispatcher> sends_;
};

}  // namespace wirewatch

#endif  // WIREWATCH_PIPELINE_DELIVER_DELIVER_HANDLER_H_
