// Pipeline: wires source, reader and what stands behind it: one step from a stream of records to what follows
// from them.
//
//   source thread --batches--> workers (decode, fold, match) --in order--> handler thread (alerts, sinks) --settled-->
//   source
//
// Order: the handler sees the outcomes of records in the order in which the source offered them, whatever worker had
// them. Bound:  a record is in flight from Offer until it is settled; their count and bytes are bounded, so a slow sink
// slows the source. Loss:   a record is acknowledged only when everything that follows from it is durable.
#ifndef WIREWATCH_PIPELINE_FLOW_PIPELINE_H_
#define WIREWATCH_PIPELINE_FLOW_PIPELINE_H_

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "base/bounded_queue.h"
#include "base/clock.h"
#include "base/ordered_queue.h"
#include "base/result.h"
#include "monitoring/health.h"
#include "monitoring/metrics.h"
#include "pipeline/flow/handler.h"
#include "pipeline/flow/pipeline_settings.h"
#include "pipeline/flow/reader.h"
#include "pipeline/records/in_flight.h"
#include "pipeline/records/receipt.h"
#include "pipeline/records/source.h"

namespace wirewatch {

class Pipeline : private Receipt::Owner {
 public:
  // Owns source and handler: what the handler still holds when it is destroyed belongs to the source. Borrows the rest.
  // Errors: those of the step's make_reader.
  static Result<std::unique_ptr<Pipeline>> Create(std::unique_ptr<Source> source, std::unique_ptr<Handler> handler,
                                                  Step step, PipelineOptions options, Health& health);
  ~Pipeline() override;

  // Reads until the source ends or RequestStop is called, drains, closes the handler and then the source. Call once.
  // At the end of a source it waits for the sinks as long as they take; after RequestStop, or when the source failed,
  // all of it, closing included, takes at most drain_timeout.
  // Errors: the first that stopped it or that draining met; kTimeout: something was not settled in that time (and will
  // be read again after a restart).
  Status Run();

  // After Run: whether anything did not end in time (kTimeout, be it not the first error). Threads are then left behind
  // that use what a normal end takes down, and destructors may wait for the other side without bound: end the process
  // without either.
  bool gave_up() const { return gave_up_; }

  // Any thread.
  void RequestStop();

 private:
  struct Batch {
    std::uint64_t number = 0;
    std::size_t bytes = 0;
    std::vector<ReceiptPtr> receipts;
    std::vector<MatchOutcome> outcomes;  // of receipts, once matched
    // Each with the number of receipts that stand before it.
    std::vector<std::pair<std::size_t, PartitionEvent>> events;
  };
  class Inbox;

  Pipeline(std::unique_ptr<Source> source, std::unique_ptr<Handler> handler, std::string name, StepMetrics metrics,
           PipelineOptions options, Health& health);

  void ReadLoop(Reader& reader, Heartbeat& heartbeat);
  void HandleLoop(Heartbeat& heartbeat);
  void Handle(Batch& batch);
  void ShowInFlight();
  void GiveUpInTime();
  // By when all must have ended. Nothing: the end of the source has come by itself, and nothing failed.
  std::optional<SteadyTime> Deadline();
  bool HasFailed();
  void Fail(Error error);

  void Settled(const Receipt& receipt) override;
  void Released(const Receipt& receipt) override;

  // Destroyed from the last to the first: receipts (in queues and in the handler's sinks) use in_flight_ and hold the
  // source's memory.
  const std::unique_ptr<Source> source_;
  const std::string name_;
  StepMetrics metrics_;
  const PipelineOptions options_;
  Health& health_;

  InFlight in_flight_;
  std::atomic<std::size_t> given_up_ = 0;               // records whose deliveries were dropped without an outcome
  std::atomic<SteadyTime::rep> stop_requested_at_ = 0;  // 0: it was not
  std::atomic<bool> gives_up_ = false;                  // the drain took too long
  std::vector<std::unique_ptr<Reader>> readers_;
  BoundedQueue<Batch> to_read_;
  OrderedQueue<Batch> to_handle_;
  std::mutex failure_mutex_;
  std::optional<SteadyTime> failed_at_;
  Status failure_;        // the first
  bool gave_up_ = false;  // any of them was kTimeout
  const std::unique_ptr<Handler> handler_;
};

}  // namespace wirewatch

#endif  // WIREWATCH_PIPELINE_FLOW_PIPELINE_H_
