#include "connectors/stdio/stdio_sinks.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <thread>

#include "base/unique_fd.h"
#include "connectors/stdio/terminal.h"
#include "pipeline/flow/flow_metrics.h"
#include "tests/support/sample_alert.h"
#include "tests/support/temp_dir.h"

namespace wirewatch {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

class StdioSinksTest : public ::testing::Test {
 protected:
  StdioSinksTest() {
    std::signal(SIGPIPE, SIG_IGN);
    file_ = UniqueFd(open(dir_.Path("out").c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600));
  }
  // What came of it: nothing, "delivered", or why it was refused.
  Delivery Told() {
    return Delivery([this](std::optional<Error> error) { outcome_ = error ? error->message : "delivered"; });
  }
  std::string Printed(PrintFormat format) {
    StdoutAlertSink sink(file_.get(), format, metrics_);
    sink.Send(SampleAlert(), Told());
    EXPECT_EQ(outcome_, "delivered");
    EXPECT_TRUE(sink.Close(SteadyNow()));
    return dir_.Read("out");
  }

  TempDir dir_;
  UniqueFd file_;
  MetricsRegistry metrics_;
  std::optional<std::string> outcome_;
};

TEST_F(StdioSinksTest, PrintsALineOfJsonWhereThereIsNoTerminal) {
  const std::string line = Printed(PrintFormat::kAuto);
  EXPECT_EQ(line, ToJson(SampleAlert()) + "\n");
  EXPECT_EQ(nlohmann::json::parse(line)["topic"], "5g-vendor-bans");
}

TEST_F(StdioSinksTest, MarksTheWordsInBracketsWhereThereIsNoColour) {
  EXPECT_THAT(Printed(PrintFormat::kText),
              AllOf(HasSubstr("Sweden [bans] [Huawei] from 5G networks\n"), Not(HasSubstr("\x1B"))));
}

// A terminal of the test's own: what is printed on it comes out at the other end.
class TerminalTest : public StdioSinksTest {
 protected:
  TerminalTest() {
    other_end_ = UniqueFd(posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC));
    EXPECT_EQ(grantpt(other_end_.get()), 0);
    EXPECT_EQ(unlockpt(other_end_.get()), 0);
    std::array<char, 100> name;
    EXPECT_EQ(ptsname_r(other_end_.get(), name.data(), name.size()), 0);
    terminal_ = UniqueFd(open(name.data(), O_RDWR | O_NOCTTY | O_CLOEXEC));
    unsetenv("NO_COLOR");
    setenv("TERM", "xterm", 1);
  }
  std::string Shown() {
    StdoutAlertSink sink(terminal_.get(), PrintFormat::kAuto, metrics_);
    sink.Send(SampleAlert(), Told());
    EXPECT_EQ(outcome_, "delivered");
    std::string shown;
    std::array<char, 4096> bytes;
    while (shown.find("\r\n\r\n") == std::string::npos) {
      const ssize_t read = ::read(other_end_.get(), bytes.data(), bytes.size());
      if (read <= 0) break;
      shown.append(bytes.data(), static_cast<std::size_t>(read));
    }
    return shown;
  }

  UniqueFd other_end_, terminal_;
};

TEST_F(TerminalTest, ShowsATextWithTheWordsInColour) {
  EXPECT_THAT(Shown(), AllOf(HasSubstr("Sweden \x1B[1;31mbans\x1B[0m \x1B[1;31mHuawei\x1B[0m from"),
                             HasSubstr("\x1B[1;31mHIGH\x1B[0m")));
}

TEST_F(TerminalTest, ShowsBracketsWhenTheUserWantsNoColour) {
  setenv("NO_COLOR", "1", 1);
  EXPECT_THAT(Shown(), AllOf(HasSubstr("[bans] [Huawei]"), Not(HasSubstr("\x1B"))));
}

