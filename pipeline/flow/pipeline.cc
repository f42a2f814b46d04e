#include "pipeline/flow/pipeline.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "base/log.h"

namespace wirewatch {
namespace {

constexpr log::Module kLog("flow");

constexpr std::size_t kBatchRecords = 64;
constexpr std::size_t kBatchBytes = 256 << 10;
constexpr std::size_t kBatchesAhead = 8;  // of the handler, for each worker
constexpr std::chrono::milliseconds kTendInterval{100};
// By then everything is settled or given up: what is left to do is to close files and say good-bye to a broker.
constexpr std::chrono::seconds kCloseTimeout{5};
constexpr int kShareOfClosing = 4;  // after a stop: of drain_timeout, at most
// An article within all limits takes well under a second; a loop that is silent for so long hangs.
constexpr std::chrono::seconds kLoopLimit{30};

std::size_t WorkerCount(std::size_t configured) {
  return configured != 0 ? configured : std::max<std::size_t>(1, std::thread::hardware_concurrency());
}

}  // namespace

// The source's side of the pipeline: makes receipts and batches. Used by the source's thread only.
class PipelineBase::Inbox : public RecordInbox {
 public:
  Inbox(PipelineBase& pipeline, Heartbeat& heartbeat)
      : pipeline_(pipeline), heartbeat_(heartbeat), batch_(pipeline.NewBatch()) {}

  bool Offer(Record& record, SteadyTime deadline) override {
    Beat();
    const std::size_t bytes = record.SizeInMemory();
    if (!pipeline_.in_flight_.Enter(bytes, SteadyNow())) {
      // What is held back here may be the very work that makes room.
      Flush();
      if (!pipeline_.in_flight_.Enter(bytes, deadline)) return false;
    }
    if (record.use != RecordUse::kRecalls) {
      pipeline_.metrics_.read.Increment();
      pipeline_.metrics_.bytes_read.Increment(static_cast<double>(bytes));
    }
    batch_->receipts.push_back(
        std::make_shared<Receipt>(static_cast<Receipt::Owner&>(pipeline_), std::move(record), WallNow()));
    batch_->bytes += bytes;
    if (batch_->receipts.size() >= kBatchRecords || batch_->bytes >= kBatchBytes) Flush();
    return true;
  }

  void Flush() override {
    if (batch_->receipts.empty() && batch_->events.empty()) return;
    batch_->number = next_number_++;
    std::unique_ptr<Batch> batch = std::exchange(batch_, pipeline_.NewBatch());
    while (!pipeline_.to_read_.PushUntil(batch, SteadyNow() + kTendInterval)) Beat();
    pipeline_.metrics_.read_queue_depth.Set(static_cast<double>(pipeline_.to_read_.size()));
  }

  void Tell(const PartitionEvent& event) override { batch_->events.emplace_back(batch_->receipts.size(), event); }

  void Beat() override { heartbeat_.Beat(); }

