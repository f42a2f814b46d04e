// LineWriter: lines with deliveries to a LineFile. A thread of its own writes; a delivery is completed once its line is
// on disk.
//
// A line is written as soon as it comes, and forced to disk at most once every sync_interval, many lines at a time.
// When the disk is full or fails, the writer keeps what it has, says so (once in the log, and by Ready), and tries
// again until it works. It says so, too, of a pipe whose reader takes nothing; Close gives up on both.
#ifndef WIREWATCH_CONNECTORS_FILE_LINE_WRITER_H_
#define WIREWATCH_CONNECTORS_FILE_LINE_WRITER_H_

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "base/backoff.h"
#include "base/clock.h"
#include "base/io/stop_signal.h"
#include "base/result.h"
#include "connectors/file/line_file.h"
#include "monitoring/metrics.h"
#include "pipeline/records/sink.h"

namespace wirewatch {

struct LineWriterOptions {
  std::chrono::milliseconds sync_interval{100};
  std::size_t max_held_bytes = 8 << 20;  // of lines that are not on disk yet; one longer line is taken alone
  std::chrono::milliseconds patience = kReaderPatience;  // with a pipe's reader, before it is trouble
};

// Threads and order of calls: as a sink's.
class LineWriter {
 public:
  static Result<std::unique_ptr<LineWriter>> Create(const std::string& path, LineWriterOptions options,
                                                    Counter retries);
  ~LineWriter();

  // `line` ends with a newline. Blocks while too much is held; after RequestStop it does not, and drops `delivery`
  // instead.
  void Send(std::string line, Delivery delivery);
  void RequestStop();
  Status Ready() const;
  // Waits until everything is on disk, or `deadline` (kTimeout: the rest is given up).
  Status Close(SteadyTime deadline);

 private:
  struct Line {
    std::string text;
    Delivery delivery;
  };

  LineWriter(LineFile file, LineWriterOptions options, Counter retries);
  void Loop();
  // Waits for something to do; takes what came. False: it is over.
  bool TakeWork();
  bool ShallSync() const;
  // For LineFile::Append.
  bool WaitForReader(int fd);
  void Complete();
  void Failed(Error error);
  void GiveUp();

  const LineWriterOptions options_;

  // The thread's own.
  LineFile file_;
  Counter retries_;
  std::deque<Line> open_;    // taken, not yet on disk
  std::size_t written_ = 0;  // the first so many of open_ are written
  SteadyTime synced_;
  Backoff backoff_;
  StopSignal give_up_;

  mutable std::mutex mutex_;
  std::condition_variable changed_;  // to the thread
  std::condition_variable settled_;  // to Send and Close
  std::vector<Line> queue_;
  std::size_t held_bytes_ = 0;  // in queue_ and open_
  std::optional<SteadyTime> retry_at_;
  std::optional<Error> trouble_;
  bool stopping_ = false, closing_ = false, waiting_ = false;
  std::thread thread_;
};

}  // namespace wirewatch

#endif  // WIREWATCH_CONNECTORS_FILE_LINE_WRITER_H_
