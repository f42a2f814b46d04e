// KafkaSource against a real broker. More than 500 lines: every test runs on one broker, which takes seconds to start.
#include "connectors/kafka/consume/kafka_source.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <deque>
#include <functional>
#include <future>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "connectors/kafka/client/kafka_metrics.h"
#include "tests/support/kafka_admin.h"
#include "tests/support/kafka_broker.h"
#include "tests/support/kafka_fields.h"
#include "tests/support/wait_until.h"

namespace wirewatch {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::Pair;
using testing::UnorderedElementsAre;
using Kind = PartitionEvent::Kind;

std::int64_t Number(Offset offset) { return static_cast<std::int64_t>(offset); }
std::int32_t Number(Partition partition) { return static_cast<std::int32_t>(partition); }

// The pipeline's side: keeps what it is offered, while there is room.
class FakeInbox : public RecordInbox {
 public:
  bool Offer(Record& record, SteadyTime deadline) override {
    std::unique_lock lock(mutex_);
    if (!changed_.wait_until(lock, deadline, [&] { return open_ < capacity_; })) {
      ++refusals_;
      changed_.notify_all();
      return false;
    }
    ++open_;
    ++offered_;
    records_.push_back(std::move(record));
    changed_.notify_all();
    return true;
  }
  void Flush() override {}
  void Tell(const PartitionEvent& event) override {
    const std::lock_guard lock(mutex_);
    events_.emplace_back(event.kind, offered_);
  }
  void Beat() override {}

  void SetCapacity(std::size_t capacity) {
    const std::lock_guard lock(mutex_);
    capacity_ = capacity;
    changed_.notify_all();
  }
  // Waits until there are as many, and takes them out; they count as under way until Leave.
  std::vector<Record> Take(std::size_t count) {
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, kLong, [&] { return records_.size() >= count; });
    std::vector<Record> taken;
    for (; taken.size() < count && !records_.empty(); records_.pop_front())
      taken.push_back(std::move(records_.front()));
    return taken;
  }
  std::size_t size() {
    const std::lock_guard lock(mutex_);
    return records_.size();
  }
  void Leave(std::size_t count) {
    const std::lock_guard lock(mutex_);
    open_ -= count;
    changed_.notify_all();
  }
  // What was told, each with how many records were offered before it.
  std::vector<std::pair<PartitionEvent::Kind, std::size_t>> events() {
    const std::lock_guard lock(mutex_);
    return events_;
  }
  bool WaitForRefusals(int count) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, kLong, [&] { return refusals_ >= count; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Record> records_;
  std::vector<std::pair<PartitionEvent::Kind, std::size_t>> events_;
  std::size_t offered_ = 0;
  std::size_t capacity_ = 1'000'000, open_ = 0;
  int refusals_ = 0;
};

// A source that runs in a thread until it is closed.
class RunningSource {
 public:
  RunningSource(const KafkaConsumerSettings& source, const KafkaSettings& shared, KafkaSourceOptions limits = {})
      : source_(*KafkaSource::Create(source, shared, metrics_, limits)),
        run_(std::async(std::launch::async, [this] { return source_->Run(inbox_); })) {}
  ~RunningSource() {
    if (source_) (void)Close();
  }

  FakeInbox& inbox() { return inbox_; }
  KafkaSource& source() { return *source_; }
  MetricsRegistry& metrics() { return metrics_; }

  void Acknowledge(const std::vector<Record>& records) {
    for (const Record& record : records) source_->Acknowledge(record.place);
    inbox_.Leave(records.size());
  }
  // What Run returned by itself.
  Status Result() {
    if (run_.wait_for(kLong) != std::future_status::ready) return Error{ErrorCode::kTimeout, "Run did not return"};
    return run_.get();
  }
  Status Close(std::chrono::seconds within = std::chrono::seconds(30)) {
    source_->RequestStop();
    if (run_.valid()) (void)run_.get();
    Status closed = source_->Close(SteadyNow() + within);
    source_.reset();
    return closed;
  }

 private:
  MetricsRegistry metrics_;
  FakeInbox inbox_;
  std::unique_ptr<KafkaSource> source_;
  std::future<Status> run_;
};

class KafkaSourceTest : public testing::Test {
 protected:
  void MakeTopic(int partitions) {
    const Status created = admin_.CreateTopic(topic_, partitions);
    ASSERT_TRUE(created) << created.error().message;
  }
  // Values "first", "first + 1", ..., round robin over partitions.
  void Produce(int first, int count, int partitions) {
    std::vector<KafkaTestRecord> records;
    for (int i = first; i < first + count; ++i) {
      records.push_back({.value = std::to_string(i), .partition = i % partitions});
    }
    const Status produced = admin_.Produce(topic_, records);
    ASSERT_TRUE(produced) << produced.error().message;
  }
  KafkaConsumerSettings Source(std::string instance_id = "", std::string offset_reset = "earliest") const {
    return KafkaConsumerOf(topic_, group_, std::move(instance_id), std::move(offset_reset));
  }
  KafkaSettings Shared(std::map<std::string, std::string> properties = {}) const {
    properties.emplace("session.timeout.ms", "6000");
    properties.emplace("heartbeat.interval.ms", "300");
    return SharedKafka(broker_.bootstrap(), std::move(properties));
  }
  std::map<std::int32_t, std::int64_t> Committed() const { return *admin_.Committed(topic_, group_); }

