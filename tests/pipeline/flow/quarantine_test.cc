#include "pipeline/flow/quarantine.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <functional>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "pipeline/flow/flow_metrics.h"
#include "pipeline/match/match_metrics.h"
#include "tests/support/temp_dir.h"

namespace wirewatch {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr std::uint32_t kTries = 3;
constexpr std::size_t kFileBytes = (1 + QuarantineFile::kMostWorkers + QuarantineFile::kMostSuspects) * 128;

// Says of each record that it was read. "crash" and "spin" do what they say.
class PoisonedReader : public Reader<int> {
 public:
  explicit PoisonedReader(std::atomic<int>& inside) : inside_(inside) {}
  Outcome<int> Process(const Record& record, WallTime /*received*/) override {
    ++inside_;
    if (record.payload == "crash") {
      // Others are at work by now, as far as there are any.
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
      std::raise(SIGKILL);
    }
    for (std::atomic<bool> spins = record.payload == "spin"; spins;) {
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
    --inside_;
    return {};
  }

 private:
  std::atomic<int>& inside_;
};

class QuarantineTest : public ::testing::Test {
 protected:
  static Record At(std::int64_t offset, std::string_view payload) {
    Record record;
    record.payload = payload;
    record.place = {"articles", Partition{1}, Offset{offset}, 0};
    return record;
  }

  QuarantineOptions Options() const { return {path_, kTries, std::chrono::milliseconds(200)}; }

  static std::function<void(std::string)> NoOverrun() {
    return [](const std::string& what) { ADD_FAILURE() << what; };
  }

  // A process that works on all of `log` with several workers, as far as it comes. What it finished and what it
  // rejected stands in `done` and `rejected` at its end, however it ends.
  int RunProcess(const std::vector<std::string>& log, int workers) {
    const pid_t child = fork();
    if (child == 0) {
      MetricsRegistry metrics;
      auto quarantine = Quarantine::Open(Options(), metrics, [](const std::string&) { _exit(7); });
      if (!quarantine) _exit(8);
      std::atomic<int> inside = 0;
      Step<int> step{"match", "source", "numbers", MatchMetrics{metrics}.step,
                     [&]() -> Result<std::unique_ptr<Reader<int>>> {
                       return std::unique_ptr<Reader<int>>(std::make_unique<PoisonedReader>(inside));
                     }};
      step = (*quarantine)->Watched(std::move(step));
      std::atomic<std::size_t> next = 0;
      std::vector<std::thread> threads;
      for (int i = 0; i < workers; ++i) {
        threads.emplace_back([&, reader = std::shared_ptr<Reader<int>>(*step.make_reader())] {
          std::ofstream outcomes(directory_.Path("outcomes"), std::ios::app);
          for (std::size_t at = next++; at < log.size(); at = next++) {
            const Outcome<int> outcome = reader->Process(At(static_cast<std::int64_t>(at), log[at]), WallTime());
            outcomes << at << ' ' << (outcome.rejection ? Name(outcome.rejection->reason) : "done") << std::endl;
          }
        });
      }
      for (std::thread& thread : threads) thread.join();
      quarantine->reset();
      _exit(0);
    }
    int status = 0;
    waitpid(child, &status, 0);
    return status;
  }

  std::set<std::string> Outcomes() const {
    std::set<std::string> outcomes;
    std::ifstream file(directory_.Path("outcomes"));
    for (std::string line; std::getline(file, line);) outcomes.insert(line);
    return outcomes;
  }

  std::vector<QuarantineFile::Suspect> Suspects() const {
    auto file = QuarantineFile::Open(path_);
    EXPECT_TRUE(file) << file.error().message;
    return file->Suspects();
  }

