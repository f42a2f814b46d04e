#include "connectors/kafka/admin/dead_letter_replay.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace wirewatch {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Pair;
using testing::SizeIs;

const WallTime kTime = *ParseRfc3339("2026-11-23T09:30:00Z");

// A dead letter at 0:`offset` that came from `topic`, partition 1, offset 70.
StoredDeadLetter Letter(std::int64_t offset, const std::string& topic = "articles") {
  StoredDeadLetter letter;
  letter.record = {.partition = Partition{0},
                   .offset = Offset{offset},
                   .timestamp = {},
                   .key = "a1",
                   .value = "{\"headline\": 1}",
                   .headers = {}};
  letter.reason = "decode";
  letter.time = kTime;
  letter.stream = topic;
  letter.partition = 1;
  letter.offset = 70;
  return letter;
}

// Kafka topics in memory.
class FakeBrokers : public ReplayBrokers {
 public:
  Result<std::optional<int>> CountPartitions(const std::string& topic) override {
    ++questions;
    const auto at = partitions.find(topic);
    return at == partitions.end() ? std::optional<int>() : std::optional(at->second);
  }
  Result<std::unique_ptr<MessageSender>> SenderTo(const std::string& topic) override {
    return std::unique_ptr<MessageSender>(std::make_unique<Sender>(*this, topic));
  }
  Result<std::optional<KafkaRecord>> Find(const std::string& /*topic*/, Partition partition, Offset offset) override {
    if (!answers) return Error{ErrorCode::kUnavailable, "no broker answers"};
    if (!original) return std::optional<KafkaRecord>();
    EXPECT_EQ(partition, Partition{1});
    EXPECT_EQ(offset, Offset{70});
    return original;
  }

  std::map<std::string, int> partitions{{"articles", 2}};
  std::optional<KafkaRecord> original;
  bool answers = true;
  std::function<void(Delivery&)> outcome = [](Delivery& delivery) { delivery.Delivered(); };
  std::vector<std::pair<std::string, KafkaMessageBody>> sent;
  std::vector<Delivery> open;
  Status closes;
  int questions = 0;

 private:
  class Sender : public MessageSender {
   public:
    Sender(FakeBrokers& brokers, std::string topic) : brokers_(brokers), topic_(std::move(topic)) {}
    void Send(KafkaMessageBody message, Delivery delivery) override {
      brokers_.sent.emplace_back(topic_, std::move(message));
      brokers_.outcome(delivery);
    }
    Status Ready() const override { return Error{ErrorCode::kUnavailable, "the broker is away"}; }
    Status Failure() const override { return {}; }
    void RequestStop() override {}
    Status Close(SteadyTime /*deadline*/) override { return brokers_.closes; }

   private:
    FakeBrokers& brokers_;
    const std::string topic_;
  };
};

class Heard : public DeadLetterReplay::Listener {
 public:
  void OnRefused(const StoredDeadLetter& letter, const std::string& why) override {
    refused.push_back(PlaceOf(letter.record) + ": " + why);
  }
  void OnWouldSend(const StoredDeadLetter& letter) override { would_send.push_back(PlaceOf(letter.record)); }
  void OnFailed(const std::string& place, const Error& error) override {
    failed.push_back(place + ": " + error.message);
  }
  void OnUnacknowledged(const std::string& topic, const std::string& why) override {
    unacknowledged.push_back(topic + ": " + why);
  }

  std::vector<std::string> refused, would_send, failed, unacknowledged;
};

struct Replay {
  explicit Replay(bool dry_run = false)
      : replay(brokers, {{"articles", "gone"}, "w.yaml", /*limit=*/3, dry_run}, heard) {}
  FakeBrokers brokers;
  Heard heard;
  DeadLetterReplay replay;
};

TEST(DeadLetterPlaceTest, IsAPartitionAndAnOffset) {
  const auto place = ParseDeadLetterPlace("3:1017");
  ASSERT_TRUE(place);
  EXPECT_EQ(*place, DeadLetterPlace(Partition{3}, Offset{1017}));
  EXPECT_EQ(TextOf(*place), "3:1017");
  for (const std::string text : {"", "3", "3:", ":7", "3:x", "x:3", "-1:3", "3:-1", "3:1 ", "3.1", "99999999999:1"}) {
    EXPECT_FALSE(ParseDeadLetterPlace(text)) << text;
  }
}

TEST(DeadLetterChoiceTest, TakesWhatMeetsEveryCondition) {
  DeadLetterChoice choice;
  EXPECT_TRUE(choice.Takes(Letter(5)));
  choice.reason = "decode";
  choice.since = kTime;
  choice.places = {{Partition{0}, Offset{5}}};
  EXPECT_TRUE(choice.Takes(Letter(5)));
  EXPECT_FALSE(choice.Takes(Letter(6)));
  choice.since = kTime + std::chrono::seconds(1);
  EXPECT_FALSE(choice.Takes(Letter(5)));
  choice.since.reset();
  choice.reason = "too-large";
  EXPECT_FALSE(choice.Takes(Letter(5)));
}

