// DurableSends: what a handler sends to its sinks, and the records that wait until it is durable. The handler says what
// to send and what follows; the holds on receipts, refusals, failures, dead letters, readiness and the order of closing
// are here, once.
//
//   handler's thread                        a sink's threads
//   Send -> Sink::Send(thing, Delivery) --> Delivery::Delivered, Refused
//   Tend <------------- Mailbox <---------- (the last of its sinks has decided)
//   -> DurableSend::delivered, refused
#ifndef WIREWATCH_PIPELINE_FLOW_DURABLE_SENDS_H_
#define WIREWATCH_PIPELINE_FLOW_DURABLE_SENDS_H_

#include <cstddef>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "monitoring/health.h"
#include "monitoring/metrics.h"
#include "pipeline/flow/dead_letter_outbox.h"
#include "pipeline/records/dead_letter_reason.h"
#include "pipeline/records/receipt.h"
#include "pipeline/records/sink.h"

namespace wirewatch {

// One thing that was sent, until every sink has taken it or refused it. Kept alive by its deliveries: it is destroyed,
// and its receipts with it, when the sinks give them up.
struct DurableSend {
  struct Refusal {
    std::string_view sink;  // its name
    Error error;            // kRejected
  };

  // What follows, in the handler's thread, by Tend. One of the two, once.
  std::function<void(DurableSend&)> delivered = {};  // every sink has it; empty: nothing follows
  std::function<void(DurableSend&)> refused = {};    // a sink will never take it (`refusals`): dead letters, say
  // A sink that refuses it, for whatever reason, is taken to have it.
  bool is_optional = false;

  std::vector<ReceiptPtr> receipts = {};  // that wait for it; released when it is durable, or behind `refused`
  std::vector<Refusal> refusals = {};
  std::size_t undecided = 0;  // sinks
};

// What of DurableSends does not depend on the sinks' kind.
// Threads: one at a time, but for RequestStop. Sinks decide in threads of theirs.
class DurableSendsBase {
 public:
  enum class Joined {
    kWaits,    // the receipt waits for the send
    kDurable,  // every sink has it: there is nothing to wait for
    kGivenUp,  // nobody delivers it any more
  };
  Joined Join(const std::weak_ptr<DurableSend>& send, const ReceiptPtr& receipt);

  // The record becomes a dead letter, which holds the receipt. REQUIRES: there is a place for dead letters.
  void Bury(const ReceiptPtr& receipt, DeadLetterReason reason, std::string message);
  // The same of all records that wait for a send; for DurableSend::refused.
  void Bury(const DurableSend& send, DeadLetterReason reason, const std::string& message);

  // "sink kafka", "dead letters file": one readiness check each.
  void AddReadiness(Health& health) const;

  // As of Handler. Close is CloseSinks, Tend (closing may have brought refusals: their dead letters go before the dead
  // letters are closed), CloseDeadLetters.
  Status Tend();
  void RequestStop();
  Status Close(SteadyTime deadline);

  // For a handler that has more to do in between. Errors: the last.
  Status CloseSinks(SteadyTime deadline);
  Status CloseDeadLetters(SteadyTime deadline);

 protected:
  // `dead_letters`: null, none. `reasons`: all that Bury will be given. Borrows `sinks` and `metrics`.
  DurableSendsBase(std::span<SinkBase* const> sinks, std::unique_ptr<DeadLetterSink> dead_letters,
                   std::span<const DeadLetterReason> reasons, MetricsRegistry& metrics);
  ~DurableSendsBase() = default;

  // Makes the receipt wait for the send; null: no record waits.
  std::shared_ptr<DurableSend> Begin(DurableSend send, const ReceiptPtr& receipt) const;
  Delivery DeliveryOf(const std::shared_ptr<DurableSend>& send, std::size_t sink) const;

 private:
  struct Output {
    SinkBase* sink;
    Counter delivered, refused;
  };
  // Where the sinks' threads leave what they decided. Shared with the deliveries, which may outlive this object in a
  // sink that hangs.
  struct Mailbox {
    void Decided(const std::shared_ptr<DurableSend>& send, std::optional<DurableSend::Refusal> refusal);

    std::mutex mutex;
    std::vector<std::shared_ptr<DurableSend>> decided;  // by all of their sinks; something follows
    Status failure;                                     // a sink takes nothing any more
  };

  std::vector<Output> outputs_;
  std::optional<DeadLetterOutbox> dead_letters_;
  const std::shared_ptr<Mailbox> mailbox_ = std::make_shared<Mailbox>();
};

// Sink: a SinkBase with Send(thing, Delivery), such as AlertSink. Every thing goes to all sinks.
template <class Sink>
class DurableSends : public DurableSendsBase {
 public:
  DurableSends(std::vector<std::unique_ptr<Sink>> sinks, std::unique_ptr<DeadLetterSink> dead_letters,
               std::span<const DeadLetterReason> reasons, MetricsRegistry& metrics)
      : DurableSendsBase(BasesOf(sinks), std::move(dead_letters), reasons, metrics), sinks_(std::move(sinks)) {}
  DurableSends(std::unique_ptr<Sink> sink, std::unique_ptr<DeadLetterSink> dead_letters,
               std::span<const DeadLetterReason> reasons, MetricsRegistry& metrics)
      : DurableSends(ListOf(std::move(sink)), std::move(dead_letters), reasons, metrics) {}

  // Sends `thing`, which is borrowed during the call, and holds `receipt`, if it is not null, until that is durable.
  // `send`: what follows. May block, as Sink::Send. The result is for Join.
  template <class Thing>
  std::weak_ptr<DurableSend> Send(const Thing& thing, const ReceiptPtr& receipt, DurableSend send) {
    const std::shared_ptr<DurableSend> begun = Begin(std::move(send), receipt);
    for (std::size_t i = 0; i < sinks_.size(); ++i) sinks_[i]->Send(thing, DeliveryOf(begun, i));
    return begun;
  }

 private:
  static std::vector<SinkBase*> BasesOf(const std::vector<std::unique_ptr<Sink>>& sinks) {
    std::vector<SinkBase*> bases;
    for (const auto& sink : sinks) bases.push_back(sink.get());
    return bases;
  }
  static std::vector<std::unique_ptr<Sink>> ListOf(std::unique_ptr<Sink> sink) {
    std::vector<std::unique_ptr<Sink>> sinks;
    sinks.push_back(std::move(sink));
    return sinks;
  }

  const std::vector<std::unique_ptr<Sink>> sinks_;
};

}  // namespace wirewatch

#endif  // WIREWATCH_PIPELINE_FLOW_DURABLE_SENDS_H_
