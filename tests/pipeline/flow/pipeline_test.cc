// More than 500 lines: all tests share one source, one sink and one handler that they steer by hand.
#include "pipeline/flow/pipeline.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "pipeline/alert/alert_handler.h"
#include "pipeline/alert/alert_metrics.h"
#include "pipeline/alert/alert_sink.h"
#include "pipeline/flow/flow_metrics.h"
#include "pipeline/match/match_metrics.h"
#include "pipeline/match/match_step.h"
#include "pipeline/match/rule_metrics.h"

namespace wirewatch {
namespace {

using ::testing::AllOf;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr std::string_view kPack = R"(
pack: test
owner: tests@example.org
topics:
  - id: bans
    title: Bans
    rules:
      - {id: ban, match: 'ban*  AND huawei'}
  - id: spies
    title: Spies
    rules:
      - {id: spy, match: 'spy'}
)";

std::string ArticleJson(const std::string& id, const std::string& title) {
  return fmt::format(R"({{"id":"{}","title":"{}","published_at":"2026-05-01T10:00:00Z"}})", id, title);
}

// What the fakes saw; outlives the pipeline that owns them.
struct Seen {
  std::mutex mutex;
  std::vector<std::int64_t> acknowledged;
  std::vector<std::string> alerts;        // article ids, in order
  std::vector<std::string> rule_sets;     // of the alerts
  std::vector<std::string> dead_letters;  // "reason payload"
  std::vector<Delivery> held;
  std::size_t refused_offers = 0;
  std::vector<SteadyTime> close_by;  // what sinks and source were given
};

// Offers the given payloads in order; after the n-th it does what the test says.
class ScriptedSource : public Source {
 public:
  ScriptedSource(Seen& seen, std::vector<std::string> payloads, std::function<void(std::size_t)> after = {})
      : seen_(seen), payloads_(std::move(payloads)), after_(std::move(after)) {}

  Status Run(RecordInbox& inbox) override {
    for (std::size_t i = 0; i < payloads_.size() && !stopped_; ++i) {
      Record record;
      record.payload = payloads_[i];
      record.place = {"script", Partition{0}, Offset{static_cast<std::int64_t>(i)}, 0};
      if (!inbox.Offer(record, SteadyNow() + patience)) {
        const std::lock_guard lock(seen_.mutex);
        ++seen_.refused_offers;
        break;
      }
      if (after_) {
        inbox.Flush();
        after_(i);
      }
    }
    inbox.Flush();
    while (goes_on && !stopped_) std::this_thread::yield();
    if (at_end) at_end();
    return end_of_stream;
  }
  void RequestStop() override { stopped_ = true; }
  void Acknowledge(const RecordPlace& place) override {
    const std::lock_guard lock(seen_.mutex);
    seen_.acknowledged.push_back(static_cast<std::int64_t>(place.offset));
  }
  Status Ready() const override { return {}; }
  Status Close(SteadyTime deadline) override {
    const std::lock_guard lock(seen_.mutex);
    seen_.close_by.push_back(deadline);
    return closed;
  }

  std::chrono::milliseconds patience{60'000};
  Status end_of_stream, closed;
  bool goes_on = false;  // until it is told to stop
  std::function<void()> at_end;

 private:
  Seen& seen_;
  const std::vector<std::string> payloads_;
  const std::function<void(std::size_t)> after_;
  std::atomic<bool> stopped_ = false;
};

enum class Behaviour { kDeliver, kLate, kHold, kDrop, kRefuse, kGone };

class FakeAlertSink : public AlertSink {
 public:
  FakeAlertSink(Seen& seen, Behaviour behaviour) : seen_(seen), behaviour_(behaviour) {}
  std::string_view name() const override { return "fake"; }
  Status Ready() const override { return {}; }
  void RequestStop() override {}
  void Flush() override {
    if (behaviour_ != Behaviour::kLate || ++flushes_ < 3) return;
    std::vector<Delivery> held;
    {
      const std::lock_guard lock(seen_.mutex);
      held.swap(seen_.held);
    }
    for (Delivery& delivery : held) delivery.Delivered();
  }
  Status Close(SteadyTime deadline) override {
    const std::lock_guard lock(seen_.mutex);
    seen_.close_by.push_back(deadline);
    return {};
  }
  void Send(const Alert& alert, Delivery delivery) override {
    {
      const std::lock_guard lock(seen_.mutex);
      seen_.alerts.push_back(alert.match.article->id);
      seen_.rule_sets.push_back(alert.match.rule_set);
      if (behaviour_ == Behaviour::kHold || behaviour_ == Behaviour::kLate) seen_.held.push_back(std::move(delivery));
    }
    if (behaviour_ == Behaviour::kDeliver) delivery.Delivered();
    if (behaviour_ == Behaviour::kRefuse) delivery.Refused({ErrorCode::kRejected, "too large"});
    if (behaviour_ == Behaviour::kGone) delivery.Refused({ErrorCode::kIo, "nobody reads"});
  }