TEST_F(TerminalTest, ShowsBracketsOnADumbTerminal) {
  setenv("TERM", "dumb", 1);
  EXPECT_THAT(Shown(), AllOf(HasSubstr("[bans] [Huawei]"), Not(HasSubstr("\x1B"))));
}

TEST_F(TerminalTest, KeepsToTheWidthOfTheTerminal) {
  setenv("NO_COLOR", "1", 1);
  winsize size{};
  size.ws_row = 20;
  size.ws_col = 28;
  ASSERT_EQ(ioctl(terminal_.get(), TIOCSWINSZ, &size), 0);
  EXPECT_EQ(TerminalWidth(terminal_.get()), 28U);
  EXPECT_THAT(Shown(), HasSubstr("  Sweden [bans] [Huawei]\r\n  from 5G networks\r\n"));
}

TEST_F(StdioSinksTest, TellsOfAReaderThatTakesNothingUntilItDoes) {
  int fds[2];
  ASSERT_EQ(pipe2(fds, O_CLOEXEC), 0);
  const UniqueFd reader(fds[0]), writer(fds[1]);
  StreamOutput output(writer.get(), "stdout", SinkMetrics{metrics_}.retries.With("stdout"),
                      std::chrono::milliseconds(20));
  const std::string text(1 << 20, 'x');  // far more than a pipe takes at once
  std::thread writing([&] { EXPECT_EQ(output.Write(text), StreamOutput::Outcome::kWritten); });
  while (output.Ready()) std::this_thread::yield();
  EXPECT_THAT(output.Ready().error().message, HasSubstr("its reader takes nothing"));
  std::array<char, 65536> bytes;
  for (std::size_t taken = 0; taken < text.size();) {
    const ssize_t read = ::read(reader.get(), bytes.data(), bytes.size());
    ASSERT_GT(read, 0);
    taken += static_cast<std::size_t>(read);
  }
  writing.join();
  EXPECT_TRUE(output.Ready());
}

class ReaderGoneTest : public StdioSinksTest {
 protected:
  ReaderGoneTest() {
    int fds[2];
    EXPECT_EQ(pipe2(fds, O_CLOEXEC), 0);
    close(fds[0]);
    writer_ = UniqueFd(fds[1]);
  }
  UniqueFd writer_;
};

TEST_F(ReaderGoneTest, RefusesEveryAlertAndSaysWhy) {
  StdoutAlertSink sink(writer_.get(), PrintFormat::kJson, metrics_);
  EXPECT_TRUE(sink.Ready());
  for (const char* id : {"art-1", "art-2"}) {
    outcome_.reset();
    sink.Send(SampleAlert(id), Told());
    ASSERT_TRUE(outcome_);
    EXPECT_THAT(*outcome_, HasSubstr("stdout: its reader has gone"));
  }
  EXPECT_FALSE(sink.Ready());
  EXPECT_TRUE(sink.Close(SteadyNow()));
}

TEST_F(ReaderGoneTest, RefusesDeadLettersSinceThereIsNoOtherPlaceForThem) {
  StderrDeadLetterSink sink(writer_.get(), metrics_);
  const Record record;
  sink.Send({record, "invalid-json", "cut off", WallTime{}}, Told());
  ASSERT_TRUE(outcome_);
  EXPECT_THAT(*outcome_, HasSubstr("its reader has gone"));
}

TEST_F(StdioSinksTest, PrintsALineForEachDeadLetterWithoutWhatATerminalActsOn) {
  StderrDeadLetterSink sink(file_.get(), metrics_);
  Record record;
  record.payload = "{";
  record.place = {"wire\x1B[31m.ndjson", Partition{0}, Offset{17}, 0};
  sink.Send({record, "invalid-json", "cut\noff", WallTime{}}, Told());
  EXPECT_EQ(outcome_, "delivered");
  EXPECT_EQ(dir_.Read("out"), "dead letter invalid-json at wire [31m.ndjson:0:17: cut off\n");
}

}  // namespace
}  // namespace wirewatch
