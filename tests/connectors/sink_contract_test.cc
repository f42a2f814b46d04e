// What every sink without a network keeps to: each thing is delivered exactly once and in order, a Send that waits can
// be stopped, Close completes everything or says that it could not, and Ready tells of trouble.

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "base/unique_fd.h"
#include "connectors/file/file_sinks.h"
#include "connectors/stdio/stdio_sinks.h"
#include "monitoring/metrics.h"
#include "pipeline/alert/alert_sink.h"
#include "pipeline/alert/decision_sink.h"
#include "tests/support/sample_alert.h"
#include "tests/support/temp_dir.h"

namespace wirewatch {
namespace {

using ::testing::ElementsAreArray;
using ::testing::HasSubstr;

SteadyTime Soon() { return SteadyNow() + std::chrono::seconds(60); }

// A sink of any kind, told what to send by an id.
class AnySink {
 public:
  explicit AnySink(std::unique_ptr<AlertSink> sink) : alerts_(std::move(sink)), base_(*alerts_) {}
  explicit AnySink(std::unique_ptr<DeadLetterSink> sink) : letters_(std::move(sink)), base_(*letters_) {}

  explicit AnySink(std::unique_ptr<DecisionSink> sink) : decisions_(std::move(sink)), base_(*decisions_) {}

  void Send(const std::string& id, Delivery delivery) {
    if (alerts_ != nullptr) return alerts_->Send(SampleAlert(id), std::move(delivery));
    if (decisions_ != nullptr) {
      Decision decision;
      decision.article_id = id;
      return decisions_->Send(decision, std::move(delivery));
    }
    Record record;
    record.payload = id;
    record.place = {"wire", Partition{0}, Offset{1}, 0};
    letters_->Send({record, "invalid-json", id, WallTime{}}, std::move(delivery));
  }
  SinkBase* operator->() { return &base_; }

 private:
  std::unique_ptr<AlertSink> alerts_;
  std::unique_ptr<DecisionSink> decisions_;
  std::unique_ptr<DeadLetterSink> letters_;
  SinkBase& base_;
};

// Where a sink writes to: a file, or a pipe that the test reads from.
class Target {
 public:
  virtual ~Target() = default;
  virtual AnySink MakeSink() = 0;
  // Where nothing can be written: a full disk, a pipe that nobody reads.
  virtual AnySink MakeBlockedSink() = 0;
  // A full disk, for both.
  virtual AnySink MakeFailingSink() = 0;
  // All that was written; once the sink is closed.
  virtual std::string Written() = 0;

 protected:
  MetricsRegistry metrics_;
};

template <typename Sink>
class FileTarget : public Target {
 public:
  AnySink MakeSink() override { return Make(dir_.Path("lines.ndjson"), LineWriterOptions().max_held_bytes); }
  AnySink MakeBlockedSink() override { return Make("/dev/full", 100); }
  AnySink MakeFailingSink() override { return Make("/dev/full", LineWriterOptions().max_held_bytes); }
  std::string Written() override { return dir_.Read("lines.ndjson"); }

 private:
  AnySink Make(const std::string& path, std::size_t max_held_bytes) {
    LineWriterOptions options;
    options.max_held_bytes = max_held_bytes;
    auto sink = Sink::Create(path, options, metrics_);
    EXPECT_TRUE(sink) << sink.error().message;
    return AnySink(*std::move(sink));
  }
  TempDir dir_;
};

class PipeTarget : public Target {
 public:
  using Maker = std::function<AnySink(int fd, MetricsRegistry&)>;
  explicit PipeTarget(Maker make) : make_(std::move(make)) {
    int fds[2];
    EXPECT_EQ(pipe2(fds, O_CLOEXEC), 0);
    reader_ = UniqueFd(fds[0]);
    writer_ = UniqueFd(fds[1]);
  }
  ~PipeTarget() override {
    writer_ = UniqueFd();
    if (reading_.joinable()) reading_.join();
  }
  AnySink MakeSink() override {
    reading_ = std::thread([this] {
      char bytes[4096];
      for (ssize_t read = 0; (read = ::read(reader_.get(), bytes, sizeof bytes)) > 0;) {
        written_.append(bytes, static_cast<std::size_t>(read));
      }
    });
    return make_(writer_.get(), metrics_);
  }
  AnySink MakeBlockedSink() override {
    const int flags = fcntl(writer_.get(), F_GETFL);
    fcntl(writer_.get(), F_SETFL, flags | O_NONBLOCK);
    const std::string page(4096, 'x');
    while (write(writer_.get(), page.data(), page.size()) > 0) continue;
    fcntl(writer_.get(), F_SETFL, flags);
    return make_(writer_.get(), metrics_);
  }
  AnySink MakeFailingSink() override {
    full_ = UniqueFd(open("/dev/full", O_WRONLY | O_CLOEXEC));
    return make_(full_.get(), metrics_);
  }
  std::string Written() override {
    writer_ = UniqueFd();
    reading_.join();
    return written_;
  }