 private:
  Seen& seen_;
  const Behaviour behaviour_;
  int flushes_ = 0;
};

class FakeDeadLetterSink : public DeadLetterSink {
 public:
  FakeDeadLetterSink(Seen& seen, Behaviour behaviour) : seen_(seen), behaviour_(behaviour) {}
  std::string_view name() const override { return "fake"; }
  Status Ready() const override { return {}; }
  void RequestStop() override {}
  void Flush() override {}
  Status Close(SteadyTime) override { return {}; }
  void Send(const DeadLetter& letter, Delivery delivery) override {
    {
      const std::lock_guard lock(seen_.mutex);
      seen_.dead_letters.push_back(fmt::format("{} {}", letter.reason, letter.record.payload));
    }
    if (behaviour_ == Behaviour::kRefuse) {
      delivery.Refused({ErrorCode::kRejected, "no"});
    } else {
      delivery.Delivered();
    }
  }

 private:
  Seen& seen_;
  const Behaviour behaviour_;
};

// What outlives a process.
struct Disk {
  std::map<std::string, std::string> texts;
  int failures = 0;  // of the next writes
};

class FakeMemory : public AlertMemory {
 public:
  explicit FakeMemory(Disk& disk) : disk_(disk) {}
  Status Load(WallTime, const std::function<Status(std::string_view text)>& each) override {
    for (const auto& [id, text] : disk_.texts) {
      if (Status taken = each(text); !taken) return taken;
    }
    return {};
  }
  Status Remember(const std::vector<RememberedEntry>& articles, WallTime) override {
    if (disk_.failures > 0) {
      --disk_.failures;
      return Error{ErrorCode::kIo, "the disk is full"};
    }
    for (const RememberedEntry& article : articles) disk_.texts[article.id] = article.text;
    return {};
  }

 private:
  Disk& disk_;
};

class PipelineTest : public ::testing::Test {
 protected:
  void SetUp() override {
    pack_ = std::filesystem::temp_directory_path() / fmt::format("pipeline_test_{}.yaml", getpid());
    WritePack(std::string(kPack));
    auto rules = RuleStore::Create({pack_}, metrics_);
    ASSERT_TRUE(rules) << rules.error().message;
    rules_ = *std::move(rules);
    options_.workers = 4;
  }
  void TearDown() override { std::filesystem::remove(pack_); }

  void WritePack(const std::string& text) const { std::ofstream(pack_) << text; }

  // `memory_`, if a test has one, and `delivery_` are the handler's.
  Status Run(std::unique_ptr<ScriptedSource> source, Behaviour alerts = Behaviour::kDeliver,
             Behaviour dead_letters = Behaviour::kDeliver) {
    std::vector<std::unique_ptr<AlertSink>> sinks;
    sinks.push_back(std::make_unique<FakeAlertSink>(seen_, alerts));
    auto handler = std::make_unique<AlertHandler>(
        std::move(sinks), std::make_unique<FakeDeadLetterSink>(seen_, dead_letters), nullptr, delivery_, metrics_);
    if (memory_ != nullptr) {
      Status used = handler->Use(std::make_unique<FakeMemory>(*memory_));
      if (!used) return used;
    }
    ScriptedSource& script = *source;
    auto pipeline =
        Pipeline<ArticleMatches>::Create(std::move(source), std::move(handler),
                                         MatchStep(*rules_, {}, {}, options_.record_time, metrics_), options_, health_);
    if (!pipeline) return pipeline.error();
    // What never comes is waited for without end, but for a stop.
    if (alerts == Behaviour::kHold) {
      script.at_end = [&] {
        (*pipeline)->RequestStop();
        stopped_by_ = SteadyNow();
      };
    }
    Status status = (*pipeline)->Run();
    gave_up_ = (*pipeline)->gave_up();
    seen_.held.clear();  // they belong to the pipeline's records
    return status;
  }
  std::unique_ptr<ScriptedSource> SourceOf(std::vector<std::string> payloads,
                                           std::function<void(std::size_t)> after = {}) {
    return std::make_unique<ScriptedSource>(seen_, std::move(payloads), std::move(after));
  }