  KafkaBroker& broker_ = KafkaBroker::Get();
  const KafkaAdmin admin_{broker_.bootstrap()};
  const std::string topic_ = broker_.NewName("articles"), group_ = broker_.NewName("group");
};

TEST_F(KafkaSourceTest, HandsOverRecordsAsTheyWereWritten) {
  MakeTopic(2);
  const std::string bytes("\x00\xff\n\x80 {", 6);
  ASSERT_TRUE(admin_.Produce(topic_, {{.key = "k\x01",
                                       .value = bytes,
                                       .headers = {{"traceparent", "00-ab"}, {"twice", "a"}, {"twice", bytes}},
                                       .partition = 1,
                                       .timestamp_ms = 1'700'000'000'123},
                                      {.partition = 1}}));
  RunningSource running(Source(), Shared());
  const std::vector<Record> records = running.inbox().Take(2);
  ASSERT_EQ(records.size(), 2U);
  const Record& first = records[0];
  EXPECT_EQ(first.payload, bytes);
  EXPECT_EQ(first.key, "k\x01");
  ASSERT_EQ(first.headers.size(), 3U);
  EXPECT_EQ(first.headers[0].name, "traceparent");
  EXPECT_EQ(first.headers[1].value, "a");
  EXPECT_EQ(first.headers[2].name, "twice");
  EXPECT_EQ(first.headers[2].value, bytes);
  EXPECT_EQ(first.place.stream, topic_);
  EXPECT_EQ(Number(first.place.partition), 1);
  EXPECT_EQ(Number(first.place.offset), 0);
  ASSERT_TRUE(first.timestamp);
  EXPECT_EQ(FormatRfc3339(*first.timestamp), "2023-11-14T22:13:20.123000Z");
  EXPECT_THAT(records[1].payload, IsEmpty()) << "a record without a value";
  EXPECT_EQ(records[1].payload.data(), nullptr);
}

TEST_F(KafkaSourceTest, CommitsWhatIsSettledAndNothingBehindTheOldestOpenRecord) {
  MakeTopic(2);
  Produce(0, 20, 2);
  {
    RunningSource running(Source(), Shared());
    std::vector<Record> records = running.inbox().Take(20);
    ASSERT_EQ(records.size(), 20U);
    std::reverse(records.begin(), records.end());
    for (const Record& record : records) {
      if (Number(record.place.partition) == 0 && Number(record.place.offset) == 4) continue;
      running.source().Acknowledge(record.place);
    }
    ASSERT_TRUE(running.Close());
  }
  EXPECT_THAT(Committed(), UnorderedElementsAre(Pair(0, 4), Pair(1, 10)));

  RunningSource again(Source(), Shared());
  const std::vector<Record> rest = again.inbox().Take(6);
  ASSERT_EQ(rest.size(), 6U);
  EXPECT_EQ(Number(rest.front().place.offset), 4);
  again.Acknowledge(rest);
  EXPECT_TRUE(again.Close());
  EXPECT_THAT(Committed(), UnorderedElementsAre(Pair(0, 10), Pair(1, 10)));
}

TEST_F(KafkaSourceTest, CommitsWhileItRuns) {
  MakeTopic(1);
  Produce(0, 5, 1);
  RunningSource running(Source(), Shared());
  running.Acknowledge(running.inbox().Take(5));
  EXPECT_TRUE(WaitUntil([&] { return Committed() == std::map<std::int32_t, std::int64_t>{{0, 5}}; }));
}

TEST_F(KafkaSourceTest, SettlesWhatIsUnderWayBeforePartitionsMove) {
  MakeTopic(4);
  Produce(0, 400, 4);
  RunningSource first(Source(), Shared(), {.revoke_deadline = kLong});
  const std::vector<Record> records = first.inbox().Take(400);
  ASSERT_EQ(records.size(), 400U);
  RunningSource second(Source(), Shared());
  // The rebalance counts when its callback begins: from then on the first waits for us.
  ASSERT_TRUE(WaitUntil([&] { return KafkaMetrics{first.metrics()}.rebalances.Value() >= 2; }));
  first.Acknowledge(records);
  ASSERT_TRUE(WaitUntil([&] {
    return second.source().Ready() && KafkaMetrics{second.metrics()}.assigned_partitions.With(topic_).Value() == 2;
  }));
  Produce(400, 4, 4);
  // Nothing of the first 400 comes again.
  std::set<std::string> seen;
  for (const Record& record : first.inbox().Take(2)) seen.insert(std::string(record.payload));
  for (const Record& record : second.inbox().Take(2)) seen.insert(std::string(record.payload));
  EXPECT_EQ(seen, (std::set<std::string>{"400", "401", "402", "403"}));
}

TEST_F(KafkaSourceTest, GivesUpWaitingAtTheDeadlineAndTheNextOwnerReadsAgain) {
  MakeTopic(2);
  Produce(0, 10, 2);
  RunningSource first(Source(), Shared(), {.revoke_deadline = std::chrono::milliseconds(100)});
  const std::vector<Record> records = first.inbox().Take(10);
  ASSERT_EQ(records.size(), 10U);
  RunningSource second(Source(), Shared());
  // Each has one partition now, and both begin at the start of theirs.
  EXPECT_EQ(second.inbox().Take(5).size(), 5U);
  const std::vector<Record> again = first.inbox().Take(5);
  ASSERT_EQ(again.size(), 5U);
  EXPECT_NE(again[0].place.lease, records[0].place.lease);
  // What was read under the old lease does not count for the new one.
  first.Acknowledge(records);
  ASSERT_TRUE(first.Close());
  EXPECT_THAT(Committed(), IsEmpty());
}

TEST_F(KafkaSourceTest, PausesWithoutRoomAndGoesOnWithoutLossOrRepeat) {
  MakeTopic(3);
  Produce(0, 3'000, 3);
  RunningSource running(Source(), Shared(), {.pause_after = std::chrono::milliseconds(200)});
  running.inbox().SetCapacity(10);
  std::vector<Record> all = running.inbox().Take(10);
  for (int round = 1; round <= 3; ++round) {
    ASSERT_TRUE(running.inbox().WaitForRefusals(round * 8)) << "refusals go on, so polling goes on";
    EXPECT_TRUE(running.source().Ready());
    running.inbox().Leave(10);
    for (Record& record : running.inbox().Take(10)) all.push_back(std::move(record));
  }
  running.inbox().SetCapacity(1'000'000);
  for (Record& record : running.inbox().Take(3'000 - all.size())) all.push_back(std::move(record));
  ASSERT_EQ(all.size(), 3'000U);
  std::map<std::int32_t, std::int64_t> next;
  for (const Record& record : all) {
    ASSERT_EQ(Number(record.place.offset), next[Number(record.place.partition)]++);
  }
}

TEST_F(KafkaSourceTest, ReadsOnlySoFarBeyondARecordThatStaysOpen) {
  MakeTopic(1);
  Produce(0, 100, 1);
  RunningSource running(Source(), Shared(), {.pause_after = std::chrono::milliseconds(200), .max_ahead = 10});
  std::vector<Record> records = running.inbox().Take(10);
  ASSERT_EQ(records.size(), 10U);
  EXPECT_EQ(running.inbox().size(), 0U) << "more than 10 beyond the oldest open one";
  const std::vector<Record> oldest{records.front()};
  running.Acknowledge({records.begin() + 1, records.end()});
  running.Acknowledge(oldest);
  for (Record& record : running.inbox().Take(10)) records.push_back(std::move(record));
  ASSERT_EQ(records.size(), 20U);
  EXPECT_TRUE(running.source().Ready());
  EXPECT_EQ(running.inbox().size(), 0U) << "more than 10 beyond the oldest open one";
}

TEST_F(KafkaSourceTest, ReadsALogThatBeginsAnew) {
  MakeTopic(1);
  Produce(0, 10, 1);
  RunningSource running(Source(), Shared(), {.missing_grace = kLong});
  const std::vector<Record> before = running.inbox().Take(10);
  ASSERT_EQ(before.size(), 10U);
  running.Acknowledge(before);
  ASSERT_TRUE(WaitUntil([&] { return Committed() == std::map<std::int32_t, std::int64_t>{{0, 10}}; }));
  const Status deleted = admin_.DeleteTopic(topic_);
  ASSERT_TRUE(deleted) << deleted.error().message;
  ASSERT_TRUE(WaitUntil([&] { return bool(admin_.CreateTopic(topic_, 1)); }));
  Produce(10, 5, 1);
  const std::vector<Record> after = running.inbox().Take(5);
  ASSERT_EQ(after.size(), 5U);
  EXPECT_EQ(Number(after[0].place.offset), 0);
  EXPECT_EQ(after[0].payload, "10");
  running.Acknowledge(after);
  EXPECT_TRUE(WaitUntil([&] { return Committed() == std::map<std::int32_t, std::int64_t>{{0, 5}}; }));
}

TEST_F(KafkaSourceTest, RebalancesWhileItIsPaused) {
  MakeTopic(2);
  Produce(0, 200, 2);
  RunningSource first(Source(), Shared(), {.pause_after = std::chrono::milliseconds(100)});
  first.inbox().SetCapacity(10);
  std::vector<Record> held = first.inbox().Take(10);
  ASSERT_TRUE(first.inbox().WaitForRefusals(5));
  // The first has its records settled while it is asked to give up a partition.
  first.inbox().SetCapacity(0);
  first.Acknowledge(held);
  RunningSource second(Source(), Shared());
  std::set<std::string> seen;
  for (const Record& record : held) seen.insert(std::string(record.payload));
  ASSERT_TRUE(WaitUntil([&] { return KafkaMetrics{second.metrics()}.assigned_partitions.With(topic_).Value() == 1; }));
  first.inbox().SetCapacity(1'000'000);
  const auto collect = [&](RunningSource& from) {
    for (const Record& record : from.inbox().Take(1)) {
      EXPECT_TRUE(seen.insert(std::string(record.payload)).second) << record.payload << " was read twice";
    }
  };
  // 190 are left over both partitions; how many each has depends on where the first ten were from.
  const std::size_t of_zero = static_cast<std::size_t>(std::count_if(
      held.begin(), held.end(), [](const Record& record) { return Number(record.place.partition) == 0; }));
  const bool first_has_zero = [&] {
    const std::vector<Record> one = first.inbox().Take(1);
    seen.insert(std::string(one.at(0).payload));
    return Number(one.at(0).place.partition) == 0;
  }();
  const std::size_t left_of_zero = 100 - of_zero, left_of_one = 100 - (10 - of_zero);
  for (std::size_t i = 1; i < (first_has_zero ? left_of_zero : left_of_one); ++i) collect(first);
  for (std::size_t i = 0; i < (first_has_zero ? left_of_one : left_of_zero); ++i) collect(second);
  EXPECT_EQ(seen.size(), 200U);
}

TEST_F(KafkaSourceTest, EndsWithWhatToDoWhenTheKafkaTopicDoesNotExist) {
  RunningSource running(Source(), Shared(), {.missing_grace = std::chrono::milliseconds(500)});
  const Status status = running.Result();
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().code, ErrorCode::kNotFound);
  EXPECT_THAT(status.error().message, HasSubstr(topic_));
  EXPECT_THAT(status.error().message, HasSubstr("create it"));
}

TEST_F(KafkaSourceTest, EndsWhenThereIsNoOffsetAndResetIsError) {
  MakeTopic(1);
  Produce(0, 1, 1);
  RunningSource running(Source("", "error"), Shared());
  const Status status = running.Result();
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().code, ErrorCode::kNotFound);
  EXPECT_THAT(status.error().message, HasSubstr("offset_reset"));
}

TEST_F(KafkaSourceTest, EndsWhenAnotherProcessTakesItsInstanceId) {
  MakeTopic(1);
  RunningSource first(Source("desk-1"), Shared());
  // It must be in the group before the other comes, or it is the other that is fenced.
  ASSERT_TRUE(WaitUntil([&] { return KafkaMetrics{first.metrics()}.assigned_partitions.With(topic_).Value() == 1; }));
  RunningSource second(Source("desk-1"), Shared());
  const Status status = first.Result();
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().code, ErrorCode::kRejected);
  EXPECT_THAT(status.error().message, HasSubstr("desk-1"));
}

TEST_F(KafkaSourceTest, AStaticMemberComesBackWithoutARebalanceOfTheOthers) {
  MakeTopic(2);
  RunningSource stays(Source("stays"), Shared());
  auto leaves = std::make_unique<RunningSource>(Source("leaves"), Shared());
  const auto settled = [&](RunningSource& member) {
    return WaitUntil([&] { return KafkaMetrics{member.metrics()}.assigned_partitions.With(topic_).Value() == 1; });
  };
  ASSERT_TRUE(settled(stays));
  ASSERT_TRUE(settled(*leaves));
  const double before = KafkaMetrics{stays.metrics()}.rebalances.Value();
  ASSERT_TRUE(leaves->Close());
  leaves = std::make_unique<RunningSource>(Source("leaves"), Shared());
  ASSERT_TRUE(settled(*leaves));
  EXPECT_EQ(KafkaMetrics{stays.metrics()}.rebalances.Value(), before);
}

TEST_F(KafkaSourceTest, AMemberWithoutPartitionsIsReady) {
  MakeTopic(1);
  RunningSource first(Source(), Shared());
  ASSERT_TRUE(WaitUntil([&] { return first.source().Ready().has_value(); }));
  RunningSource second(Source(), Shared());
  EXPECT_TRUE(WaitUntil([&] { return second.source().Ready().has_value(); }));
}

TEST_F(KafkaSourceTest, RecordsOutliveTheSource) {
  MakeTopic(1);
  Produce(0, 100, 1);
  std::vector<Record> records;
  {
    RunningSource running(Source(), Shared());
    records = running.inbox().Take(100);
    ASSERT_TRUE(running.Close());
  }
  ASSERT_EQ(records.size(), 100U);
  EXPECT_EQ(records[99].payload, "99");
  std::thread([&] { records.clear(); }).join();
}

TEST_F(KafkaSourceTest, TellsTheLagOfItsPartitions) {
  MakeTopic(1);
  Produce(0, 50, 1);
  RunningSource running(Source(), Shared(), {.lag_interval = std::chrono::milliseconds(100)});
  std::vector<Record> records = running.inbox().Take(50);
  ASSERT_EQ(records.size(), 50U);
  std::vector<Record> some;
  std::move(records.begin(), records.begin() + 30, std::back_inserter(some));
  running.Acknowledge(some);
  const std::string line =
      fmt::format("wirewatch_kafka_lag_records{{kafka_topic=\"{}\",partition=\"0\"}} 20\n", topic_);
  EXPECT_TRUE(WaitUntil([&] { return running.metrics().Serialize().find(line) != std::string::npos; }));
}

TEST_F(KafkaSourceTest, IsNotReadyWhileTheBrokerIsAwayAndGoesOnWhenItIsBack) {
  MakeTopic(2);
  Produce(0, 10, 2);
  RunningSource running(Source(), Shared(), {.lag_interval = std::chrono::milliseconds(100)});
  running.Acknowledge(running.inbox().Take(10));
  ASSERT_TRUE(WaitUntil([&] { return running.source().Ready().has_value(); }));
  const std::string lag = fmt::format("wirewatch_kafka_lag_seconds{{kafka_topic=\"{}\",partition=\"0\"}} ", topic_);
  const auto no_lag = [&] { return running.metrics().Serialize().find(lag + "0\n") != std::string::npos; };
  ASSERT_TRUE(WaitUntil(no_lag));
  ASSERT_TRUE(WaitUntil([&] { return *admin_.Lag(topic_, group_) == 0; })) << "so that nothing is read again";

  broker_.Stop();
  ASSERT_TRUE(WaitUntil([&] { return !running.source().Ready().has_value(); }));
  EXPECT_THAT(running.source().Ready().error().message, HasSubstr(broker_.bootstrap()));
  EXPECT_TRUE(WaitUntil([&] { return !no_lag(); })) << "nobody knows whether there is one";
  broker_.Start();
  ASSERT_TRUE(WaitUntil([&] { return running.source().Ready().has_value(); }));
  Produce(10, 10, 2);
  // Those from before may come again: their commit may not have reached the broker.
  std::set<std::string> missing;
  for (int i = 10; i < 20; ++i) missing.insert(std::to_string(i));
  for (int taken = 0; taken < 20 && !missing.empty(); ++taken) {
    for (const Record& record : running.inbox().Take(1)) missing.erase(std::string(record.payload));
  }
  EXPECT_THAT(missing, IsEmpty());
}

TEST(KafkaSourceWithoutBrokerTest, SaysWhatCannotBeReachedAndClosesInTime) {
  RunningSource running(KafkaConsumerOf("articles", "group"), SharedKafka("127.0.0.1:1"));
  ASSERT_TRUE(WaitUntil([&] {
    const Status ready = running.source().Ready();
    return !ready && ready.error().message.find("127.0.0.1:1") != std::string::npos;
  }));
  EXPECT_THAT(running.source().Ready().error().message, HasSubstr("kafka.bootstrap_servers"));
  EXPECT_TRUE(running.Close());
}

// The state of who handles the records is what the last window left behind: it is read again first, and changes
// nothing.
TEST_F(KafkaSourceTest, RecordsOfTheWindowBeforeTheCommittedOffsetOnlyRestore) {
  constexpr std::int64_t kMinute = 60'000, kFirst = 1'700'000'000'000;
  MakeTopic(1);
  std::vector<KafkaTestRecord> records;
  for (int i = 0; i < 300; ++i) {
    records.push_back({.value = std::to_string(i), .partition = 0, .timestamp_ms = kFirst + i * kMinute});
  }
  ASSERT_TRUE(admin_.Produce(topic_, records));
  const KafkaSourceOptions options{.restore_window = std::chrono::minutes(30)};
  {
    RunningSource first(Source(), Shared(), options);
    const std::vector<Record> taken = first.inbox().Take(200);
    for (const Record& record : taken) EXPECT_EQ(record.use, RecordUse::kCounts) << "nobody has read before";
    EXPECT_THAT(first.inbox().events(), testing::ElementsAre(Pair(Kind::kAssigned, 0), Pair(Kind::kRestored, 0)));
    first.Acknowledge(taken);
    ASSERT_TRUE(first.Close());
  }
  ASSERT_EQ(Committed().at(0), 200);

  RunningSource second(Source(), Shared(), options);
  std::vector<int> restored, live;
  while (live.size() < 100) {
    const std::vector<Record> next = second.inbox().Take(1);
    ASSERT_EQ(next.size(), 1u);
    (next[0].use == RecordUse::kRestores ? restored : live).push_back(std::stoi(std::string(next[0].payload)));
  }
  EXPECT_THAT(second.inbox().events(), testing::ElementsAre(Pair(Kind::kAssigned, 0), Pair(Kind::kRestored, 130)));
  ASSERT_TRUE(second.Close());
  // The window ends at the time of a record shortly before the committed offset, here a hundred before: rather more is
  // read again than too little.
  ASSERT_EQ(restored.size(), 130u);
  EXPECT_EQ(restored.front(), 70);
  EXPECT_EQ(restored.back(), 199);
  EXPECT_EQ(live.front(), 200);
  EXPECT_EQ(live.back(), 299);
  EXPECT_EQ(Committed().at(0), 200) << "what is restored is not acknowledged";
}

// Nobody gets to see the offset before the one that is committed: the end of the partition tells.
TEST_F(KafkaSourceTest, TellsThatAPartitionIsRestoredWhereTheLastRecordsAreAborted) {
  MakeTopic(1);
  Produce(0, 3, 1);
  ASSERT_TRUE(admin_.ProduceAborted(topic_, std::vector<KafkaTestRecord>(5, {.value = "aborted", .partition = 0})));
  const KafkaSourceOptions options{.restore_window = std::chrono::minutes(30)};
  {
    RunningSource first(Source(), Shared(), options);
    first.Acknowledge(first.inbox().Take(3));
    ASSERT_TRUE(WaitUntil([&] { return *admin_.Lag(topic_, group_) == 0; }));
    ASSERT_TRUE(first.Close());
  }
  RunningSource second(Source(), Shared(), options);
  EXPECT_TRUE(WaitUntil([&] { return second.inbox().events().size() == 2; }));
  EXPECT_THAT(second.inbox().events(), testing::ElementsAre(Pair(Kind::kAssigned, 0), Pair(Kind::kRestored, 3)));
}

// ------------------------------------------------------------------------------------------- what recalls decisions

// A kafka topic of the decisions beside that of the records; a record a minute in each partition of either.
class RecallTest : public KafkaSourceTest {
 protected:
  static constexpr std::int64_t kMinute = 60'000;
  static constexpr int kRecords = 300, kCommitted = 200;  // of each partition

  std::vector<KafkaTestRecord> Minutes(const std::string& prefix, int count, int partitions) const {
    std::vector<KafkaTestRecord> records;
    for (int i = 0; i < count; ++i) {
      for (int partition = 0; partition < partitions; ++partition) {
        records.push_back(
            {.value = prefix + std::to_string(i), .partition = partition, .timestamp_ms = first_ + i * kMinute});
      }
    }
    return records;
  }
  // The group has committed the first kCommitted records of each partition.
  void MakeRecords(int partitions) {
    MakeTopic(partitions);
    ASSERT_TRUE(admin_.Produce(topic_, Minutes("", kRecords, partitions)));
    RunningSource first(Source(), Shared());
    const auto all = static_cast<std::size_t>(kRecords * partitions);
    const std::vector<Record> taken = first.inbox().Take(all);
    ASSERT_EQ(taken.size(), all);
    std::vector<Record> done;
    std::copy_if(taken.begin(), taken.end(), std::back_inserter(done),
                 [](const Record& record) { return Number(record.place.offset) < kCommitted; });
    first.Acknowledge(done);
    ASSERT_TRUE(first.Close());
    ASSERT_EQ(Committed().at(0), kCommitted);
  }
  KafkaSourceOptions Options() const {
    return {.missing_grace = std::chrono::milliseconds(500),
            .restore_window = std::chrono::minutes(30),
            .decisions = decisions_};
  }
  // Takes until the first record of `partition` that counts, and gives what came before: of the partition itself, and
  // of the decisions on it.
  struct Before {
    std::vector<std::string> recalled, restored;
  };
  static Before TakeUntilLive(FakeInbox& inbox, int partition) {
    Before before;
    while (true) {
      const std::vector<Record> next = inbox.Take(1);
      if (next.empty()) {
        ADD_FAILURE() << "nothing comes";
        return before;
      }
      const Record& record = next.front();
      inbox.Leave(1);
      if (Number(record.place.partition) != partition) continue;
      if (record.use == RecordUse::kCounts) return before;
      if (record.use == RecordUse::kRecalls) {
        EXPECT_THAT(before.restored, IsEmpty()) << "a decision behind a record that it is about";
      }
      (record.use == RecordUse::kRecalls ? before.recalled : before.restored).emplace_back(record.payload);
    }
  }

  // Of d0 to d249 those from minute 60 on: the window begins with minute 70, and the margin is 10 minutes. The broker
  // may begin with the batch in which that one stands.
  static void ExpectTheWindow(const std::vector<std::string>& recalled) {
    ASSERT_GE(recalled.size(), 190u);
    for (std::size_t i = 0; i < recalled.size(); ++i) {
      ASSERT_EQ(recalled[i], "d" + std::to_string(250 - recalled.size() + i)) << "one is missing, or not in its place";
    }
  }

  // Of today: the broker deletes what is older than a week.
  const std::int64_t first_ =
      std::chrono::duration_cast<std::chrono::milliseconds>(WallNow().time_since_epoch()).count() - kRecords * kMinute;
  const std::string decisions_ = broker_.NewName("decisions");
};

TEST_F(RecallTest, TheDecisionsOfTheWindowComeBeforeTheRecordsThatRestore) {
  MakeRecords(2);
  ASSERT_TRUE(admin_.CreateTopic(decisions_, 2));
  ASSERT_TRUE(admin_.Produce(decisions_, Minutes("d", 250, 2)));
  RunningSource running(Source(), Shared(), Options());
  const Before before = TakeUntilLive(running.inbox(), 1);
  ExpectTheWindow(before.recalled);
  ASSERT_GE(before.restored.size(), 130u);
  EXPECT_EQ(before.restored.back(), "199");
  const auto events = running.inbox().events();
  ASSERT_GE(events.size(), 3u);
  EXPECT_EQ(events[0], (std::pair{Kind::kAssigned, std::size_t{0}}));
  EXPECT_EQ(events[1], (std::pair{Kind::kAssigned, std::size_t{0}}));
  EXPECT_EQ(events[2].first, Kind::kRestored);
  EXPECT_GE(events[2].second, 190u + 190u + 130u) << "not before what restores";
  ASSERT_TRUE(running.Close());
  EXPECT_EQ(Committed().at(1), kCommitted) << "what recalls is not acknowledged";
}

TEST_F(RecallTest, DecisionsWaitForRoomAndNoneIsLostOrOvertaken) {
  MakeRecords(1);
  ASSERT_TRUE(admin_.CreateTopic(decisions_, 1));
  ASSERT_TRUE(admin_.Produce(decisions_, Minutes("d", 250, 1)));
  RunningSource running(Source(), Shared(), Options());
  running.inbox().SetCapacity(3);
  ASSERT_TRUE(running.inbox().WaitForRefusals(3));
  const Before before = TakeUntilLive(running.inbox(), 0);
  ExpectTheWindow(before.recalled);
  EXPECT_GE(before.restored.size(), 130u);
  ASSERT_TRUE(running.Close());
}

// What is open, and what was aborted, was not decided; and nobody gets to see the end of the log.
TEST_F(RecallTest, DecisionsOfATransactionThatWasAbortedDoNotCome) {
  MakeRecords(1);
  ASSERT_TRUE(admin_.CreateTopic(decisions_, 1));
  ASSERT_TRUE(admin_.Produce(decisions_, Minutes("d", 250, 1)));
  ASSERT_TRUE(admin_.ProduceAborted(decisions_, Minutes("aborted", 5, 1)));
  RunningSource running(Source(), Shared(), Options());
  const Before before = TakeUntilLive(running.inbox(), 0);
  ExpectTheWindow(before.recalled);
}

TEST_F(RecallTest, WhereNoRecordRestoresThePartitionIsRestoredBehindItsDecisions) {
  MakeTopic(1);
  ASSERT_TRUE(admin_.Produce(topic_, Minutes("", 3, 1)));
  {
    RunningSource first(Source(), Shared());
    first.Acknowledge(first.inbox().Take(3));
    ASSERT_TRUE(first.Close());
  }
  ASSERT_TRUE(admin_.DeleteRecords(topic_));
  ASSERT_TRUE(admin_.CreateTopic(decisions_, 1));
  ASSERT_TRUE(admin_.Produce(decisions_, Minutes("d", 4, 1)));
  RunningSource running(Source(), Shared(), Options());
  EXPECT_EQ(running.inbox().Take(4).size(), 4u);
  EXPECT_TRUE(WaitUntil([&] { return running.inbox().events().size() == 2; }));
  EXPECT_THAT(running.inbox().events(), testing::ElementsAre(Pair(Kind::kAssigned, 0), Pair(Kind::kRestored, 4)));
}

TEST_F(RecallTest, WithoutAKafkaTopicOfDecisionsTheRecordsComeAllTheSame) {
  MakeRecords(1);
  RunningSource running(Source(), Shared(), Options());
  const Before before = TakeUntilLive(running.inbox(), 0);
  EXPECT_THAT(before.recalled, IsEmpty());
  EXPECT_GE(before.restored.size(), 130u);
}

TEST_F(RecallTest, APartitionMayGoWhileItsDecisionsAreRead) {
  MakeRecords(2);
  ASSERT_TRUE(admin_.CreateTopic(decisions_, 2));
  ASSERT_TRUE(admin_.Produce(decisions_, Minutes("d", 250, 2)));
  RunningSource first(Source(), Shared(), Options());
  first.inbox().SetCapacity(3);
  ASSERT_TRUE(first.inbox().WaitForRefusals(3));
  RunningSource second(Source(), Shared(), Options());
  ASSERT_TRUE(WaitUntil([&] { return second.inbox().size() > 300; })) << "the first is polled while it waits";
  const std::vector<Record> one = second.inbox().Take(1);
  const int partition = Number(one.at(0).place.partition);
  second.inbox().Leave(1);
  Before before = TakeUntilLive(second.inbox(), partition);
  before.recalled.insert(before.recalled.begin(), std::string(one.at(0).payload));
  ExpectTheWindow(before.recalled);
  // The first had some of them before the group met, and then all of them anew.
  before = TakeUntilLive(first.inbox(), 1 - partition);
  EXPECT_THAT(before.recalled, testing::Contains("d249"));
  EXPECT_GE(before.restored.size(), 130u);
  ASSERT_TRUE(second.Close());
  ASSERT_TRUE(first.Close());
}

// --------------------------------------------------------------------------------------------- what cannot be read

// So little that a batch of a few kB is too much for the source, as 100 MB are else.
std::map<std::string, std::string> Narrow() {
  return {{"message.max.bytes", "1000"}, {"fetch.max.bytes", "1000"}, {"receive.message.max.bytes", "2000"}};
}
const std::vector<std::pair<std::string, std::string>> kOneBatch{{"compression.codec", "zstd"}, {"linger.ms", "500"}};

std::vector<std::int64_t> OffsetsOf(const std::vector<Record>& records) {
  std::vector<std::int64_t> offsets;
  for (const Record& record : records) offsets.push_back(Number(record.place.offset));
  return offsets;
}

TEST_F(KafkaSourceTest, ABatchThatIsTooMuchIsReadAtASecondLook) {
  MakeTopic(1);
  Produce(0, 1, 1);
  std::vector<KafkaTestRecord> large(5, {.value = std::string(3'000, 'x'), .partition = 0});
  ASSERT_TRUE(admin_.Produce(topic_, large, kOneBatch));
  Produce(6, 1, 1);
  ASSERT_TRUE(admin_.Produce(topic_, large, kOneBatch));
  Produce(12, 1, 1);
  RunningSource running(Source(), Shared(Narrow()));
  const std::vector<Record> records = running.inbox().Take(13);
  EXPECT_THAT(OffsetsOf(records), testing::ElementsAre(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12));
  for (const Record& record : records) EXPECT_FALSE(record.unreadable);
  EXPECT_EQ(records[3].payload, large[0].value);
  running.Acknowledge(records);
  ASSERT_TRUE(running.Close());
  EXPECT_EQ(Committed().at(0), 13);
}

TEST_F(KafkaSourceTest, WhatCannotBeReadIsOneRecordThatSaysWhichOffsetsAndTheRestIsRead) {
  MakeTopic(1);
  Produce(0, 1, 1);
  const std::vector<KafkaTestRecord> seven(7, {.value = std::string(3'000, 'x'), .partition = 0});
  const std::vector<KafkaTestRecord> one(1, {.value = std::string(9'000, 'x'), .partition = 0});
  ASSERT_TRUE(admin_.Produce(topic_, seven, kOneBatch));  // 1 to 7
  ASSERT_TRUE(admin_.Produce(topic_, one, kOneBatch));    // 8: another batch right behind it
  Produce(9, 2, 1);
  ASSERT_TRUE(admin_.Produce(topic_, seven, kOneBatch));  // 11 to 17: the last
  KafkaSourceOptions options;
  options.most_unpacked = 2'000;
  std::vector<Record> records;
  {
    RunningSource running(Source(), Shared(Narrow()), options);
    // How many batches a producer makes of its messages is up to it.
    while (records.empty() || Number(records.back().place.offset) < 17) {
      const std::vector<Record> next = running.inbox().Take(1);
      ASSERT_EQ(next.size(), 1U);
      records.push_back(next.front());
    }
    running.Acknowledge(records);
    ASSERT_TRUE(running.Close());
    EXPECT_THAT(running.metrics().Serialize(),
                HasSubstr("_unreadable_offsets_total{kafka_topic=\"" + topic_ + "\"} 15\n"));
  }
  std::string told;  // of each offset: whether it was read
  for (const Record& record : records) {
    const std::int64_t offset = Number(record.place.offset);
    const std::int64_t first = record.unreadable ? Number(record.unreadable->first) : offset;
    ASSERT_EQ(first, static_cast<std::int64_t>(told.size()));
    told.append(static_cast<std::size_t>(offset - first + 1), record.unreadable ? 'u' : 'r');
    if (!record.unreadable) continue;
    EXPECT_THAT(record.unreadable->why, HasSubstr("Decompression"));
    EXPECT_THAT(record.payload, IsEmpty());
  }
  EXPECT_EQ(told, "ruuuuuuuurruuuuuuu");
  EXPECT_EQ(Committed().at(0), 18) << "the next start does not meet them again";

  // A group whose offset is in the midst of such a batch.
  ASSERT_TRUE(admin_.Produce(topic_, {{.value = "behind", .partition = 0}}));
  RunningSource again(Source(), Shared(Narrow()), options);
  EXPECT_THAT(OffsetsOf(again.inbox().Take(1)), testing::ElementsAre(18));
}

TEST_F(KafkaSourceTest, OfAPayloadThatIsTooLongTheHeadIsHandedOver) {
  MakeTopic(1);
  ASSERT_TRUE(admin_.Produce(topic_, {{.value = std::string(200'000, 'y'), .partition = 0}}));
  KafkaSourceOptions options;
  options.longest_payload = 100'000;
  RunningSource running(Source(), Shared(), options);
  const std::vector<Record> records = running.inbox().Take(1);
  ASSERT_EQ(records.size(), 1U);
  ASSERT_TRUE(records[0].oversize);
  EXPECT_EQ(records[0].oversize->bytes, 200'000U);
  EXPECT_EQ(records[0].payload, std::string(64 << 10, 'y'));
}

// ------------------------------------------------------------------------------------------------------------- lag

TEST_F(KafkaSourceTest, LagIsWhatTheGroupHasNotCommittedFromTheStartOn) {
  MakeTopic(1);
  std::vector<KafkaTestRecord> records;
  for (int i = 0; i < 10; ++i) {
    records.push_back({.value = std::to_string(i), .partition = 0, .timestamp_ms = 1'700'000'000'000});
  }
  ASSERT_TRUE(admin_.Produce(topic_, records));
  KafkaSourceOptions options;
  options.lag_interval = std::chrono::milliseconds(100);
  RunningSource running(Source(), Shared(), options);
  const auto shown = [&](std::string_view name, std::int64_t value) {
    const std::string line =
        fmt::format("wirewatch_kafka_lag_{}{{kafka_topic=\"{}\",partition=\"0\"}} {}", name, topic_, value);
    return WaitUntil([&] { return running.metrics().Serialize().find(line) != std::string::npos; });
  };
  const std::vector<Record> taken = running.inbox().Take(10);
  EXPECT_TRUE(shown("records", 10)) << "nothing was ever committed";
  EXPECT_TRUE(WaitUntil([&] {
    const std::string metrics = running.metrics().Serialize();
    const std::string name = fmt::format("wirewatch_kafka_lag_seconds{{kafka_topic=\"{}\",partition=\"0\"}} ", topic_);
    const std::size_t at = metrics.find(name);
    return at != std::string::npos && std::stod(metrics.substr(at + name.size())) > 30 * 24 * 3600.0;
  })) << "they are old";
  running.Acknowledge(taken);
  EXPECT_TRUE(shown("records", 0));
  EXPECT_TRUE(shown("seconds", 0));
}

TEST_F(KafkaSourceTest, RecordsThatNobodyGetsToSeeAreNoLag) {
  MakeTopic(2);
  ASSERT_TRUE(admin_.ProduceAborted(topic_, std::vector<KafkaTestRecord>(50, {.value = "aborted", .partition = 0})));
  {
    RunningSource running(Source(), Shared());
    EXPECT_TRUE(WaitUntil([&] { return *admin_.Lag(topic_, group_) == 0; })) << "at the start of a group";
    Produce(0, 2, 2);
    running.Acknowledge(running.inbox().Take(2));
    ASSERT_TRUE(admin_.ProduceAborted(topic_, std::vector<KafkaTestRecord>(50, {.value = "aborted", .partition = 1})));
    EXPECT_TRUE(WaitUntil([&] { return *admin_.Lag(topic_, group_) == 0; })) << "behind the last record";
    EXPECT_EQ(running.inbox().size(), 0U);
  }
  // Nothing is passed over while a record before it is open.
  Produce(2, 1, 2);
  ASSERT_TRUE(admin_.ProduceAborted(topic_, {{.value = "aborted", .partition = 0}}));
  RunningSource running(Source(), Shared());
  const std::vector<Record> open = running.inbox().Take(1);
  ASSERT_EQ(open.size(), 1U);
  ASSERT_TRUE(running.Close());
  EXPECT_EQ(Committed().at(0), Number(open[0].place.offset));
}

TEST(KafkaSourceWithoutBrokerTest, CountsForHowLongItHasNoPartitions) {
  RunningSource running(KafkaConsumerOf("articles", "group"), SharedKafka("127.0.0.1:1"));
  const std::string name = "wirewatch_kafka_without_partitions_seconds{kafka_topic=\"articles\"} ";
  EXPECT_TRUE(WaitUntil([&] {
    const std::string metrics = running.metrics().Serialize();
    const std::size_t at = metrics.find(name);
    return at != std::string::npos && std::stod(metrics.substr(at + name.size())) > 0;
  }));
}

}  // namespace
}  // namespace wirewatch

int main(int argc, char** argv) { return wirewatch::RunTestsWithKafkaBroker(argc, argv); }
