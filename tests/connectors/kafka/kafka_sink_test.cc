// The Kafka sinks against a real broker.
#include "connectors/kafka/produce/kafka_sink.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <librdkafka/rdkafka.h>
// The mock needs rdkafka.h before it.
#include <librdkafka/rdkafka_mock.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <future>
#include <map>
#include <mutex>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "connectors/kafka/admin/decision_log.h"
#include "connectors/kafka/client/kafka_metrics.h"
#include "connectors/kafka/client/rd_handles.h"
#include "connectors/kafka/kafka_connectors.h"
#include "connectors/kafka/produce/kafka_producer.h"
#include "pipeline/flow/flow_metrics.h"
#include "tests/support/kafka_admin.h"
#include "tests/support/kafka_broker.h"
#include "tests/support/kafka_fields.h"
#include "tests/support/wait_until.h"

namespace wirewatch {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Pair;
using testing::SizeIs;

// The outcomes of deliveries.
class Outcomes {
 public:
  Delivery Expect(std::string id) {
    return Delivery([this, id = std::move(id)](std::optional<Error> error) {
      const std::lock_guard lock(mutex_);
      if (error) {
        refused_.emplace(id, std::move(*error));
      } else {
        delivered_.insert(id);
      }
      changed_.notify_all();
    });
  }
  bool Wait(std::size_t count) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, kLong, [&] { return delivered_.size() + refused_.size() >= count; });
  }
  std::multiset<std::string> delivered() {
    const std::lock_guard lock(mutex_);
    return delivered_;
  }
  std::map<std::string, Error> refused() {
    const std::lock_guard lock(mutex_);
    return refused_;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::multiset<std::string> delivered_;
  std::map<std::string, Error> refused_;
};

// Bytes that no compression makes smaller.
std::string Noise(std::size_t size) {
  static std::mt19937 random(7);
  std::string bytes(size, '\0');
  for (char& byte : bytes) byte = static_cast<char>(random());
  return bytes;
}

class KafkaSinkTest : public testing::Test {
 protected:
  void MakeTopic(const std::vector<std::pair<std::string, std::string>>& settings = {}) {
    const Status created = admin_.CreateTopic(topic_, 3, settings);
    ASSERT_TRUE(created) << created.error().message;
  }
  std::unique_ptr<KafkaProducer> MakeProducer(std::map<std::string, std::string> properties = {}) {
    auto made =
        KafkaProducer::Create("alerts", topic_, SharedKafka(broker_.bootstrap(), std::move(properties)), metrics_);
    EXPECT_TRUE(made);
    return *std::move(made);
  }
  std::vector<KafkaTestRecord> Read() const {
    auto records = admin_.ReadAll(topic_);
    EXPECT_TRUE(records) << records.error().message;
    return records ? *std::move(records) : std::vector<KafkaTestRecord>{};
  }
  std::multiset<std::string> ReadKeys() const {
    std::multiset<std::string> keys;
    for (const KafkaTestRecord& record : Read()) keys.insert(record.key.value_or(""));
    return keys;
  }

  KafkaBroker& broker_ = KafkaBroker::Get();
  const KafkaAdmin admin_{broker_.bootstrap()};
  const std::string topic_ = broker_.NewName("alerts");
  MetricsRegistry metrics_;
  const KafkaContext context_{SharedKafkaFields(broker_.bootstrap()), metrics_};
  Outcomes outcomes_;
};