  Seen seen_;
  MetricsRegistry metrics_;
  const StepMetrics articles_ = MatchMetrics{metrics_}.step;
  const RuleMetrics rule_metrics_{metrics_};
  Health health_;
  std::filesystem::path pack_;
  std::unique_ptr<RuleStore> rules_;
  PipelineOptions options_;
  SteadyTime stopped_by_{};
  AlertHandlerOptions delivery_;
  Disk* memory_ = nullptr;
  bool gave_up_ = false;
};

TEST_F(PipelineTest, EveryRecordIsCountedOutOnceAndAcknowledged) {
  const Status status =
      Run(SourceOf({ArticleJson("1", "Sweden bans Huawei"), ArticleJson("2", "Rain"), "{\"id\": broken",
                    ArticleJson("1", "Sweden bans Huawei"), ArticleJson("3", "A spy"), ""}));
  ASSERT_TRUE(status) << status.error().message;
  EXPECT_THAT(seen_.alerts, ElementsAre("1", "3"));
  EXPECT_THAT(seen_.dead_letters, ElementsAre("invalid-json {\"id\": broken", "empty "));
  EXPECT_THAT(seen_.acknowledged, ::testing::UnorderedElementsAre(0, 1, 2, 3, 4, 5));
  EXPECT_EQ(articles_.read.Value(), 6);
  EXPECT_EQ(articles_.matched.Value(), 2);
  EXPECT_EQ(articles_.unmatched.Value(), 1);
  EXPECT_EQ(articles_.suppressed.Value(), 1);
  EXPECT_EQ(articles_.dead_lettered.Value(), 2);
  EXPECT_EQ(SinkMetrics{metrics_}.delivered.With("fake").Value(), 2 + 2) << "alerts and dead letters";
}

TEST_F(PipelineTest, WhatIsRememberedRaisesNothingInTheNextRun) {
  Disk disk;
  memory_ = &disk;
  const std::vector<std::string> articles = {ArticleJson("1", "Sweden bans Huawei"), ArticleJson("2", "A spy")};
  ASSERT_TRUE(Run(SourceOf(articles)));
  ASSERT_TRUE(Run(SourceOf(articles)));
  EXPECT_THAT(seen_.alerts, ElementsAre("1", "2"));
  ASSERT_TRUE(Run(SourceOf({ArticleJson("2", "A spy is caught")})));
  EXPECT_THAT(seen_.alerts, ElementsAre("1", "2", "2")) << "a correction";
}

// Until a sink has it, the next process must not take it for delivered.
TEST_F(PipelineTest, AnAlertThatNobodyTookIsNotRemembered) {
  Disk disk;
  memory_ = &disk;
  options_.drain_timeout = std::chrono::milliseconds(20);
  EXPECT_FALSE(Run(SourceOf({ArticleJson("1", "A spy"), ArticleJson("1", "A spy")}), Behaviour::kHold));
  EXPECT_FALSE(Run(SourceOf({ArticleJson("1", "A spy")}), Behaviour::kDrop));
  EXPECT_THAT(disk.texts, IsEmpty());
  ASSERT_TRUE(Run(SourceOf({ArticleJson("1", "A spy")})));
  EXPECT_THAT(seen_.alerts, SizeIs(3));
  EXPECT_THAT(disk.texts, SizeIs(1));
}

constexpr std::string_view kEmbargoed = R"({"id":"1","title":"A spy","embargoed_until":"2999-01-01T00:00:00Z"})";

TEST_F(PipelineTest, ARecordWhoseAlertIsHeldIsDoneWhenThatIsRemembered) {
  Disk disk;
  disk.failures = 2;
  memory_ = &disk;
  ASSERT_TRUE(Run(SourceOf({std::string(kEmbargoed)})));
  EXPECT_EQ(disk.failures, 0) << "it is tried again until it works";
  EXPECT_THAT(seen_.acknowledged, ElementsAre(0));
  EXPECT_THAT(seen_.alerts, IsEmpty());
  EXPECT_THAT(seen_.dead_letters, IsEmpty());
  EXPECT_EQ(AlertMetrics{metrics_}.held.Value(), 1);

  // Its embargo is lifted by another copy, after the restart.
  ASSERT_TRUE(Run(SourceOf({R"({"id":"1","title":"A spy"})"})));
  EXPECT_THAT(seen_.alerts, ElementsAre("1"));
}

TEST_F(PipelineTest, WhatIsHeldAndRememberedNowhereBecomesADeadLetter) {
  ASSERT_TRUE(Run(SourceOf({std::string(kEmbargoed)})));
  ASSERT_THAT(seen_.dead_letters, SizeIs(1));
  EXPECT_THAT(seen_.dead_letters[0], AllOf(::testing::StartsWith("embargoed {"), HasSubstr("\"article_id\":\"1\"")));

  // Where a crash would lose it, it is not held at all.
  delivery_.alerts.longest_embargo = std::chrono::milliseconds(0);
  ASSERT_TRUE(Run(SourceOf({std::string(kEmbargoed)})));
  ASSERT_THAT(seen_.dead_letters, SizeIs(2));
  EXPECT_EQ(seen_.dead_letters[1], "embargoed " + std::string(kEmbargoed));
  EXPECT_THAT(seen_.alerts, IsEmpty());
}

TEST_F(PipelineTest, ACancellationWithoutTextWithdraws) {
  ASSERT_TRUE(Run(SourceOf({ArticleJson("1", "A spy"), R"({"id":"1","status":"canceled"})",
                            R"({"id":"1","status":"canceled"})", R"({"id":"2","status":"canceled"})"})));
  EXPECT_THAT(seen_.alerts, ElementsAre("1", "1"));
  EXPECT_THAT(seen_.dead_letters, IsEmpty());
  EXPECT_EQ(articles_.matched.Value(), 2);
  EXPECT_EQ(articles_.unmatched.Value(), 2);
}

// Tells of a partition between two records, and hears of it in the same order.
TEST_F(PipelineTest, WhatHappensToAPartitionIsTellableInOrderWithItsRecords) {
  class TellingSource : public ScriptedSource {
   public:
    using ScriptedSource::ScriptedSource;
    Status Run(RecordInbox& inbox) override {
      for (int i = 0; i < 300; ++i) {
        const auto payload = std::make_shared<const std::string>(ArticleJson("1", "A spy"));
        Record record;
        record.payload = *payload;
        record.memory = payload;
        record.place = {"script", Partition{0}, Offset{i}, 0};
        while (!inbox.Offer(record, SteadyNow() + patience)) {
        }
        inbox.Tell({PartitionEvent::Kind::kRevoked, Partition{0}, {}});
      }
      return {};
    }
  };
  delivery_.partitioned = true;
  ASSERT_TRUE(Run(std::make_unique<TellingSource>(seen_, std::vector<std::string>())));
  EXPECT_THAT(seen_.alerts, SizeIs(300)) << "each begins anew";
}

// Its record is long done, and whoever restores the state from behind the embargo takes the alert for delivered.
TEST_F(PipelineTest, WhileAnAlertThatTheClockReleasedIsUnderWayNoRecordBehindItIsDone) {
  class EmbargoSource : public ScriptedSource {
   public:
    explicit EmbargoSource(Seen& seen) : ScriptedSource(seen, {}), all_(seen) {}
    Status Run(RecordInbox& inbox) override {
      // By record time the embargo lies ahead, by the clock it is over.
      Offer(inbox, 0, R"({"id":"1","title":"A spy","embargoed_until":"2020-01-01T01:00:00Z"})");
      while (!HasAlerted()) std::this_thread::yield();
      Offer(inbox, 1, ArticleJson("2", "Rain"));
      at_end();
      return {};
    }

   private:
    static void Offer(RecordInbox& inbox, std::int64_t offset, const std::string& article) {
      const auto payload = std::make_shared<const std::string>(article);
      Record record;
      record.payload = *payload;
      record.memory = payload;
      record.timestamp = ParseRfc3339("2020-01-01T00:00:00Z");
      record.place = {"script", Partition{0}, Offset{offset}, 0};
      EXPECT_TRUE(inbox.Offer(record, SteadyNow() + std::chrono::minutes(1)));
      inbox.Flush();
    }
    bool HasAlerted() {
      const std::lock_guard lock(all_.mutex);
      return !all_.alerts.empty();
    }
    Seen& all_;
  };
  delivery_.partitioned = true;
  options_.drain_timeout = std::chrono::milliseconds(20);
  EXPECT_FALSE(Run(std::make_unique<EmbargoSource>(seen_), Behaviour::kHold));
  EXPECT_THAT(seen_.alerts, ElementsAre("1"));
  EXPECT_THAT(seen_.acknowledged, ElementsAre(0));
}

TEST_F(PipelineTest, AlertsKeepTheOrderOfTheRecordsWhateverWorkerHadThem) {
  std::vector<std::string> payloads, ids;
  for (int i = 0; i < 5'000; ++i) {
    ids.push_back(std::to_string(i));
    payloads.push_back(ArticleJson(ids.back(), i % 7 == 0 ? "a spy " + std::string(20'000, 'x') : "a spy"));
  }
  ASSERT_TRUE(Run(SourceOf(std::move(payloads))));
  EXPECT_EQ(seen_.alerts, ids);
  EXPECT_THAT(seen_.acknowledged, SizeIs(5'000));
}

TEST_F(PipelineTest, QueuesAreShownEmptyWhenTheyAre) {
  options_.workers = 1;
  ASSERT_TRUE(Run(SourceOf(std::vector<std::string>(5'000, ArticleJson("1", std::string(2'000, 'x'))))));
  EXPECT_EQ(articles_.read_queue_depth.Value(), 0);
  EXPECT_EQ(articles_.handle_queue_depth.Value(), 0);
}

TEST_F(PipelineTest, ARecordWhoseAlertHasNoOutcomeIsNotAcknowledged) {
  options_.drain_timeout = std::chrono::milliseconds(20);
  const Status status =
      Run(SourceOf({ArticleJson("1", "Rain"), ArticleJson("2", "A spy"), ArticleJson("3", "Sun")}), Behaviour::kHold);
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().code, ErrorCode::kTimeout);
  EXPECT_THAT(status.error().message, HasSubstr("1 records were not settled"));
  EXPECT_THAT(seen_.acknowledged, ::testing::UnorderedElementsAre(0, 2));
}

TEST_F(PipelineTest, EverythingThatClosesAfterAStopSharesOneDeadline) {
  options_.drain_timeout = std::chrono::milliseconds(200);
  EXPECT_FALSE(Run(SourceOf({ArticleJson("1", "A spy")}), Behaviour::kHold));
  ASSERT_THAT(seen_.close_by, SizeIs(2)) << "sink and source";
  for (const SteadyTime deadline : seen_.close_by) EXPECT_LE(deadline, stopped_by_ + options_.drain_timeout);
}

TEST_F(PipelineTest, EveryDeadLetterIsToldWhetherOrNotMoreCome) {
  testing::internal::CaptureStderr();
  ASSERT_TRUE(Run(SourceOf(std::vector<std::string>(16, "not json"))));
  const std::string log = testing::internal::GetCapturedStderr();
  std::size_t told = 0;
  const std::string before = "dead letters: ";
  for (std::size_t at = log.find(before); at != std::string::npos; at = log.find(before, at + 1)) {
    told += std::stoul(log.substr(at + before.size()));
  }
  EXPECT_EQ(told, 16u) << log;
}

TEST_F(PipelineTest, ARepeatOfAnAlertThatIsUnderWayIsDoneWithItAndNotBefore) {
  options_.drain_timeout = std::chrono::milliseconds(20);
  const std::vector<std::string> twice(2, ArticleJson("1", "A spy"));
  EXPECT_FALSE(Run(SourceOf(twice), Behaviour::kHold));
  EXPECT_THAT(seen_.alerts, ElementsAre("1"));
  EXPECT_THAT(seen_.acknowledged, IsEmpty()) << "its alert would be lost with this process";

  ASSERT_TRUE(Run(SourceOf(twice), Behaviour::kLate));
  EXPECT_THAT(seen_.alerts, ElementsAre("1", "1")) << "one for each run";
  EXPECT_THAT(seen_.acknowledged, ::testing::UnorderedElementsAre(0, 1));
}

TEST_F(PipelineTest, ARepeatOfARefusedAlertIsADeadLetterToo) {
  ASSERT_TRUE(Run(SourceOf(std::vector<std::string>(2, ArticleJson("1", "A spy"))), Behaviour::kRefuse));
  EXPECT_THAT(seen_.dead_letters, SizeIs(2));
  EXPECT_THAT(seen_.acknowledged, ::testing::UnorderedElementsAre(0, 1));
}

TEST_F(PipelineTest, ASlowSinkIsWaitedForAtTheEndOfTheInput) {
  options_.drain_timeout = std::chrono::milliseconds(0);
  const Status status = Run(SourceOf({ArticleJson("1", "A spy")}), Behaviour::kLate);
  EXPECT_TRUE(status) << status.error().message;
  EXPECT_THAT(seen_.acknowledged, ElementsAre(0));
  EXPECT_EQ(articles_.in_flight.Value(), 0);
}

TEST_F(PipelineTest, ADeliveryThatIsDroppedIsNeverTakenForDone) {
  const Status status = Run(SourceOf({ArticleJson("1", "A spy"), ArticleJson("2", "Rain")}), Behaviour::kDrop);
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().code, ErrorCode::kTimeout);
  EXPECT_THAT(status.error().message, HasSubstr("1 records were not settled"));
  EXPECT_THAT(seen_.acknowledged, ElementsAre(1));
}

TEST_F(PipelineTest, ARefusedAlertTurnsItsRecordIntoADeadLetter) {
  ASSERT_TRUE(Run(SourceOf({ArticleJson("1", "A spy")}), Behaviour::kRefuse));
  ASSERT_THAT(seen_.dead_letters, SizeIs(1));
  EXPECT_THAT(seen_.dead_letters[0], ::testing::StartsWith("alert-refused {\"id\":\"1\""));
  EXPECT_THAT(seen_.acknowledged, ElementsAre(0));
  EXPECT_EQ(articles_.dead_lettered.Value(), 1);
  EXPECT_EQ(articles_.matched.Value(), 0) << "counted out once";
}

TEST_F(PipelineTest, ASinkThatIsGoneForGoodStopsASourceThatWouldGoOn) {
  options_.drain_timeout = std::chrono::milliseconds(20);
  auto source = SourceOf(std::vector<std::string>(2, ArticleJson("1", "A spy")));
  source->goes_on = true;
  testing::internal::CaptureStderr();
  const Status status = Run(std::move(source), Behaviour::kGone);
  EXPECT_THAT(testing::internal::GetCapturedStderr(), ::testing::Not(HasSubstr("not settled")))
      << "that follows from it, and is no error of its own";
  EXPECT_TRUE(gave_up_);
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().code, ErrorCode::kIo);
  EXPECT_THAT(status.error().message, HasSubstr("nobody reads"));
  EXPECT_THAT(seen_.dead_letters, ::testing::IsEmpty());
  EXPECT_THAT(seen_.acknowledged, ::testing::Not(::testing::Contains(0)));
}

TEST_F(PipelineTest, ARefusedDeadLetterStopsThePipelineAndLosesNothing) {
  options_.drain_timeout = std::chrono::milliseconds(20);
  const Status status = Run(SourceOf({"not json", ArticleJson("2", "Rain")}), Behaviour::kDeliver, Behaviour::kRefuse);
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().code, ErrorCode::kRejected);
  EXPECT_THAT(status.error().message, HasSubstr("script:0:0"));
  EXPECT_EQ(SinkMetrics{metrics_}.refused.With("fake").Value(), 1);
  EXPECT_THAT(seen_.acknowledged, ElementsAre(1));
}

TEST_F(PipelineTest, WorkInFlightIsBoundedSoThatASlowSinkSlowsTheSource) {
  options_.in_flight_records = 10;
  options_.drain_timeout = std::chrono::milliseconds(20);
  std::vector<std::string> payloads;
  for (int i = 0; i < 100; ++i) payloads.push_back(ArticleJson(std::to_string(i), "A spy"));
  auto source = SourceOf(std::move(payloads));
  source->patience = std::chrono::milliseconds(20);
  EXPECT_FALSE(Run(std::move(source), Behaviour::kHold));
  EXPECT_EQ(seen_.refused_offers, 1u);
  EXPECT_THAT(seen_.alerts, SizeIs(10));
}

TEST_F(PipelineTest, ARecordLargerThanTheBoundPassesAlone) {
  options_.in_flight_bytes = 100;
  ASSERT_TRUE(Run(SourceOf({ArticleJson("1", "A spy " + std::string(1'000, 'x')), ArticleJson("2", "A spy")})));
  EXPECT_THAT(seen_.alerts, ElementsAre("1", "2"));
}

TEST_F(PipelineTest, TheErrorOfTheSourceIsReportedAfterWhatItGaveIsDone) {
  auto source = SourceOf({ArticleJson("1", "A spy")});
  source->end_of_stream = Error{ErrorCode::kNotFound, "the kafka topic 'articles' does not exist"};
  const Status status = Run(std::move(source));
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().code, ErrorCode::kNotFound);
  EXPECT_THAT(seen_.acknowledged, ElementsAre(0));
}

TEST_F(PipelineTest, ThatSomethingDidNotEndInTimeIsKnownBesideTheFirstError) {
  auto source = SourceOf({ArticleJson("1", "A spy")});
  source->end_of_stream = Error{ErrorCode::kRejected, "fenced"};
  EXPECT_FALSE(Run(std::move(source)));
  EXPECT_FALSE(gave_up_);

  source = SourceOf({ArticleJson("2", "A spy")});
  source->end_of_stream = Error{ErrorCode::kRejected, "fenced"};
  source->closed = Error{ErrorCode::kTimeout, "leaving the group hangs"};
  const Status status = Run(std::move(source));
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().code, ErrorCode::kRejected);
  EXPECT_TRUE(gave_up_);
}

TEST_F(PipelineTest, ChangedPacksAreUsedFromTheNextBatchAndBadOnesChangeNothing) {
  Heartbeat& heartbeat = health_.AddLoop("rules", std::chrono::seconds(60));
  rules_->Watch(std::chrono::milliseconds(0), heartbeat);
  const std::string before = rules_->Current()->hash();
  const auto reload_and_wait = [&](const Counter& counter) {
    const double count = counter.Value();
    rules_->RequestReload();
    while (counter.Value() == count) std::this_thread::yield();
  };
  std::string after;
  ASSERT_TRUE(Run(SourceOf(
      {ArticleJson("1", "A spy"), ArticleJson("2", "A spy"), ArticleJson("3", "A mole"), ArticleJson("4", "A spy")},
      [&](std::size_t i) {
        if (i == 0) {
          while (articles_.matched.Value() < 1) std::this_thread::yield();
          WritePack("pack: [broken");
          reload_and_wait(rule_metrics_.reloads_failed);
        }
        if (i == 1) {
          while (articles_.matched.Value() < 2) std::this_thread::yield();
          std::string pack(kPack);
          pack.replace(pack.find("'spy'"), 5, "'mole'");
          WritePack(pack);
          reload_and_wait(rule_metrics_.reloads_ok);
          after = rules_->Current()->hash();
        }
      })));
  EXPECT_THAT(seen_.alerts, ElementsAre("1", "2", "3"));
  EXPECT_THAT(seen_.rule_sets, ElementsAre(before, before, after));
  EXPECT_NE(before, after);
}

TEST_F(PipelineTest, AlertsAreCountedUnderTheSeverityThatATopicHasNow) {
  Heartbeat& heartbeat = health_.AddLoop("rules", std::chrono::seconds(60));
  rules_->Watch(std::chrono::milliseconds(0), heartbeat);
  ASSERT_TRUE(Run(SourceOf({ArticleJson("1", "A spy"), ArticleJson("2", "A spy")}, [&](std::size_t i) {
    if (i != 0) return;
    while (articles_.matched.Value() < 1) std::this_thread::yield();
    std::string pack(kPack);
    pack.replace(pack.find("title: Spies"), 12, "title: Spies\n    severity: critical");
    WritePack(pack);
    rules_->RequestReload();
    while (rule_metrics_.reloads_ok.Value() < 2) std::this_thread::yield();
  })));
  EXPECT_EQ(TopicMetrics{metrics_}.alerts.With("spies", "medium").Value(), 1);
  EXPECT_EQ(TopicMetrics{metrics_}.alerts.With("spies", "critical").Value(), 1);
}

}  // namespace
}  // namespace wirewatch
