// StreamOutput: text to a pipe, a terminal or whatever stdout and stderr are. A wait for a slow reader can be stopped.
#ifndef WIREWATCH_CONNECTORS_STDIO_STREAM_OUTPUT_H_
#define WIREWATCH_CONNECTORS_STDIO_STREAM_OUTPUT_H_

#include <chrono>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "base/io/stop_signal.h"
#include "base/result.h"
#include "monitoring/metrics.h"

namespace wirewatch {

// Threads: Write by one, all else by any.
class StreamOutput {
 public:
  // `name`: "stdout", for the log; what Ready returns does without. `fd` stays open and is not owned. SIGPIPE must be
  // ignored. `patience`: with a reader that takes nothing, before it is trouble.
  StreamOutput(int fd, std::string name, Counter retries, std::chrono::milliseconds patience = kReaderPatience);

  enum class Outcome {
    kWritten,
    kStopped,  // RequestStop; a part may be written
    kGone,     // closed, or its reader has gone; nothing will ever be taken again
  };
  // Waits for a reader that is slow, and for a disk that is full: until it works or RequestStop.
  Outcome Write(std::string_view text);

  void RequestStop() { stop_.Raise(); }
  // What keeps Write from writing: the disk, a reader that takes nothing, or that nobody reads.
  Status Ready() const;

 private:
  void SetTrouble(std::optional<Error> trouble);

  const int fd_;
  const std::string name_;
  const std::chrono::milliseconds patience_;
  Counter retries_;
  StopSignal stop_;
  mutable std::mutex mutex_;
  std::optional<Error> trouble_;
};

}  // namespace wirewatch

#endif  // WIREWATCH_CONNECTORS_STDIO_STREAM_OUTPUT_H_