TEST(DeadLetterChoiceTest, OnlyWhatHoldsThePlacesIsRead) {
  const KafkaRanges all{{Partition{0}, {Offset{10}, Offset{20}}}, {Partition{1}, {Offset{0}, Offset{5}}}};
  DeadLetterChoice choice;
  EXPECT_THAT(choice.RangesOf(all), SizeIs(2));
  choice.places = {{Partition{0}, Offset{12}},
                   {Partition{0}, Offset{17}},
                   {Partition{0}, Offset{9}},
                   {Partition{0}, Offset{20}},
                   {Partition{2}, Offset{1}}};
  const KafkaRanges ranges = choice.RangesOf(all);
  ASSERT_THAT(ranges, SizeIs(1));
  EXPECT_EQ(ranges.at(Partition{0}).begin, Offset{12});
  EXPECT_EQ(ranges.at(Partition{0}).end, Offset{18});
}

TEST(DeadLetterReplayTest, GoesBackToThePartitionItCameFrom) {
  Replay r;
  EXPECT_TRUE(r.replay.Replay(Letter(5)));
  EXPECT_TRUE(r.replay.Replay(Letter(6)));
  r.replay.Finish(SteadyNow());
  ASSERT_THAT(r.brokers.sent, SizeIs(2));
  EXPECT_EQ(r.brokers.sent[0].first, "articles");
  EXPECT_EQ(r.brokers.sent[0].second.partition, Partition{1});
  EXPECT_EQ(r.brokers.questions, 1) << "the kafka topic is asked for once";
  EXPECT_EQ(r.replay.sent(), 2u);
  EXPECT_EQ(r.replay.failed() + r.replay.refused(), 0u);
}

TEST(DeadLetterReplayTest, NothingIsSentIntoAKafkaTopicThatNobodyOfOursReads) {
  Replay r;
  r.brokers.partitions["payments"] = 2;
  EXPECT_TRUE(r.replay.Replay(Letter(5, "payments")));
  EXPECT_THAT(r.brokers.sent, IsEmpty());
  EXPECT_EQ(r.brokers.questions, 0);
  EXPECT_THAT(r.heard.refused, ElementsAre("0:5: it came from kafka topic payments, which w.yaml does not read"));
  EXPECT_EQ(r.replay.refused(), 1u);
}

TEST(DeadLetterReplayTest, WhatFailedOftenEnoughOrHasNoPartitionIsRefused) {
  Replay r;
  StoredDeadLetter often = Letter(5), elsewhere = Letter(6);
  often.replays = 3;
  elsewhere.partition = 2;
  EXPECT_TRUE(r.replay.Replay(often));
  EXPECT_TRUE(r.replay.Replay(elsewhere));
  EXPECT_THAT(r.heard.refused,
              ElementsAre(HasSubstr("replayed 3 times"), "0:6: kafka topic articles has no partition 2"));
  EXPECT_EQ(r.replay.failed(), 0u);
}

TEST(DeadLetterReplayTest, AKafkaTopicThatIsGoneEndsTheReplay) {
  Replay r;
  const Status status = r.replay.Replay(Letter(5, "gone"));
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().code, ErrorCode::kNotFound);
}

TEST(DeadLetterReplayTest, OfACutOneTheWholeIsSent) {
  Replay r;
  StoredDeadLetter cut = Letter(5);
  cut.record.value = "{\"head";
  cut.oversize = 15;
  EXPECT_TRUE(r.replay.Replay(cut));
  EXPECT_THAT(r.heard.refused, ElementsAre(HasSubstr("no longer keeps the whole")));
  r.brokers.original.emplace().value = "{\"headline\": 1}";
  EXPECT_TRUE(r.replay.Replay(cut));
  ASSERT_THAT(r.brokers.sent, SizeIs(1));
  EXPECT_EQ(r.brokers.sent[0].second.value, "{\"headline\": 1}");
  r.brokers.answers = false;
  EXPECT_FALSE(r.replay.Replay(cut));
}

TEST(DeadLetterReplayTest, ADryRunSendsNothing) {
  Replay r(true);
  EXPECT_TRUE(r.replay.Replay(Letter(5)));
  r.replay.Finish(SteadyNow());
  EXPECT_THAT(r.brokers.sent, IsEmpty());
  EXPECT_THAT(r.heard.would_send, ElementsAre("0:5"));
  EXPECT_EQ(r.replay.sent(), 1u);
}

TEST(DeadLetterReplayTest, WhatIsRefusedByTheBrokerOrNotAcknowledgedHasFailed) {
  Replay r;
  r.brokers.outcome = [](Delivery& delivery) { delivery.Refused({ErrorCode::kRejected, "too large"}); };
  EXPECT_TRUE(r.replay.Replay(Letter(5)));
  EXPECT_THAT(r.heard.failed, ElementsAre("0:5: too large"));
  r.brokers.outcome = [&](Delivery& delivery) { r.brokers.open.push_back(std::move(delivery)); };
  r.brokers.closes = Error{ErrorCode::kTimeout, "one is left"};
  EXPECT_TRUE(r.replay.Replay(Letter(6)));
  r.replay.Finish(SteadyNow());
  EXPECT_THAT(r.heard.unacknowledged, ElementsAre("articles: the broker is away"));
  EXPECT_EQ(r.replay.sent(), 0u);
  EXPECT_EQ(r.replay.failed(), 2u);
}

}  // namespace
}  // namespace wirewatch