 private:
  const Maker make_;
  UniqueFd reader_, writer_, full_;
  std::string written_;
  std::thread reading_;
};

struct Kind {
  std::string name;
  std::function<std::unique_ptr<Target>()> make;
};

std::unique_ptr<Target> Pipe(PipeTarget::Maker make) { return std::make_unique<PipeTarget>(std::move(make)); }

class SinkContractTest : public ::testing::TestWithParam<Kind> {
 protected:
  SinkContractTest() { std::signal(SIGPIPE, SIG_IGN); }

  // A delivery that counts under its number.
  Delivery Counted(int number) {
    return Delivery([this, number](std::optional<Error> error) {
      const std::lock_guard lock(mutex_);
      (error ? refused_ : delivered_).push_back(number);
    });
  }
  std::vector<int> delivered() {
    const std::lock_guard lock(mutex_);
    return delivered_;
  }

  const std::unique_ptr<Target> target_ = GetParam().make();
  std::mutex mutex_;
  std::vector<int> delivered_, refused_;
};

TEST_P(SinkContractTest, DeliversEachOnceAndInOrder) {
  constexpr int kCount = 500;
  AnySink sink = target_->MakeSink();
  EXPECT_TRUE(sink->Ready());
  std::vector<int> sent;
  for (int i = 0; i < kCount; ++i) {
    sink.Send("article-" + std::to_string(i) + "!", Counted(i));
    sent.push_back(i);
  }
  sink->Flush();
  EXPECT_TRUE(sink->Close(Soon()));
  EXPECT_THAT(delivered(), ElementsAreArray(sent));
  EXPECT_TRUE(refused_.empty());
  if (GetParam().name == "StdoutText") return;  // tells no ids

  const std::string written = target_->Written();
  std::size_t at = 0;
  for (int i = 0; i < kCount; ++i) {
    const std::string id = "article-" + std::to_string(i) + "!";
    const std::size_t found = written.find(id);
    ASSERT_NE(found, std::string::npos) << id;
    EXPECT_GE(found, at) << id << " stands before the one that was sent before it";
    EXPECT_EQ(written.find('\n', found), written.find('\n', written.rfind(id))) << id << " stands there twice";
    at = found;
  }
  EXPECT_EQ(std::count(written.begin(), written.end(), '\n'), kCount);
}

TEST_P(SinkContractTest, DeliversNothingBeforeItIsWritten) {
  AnySink sink = target_->MakeFailingSink();
  std::thread sending([&] { sink.Send("one", Counted(1)); });
  while (sink->Ready()) std::this_thread::yield();
  EXPECT_THAT(sink->Ready().error().message, HasSubstr("No space left"));
  EXPECT_TRUE(delivered().empty());
  sink->RequestStop();
  sending.join();
  EXPECT_TRUE(delivered().empty());
}

TEST_P(SinkContractTest, GivesUpASendThatWaitsWhenItIsStopped) {
  AnySink sink = target_->MakeBlockedSink();
  // At least the second has no room and waits for ever.
  std::thread sending([&] {
    for (int i = 0; i < 3; ++i) sink.Send("article-" + std::to_string(i), Counted(i));
  });
  sink->RequestStop();
  sending.join();
  EXPECT_TRUE(delivered().empty()) << "what waited has no outcome";
  EXPECT_TRUE(refused_.empty());
}

TEST_P(SinkContractTest, ClosesInTimeAlsoWhenNothingCanBeWritten) {
  AnySink sink = target_->MakeFailingSink();
  std::thread sending([&] { sink.Send("one", Counted(1)); });
  while (sink->Ready()) std::this_thread::yield();
  sink->RequestStop();
  sending.join();
  const Status closed = sink->Close(SteadyNow());
  EXPECT_TRUE(closed || closed.error().code == ErrorCode::kTimeout);
  EXPECT_TRUE(delivered().empty());
}

std::string NameOf(const ::testing::TestParamInfo<Kind>& info) { return info.param.name; }

INSTANTIATE_TEST_SUITE_P(
    Sinks, SinkContractTest,
    ::testing::Values(
        Kind{"FileAlerts", [] { return std::unique_ptr<Target>(std::make_unique<FileTarget<FileAlertSink>>()); }},
        Kind{"FileDecisions", [] { return std::unique_ptr<Target>(std::make_unique<FileTarget<FileDecisionSink>>()); }},
        Kind{"FileDeadLetters",
             [] { return std::unique_ptr<Target>(std::make_unique<FileTarget<FileDeadLetterSink>>()); }},
        Kind{"StdoutJson",
             [] {
               return Pipe([](int fd, MetricsRegistry& metrics) {
                 return AnySink(std::make_unique<StdoutAlertSink>(fd, PrintFormat::kJson, metrics));
               });
             }},
        Kind{"StdoutText",
             [] {
               return Pipe([](int fd, MetricsRegistry& metrics) {
                 return AnySink(std::make_unique<StdoutAlertSink>(fd, PrintFormat::kText, metrics));
               });
             }},
        Kind{"StderrDeadLetters",
             [] {
               return Pipe([](int fd, MetricsRegistry& metrics) {
                 return AnySink(std::make_unique<StderrDeadLetterSink>(fd, metrics));
               });
             }}),
    NameOf);

}  // namespace
}  // namespace wirewatch
