// StdinSource: articles from standard input, plain, zstd or gzip; until it ends.
#ifndef WIREWATCH_CONNECTORS_STDIO_STDIN_SOURCE_H_
#define WIREWATCH_CONNECTORS_STDIO_STDIN_SOURCE_H_

#include <memory>

#include "base/io/stop_signal.h"
#include "base/unique_fd.h"
#include "connectors/bytes/stream_reading.h"
#include "pipeline/records/source.h"

namespace wirewatch {

class StdinSource : public Source {
 public:
  // `fd`: standard input, or what a test has instead.
  StdinSource(UniqueFd fd, Framing framing, RecordLimits limits);

  Status Run(RecordInbox& inbox) override;
  void RequestStop() override { stop_.Raise(); }
  void Acknowledge(const RecordPlace&) override {}  // what was read is gone from a pipe
  Status Ready() const override { return {}; }
  Status Close(SteadyTime) override { return {}; }

 private:
  UniqueFd fd_;
  const Framing framing_;
  StreamReading reading_;
  StopSignal stop_;
};

}  // namespace wirewatch

#endif  // WIREWATCH_CONNECTORS_STDIO_STDIN_SOURCE_H_
