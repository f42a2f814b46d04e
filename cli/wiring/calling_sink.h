// CallingSink: a sink of alerts or decisions that calls a function with each, and takes all at once.
#ifndef WIREWATCH_CLI_WIRING_CALLING_SINK_H_
#define WIREWATCH_CLI_WIRING_CALLING_SINK_H_

#include <functional>
#include <string_view>
#include <utility>

#include "base/clock.h"
#include "base/result.h"
#include "pipeline/records/sink.h"

namespace wirewatch {

// `Sink`: AlertSink, DecisionSink or DeadLetterSink; `Thing`: what it takes.
template <class Sink, class Thing>
class CallingSink : public Sink {
 public:
  explicit CallingSink(std::function<void(const Thing&)> call) : call_(std::move(call)) {}

  std::string_view name() const override { return "memory"; }
  Status Ready() const override { return {}; }
  void RequestStop() override {}
  void Flush() override {}
  Status Close(SteadyTime) override { return {}; }
  void Send(const Thing& thing, Delivery delivery) override {
    call_(thing);
    delivery.Delivered();
  }

 private:
  const std::function<void(const Thing&)> call_;
};

}  // namespace wirewatch

#endif  // WIREWATCH_CLI_WIRING_CALLING_SINK_H_
