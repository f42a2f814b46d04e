#include "pipeline/flow/quarantine.h"

#include <fmt/format.h>
#include <pthread.h>

#include <algorithm>
#include <ctime>
#include <utility>

#include "base/log.h"
#include "pipeline/flow/flow_metrics.h"

namespace wirewatch {
namespace {

constexpr log::Module kLog("flow");

std::string Describe(const QuarantineFile::RecordName& record) {
  return fmt::format("{} [{}] at {} ({} bytes)", record.stream, static_cast<std::int32_t>(record.partition),
                     static_cast<std::int64_t>(record.offset), record.bytes);
}

std::optional<std::chrono::nanoseconds> CpuTime(clockid_t thread) {
  timespec time{};
  if (clock_gettime(thread, &time) != 0) return std::nullopt;  // the thread is gone
  return std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec);
}

}  // namespace

// One worker, seen by itself and by the watcher.
class Quarantine::Worker {
 public:
  Worker(QuarantineFile& file, std::size_t number) : file_(file), number_(number) {}

  void Begin(const Record& record) {
    const std::lock_guard lock(mutex_);
    if (begun_ == 0) pthread_getcpuclockid(pthread_self(), &clock_);  // a worker is one thread
    file_.Begin(number_, record);
    ++begun_;
    at_work_ = true;
  }
  void End() {
    const std::lock_guard lock(mutex_);
    file_.End(number_);
    at_work_ = false;
  }

  // For the watcher, from time to time: the record on which the worker spent more than `budget` since it was first seen
  // at work on it.
  std::optional<QuarantineFile::RecordName> Overrun(std::chrono::nanoseconds budget) {
    const std::lock_guard lock(mutex_);
    if (!at_work_) return std::nullopt;
    const auto now = CpuTime(clock_);
    if (!now) return std::nullopt;
    if (seen_ != begun_) {
      seen_ = begun_;
      seen_at_ = *now;
    }
    if (*now - seen_at_ <= budget) return std::nullopt;
    return file_.AtWork(number_);
  }

  // Of the record at work, in the room; used by the worker's own thread only.
  std::shared_lock<std::shared_mutex> beside_others;
  std::unique_lock<std::shared_mutex> alone;

 private:
  QuarantineFile& file_;
  const std::size_t number_;
  std::mutex mutex_;
  bool at_work_ = false;
  std::uint64_t begun_ = 0;  // records
  clockid_t clock_{};        // of the worker's CPU time
  // The watcher's: the record that it saw last, and the CPU time when it saw it first.
  std::uint64_t seen_ = 0;
  std::chrono::nanoseconds seen_at_{};
};

std::optional<Rejection> Quarantine::Begin(Worker& worker, const Record& record) {
  if (!none_suspect_.load(std::memory_order_relaxed)) {
    const std::uint32_t tries = TriesOf(record);
    if (tries >= options_.most_tries) {
      return Rejection{DeadLetterReason::kQuarantined,
                       fmt::format("the process ended {} times while it worked on this record", tries)};
    }
    if (tries == 0) {
      worker.beside_others = room_.EnterBesideOthers();
    } else {
      worker.alone = room_.EnterAlone();
    }
  }
  worker.Begin(record);
  return std::nullopt;
}

void Quarantine::End(Worker& worker, const Record& record) {
  worker.End();
  if (worker.alone.owns_lock()) {
    Acquit(record);
    worker.alone.unlock();
  }
  if (worker.beside_others.owns_lock()) worker.beside_others.unlock();
}

std::shared_lock<std::shared_mutex> Quarantine::Room::EnterBesideOthers() {
  const std::lock_guard at_the_door(door_);
  return std::shared_lock(room_);
}

std::unique_lock<std::shared_mutex> Quarantine::Room::EnterAlone() {
  const std::lock_guard at_the_door(door_);
  return std::unique_lock(room_);
}

Result<std::unique_ptr<Quarantine>> Quarantine::Open(QuarantineOptions options, MetricsRegistry& metrics,
                                                     std::function<void(std::string)> on_overrun) {
  auto file = QuarantineFile::Open(options.path);
  if (!file) return std::move(file).error();
  return std::unique_ptr<Quarantine>(
      new Quarantine(*std::move(file), std::move(options), metrics, std::move(on_overrun)));
}

Quarantine::Quarantine(QuarantineFile file, QuarantineOptions options, MetricsRegistry& metrics,
                       std::function<void(std::string)> on_overrun)
    : options_(std::move(options)),
      suspects_gauge_(QuarantineMetrics{metrics}.suspects),
      on_overrun_(std::move(on_overrun)),
      file_(std::move(file)),
      suspects_(file_.Suspects()),
      none_suspect_(suspects_.empty()) {
  suspects_gauge_.Set(static_cast<double>(suspects_.size()));
  for (const QuarantineFile::Suspect& suspect : suspects_) {
    const bool guilty = suspect.tries >= options_.most_tries;
    kLog.Warn("quarantine: the process ended while it worked on {record}, {tries} of {most} times: it {outcome}",
              {{"record", Describe(suspect.record)},
               {"tries", suspect.tries},
               {"most", options_.most_tries},
               {"outcome", guilty ? "becomes a dead letter" : "is tried again, alone"}});
  }
  watcher_ = std::thread([this] { Watch(); });
}

Quarantine::~Quarantine() {
  {
    const std::lock_guard lock(mutex_);
    stop_ = true;
  }
  stopped_.notify_all();
  watcher_.join();
}

Result<Quarantine::Worker*> Quarantine::AddWorker() {
  const std::lock_guard lock(mutex_);
  if (workers_.size() == QuarantineFile::kMostWorkers) {
    return Error{ErrorCode::kInvalid, fmt::format("pipeline.quarantine can watch {} workers and no more: lower "
                                                  "pipeline.workers",
                                                  workers_.size())};
  }
  return workers_.emplace_back(std::make_unique<Worker>(file_, workers_.size())).get();
}

std::uint32_t Quarantine::TriesOf(const Record& record) const {
  const QuarantineFile::RecordName name = QuarantineFile::NameOf(record);
  const std::lock_guard lock(suspects_mutex_);
  const auto found =
      std::find_if(suspects_.begin(), suspects_.end(), [&](const auto& suspect) { return suspect.record == name; });
  return found == suspects_.end() ? 0 : found->tries;
}

void Quarantine::Acquit(const Record& record) {
  const QuarantineFile::RecordName name = QuarantineFile::NameOf(record);
  const std::lock_guard lock(suspects_mutex_);
  file_.Acquit(name);
  std::erase_if(suspects_, [&](const auto& suspect) { return suspect.record == name; });
  suspects_gauge_.Set(static_cast<double>(suspects_.size()));
  none_suspect_ = suspects_.empty();
  kLog.Info("quarantine: {record} is done: it was not to blame", {{"record", Describe(name)}});
}

void Quarantine::Watch() {
  const auto interval = std::clamp<std::chrono::milliseconds>(options_.time_budget / 4, std::chrono::milliseconds(1),
                                                              std::chrono::milliseconds(250));
  std::unique_lock lock(mutex_);
  while (!stopped_.wait_for(lock, interval, [this] { return stop_; })) {
    for (const auto& worker : workers_) {
      if (const auto record = worker->Overrun(options_.time_budget)) {
        on_overrun_(fmt::format(
            "{} took more CPU time than pipeline.record_time_budget ({} ms); at the next start it is tried alone, and "
            "becomes a dead letter once it was tried {} times",
            Describe(*record), options_.time_budget.count(), options_.most_tries));
        return;
      }
    }
  }
}

}  // namespace wirewatch
