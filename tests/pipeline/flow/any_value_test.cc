// A flow of numbers: pipeline, quarantine and transactions know nothing of articles.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <charconv>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "pipeline/flow/pipeline.h"
#include "pipeline/flow/quarantine.h"
#include "pipeline/flow/quarantine_file.h"
#include "pipeline/flow/transactional_handler.h"
#include "pipeline/match/match_metrics.h"
#include "tests/support/temp_dir.h"
#include "tests/support/wait_until.h"

namespace wirewatch {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

Record RecordOf(const std::string& text, std::int64_t offset) {
  const auto payload = std::make_shared<const std::string>(text);
  Record record;
  record.payload = *payload;
  record.memory = payload;
  record.place = {"numbers", Partition{0}, Offset{offset}, 0};
  return record;
}

// What outlives the pipeline.
struct Seen {
  std::mutex mutex;
  std::vector<std::int64_t> acknowledged;
  std::vector<std::string> handled;
};

class Numbers : public Source {
 public:
  Numbers(Seen& seen, std::vector<std::string> texts) : seen_(seen), texts_(std::move(texts)) {}
  Status Run(RecordInbox& inbox) override {
    for (std::size_t i = 0; i < texts_.size() && !stopped_; ++i) {
      Record record = RecordOf(texts_[i], static_cast<std::int64_t>(i));
      while (!stopped_ && !inbox.Offer(record, SteadyNow() + std::chrono::seconds(1))) {
      }
    }
    return {};
  }
  void RequestStop() override { stopped_ = true; }
  void Acknowledge(const RecordPlace& place) override {
    const std::lock_guard lock(seen_.mutex);
    seen_.acknowledged.push_back(static_cast<std::int64_t>(place.offset));
  }
  Status Ready() const override { return {}; }
  Status Close(SteadyTime) override { return {}; }

 private:
  Seen& seen_;
  const std::vector<std::string> texts_;
  std::atomic<bool> stopped_ = false;
};

class NumberReader : public Reader<int> {
 public:
  Outcome<int> Process(const Record& record, WallTime /*received*/) override {
    Outcome<int> outcome;
    const std::string_view text = record.payload;
    const auto read = std::from_chars(text.data(), text.data() + text.size(), outcome.value);
    if (read.ec != std::errc()) outcome.rejection = {DeadLetterReason::kInvalidJson, "it is no number"};
    return outcome;
  }
};

class Doubler : public Handler<int> {
 public:
  explicit Doubler(Seen& seen) : seen_(seen) {}
  void Handle(ReceiptPtr receipt, Outcome<int> outcome) override {
    receipt->SetOutcome(outcome.rejection ? RecordOutcome::kDeadLettered : RecordOutcome::kMatched);
    seen_.handled.push_back(outcome.rejection ? outcome.rejection->message : std::to_string(2 * outcome.value));
    receipt->Release();
  }
  Status Tend() override { return {}; }
  void RequestStop() override {}
  Status Close(SteadyTime) override { return {}; }

 private:
  Seen& seen_;
};

// Keeps how far was committed, or undoes every transaction if it is told so.
class Ledger : public Transactions {
 public:
  bool Holds(const RecordPlace&) const override { return true; }
  Result<bool> TakeName() override { return true; }
  Result<bool> Commit(const ReadPlaces& read) override {
    if (undoes) return false;
    next = read.at(Partition{0}).next;
    return true;
  }
  Status Abort(const ReadPlaces&) override { return {}; }
  void RequestStop() override {}

  bool undoes = false;
  Offset next{};
};

class AnyValueTest : public ::testing::Test {
 protected:
  virtual Step<int> NumberStep() {
    return {"numbers", "source", "numbers", numbers_,
            [] { return Result<std::unique_ptr<Reader<int>>>(std::make_unique<NumberReader>()); }};
  }
  Status Run(std::vector<std::string> texts, Step<int> step, std::unique_ptr<Handler<int>> handler) {
    PipelineOptions options;
    options.workers = 3;
    auto pipeline = Pipeline<int>::Create(std::make_unique<Numbers>(seen_, std::move(texts)), std::move(handler),
                                          std::move(step), options, health_);
    if (!pipeline) return pipeline.error();
    return (*pipeline)->Run();
  }