TEST_F(KafkaSinkTest, WritesAnAlertWithItsTopicAsKeyAndCloudEventsHeaders) {
  MakeTopic();
  auto sink = KafkaAlertSinkConnector().make(KafkaSinkFields(topic_), context_);
  ASSERT_TRUE(sink);
  Alert alert;
  alert.id = "0123456789abcdef0123456789abcdef";
  alert.match.topic = "5g-vendor-bans";
  alert.alerted = *ParseRfc3339("2026-11-23T09:30:00Z");
  (*sink)->Send(alert, outcomes_.Expect("alert"));
  ASSERT_TRUE(outcomes_.Wait(1));
  EXPECT_TRUE((*sink)->Close(SteadyNow() + kLong));

  const auto records = Read();
  ASSERT_THAT(records, SizeIs(1));
  EXPECT_EQ(records[0].key, "5g-vendor-bans");
  EXPECT_EQ(records[0].value, ToJson(alert));
  EXPECT_THAT(records[0].headers,
              ElementsAre(Pair("ce_specversion", "1.0"), Pair("ce_id", alert.id), Pair("ce_source", "urn:wirewatch"),
                          Pair("ce_type", "wirewatch.alert.new.v3"), Pair("ce_time", "2026-11-23T09:30:00Z"),
                          Pair("ce_subject", "5g-vendor-bans"), Pair("ce_dataschema", "urn:wirewatch:schema:alert:3"),
                          Pair("content-type", "application/json")));
}

// The alert step counts windows and embargoes by it.
TEST_F(KafkaSinkTest, GivesMatchesAndRevisionsTheRecordTimeOfTheirArticleButNoneThatLiesAhead) {
  MakeTopic();
  auto sink = KafkaMatchStreamConnector().make_sink(KafkaSourceFields(topic_, "group"), context_);
  ASSERT_TRUE(sink);
  const WallTime recorded = *ParseRfc3339("2026-03-02T09:30:00.250Z"), matched = *ParseRfc3339("2026-03-02T12:00:00Z");
  const WallTime begin = WallNow();
  const auto send = [&](std::string topic, std::optional<WallTime> time) {
    Match match;
    match.topic = std::move(topic);
    match.times = {time, matched, matched};
    (*sink)->Send(match, outcomes_.Expect(match.topic));
  };
  send("late", recorded);
  send("ahead", matched + std::chrono::hours(1));
  send("unknown", std::nullopt);
  Revision revision;
  revision.times = {recorded, matched, matched};
  (*sink)->Send(revision, outcomes_.Expect("revision"));
  ASSERT_TRUE(outcomes_.Wait(4));
  EXPECT_TRUE((*sink)->Close(SteadyNow() + kLong));

  const auto milliseconds = [](WallTime time) {
    return std::chrono::floor<std::chrono::milliseconds>(time.time_since_epoch()).count();
  };
  std::multimap<std::string, std::int64_t> times;
  for (const KafkaTestRecord& record : Read()) times.emplace(record.key.value_or("revision"), record.timestamp_ms);
  const auto now = testing::Ge(milliseconds(begin));
  const auto then = Pair("revision", milliseconds(recorded));
  EXPECT_THAT(times, ElementsAre(Pair("ahead", milliseconds(matched)), Pair("late", milliseconds(recorded)), then, then,
                                 then, Pair("unknown", now)));
}

