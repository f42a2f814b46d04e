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
#include <vector>

#include "base/result.h"
#include "monitoring/metrics.h"
#include "pipeline/flow/pipeline_settings.h"
#include "pipeline/flow/quarantine_file.h"
#include "pipeline/flow/reader.h"

namespace wirewatch {

class Quarantine {
 public:
  // `on_overrun` is called once, on a thread of its own, with what happened: it should end the process, without waiting
  // for workers. Errors: as QuarantineFile::Open.
  static Result<std::unique_ptr<Quarantine>> Open(QuarantineOptions options, Metrics& metrics,
                                                  std::function<void(std::string)> on_overrun);
  ~Quarantine();

  // The same step, each of whose workers is watched. The readers that it makes borrow the quarantine. More than
  // QuarantineFile::kMostWorkers in all: make_reader fails with kInvalid.
  Step Watched(Step step);

 private:
  class Worker;
  class WatchedReader;
  // Those who work on suspects alone, and those who work beside each other. Whoever is to be alone is not overtaken for
  // ever by those who come later, as he would be at a std::shared_mutex.
  class Room {
   public:
    std::shared_lock<std::shared_mutex> EnterBesideOthers();
    std::unique_lock<std::shared_mutex> EnterAlone();

   private:
    std::mutex door_;
    std::shared_mutex room_;
  };

  Quarantine(QuarantineFile file, QuarantineOptions options, Metrics& metrics,
             std::function<void(std::string)> on_overrun);

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

}  // namespace wirewatch

#endif  // WIREWATCH_PIPELINE_FLOW_QUARANTINE_H_
