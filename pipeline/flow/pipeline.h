// Pipeline: wires source, readers and handler: one step from a stream of records to what follows from them.
//
//   source thread          worker threads          handler thread          any thread
//   Source::Run            Reader::Process         Handler::Handle         Receipt::Release
//   |                      |                       |                       |
//   +-- batches (to_read_) +-- in order (to_handle_)                       +--> Source::Acknowledge
//
// Order: the handler sees the outcomes of records in the order in which the source offered them, whichever worker read
//        them.
// Bound: a record is in flight from Offer until its receipt is destroyed. The count and the bytes of all records in
//        flight are bounded, so a slow sink slows the source.
// Loss:  a record is acknowledged only when everything that follows from it is durable.
#ifndef WIREWATCH_PIPELINE_FLOW_PIPELINE_H_
#define WIREWATCH_PIPELINE_FLOW_PIPELINE_H_

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <map>
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
#include "pipeline/flow/flow_metrics.h"
#include "pipeline/flow/handler.h"
#include "pipeline/flow/pipeline_settings.h"
#include "pipeline/flow/reader.h"
#include "pipeline/records/in_flight.h"
#include "pipeline/records/receipt.h"
#include "pipeline/records/source.h"

namespace wirewatch {

// The part of a pipeline that is the same for every value: threads, queues, the bound on work in flight, draining,
// failure.
class PipelineBase : private Receipt::Owner {
 public:
  ~PipelineBase() override;

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

 protected:
  // Records that one worker reads, one behind the other. Pipeline adds the outcomes.
  struct Batch {
    virtual ~Batch() = default;

    std::uint64_t number = 0;
    std::size_t bytes = 0;
    std::vector<ReceiptPtr> receipts;
    // Each with the number of receipts that stand before it.
    std::vector<std::pair<std::size_t, PartitionEvent>> events;
  };

  // Borrows `handler` and `health`. `handler` may be destroyed before this object, after Run.
  PipelineBase(std::unique_ptr<Source> source, HandlerBase& handler, std::string name, StepMetrics metrics,
               const PipelineOptions& options, Health& health);

  std::size_t workers() const { return workers_; }

 private:
  class Inbox;

  virtual std::unique_ptr<Batch> NewBatch() const = 0;
  // Reads all records of the batch. In the thread of that worker, which are counted from 0.
  virtual void Read(Batch& batch, std::size_t worker, Heartbeat& heartbeat) = 0;
  // Outcome::time of the record of that number in the batch.
  virtual std::optional<WallTime> TimeOf(const Batch& batch, std::size_t number) const = 0;
  // Gives the handler that record. In the handler's thread, each record once.
  virtual void HandleRecord(Batch& batch, std::size_t number) = 0;

  void ReadLoop(std::size_t worker, Heartbeat& heartbeat);
  void HandleLoop(Heartbeat& heartbeat);
  void Handle(Batch& batch);
  void Tell(const PartitionEvent& event);
  // `told`: Outcome::time of its record.
  void AdvanceTo(const Receipt& receipt, std::optional<WallTime> told);
  void ShowInFlight();
  void GiveUpInTime();
  // By when all must have ended. Nothing: the end of the source has come by itself, and nothing failed.
  std::optional<SteadyTime> Deadline();
  bool HasFailed();
  void Fail(Error error);

  void Settled(const Receipt& receipt) override;
  void Destroyed(const Receipt& receipt) override;

  // Destroyed from the last to the first: the receipts in the queues use in_flight_ and hold the source's memory.
  const std::unique_ptr<Source> source_;
  HandlerBase& handler_;
  const std::string name_;
  StepMetrics metrics_;
  const PipelineOptions options_;
  const std::size_t workers_;
  Health& health_;

  InFlight in_flight_;
  std::atomic<std::size_t> given_up_ = 0;               // records whose deliveries were dropped without an outcome
  std::atomic<SteadyTime::rep> stop_requested_at_ = 0;  // 0: it was not
  std::atomic<bool> gives_up_ = false;                  // the drain took too long
  BoundedQueue<std::unique_ptr<Batch>> to_read_;
  OrderedQueue<std::unique_ptr<Batch>> to_handle_;
  std::map<Partition, WallTime> record_times_;  // HandlerBase::Advance; of the handler's thread
  std::mutex failure_mutex_;
  std::optional<SteadyTime> failed_at_;
  Status failure_;        // the first
  bool gave_up_ = false;  // any of them was kTimeout
};

template <class Value>
class Pipeline : public PipelineBase {
 public:
  // Owns source and handler: what the handler still holds when it is destroyed belongs to the source. Borrows the rest.
  // Errors: those of the step's make_reader.
  static Result<std::unique_ptr<Pipeline>> Create(std::unique_ptr<Source> source,
                                                  std::unique_ptr<Handler<Value>> handler, Step<Value> step,
                                                  const PipelineOptions& options, Health& health) {
    std::unique_ptr<Pipeline> pipeline(
        new Pipeline(std::move(source), std::move(handler), std::move(step.name), step.metrics, options, health));
    for (std::size_t i = 0; i < pipeline->workers(); ++i) {
      auto reader = step.make_reader();
      if (!reader) return std::move(reader).error();
      pipeline->readers_.push_back(*std::move(reader));
    }
    return pipeline;
  }

 private:
  struct ReadBatch : Batch {
    std::vector<Outcome<Value>> outcomes;  // of receipts, once they are read
  };

  Pipeline(std::unique_ptr<Source> source, std::unique_ptr<Handler<Value>> handler, std::string name,
           StepMetrics metrics, const PipelineOptions& options, Health& health)
      : PipelineBase(std::move(source), *handler, std::move(name), metrics, options, health),
        handler_(std::move(handler)) {}

  std::unique_ptr<Batch> NewBatch() const override { return std::make_unique<ReadBatch>(); }

  void Read(Batch& batch, std::size_t worker, Heartbeat& heartbeat) override {
    auto& outcomes = static_cast<ReadBatch&>(batch).outcomes;  // NewBatch makes no other
    Reader<Value>& reader = *readers_[worker];
    reader.BeginBatch();
    outcomes.reserve(batch.receipts.size());
    for (const ReceiptPtr& receipt : batch.receipts) {
      heartbeat.Beat();
      outcomes.push_back(reader.Process(receipt->record(), receipt->received()));
      if (!outcomes.back().empty()) receipt->CopyPayload();
    }
  }

  std::optional<WallTime> TimeOf(const Batch& batch, std::size_t number) const override {
    return static_cast<const ReadBatch&>(batch).outcomes[number].time;
  }

  void HandleRecord(Batch& batch, std::size_t number) override {
    handler_->Handle(std::move(batch.receipts[number]), std::move(static_cast<ReadBatch&>(batch).outcomes[number]));
  }

  std::vector<std::unique_ptr<Reader<Value>>> readers_;
  const std::unique_ptr<Handler<Value>> handler_;
};

}  // namespace wirewatch

#endif  // WIREWATCH_PIPELINE_FLOW_PIPELINE_H_