  const TempDir directory_;
  const std::string path_ = directory_.Path("quarantine");
};

TEST_F(QuarantineTest, APoisonRecordIsRejectedAndAllOthersAreDone) {
  std::vector<std::string> log(60, "good");
  log[17] = "crash";
  log[40] = "crash";
  int ends = 0;
  int status = -1;
  while (status != 0) {
    ASSERT_LT(ends, 2 * static_cast<int>(kTries) + 1) << "a crash loop";
    status = RunProcess(log, 4);
    ASSERT_TRUE(status == 0 || WTERMSIG(status) == SIGKILL) << status;
    ends += status == 0 ? 0 : 1;
  }
  EXPECT_GE(ends, static_cast<int>(kTries));  // both may be under work when one ends the process
  std::set<std::string> expected;
  for (std::size_t i = 0; i < log.size(); ++i) {
    expected.insert(fmt::format("{} {}", i, log[i] == "good" ? "done" : "quarantined"));
  }
  EXPECT_EQ(Outcomes(), expected);
}

TEST_F(QuarantineTest, WorkWithoutEndEndsTheProcessAndThenIsRejected) {
  const std::vector<std::string> log = {"good", "spin", "good"};
  for (std::uint32_t i = 0; i < kTries; ++i) {
    const int status = RunProcess(log, 2);
    ASSERT_TRUE(WIFEXITED(status));
    ASSERT_EQ(WEXITSTATUS(status), 7);  // on_overrun was called
  }
  EXPECT_EQ(RunProcess(log, 2), 0);
  EXPECT_THAT(Outcomes(), ElementsAre("0 done", "1 quarantined", "2 done"));
}

TEST_F(QuarantineTest, ToWaitIsNoOverrun) {
  MetricsRegistry metrics;
  auto quarantine = Quarantine::Open({path_, kTries, std::chrono::milliseconds(20)}, metrics, NoOverrun());
  ASSERT_TRUE(quarantine);
  class Sleeper : public Reader<int> {
    Outcome<int> Process(const Record& /*record*/, WallTime /*received*/) override {
      std::this_thread::sleep_for(std::chrono::milliseconds(200));
      return {};
    }
  };
  Step<int> step{"match", "source", "numbers", MatchMetrics{metrics}.step,
                 []() -> Result<std::unique_ptr<Reader<int>>> {
                   return std::unique_ptr<Reader<int>>(std::make_unique<Sleeper>());
                 }};
  auto reader = (*quarantine)->Watched(std::move(step)).make_reader();
  ASSERT_TRUE(reader);
  EXPECT_FALSE((*reader)->Process(At(0, "x"), WallTime()).rejection);
}

TEST_F(QuarantineTest, ASuspectIsWorkedOnAlone) {
  std::vector<std::string> log(4, "good");
  {
    auto file = QuarantineFile::Open(path_);
    ASSERT_TRUE(file);
    file->Begin(0, At(100, "suspect"));  // and the process dies
  }
  EXPECT_THAT(Suspects(), SizeIs(1));

  MetricsRegistry metrics;
  auto quarantine = Quarantine::Open(Options(), metrics, NoOverrun());
  ASSERT_TRUE(quarantine);
  EXPECT_EQ(QuarantineMetrics{metrics}.suspects.Value(), 1);
  struct Company : Reader<int> {
    explicit Company(std::atomic<int>& all) : inside(all) {}
    Outcome<int> Process(const Record& record, WallTime /*received*/) override {
      const int there = ++inside;
      if (record.payload == "suspect") {
        EXPECT_EQ(there, 1);
        std::this_thread::sleep_for(std::chrono::milliseconds(50));
        EXPECT_EQ(inside.load(), 1);
        ++suspects;
      }
      --inside;
      return {};
    }
    std::atomic<int>& inside;
    int suspects = 0;
  };
  std::atomic<int> inside = 0;
  std::atomic<bool> stop = false;
  Step<int> step{"match", "source", "numbers", MatchMetrics{metrics}.step,
                 [&]() -> Result<std::unique_ptr<Reader<int>>> {
                   return std::unique_ptr<Reader<int>>(std::make_unique<Company>(inside));
                 }};
  step = (*quarantine)->Watched(std::move(step));
  std::vector<std::thread> others;
  for (int i = 0; i < 3; ++i) {
    others.emplace_back([&, reader = std::shared_ptr<Reader<int>>(*step.make_reader())] {
      for (std::int64_t at = 0; !stop; ++at) (void)reader->Process(At(at % 100, "good"), WallTime());
    });
  }
  auto reader = step.make_reader();
  ASSERT_TRUE(reader);
  EXPECT_FALSE((*reader)->Process(At(100, "suspect"), WallTime()).rejection);
  EXPECT_EQ(QuarantineMetrics{metrics}.suspects.Value(), 0);
  stop = true;
  for (std::thread& other : others) other.join();
  quarantine->reset();
  EXPECT_THAT(Suspects(), IsEmpty());
}

TEST_F(QuarantineTest, RecordsAreToldApart) {
  const Record record = At(5, "payload");
  {
    auto file = QuarantineFile::Open(path_);
    ASSERT_TRUE(file);
    file->Begin(3, record);
  }
  auto file = QuarantineFile::Open(path_);
  ASSERT_TRUE(file);
  ASSERT_THAT(file->Suspects(), SizeIs(1));
  EXPECT_EQ(file->Suspects()[0].record, QuarantineFile::NameOf(record));
  EXPECT_NE(file->Suspects()[0].record, QuarantineFile::NameOf(At(6, "payload")));
  EXPECT_NE(file->Suspects()[0].record, QuarantineFile::NameOf(At(5, "one of another size")))
      << "a kafka topic that was made again";
  Record elsewhere = record;
  elsewhere.place.partition = Partition{2};
  EXPECT_NE(file->Suspects()[0].record, QuarantineFile::NameOf(elsewhere));
  elsewhere = record;
  elsewhere.place.stream = "articles2";
  EXPECT_NE(file->Suspects()[0].record, QuarantineFile::NameOf(elsewhere));
  file->Acquit(QuarantineFile::NameOf(record));
  EXPECT_THAT(file->Suspects(), IsEmpty());
}

TEST_F(QuarantineTest, ALongNameIsKnownByItsEnd) {
  const std::string path = std::string(500, 'd') + "/wire.ndjson";
  Record record = At(5, "payload");
  record.place.stream = path;
  {
    auto file = QuarantineFile::Open(path_);
    ASSERT_TRUE(file);
    file->Begin(0, record);
  }
  const auto suspects = Suspects();
  ASSERT_THAT(suspects, SizeIs(1));
  EXPECT_EQ(suspects[0].record, QuarantineFile::NameOf(record));
  EXPECT_THAT(suspects[0].record.stream, HasSubstr("/wire.ndjson"));
}

TEST_F(QuarantineTest, ATableThatIsFullForgetsWhatWasTriedLeast) {
  {
    auto file = QuarantineFile::Open(path_);
    ASSERT_TRUE(file);
    file->Begin(0, At(-1, "often"));
  }
  {
    auto file = QuarantineFile::Open(path_);
    ASSERT_TRUE(file);
    file->Begin(0, At(-1, "often"));
    for (std::size_t i = 1; i < QuarantineFile::kMostWorkers; ++i) {
      file->Begin(i, At(static_cast<std::int64_t>(i), "once"));
    }
  }
  const auto suspects = Suspects();
  EXPECT_THAT(suspects, SizeIs(QuarantineFile::kMostSuspects));
  bool found = false;
  for (const auto& suspect : suspects)
    found |= suspect.record == QuarantineFile::NameOf(At(-1, "often")) && suspect.tries == 2;
  EXPECT_TRUE(found);
}

TEST_F(QuarantineTest, AFileIsOneProcessesOwn) {
  auto mine = QuarantineFile::Open(path_);
  ASSERT_TRUE(mine);
  const auto other = QuarantineFile::Open(path_);
  ASSERT_FALSE(other);
  EXPECT_EQ(other.error().code, ErrorCode::kUnavailable);
  EXPECT_THAT(other.error().message, HasSubstr("another process"));
}

TEST_F(QuarantineTest, WhatIsSomethingElseIsLeftAlone) {
  const std::string text(kFileBytes, 'x');  // as long as a quarantine file
  for (const std::string& content : {std::string("precious"), text}) {
    std::ofstream(path_, std::ios::trunc) << content;
    const auto file = QuarantineFile::Open(path_);
    ASSERT_FALSE(file) << content.size();
    EXPECT_EQ(file.error().code, ErrorCode::kInvalid);
    std::ifstream in(path_);
    EXPECT_EQ(std::string(std::istreambuf_iterator<char>(in), {}), content);
  }
  const auto missing = QuarantineFile::Open(directory_.Path("no/such"));
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().code, ErrorCode::kNotFound);
  EXPECT_THAT(missing.error().message,
              HasSubstr("cannot be opened or made: No such file or directory; check the path"));
}

TEST_F(QuarantineTest, ADamagedFileLeadsNowhere) {
  {
    auto file = QuarantineFile::Open(path_);
    ASSERT_TRUE(file);
  }
  {
    std::fstream file(path_, std::ios::in | std::ios::out);
    file.seekp(128);
    file << std::string(kFileBytes - 128, '\xff');
  }
  EXPECT_THAT(Suspects(), SizeIs(::testing::Le(QuarantineFile::kMostSuspects)));
}

}  // namespace
}  // namespace wirewatch