TEST_F(KafkaSinkTest, WritesADecisionIntoThePartitionOfItsMatchWhateverItsTopic) {
  MakeTopic();
  auto sink = KafkaDecisionConnector().make(KafkaSinkFields(topic_), context_);
  ASSERT_TRUE(sink);
  const WallTime noon = *ParseRfc3339("2026-11-23T12:00:00Z");
  for (int i = 0; i < 30; ++i) {
    Decision decision;
    decision.partition = Partition{i % 3};
    decision.offset = Offset{i};
    decision.record_time = noon + std::chrono::minutes(i);
    decision.topic = "5g-vendor-bans";
    (*sink)->Send(decision, outcomes_.Expect(std::to_string(i)));
  }
  ASSERT_TRUE(outcomes_.Wait(30));
  EXPECT_TRUE((*sink)->Close(SteadyNow() + kLong));

  const auto records = Read();
  ASSERT_THAT(records, SizeIs(30));
  for (const KafkaTestRecord& record : records) {
    const auto decision = ReadDecision(record.value.value_or(""));
    ASSERT_TRUE(decision) << decision.error().message;
    EXPECT_EQ(record.partition, static_cast<std::int32_t>(decision->partition));
    EXPECT_EQ(record.key, "5g-vendor-bans");
  }
  EXPECT_THAT(
      records[1].headers,
      ElementsAre(Pair("ce_specversion", "1.0"), Pair("ce_id", "0-3"), Pair("ce_source", "urn:wirewatch"),
                  Pair("ce_type", "wirewatch.decision.v1"), Pair("ce_time", "2026-11-23T12:03:00Z"),
                  Pair("ce_subject", "5g-vendor-bans"), Pair("ce_dataschema", "urn:wirewatch:schema:decision:1"),
                  Pair("content-type", "application/json")));

  // They were all written just now: their matches' time counts.
  ASSERT_TRUE(admin_.Produce(topic_, {{.value = "something else", .partition = 1}}));
  const auto offsets = [&](const DecisionTimes& times) {
    std::vector<std::int64_t> told;
    const auto others = ForEachDecision(SharedKafka(broker_.bootstrap()), topic_, times, [&](Decision decision) {
      told.push_back(static_cast<std::int64_t>(decision.offset));
      return Status();
    });
    EXPECT_TRUE(others && *others == 1u);
    std::sort(told.begin(), told.end());
    return told;
  };
  EXPECT_THAT(offsets({}), SizeIs(30));
  EXPECT_THAT(offsets({noon + std::chrono::minutes(10), noon + std::chrono::minutes(13)}), ElementsAre(10, 11, 12));
}

TEST_F(KafkaSinkTest, ReadingDecisionsEndsWithTheErrorOfWhoTakesThem) {
  MakeTopic();
  std::vector<KafkaTestRecord> records;
  for (int i = 0; i < 3; ++i) records.push_back({.value = ToJson(Decision{}), .partition = 0});
  ASSERT_TRUE(admin_.Produce(topic_, records));
  int taken = 0;
  const auto read = ForEachDecision(SharedKafka(broker_.bootstrap()), topic_, {}, [&](const Decision&) -> Status {
    ++taken;
    return Error{ErrorCode::kIo, "the pipe is closed"};
  });
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().message, "the pipe is closed");
  EXPECT_EQ(taken, 1);
}

TEST_F(KafkaSinkTest, KeepsADeadLetterByteForByteAndSaysWhy) {
  MakeTopic();
  auto sink = KafkaDeadLetterConnector().make(KafkaSinkFields(topic_), context_);
  ASSERT_TRUE(sink);
  const std::string payload("{\"title\": \x00\xff\n", 13), key("\x00k\xfe", 3), value("\x80\x00v", 3);
  Record record;
  record.payload = payload;
  record.key = key;
  record.headers = {{"twice", "a"}, {"twice", value}, {"", "no name"}};
  record.place = {"articles", Partition{4}, Offset{1'234'567'890'123}, 1};
  (*sink)->Send({record, "invalid-json", "the text ends within a string", *ParseRfc3339("2026-11-23T09:30:00.500000Z")},
                outcomes_.Expect("letter"));
  ASSERT_TRUE(outcomes_.Wait(1));

  const auto records = Read();
  ASSERT_THAT(records, SizeIs(1));
  EXPECT_EQ(records[0].value, payload);
  EXPECT_EQ(records[0].key, key);
  EXPECT_THAT(
      records[0].headers,
      ElementsAre(Pair("twice", "a"), Pair("twice", value), Pair("", "no name"),
                  Pair("wirewatch-reason", "invalid-json"), Pair("wirewatch-message", "the text ends within a string"),
                  Pair("wirewatch-topic", "articles"), Pair("wirewatch-partition", "4"),
                  Pair("wirewatch-offset", "1234567890123"), Pair("wirewatch-time", "2026-11-23T09:30:00.500000Z")));
}

