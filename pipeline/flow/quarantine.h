// Quarantine: a record that ends the process, by a crash or by work without end, ends as a dead letter instead of
// ending every process that reads it again.
//
// What was under work when a process ended is suspect (quarantine_file.h). The next process works on a suspect alone,
// while no other record is worked on: so the guilty one is told from those that stood beside it, which are suspects no
// longer once they are done. One that the process ended on `most_tries` times is rejected unread, and stays suspect:
// the file may be removed to try it again. A record that takes more CPU time than `time_budget` is a crash too: its
// thread cannot be stopped, so the process is.
#ifndef WIREWATCH_PIPELINE_FLOW_QUARANTINE_H_
#define WIREWATCH_PIPELINE_FLOW_QUARANTINE_H_

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <shared_mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "monitoring/metrics.h"
#include "pipeline/flow/outcome.h"
#include "pipeline/flow/pipeline_settings.h"
#include "pipeline/flow/quarantine_file.h"
#include "pipeline/flow/reader.h"
#include "pipeline/records/record.h"
#include "pipeline/records/rejection.h"

namespace wirewatch {

class Quarantine {
 public:
  // `on_overrun` is called once, on a thread of its own, with what happened: it should end the process, without waiting
  // for workers. Errors: as QuarantineFile::Open.
  static Result<std::unique_ptr<Quarantine>> Open(QuarantineOptions options, MetricsRegistry& metrics,
                                                  std::function<void(std::string)> on_overrun);
  ~Quarantine();

  // The same step, each of whose workers is watched. The readers that it makes borrow the quarantine. More than
  // QuarantineFile::kMostWorkers in all: make_reader fails with kInvalid.
  template <class Value>
  Step<Value> Watched(Step<Value> step);

 private:
  class Worker;
  template <class Value>
  class WatchedReader;
  // A reader-writer lock that does not starve writers, as std::shared_mutex may. Ordinary records are read in shared
  // mode; a suspect is read in exclusive mode, so that if the process dies meanwhile, it was that record.
  class Room {
   public:
    std::shared_lock<std::shared_mutex> EnterBesideOthers();
    std::unique_lock<std::shared_mutex> EnterAlone();

   private:
    std::mutex door_;
    std::shared_mutex room_;
  };

  Quarantine(QuarantineFile file, QuarantineOptions options, MetricsRegistry& metrics,
             std::function<void(std::string)> on_overrun);

  Result<Worker*> AddWorker();
  // Waits until `worker` may read the record: a suspect alone, any other beside others. To be followed by End, in the
  // same thread; but not where it is rejected unread, for its many tries.
  std::optional<Rejection> Begin(Worker& worker, const Record& record);
  void End(Worker& worker, const Record& record);

  // 0: no suspect.
  std::uint32_t TriesOf(const Record& record) const;
  void Acquit(const Record& record);
  void Watch();

  const QuarantineOptions options_;
  Gauge suspects_gauge_;
  const std::function<void(std::string)> on_overrun_;
  QuarantineFile file_;
  Room room_;

  mutable std::mutex suspects_mutex_;
  std::vector<QuarantineFile::Suspect> suspects_;
  std::atomic<bool> none_suspect_ = false;  // and none will be: there are new ones at the start of a process only

  std::mutex mutex_;
  std::condition_variable stopped_;
  bool stop_ = false;
  std::vector<std::unique_ptr<Worker>> workers_;
  std::thread watcher_;
};

template <class Value>
class Quarantine::WatchedReader : public Reader<Value> {
 public:
  WatchedReader(std::unique_ptr<Reader<Value>> reader, Quarantine& quarantine, Worker& worker)
      : reader_(std::move(reader)), quarantine_(quarantine), worker_(worker) {}

  void BeginBatch() override { reader_->BeginBatch(); }

  Outcome<Value> Process(const Record& record, WallTime received) override {
    Outcome<Value> outcome;
    if (outcome.rejection = quarantine_.Begin(worker_, record); outcome.rejection) return outcome;
    outcome = reader_->Process(record, received);
    quarantine_.End(worker_, record);
    return outcome;
  }

 private:
  const std::unique_ptr<Reader<Value>> reader_;
  Quarantine& quarantine_;
  Worker& worker_;
};

template <class Value>
Step<Value> Quarantine::Watched(Step<Value> step) {
  step.make_reader = [this, make = std::move(step.make_reader)]() -> Result<std::unique_ptr<Reader<Value>>> {
    auto reader = make();
    if (!reader) return std::move(reader).error();
    auto worker = AddWorker();
    if (!worker) return std::move(worker).error();
    return std::unique_ptr<Reader<Value>>(std::make_unique<WatchedReader<Value>>(*std::move(reader), *this, **worker));
  };
  return step;
}

}  // namespace wirewatch

#endif  // WIREWATCH_PIPELINE_FLOW_QUARANTINE_H_