 private:
  PipelineBase& pipeline_;
  Heartbeat& heartbeat_;
  std::unique_ptr<Batch> batch_;
  std::uint64_t next_number_ = 0;
};

// to_read_ has room for all batches that have records: in_flight_ is their bound. It does not count batches that have
// events alone. Where few records may be in flight these can fill the queue; then the source waits, and its loop beats.
PipelineBase::PipelineBase(std::unique_ptr<Source> source, HandlerBase& handler, std::string name, StepMetrics metrics,
                           const PipelineOptions& options, Health& health)
    : source_(std::move(source)),
      handler_(handler),
      name_(std::move(name)),
      metrics_(metrics),
      options_(options),
      workers_(WorkerCount(options.workers)),
      health_(health),
      in_flight_(options_.in_flight_records, options_.in_flight_bytes),
      to_read_(options_.in_flight_records + 1),
      to_handle_(kBatchesAhead * workers_) {}

PipelineBase::~PipelineBase() = default;

Status PipelineBase::Run() {
  Heartbeat& source_heartbeat = health_.AddLoop(fmt::format("{} source", name_), kLoopLimit);
  std::vector<std::thread> workers;
  for (std::size_t i = 0; i < workers_; ++i) {
    Heartbeat& heartbeat = health_.AddLoop(fmt::format("{} worker {}", name_, i), kLoopLimit);
    workers.emplace_back([this, i, &heartbeat] { ReadLoop(i, heartbeat); });
  }
  Heartbeat& handler_heartbeat = health_.AddLoop(fmt::format("{} handler", name_), kLoopLimit);
  std::thread handler([this, &handler_heartbeat] { HandleLoop(handler_heartbeat); });

  {
    Inbox inbox(*this, source_heartbeat);
    if (Status read = source_->Run(inbox); !read) Fail(std::move(read).error());
    inbox.Flush();
  }
  source_heartbeat.Retire();

  std::thread watchdog([this] { GiveUpInTime(); });
  to_read_.Close();
  for (std::thread& worker : workers) worker.join();
  to_handle_.Close();
  handler.join();
  watchdog.join();
  const auto close_by = [&](SteadyTime::duration at_most) {
    const SteadyTime latest = SteadyNow() + at_most;
    const std::optional<SteadyTime> deadline = Deadline();
    return deadline ? std::min(latest, *deadline) : latest;
  };
  if (Status closed = handler_.Close(close_by(kCloseTimeout)); !closed) Fail(std::move(closed).error());
  if (const std::size_t open = in_flight_.records() + given_up_; open != 0) {
    // After a failure that is what follows from it, and not another one.
    if (HasFailed()) {
      gave_up_ = true;
    } else {
      Fail({ErrorCode::kTimeout,
            fmt::format("{} records were not settled in time: their alerts may be missing; they are not acknowledged "
                        "and will be read again",
                        open)});
    }
  }
  if (Status closed = source_->Close(close_by(options_.drain_timeout)); !closed) Fail(std::move(closed).error());
  const std::lock_guard lock(failure_mutex_);
  return failure_;
}

void PipelineBase::RequestStop() {
  SteadyTime::rep none = 0;
  stop_requested_at_.compare_exchange_strong(none, SteadyNow().time_since_epoch().count());
  source_->RequestStop();
}

// A sink that cannot be reached must not hold up a stop for ever: at the deadline, what waits for it gives up. There is
// no deadline at the end of the input: a reader of our output may be slow.
void PipelineBase::GiveUpInTime() {
  const auto closing = std::min<SteadyTime::duration>(kCloseTimeout, options_.drain_timeout / kShareOfClosing);
  while (!in_flight_.WaitUntilEmpty(SteadyNow() + kTendInterval)) {
    const std::optional<SteadyTime> deadline = Deadline();
    if (deadline && SteadyNow() >= *deadline - closing) {
      gives_up_ = true;
      handler_.RequestStop();
      return;
    }
  }
}

std::optional<SteadyTime> PipelineBase::Deadline() {
  std::optional<SteadyTime> begin;
  {
    const std::lock_guard lock(failure_mutex_);
    begin = failed_at_;
  }
  if (const SteadyTime::rep at = stop_requested_at_; at != 0) {
    const SteadyTime stopped{SteadyTime::duration(at)};
    begin = begin ? std::min(*begin, stopped) : stopped;
  }
  if (!begin) return std::nullopt;
  return *begin + options_.drain_timeout;
}

bool PipelineBase::HasFailed() {
  const std::lock_guard lock(failure_mutex_);
  return !failure_;
}

void PipelineBase::Fail(Error error) {
  const std::lock_guard lock(failure_mutex_);
  if (error.code == ErrorCode::kTimeout) gave_up_ = true;
  if (!failed_at_) failed_at_ = SteadyNow();
  if (failure_) {
    failure_ = std::move(error);
  } else {
    kLog.Error("step {step}: {error}", {{"step", name_}, {"error", error.message}});
  }
}

void PipelineBase::ReadLoop(std::size_t worker, Heartbeat& heartbeat) {
  while (true) {
    heartbeat.Beat();
    std::optional<std::unique_ptr<Batch>> batch = to_read_.PopUntil(SteadyNow() + kTendInterval);
    if (!batch) {
      if (to_read_.Drained()) break;
      continue;
    }
    Read(**batch, worker, heartbeat);
    const std::uint64_t number = (*batch)->number;
    // Outcomes can be far larger than their records: workers wait for the handler rather than pile them up.
    while (!to_handle_.PushUntil(number, *batch, SteadyNow() + kTendInterval)) heartbeat.Beat();
  }
  heartbeat.Retire();
}

void PipelineBase::Handle(Batch& batch) {
  auto event = batch.events.begin();
  for (std::size_t i = 0; i <= batch.receipts.size(); ++i) {
    for (; event != batch.events.end() && event->first == i; ++event) Tell(event->second);
    if (i == batch.receipts.size()) break;
    if (batch.receipts[i]->record().use != RecordUse::kRecalls) AdvanceTo(*batch.receipts[i], TimeOf(batch, i));
    HandleRecord(batch, i);
  }
}

void PipelineBase::Tell(const PartitionEvent& event) {
  if (event.kind != PartitionEvent::Kind::kRestored) record_times_.erase(event.partition);
  handler_.Observe(event);
}

void PipelineBase::AdvanceTo(const Receipt& receipt, std::optional<WallTime> told) {
  const Partition partition = receipt.record().place.partition;
  // The time of reading is of no use in an archive: all that is older would stand still behind it.
  const WallTime otherwise = options_.record_time == RecordTime::kReceived ? receipt.received() : WallTime();
  const WallTime time = receipt.record().timestamp.value_or(told.value_or(otherwise));
  const auto [at, is_first] = record_times_.try_emplace(partition, time);
  if (!is_first && time <= at->second) return;
  at->second = time;
  handler_.Advance(partition, time);
}

void PipelineBase::HandleLoop(Heartbeat& heartbeat) {
  SteadyTime tended = SteadyNow();
  bool failed = false;
  while (true) {
    std::optional<std::unique_ptr<Batch>> batch = to_handle_.PopUntil(SteadyNow() + kTendInterval);
    metrics_.handle_queue_depth.Set(static_cast<double>(to_handle_.size()));
    ShowInFlight();
    // A sink that waits for its other side is not a hanging loop: readiness tells of it.
    heartbeat.Retire();
    if (batch) Handle(**batch);
    const bool idle = !batch || to_handle_.size() == 0;
    if (idle || SteadyNow() - tended >= kTendInterval) {
      tended = SteadyNow();
      if (Status status = handler_.Tend(); !status && !std::exchange(failed, true)) {
        Fail(std::move(status).error());
        source_->RequestStop();
      }
    }
    heartbeat.Beat();
    // What is handled may still be under way, and come back refused: it is tended until it is settled.
    if (!batch && to_handle_.Drained() && (gives_up_ || in_flight_.WaitUntilEmpty(SteadyNow() + kTendInterval))) break;
  }
  ShowInFlight();
  heartbeat.Retire();
}

// Also when nothing comes in: what is under way is settled all the same.
void PipelineBase::ShowInFlight() {
  metrics_.read_queue_depth.Set(static_cast<double>(to_read_.size()));
  metrics_.in_flight.Set(static_cast<double>(in_flight_.records()));
  metrics_.bytes_in_flight.Set(static_cast<double>(in_flight_.bytes()));
}

void PipelineBase::Settled(const Receipt& receipt) {
  switch (receipt.outcome()) {
    case RecordOutcome::kUnmatched: metrics_.unmatched.Increment(); break;
    case RecordOutcome::kMatched: metrics_.matched.Increment(); break;
    case RecordOutcome::kSuppressed: metrics_.suppressed.Increment(); break;
    case RecordOutcome::kDeadLettered: metrics_.dead_lettered.Increment(); break;
    case RecordOutcome::kRestored:
      if (metrics_.restored) metrics_.restored->Increment();
      return;
    case RecordOutcome::kRecalled: return;
    case RecordOutcome::kReadAgain: metrics_.read_again.Increment(); return;
  }
  source_->Acknowledge(receipt.record().place);
}

void PipelineBase::Destroyed(const Receipt& receipt) {
  if (!receipt.settled()) ++given_up_;
  in_flight_.Leave(receipt.record().SizeInMemory());
}

}  // namespace wirewatch
