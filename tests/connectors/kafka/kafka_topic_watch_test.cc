#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <condition_variable>
#include <mutex>
#include <optional>

#include "connectors/kafka/client/topic_watch.h"

namespace wirewatch {
namespace {

constexpr std::chrono::seconds kLong{60};

// Brokers that answer what they are told to.
class FakeBrokers {
 public:
  Status Answer() {
    std::unique_lock lock(mutex_);
    ++asked_;
    changed_.notify_all();
    return answer_;
  }
  void Set(Status answer) {
    const std::lock_guard lock(mutex_);
    answer_ = std::move(answer);
  }
  // Waits until they were asked twice from now on: the answer to the first is then known to the watch.
  void WaitForAnswers() {
    std::unique_lock lock(mutex_);
    const int before = asked_;
    ASSERT_TRUE(changed_.wait_for(lock, kLong, [&] { return asked_ >= before + 2; }));
  }
  int asked() {
    const std::lock_guard lock(mutex_);
    return asked_;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  Status answer_;
  int asked_ = 0;
};

constexpr TopicWatch::Times kQuick{.when_well = std::chrono::milliseconds(1), .when_ill = std::chrono::milliseconds(1)};

TEST(TopicWatchTest, IsReadyAsLongAsTheBrokersAnswer) {
  FakeBrokers brokers;
  const Error away{ErrorCode::kUnavailable, "broker is away"};
  TopicWatch watch(
      "test", "b:9092", [&] { return brokers.Answer(); }, kQuick);
  brokers.WaitForAnswers();
  EXPECT_TRUE(watch.Ready());
  brokers.Set(away);
  brokers.WaitForAnswers();
  ASSERT_FALSE(watch.Ready());
  EXPECT_EQ(watch.Ready().error().message, "broker is away");
  brokers.Set({});
  brokers.WaitForAnswers();
  EXPECT_TRUE(watch.Ready());
}

TEST(TopicWatchTest, QuotesWhatIsKnownOfTheTrouble) {
  FakeBrokers brokers;
  brokers.Set(Error{ErrorCode::kUnavailable, "broker is away"});
  TopicWatch watch(
      "test", "b:9092", [&] { return brokers.Answer(); }, kQuick);
  watch.Suspect("connection refused");
  watch.Suspect({});
  brokers.WaitForAnswers();
  brokers.WaitForAnswers();
  EXPECT_EQ(watch.Ready().error().message, "broker is away (connection refused)");
}

TEST(TopicWatchTest, CountsHowLongTheKafkaTopicIsMissing) {
  FakeBrokers brokers;
  TopicWatch watch(
      "test", "b:9092", [&] { return brokers.Answer(); }, kQuick);
  brokers.WaitForAnswers();
  EXPECT_EQ(watch.MissingFor(SteadyNow() + kLong), std::chrono::milliseconds(0));
  brokers.Set(Error{ErrorCode::kNotFound, "no such kafka topic"});
  brokers.WaitForAnswers();
  EXPECT_GE(watch.MissingFor(SteadyNow() + kLong), kLong);
  brokers.Set(Error{ErrorCode::kUnavailable, "broker is away"});
  brokers.WaitForAnswers();
  EXPECT_EQ(watch.MissingFor(SteadyNow() + kLong), std::chrono::milliseconds(0)) << "nobody says so any more";
}

TEST(TopicWatchTest, SaysThatABrokerRefusesUsAndNotThatItIsAway) {
  FakeBrokers brokers;
  brokers.Set(Error{ErrorCode::kUnavailable, "broker is away"});
  TopicWatch watch(
      "test", "b:9092", [&] { return brokers.Answer(); }, kQuick);
  watch.Suspect("SASL authentication error: wrong password", true);
  watch.Suspect("disconnected");
  brokers.WaitForAnswers();
  brokers.WaitForAnswers();
  EXPECT_EQ(watch.Ready().error().message,
            "kafka broker b:9092 refuses the connection: SASL authentication error: wrong password; check "
            "kafka.properties (user, password, certificates) and what the broker allows");
}

TEST(TopicWatchTest, OnlyAKafkaTopicThatWasNeverThereIsGivenUp) {
  FakeBrokers brokers;
  brokers.Set(Error{ErrorCode::kNotFound, "no such kafka topic"});
  TopicWatch watch(
      "test", "b:9092", [&] { return brokers.Answer(); }, kQuick);
  brokers.WaitForAnswers();
  EXPECT_TRUE(watch.NeverThere(SteadyNow(), kLong)) << "not for long enough";
  EXPECT_EQ(watch.NeverThere(SteadyNow() + kLong, kLong).error().message, "no such kafka topic");
  brokers.Set({});
  brokers.WaitForAnswers();
  EXPECT_TRUE(watch.NeverThere(SteadyNow() + kLong, kLong));
  brokers.Set(Error{ErrorCode::kNotFound, "no such kafka topic"});
  brokers.WaitForAnswers();
  EXPECT_TRUE(watch.NeverThere(SteadyNow() + kLong, kLong)) << "it was there";
}

TEST(TopicWatchTest, ASignOfTroubleMakesItAskAtOnce) {
  FakeBrokers brokers;
  TopicWatch watch("test", "b:9092", [&] { return brokers.Answer(); },
                   {.when_well = std::chrono::hours(1), .when_ill = std::chrono::milliseconds(1)});
  const SteadyTime deadline = SteadyNow() + kLong;
  while (!watch.Ready() && SteadyNow() < deadline) std::this_thread::yield();
  ASSERT_TRUE(watch.Ready());
  brokers.Set(Error{ErrorCode::kUnavailable, "broker is away"});
  watch.Suspect({});
  brokers.WaitForAnswers();
  EXPECT_FALSE(watch.Ready());
}

TEST(TopicWatchTest, AsksNoMoreAfterStop) {
  FakeBrokers brokers;
  TopicWatch watch(
      "test", "b:9092", [&] { return brokers.Answer(); }, kQuick);
  brokers.WaitForAnswers();
  watch.Stop();
  const int asked = brokers.asked();
  watch.Suspect({});
  EXPECT_EQ(brokers.asked(), asked);
}

}  // namespace
}  // namespace wirewatch