TEST_F(KafkaSinkTest, KeepsADeadLetterWithoutPayloadOrKey) {
  MakeTopic();
  auto sink = KafkaDeadLetterConnector().make(KafkaSinkFields(topic_), context_);
  ASSERT_TRUE(sink);
  const Record record;
  (*sink)->Send({record, "empty", "", WallNow()}, outcomes_.Expect("letter"));
  ASSERT_TRUE(outcomes_.Wait(1));
  const auto records = Read();
  ASSERT_THAT(records, SizeIs(1));
  EXPECT_FALSE(records[0].key);
  EXPECT_FALSE(records[0].value);
}

TEST_F(KafkaSinkTest, RefusesOnlyTheMessageThatIsTooLargeAndNotItsCompany) {
  MakeTopic({{"max.message.bytes", "20000"}});
  auto producer = MakeProducer();
  // Each is small enough; a batch of them is not.
  for (int i = 0; i < 100; ++i) {
    const std::string key = fmt::format("small-{}", i);
    producer->Send({.key = key, .value = Noise(3'000), .headers = {}}, outcomes_.Expect(key));
    if (i == 50) producer->Send({.key = "large", .value = Noise(50'000), .headers = {}}, outcomes_.Expect("large"));
  }
  ASSERT_TRUE(outcomes_.Wait(101));
  EXPECT_EQ(outcomes_.delivered().size(), 100U);
  const auto refused = outcomes_.refused();
  ASSERT_THAT(refused, SizeIs(1));
  EXPECT_EQ(refused.begin()->first, "large");
  EXPECT_EQ(refused.begin()->second.code, ErrorCode::kRejected);
  EXPECT_THAT(refused.begin()->second.message, HasSubstr("max.message.bytes"));
  const auto keys = ReadKeys();
  for (int i = 0; i < 100; ++i) EXPECT_THAT(keys, Contains(fmt::format("small-{}", i)));
  EXPECT_THAT(keys, testing::Not(Contains("large")));
}

TEST_F(KafkaSinkTest, WaitsForAKafkaTopicThatIsMissingAndSaysSo) {
  auto producer = MakeProducer();
  producer->Send({.key = "early", .value = "x", .headers = {}}, outcomes_.Expect("early"));
  ASSERT_TRUE(WaitUntil([&] {
    const Status ready = producer->Ready();
    return !ready && ready.error().code == ErrorCode::kNotFound;
  }));
  EXPECT_THAT(producer->Ready().error().message, HasSubstr(topic_));
  MakeTopic();
  ASSERT_TRUE(outcomes_.Wait(1));
  EXPECT_THAT(outcomes_.delivered(), ElementsAre("early"));
  EXPECT_TRUE(WaitUntil([&] { return producer->Ready().has_value(); }));
}

TEST_F(KafkaSinkTest, LosesNothingWhileTheBrokerIsAway) {
  MakeTopic();
  auto producer = MakeProducer();
  constexpr int kMessages = 3'000;
  const auto send = [&](int first, int end) {
    for (int i = first; i < end; ++i) {
      const std::string key = std::to_string(i);
      producer->Send({.key = key, .value = Noise(500), .headers = {}}, outcomes_.Expect(key));
    }
  };
  send(0, 1'000);
  ASSERT_TRUE(outcomes_.Wait(500)) << "so that the broker goes in mid-stream";
  broker_.Stop();
  send(1'000, 2'000);
  ASSERT_TRUE(WaitUntil([&] { return !producer->Ready().has_value(); }));
  EXPECT_THAT(producer->Ready().error().message, HasSubstr(broker_.bootstrap()));
  broker_.Start();
  send(2'000, kMessages);
  ASSERT_TRUE(outcomes_.Wait(kMessages));
  EXPECT_TRUE(WaitUntil([&] { return producer->Ready().has_value(); }));
  EXPECT_THAT(outcomes_.refused(), SizeIs(0));
  EXPECT_EQ(outcomes_.delivered().size(), static_cast<std::size_t>(kMessages)) << "each has one outcome";
  const auto keys = ReadKeys();
  for (int i = 0; i < kMessages; ++i) ASSERT_THAT(keys, Contains(std::to_string(i)));
}

TEST_F(KafkaSinkTest, ClosingLeavesNothingBehind) {
  MakeTopic();
  auto producer = MakeProducer({{"linger.ms", "500"}});
  for (int i = 0; i < 100; ++i) producer->Send({.key = "k", .value = "v", .headers = {}}, outcomes_.Expect("k"));
  EXPECT_TRUE(producer->Close(SteadyNow() + kLong));
  EXPECT_EQ(outcomes_.delivered().size(), 100U);
  EXPECT_THAT(Read(), SizeIs(100));
}

TEST(KafkaSinkWithoutBrokerTest, ClosesAtTheDeadlineAndGivesNoOutcome) {
  MetricsRegistry metrics;
  Outcomes outcomes;
  auto producer = KafkaProducer::Create("alerts", "alerts", SharedKafka("127.0.0.1:1"), metrics);
  ASSERT_TRUE(producer);
  (*producer)->Send({.key = "k", .value = "v", .headers = {}}, outcomes.Expect("k"));
  const Status closed = (*producer)->Close(SteadyNow() + std::chrono::milliseconds(100));
  ASSERT_FALSE(closed);
  EXPECT_EQ(closed.error().code, ErrorCode::kTimeout);
  producer->reset();
  EXPECT_THAT(outcomes.delivered(), SizeIs(0));
  EXPECT_THAT(outcomes.refused(), SizeIs(0));
}

TEST(KafkaSinkWithoutBrokerTest, BlocksWhenTooMuchIsUnderWayUntilToldToStop) {
  MetricsRegistry metrics;
  Outcomes outcomes;
  auto producer = KafkaProducer::Create("alerts", "alerts", SharedKafka("127.0.0.1:1"), metrics);
  ASSERT_TRUE(producer);
  std::atomic<int> sent{0};
  auto sender = std::async(std::launch::async, [&] {
    for (; sent < 100; ++sent) {
      (*producer)->Send({.key = "k", .value = std::string(1 << 20, 'x'), .headers = {}}, outcomes.Expect("k"));
    }
  });
  ASSERT_TRUE(WaitUntil([&] { return sent == 64; }));
  EXPECT_EQ(sender.wait_for(std::chrono::milliseconds(100)), std::future_status::timeout);
  EXPECT_EQ(sent, 64) << "64 MiB are under way";
  (*producer)->RequestStop();
  EXPECT_EQ(sender.wait_for(kLong), std::future_status::ready);
}

// librdkafka's own imitation of a broker, which fails as it is told to. In this process, so that it needs no Kafka.
class MockBroker {
 public:
  MockBroker() : client_(MakeClient()), cluster_(rd_kafka_mock_cluster_new(client_.get(), 1)) {
    rd_kafka_mock_topic_create(cluster_.get(), "alerts", 1, 1);
  }
  std::string bootstrap() const { return rd_kafka_mock_cluster_bootstraps(cluster_.get()); }
  void FailNextProduce(rd_kafka_resp_err_t error) {
    constexpr std::int16_t kProduce = 0;
    rd_kafka_mock_push_request_errors(cluster_.get(), kProduce, 1, error);
  }

 private:
  static KafkaHandle MakeClient() {
    return KafkaHandle(rd_kafka_new(RD_KAFKA_PRODUCER, rd_kafka_conf_new(), nullptr, 0));
  }
  const KafkaHandle client_;
  const CHandle<rd_kafka_mock_cluster_t, rd_kafka_mock_cluster_destroy> cluster_;
};

// What 2.0.2's idempotent producer does after some disconnects (librdkafka#4438), provoked.
TEST(KafkaSinkOnMockTest, SurvivesThatItsProducerTurnsFatal) {
  MockBroker broker;
  MetricsRegistry metrics;
  Outcomes outcomes;
  auto producer = KafkaProducer::Create("alerts", "alerts", SharedKafka(broker.bootstrap()), metrics);
  ASSERT_TRUE(producer);
  const auto send = [&](int first, int end) {
    for (int i = first; i < end; ++i) {
      (*producer)->Send({.key = "k", .value = "v", .headers = {{"h", "v"}}}, outcomes.Expect(std::to_string(i)));
    }
  };
  send(0, 10);
  ASSERT_TRUE(outcomes.Wait(10));
  EXPECT_EQ(KafkaMetrics{metrics}.errors.Value(), 0);
  broker.FailNextProduce(RD_KAFKA_RESP_ERR_OUT_OF_ORDER_SEQUENCE_NUMBER);
  send(10, 1'000);
  ASSERT_TRUE(outcomes.Wait(1'000));
  EXPECT_GT(KafkaMetrics{metrics}.errors.Value(), 0) << "or nothing was provoked";
  EXPECT_EQ(outcomes.delivered().size(), 1'000U);
  EXPECT_THAT(outcomes.refused(), SizeIs(0));
  EXPECT_TRUE(WaitUntil([&] { return (*producer)->Ready().has_value(); }));
}

TEST(KafkaSinkOnMockTest, AFirstAttemptIsNoRetryHoweverLongItQueuedBehindOthers) {
  constexpr int kRoom = 1'000;
  MockBroker broker;
  MetricsRegistry metrics;
  Outcomes outcomes;
  // The first thousand fill librdkafka's queue until they have lingered, the next message is refused there again and
  // again, and a thousand queue behind it.
  auto producer = KafkaProducer::Create(
      "alerts", "alerts",
      SharedKafka(broker.bootstrap(), {{"queue.buffering.max.messages", std::to_string(kRoom)}, {"linger.ms", "500"}}),
      metrics);
  ASSERT_TRUE(producer);
  for (int i = 0; i < 2 * kRoom; ++i) {
    (*producer)->Send({.key = "k", .value = "v", .headers = {}}, outcomes.Expect(std::to_string(i)));
  }
  ASSERT_TRUE(outcomes.Wait(2 * kRoom));
  EXPECT_EQ(outcomes.delivered().size(), std::size_t{2 * kRoom});
  EXPECT_GE(SinkMetrics{metrics}.retries.With("kafka").Value(), 1) << "or nothing was provoked";
  EXPECT_LT(SinkMetrics{metrics}.retries.With("kafka").Value(), kRoom / 2);
}

TEST(KafkaSinkOnMockTest, RefusesWhatTheBrokerCallsInvalid) {
  MockBroker broker;
  MetricsRegistry metrics;
  Outcomes outcomes;
  auto producer = KafkaProducer::Create("alerts", "alerts", SharedKafka(broker.bootstrap()), metrics);
  ASSERT_TRUE(producer);
  broker.FailNextProduce(RD_KAFKA_RESP_ERR_INVALID_RECORD);
  (*producer)->Send({.key = "k", .value = "v", .headers = {}}, outcomes.Expect("bad"));
  ASSERT_TRUE(outcomes.Wait(1));
  ASSERT_THAT(outcomes.refused(), SizeIs(1));
  EXPECT_EQ(outcomes.refused().at("bad").code, ErrorCode::kRejected);
  (*producer)->Send({.key = "k", .value = "v", .headers = {}}, outcomes.Expect("good"));
  ASSERT_TRUE(outcomes.Wait(2));
  EXPECT_THAT(outcomes.delivered(), ElementsAre("good"));
}

}  // namespace
}  // namespace wirewatch

int main(int argc, char** argv) { return wirewatch::RunTestsWithKafkaBroker(argc, argv); }