  Seen seen_;
  MetricsRegistry metrics_;
  const StepMetrics numbers_ = MatchMetrics{metrics_}.step;
  Health health_;
};

TEST_F(AnyValueTest, NumbersFlowInTheirOrder) {
  std::vector<std::string> texts, doubled;
  std::vector<std::int64_t> offsets;
  for (int i = 0; i < 1'000; ++i) {
    texts.push_back(std::to_string(i));
    doubled.push_back(std::to_string(2 * i));
    offsets.push_back(i);
  }
  const Status status = Run(texts, NumberStep(), std::make_unique<Doubler>(seen_));
  ASSERT_TRUE(status) << status.error().message;
  EXPECT_EQ(seen_.handled, doubled);
  std::sort(seen_.acknowledged.begin(), seen_.acknowledged.end());
  EXPECT_EQ(seen_.acknowledged, offsets);
  EXPECT_EQ(numbers_.matched.Value(), 1'000);
}

TEST_F(AnyValueTest, ANumberThatEndedTheProcessTooOftenIsNotRead) {
  const TempDir directory;
  const std::string path = directory.Path("quarantine");
  for (int tries = 0; tries < 2; ++tries) {
    auto file = QuarantineFile::Open(path);
    ASSERT_TRUE(file) << file.error().message;
    file->Begin(0, RecordOf("8", 1));  // and the process dies
  }
  auto quarantine = Quarantine::Open({path, /*most_tries=*/2, std::chrono::seconds(60)}, metrics_,
                                     [](const std::string& what) { ADD_FAILURE() << what; });
  ASSERT_TRUE(quarantine) << quarantine.error().message;
  ASSERT_TRUE(Run({"7", "8", "x"}, (*quarantine)->Watched(NumberStep()), std::make_unique<Doubler>(seen_)));
  EXPECT_THAT(seen_.handled,
              ElementsAre("14", "the process ended 2 times while it worked on this record", "it is no number"));
  EXPECT_THAT(seen_.acknowledged, UnorderedElementsAre(0, 1, 2));
}

TEST_F(AnyValueTest, NumbersAreDoneWithTheirTransaction) {
  const auto ledger = std::make_shared<Ledger>();
  const TransactionalOptions often{std::chrono::milliseconds(1), 1'000'000};
  const auto in_transactions = [&] {
    return std::make_unique<TransactionalHandler<int>>(std::make_unique<Doubler>(seen_), ledger, often);
  };
  ASSERT_TRUE(Run({"1", "2"}, NumberStep(), in_transactions()));
  EXPECT_EQ(ledger->next, Offset{2});
  EXPECT_THAT(seen_.acknowledged, UnorderedElementsAre(0, 1));

  seen_.acknowledged.clear();
  ledger->undoes = true;
  ASSERT_TRUE(Run({"1", "2"}, NumberStep(), in_transactions()));
  EXPECT_THAT(seen_.acknowledged, IsEmpty()) << "they are read again";
  EXPECT_EQ(numbers_.read_again.Value(), 2);
}

// Only of values that can be empty the pipeline knows that nothing follows.
TEST_F(AnyValueTest, AnOutcomeIsEmptyWhenItsValueIs) {
  EXPECT_TRUE(Outcome<std::string>().empty());
  EXPECT_FALSE((Outcome<std::string>{"text", {}}.empty()));
  EXPECT_FALSE((Outcome<std::string>{"", Rejection{DeadLetterReason::kEmpty, ""}}.empty()));
  EXPECT_FALSE(Outcome<int>().empty());
}

// --------------------------------------------------------------------------------- what a handler hears of partitions

using Kind = PartitionEvent::Kind;

WallTime At(int seconds) { return WallTime(std::chrono::seconds(seconds)); }

// A source that does what the test says.
class Scripted : public Source {
 public:
  explicit Scripted(std::function<void(RecordInbox&)> script) : script_(std::move(script)) {}
  Status Run(RecordInbox& inbox) override {
    script_(inbox);
    return {};
  }
  void RequestStop() override {}
  void Acknowledge(const RecordPlace&) override {}
  Status Ready() const override { return {}; }
  Status Close(SteadyTime) override { return {}; }

 private:
  const std::function<void(RecordInbox&)> script_;
};

// Offers the number `seconds` as a record that was written at that time.
void Offer(RecordInbox& inbox, int partition, int seconds, RecordUse use = RecordUse::kCounts) {
  Record record = RecordOf(std::to_string(seconds), 0);
  record.place.partition = Partition{partition};
  record.timestamp = At(seconds);
  record.use = use;
  ASSERT_TRUE(inbox.Offer(record, SteadyNow() + std::chrono::minutes(1)));
}

// Writes down what it hears: "assigned 0 lease 7", "0 moves to 30", "0: 30".
class Listener : public Handler<int> {
 public:
  explicit Listener(std::vector<std::string>& heard) : heard_(heard) {}
  void Handle(ReceiptPtr receipt, Outcome<int> outcome) override {
    const Record& record = receipt->record();
    heard_.push_back(fmt::format("{}: {}{}", static_cast<int>(record.place.partition), outcome.value,
                                 record.use == RecordUse::kRestores  ? " restores"
                                 : record.use == RecordUse::kRecalls ? " recalls"
                                                                     : ""));
    receipt->Release();
  }
  void Observe(const PartitionEvent& event) override {
    constexpr std::string_view kNames[] = {"assigned", "restored", "revoked", "undone"};
    heard_.push_back(fmt::format("{} {} lease {}", kNames[static_cast<std::size_t>(event.kind)],
                                 static_cast<int>(event.partition), event.lease));
  }
  void Advance(Partition partition, WallTime record_time) override {
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(record_time.time_since_epoch()).count();
    heard_.push_back(fmt::format("{} moves to {}", static_cast<int>(partition), seconds));
  }
  Status Tend() override { return {}; }
  void RequestStop() override {}
  Status Close(SteadyTime) override { return {}; }

 private:
  std::vector<std::string>& heard_;
};

class PartitionTest : public AnyValueTest {
 protected:
  std::vector<std::string> Heard(std::function<void(RecordInbox&)> script) {
    std::vector<std::string> heard;
    options_.workers = 3;
    auto pipeline = Pipeline<int>::Create(std::make_unique<Scripted>(std::move(script)),
                                          std::make_unique<Listener>(heard), NumberStep(), options_, health_);
    EXPECT_TRUE(pipeline);
    EXPECT_TRUE((*pipeline)->Run());
    return heard;
  }

  PipelineOptions options_;
};

TEST_F(PartitionTest, TimeMovesOnRightBeforeTheRecordThatMovesItOn) {
  const auto heard = Heard([](RecordInbox& inbox) {
    inbox.Tell({Kind::kAssigned, Partition{0}, {}, 7});
    Offer(inbox, 0, 10, RecordUse::kRestores);
    inbox.Tell({Kind::kRestored, Partition{0}, {}, 7});
    Offer(inbox, 0, 30);
    Offer(inbox, 1, 5);
    Offer(inbox, 0, 20);  // written late
    Offer(inbox, 0, 30);
    Offer(inbox, 0, 31);
  });
  EXPECT_THAT(
      heard, ElementsAre("assigned 0 lease 7", "0 moves to 10", "0: 10 restores", "restored 0 lease 7", "0 moves to 30",
                         "0: 30", "1 moves to 5", "1: 5", "0: 20", "0: 30", "0 moves to 31", "0: 31"));
}

TEST_F(PartitionTest, TimeBeginsAnewWhenThePartitionGoesOrComesOrIsReadAgain) {
  for (const Kind kind : {Kind::kAssigned, Kind::kRevoked, Kind::kUndone, Kind::kRestored}) {
    const auto heard = Heard([&](RecordInbox& inbox) {
      Offer(inbox, 0, 30);
      Offer(inbox, 1, 30);
      inbox.Tell({kind, Partition{0}, {}, 1});
      Offer(inbox, 0, 20);
      Offer(inbox, 1, 20);
    });
    const long back = std::count(heard.begin(), heard.end(), "0 moves to 20");
    EXPECT_EQ(back, kind == Kind::kRestored ? 0 : 1) << static_cast<int>(kind);
    EXPECT_EQ(std::count(heard.begin(), heard.end(), "1 moves to 20"), 0) << "another partition";
  }
}

// What recalls was written later than the records that it is about.
TEST_F(PartitionTest, WhatRecallsMovesNoTime) {
  const auto heard = Heard([](RecordInbox& inbox) {
    inbox.Tell({Kind::kAssigned, Partition{0}, {}, 7});
    Offer(inbox, 0, 40, RecordUse::kRecalls);
    Offer(inbox, 0, 10, RecordUse::kRestores);
    Offer(inbox, 0, 50, RecordUse::kRecalls);
    Offer(inbox, 0, 20);
  });
  EXPECT_THAT(heard, ElementsAre("assigned 0 lease 7", "0: 40 recalls", "0 moves to 10", "0: 10 restores",
                                 "0: 50 recalls", "0 moves to 20", "0: 20"));
}

// Of files nobody knows when an article was written: there the time at which it was read is the record time.
TEST_F(PartitionTest, WithoutATimestampTimeIsWhenTheRecordWasRead) {
  const WallTime begin = std::chrono::floor<std::chrono::seconds>(WallNow());
  const auto heard = Heard([](RecordInbox& inbox) {
    Record record = RecordOf("1", 0);
    ASSERT_TRUE(inbox.Offer(record, SteadyNow() + std::chrono::minutes(1)));
  });
  ASSERT_THAT(heard, ElementsAre(::testing::StartsWith("0 moves to "), "0: 1"));
  EXPECT_GE(At(std::stoi(heard[0].substr(11))), begin);
}

// A record whose reader says its time: a number is its second. What is no number, and 0, say none.
class DatedReader : public NumberReader {
 public:
  Outcome<int> Process(const Record& record, WallTime received) override {
    Outcome<int> outcome = NumberReader::Process(record, received);
    if (!outcome.rejection && outcome.value != 0) outcome.time = At(outcome.value);
    return outcome;
  }
};

class DatedTest : public PartitionTest {
 protected:
  Step<int> NumberStep() override {
    Step<int> step = PartitionTest::NumberStep();
    step.make_reader = [] { return Result<std::unique_ptr<Reader<int>>>(std::make_unique<DatedReader>()); };
    return step;
  }
  static void OfferUndated(RecordInbox& inbox, const std::string& text) {
    Record record = RecordOf(text, 0);
    ASSERT_TRUE(inbox.Offer(record, SteadyNow() + std::chrono::minutes(1)));
  }
};

TEST_F(DatedTest, TheTimeThatTheReaderSaysMovesThePartitionOnAndNeverBack) {
  options_.record_time = RecordTime::kPublished;
  const auto heard = Heard([](RecordInbox& inbox) {
    for (const char* text : {"100", "90", "0", "x", "100", "110"}) OfferUndated(inbox, text);
  });
  EXPECT_THAT(heard,
              ElementsAre("0 moves to 100", "0: 100", "0: 90", "0: 0", "0: 0", "0: 100", "0 moves to 110", "0: 110"))
      << "what has no time leaves it where it is";
}

TEST_F(DatedTest, BeforeAnyRecordHasATimeItIs1970) {
  options_.record_time = RecordTime::kPublished;
  const auto heard = Heard([](RecordInbox& inbox) {
    for (const char* text : {"x", "0", "100"}) OfferUndated(inbox, text);
  });
  EXPECT_THAT(heard, ElementsAre("0 moves to 0", "0: 0", "0: 0", "0 moves to 100", "0: 100"));
}

TEST_F(DatedTest, ATimestampOfTheRecordComesFirst) {
  options_.record_time = RecordTime::kPublished;
  const auto heard = Heard([](RecordInbox& inbox) {
    Record record = RecordOf("100", 0);
    record.timestamp = At(50);
    ASSERT_TRUE(inbox.Offer(record, SteadyNow() + std::chrono::minutes(1)));
    OfferUndated(inbox, "70");
  });
  EXPECT_THAT(heard, ElementsAre("0 moves to 50", "0: 100", "0 moves to 70", "0: 70"));
}

// Over many batches and workers: at each record the time is the latest of its partition so far.
TEST_F(PartitionTest, AtEachRecordTheTimeIsTheLatestOfItsPartition) {
  constexpr int kRecords = 3'000;
  const auto seconds = [](int i) { return 1'000 + i * 7'919 % 1'009 + i / 4; };
  const auto heard = Heard([&](RecordInbox& inbox) {
    for (int i = 0; i < kRecords; ++i) Offer(inbox, i % 3, seconds(i));
  });
  std::vector<std::string> expected;
  int latest[3] = {0, 0, 0};
  for (int i = 0; i < kRecords; ++i) {
    const int partition = i % 3;
    if (seconds(i) > latest[partition]) {
      latest[partition] = seconds(i);
      expected.push_back(fmt::format("{} moves to {}", partition, seconds(i)));
    }
    expected.push_back(fmt::format("{}: {}", partition, seconds(i)));
  }
  EXPECT_EQ(heard, expected);
}

// Its first event takes until the source's loop has beaten after that.
class SlowListener : public Handler<int> {
 public:
  explicit SlowListener(const Health& health) : health_(health) {}
  void Handle(ReceiptPtr receipt, Outcome<int> /*outcome*/) override { receipt->Release(); }
  void Observe(const PartitionEvent& /*event*/) override {
    if (events++ > 0) return;
    constexpr std::chrono::seconds kLater{1'000};
    const SteadyTime later = SteadyNow() + kLater;
    source_beat = WaitUntil(
        [&] { return health_.Alive(later).text.find("loop numbers source: last moved 999.") != std::string::npos; });
  }
  Status Tend() override { return {}; }
  void RequestStop() override {}
  Status Close(SteadyTime) override { return {}; }

  int events = 0;
  bool source_beat = false;

 private:
  const Health& health_;
};

// A rebalance of many partitions while the handler waits for its sink: no record counts, but the queues are full.
TEST_F(PartitionTest, ASourceThatWaitsWithItsEventsAlonePulsates) {
  constexpr int kEvents = 100;
  PipelineOptions options;
  options.workers = 1;
  options.in_flight_records = 1;
  auto handler = std::make_unique<SlowListener>(health_);
  const SlowListener& listener = *handler;
  auto source = std::make_unique<Scripted>([](RecordInbox& inbox) {
    for (int i = 0; i < kEvents; ++i) {
      inbox.Tell({Kind::kAssigned, Partition{i}, {}, 1});
      inbox.Flush();
    }
  });
  auto pipeline = Pipeline<int>::Create(std::move(source), std::move(handler), NumberStep(), options, health_);
  ASSERT_TRUE(pipeline);
  EXPECT_TRUE((*pipeline)->Run());
  EXPECT_TRUE(listener.source_beat);
  EXPECT_EQ(listener.events, kEvents);
}

}  // namespace
}  // namespace wirewatch
