// LineWriter on named pipes; sink_contract_test.cc has what all sinks keep to.

#include "connectors/file/line_writer.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/stat.h>

#include <array>
#include <atomic>
#include <chrono>
#include <csignal>
#include <memory>
#include <string>
#include <thread>

#include "base/unique_fd.h"
#include "pipeline/flow/flow_metrics.h"
#include "tests/support/temp_dir.h"

namespace wirewatch {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

// A writer to a named pipe, the test at its other end.
class LineWriterTest : public ::testing::Test {
 protected:
  LineWriterTest() {
    std::signal(SIGPIPE, SIG_IGN);
    EXPECT_EQ(mkfifo(path_.c_str(), 0600), 0);
    reader_ = UniqueFd(open(path_.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC));
    LineWriterOptions options;
    options.patience = std::chrono::milliseconds(20);
    auto writer = LineWriter::Create(path_, options, SinkMetrics{metrics_}.retries.With("file"));
    EXPECT_TRUE(writer) << writer.error().message;
    writer_ = *std::move(writer);
  }
  Delivery Counted() {
    return Delivery([this](std::optional<Error> error) { ++(error ? refused_ : delivered_); });
  }
  void WaitForBytes() {
    pollfd waiting{reader_.get(), POLLIN, 0};
    EXPECT_EQ(poll(&waiting, 1, -1), 1);
  }
  std::string ReadBytes(std::size_t size) {
    std::string text;
    std::array<char, 65536> bytes;
    while (text.size() < size) {
      WaitForBytes();
      const ssize_t read = ::read(reader_.get(), bytes.data(), bytes.size());
      if (read > 0) text.append(bytes.data(), static_cast<std::size_t>(read));
      if (read == 0) break;
    }
    return text;
  }

  const TempDir dir_;
  const std::string path_ = dir_.Path("pipe");
  const std::string line_ = std::string(1 << 20, 'x') + "\n";  // far more than a pipe takes at once
  MetricsRegistry metrics_;
  UniqueFd reader_;
  std::atomic<int> delivered_{0}, refused_{0};
  std::unique_ptr<LineWriter> writer_;
};

// Without an end to its write, Close would wait for ever.
TEST_F(LineWriterTest, ClosesWhileItsReaderIsStuck) {
  writer_->Send(line_, Counted());
  WaitForBytes();
  const Status closed = writer_->Close(SteadyNow());
  ASSERT_FALSE(closed);
  EXPECT_EQ(closed.error().code, ErrorCode::kTimeout);
  EXPECT_THAT(closed.error().message, HasSubstr(path_));
  writer_.reset();
  EXPECT_EQ(delivered_, 0);
  EXPECT_EQ(refused_, 0);
}

TEST_F(LineWriterTest, TellsOfAReaderThatTakesNothingUntilItDoesAndLosesNothing) {
  EXPECT_TRUE(writer_->Ready());
  writer_->Send(line_, Counted());
  while (writer_->Ready()) std::this_thread::yield();
  EXPECT_THAT(writer_->Ready().error().message, AllOf(HasSubstr(path_), HasSubstr("its reader takes nothing")));
  EXPECT_EQ(ReadBytes(line_.size()), line_);
  while (!writer_->Ready()) std::this_thread::yield();
  EXPECT_TRUE(writer_->Close(SteadyNow() + std::chrono::seconds(60)));
  EXPECT_EQ(delivered_, 1);
}

}  // namespace
}  // namespace wirewatch
