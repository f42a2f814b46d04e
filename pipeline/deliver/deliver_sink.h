// DeliverSink: the sink that delivers to subscriptions, where the process that raises the alerts also sends them: they
// go to the dispatcher as the same documents that would stand in a kafka topic.
#ifndef WIREWATCH_PIPELINE_DELIVER_DELIVER_SINK_H_
#define WIREWATCH_PIPELINE_DELIVER_DELIVER_SINK_H_

#include <memory>
#include <string_view>
#include <utility>

#include "pipeline/alert/alert_sink.h"
#include "pipeline/deliver/dispatcher.h"

namespace wirewatch {

class DeliverSink : public AlertSink {
 public:
  explicit DeliverSink(std::unique_ptr<Dispatcher> dispatcher) : dispatcher_(std::move(dispatcher)) {}

  void Send(const Alert& alert, Delivery delivery) override;

  std::string_view name() const override { return dispatcher_->name(); }
  Status Ready() const override { return dispatcher_->Ready(); }
  void RequestStop() override { dispatcher_->RequestStop(); }
  void Flush() override { dispatcher_->Flush(); }
  Status Close(SteadyTime deadline) override { return dispatcher_->Close(deadline); }

 private:
  const std::unique_ptr<Dispatcher> dispatcher_;
};

}  // namespace wirewatch

#endif  // WIREWATCH_PIPELINE_DELIVER_DELIVER_SINK_H_
