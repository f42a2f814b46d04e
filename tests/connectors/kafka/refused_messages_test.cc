#include "connectors/kafka/produce/refused_messages.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <cstddef>
#include <string>

#include "connectors/kafka/client/kafka_errors.h"

namespace wirewatch {
namespace {

using std::chrono::seconds;
using testing::HasSubstr;

const KafkaAddress kAddress{"b:9092", "dead"};

KafkaMessageBody Whole(std::size_t bytes) {
  KafkaMessageBody message;
  message.value = std::string(bytes, 'x');
  return message;
}

// Gets half as long each time, down to one byte.
KafkaMessageBody Cuttable(std::size_t bytes) {
  KafkaMessageBody message = Whole(bytes);
  message.shrink = [](KafkaMessageBody& body) {
    if (body.value->size() < 2) return false;
    body.value->resize(body.value->size() / 2);
    return true;
  };
  return message;
}

TEST(RefusedMessagesTest, WhatIsTooLargeIsCutWhenItComesAgain) {
  RefusedMessages refused;
  KafkaMessageBody message = Cuttable(1000);
  const std::size_t whole = RefusedMessages::FingerprintOf("dead", message);
  EXPECT_NE(whole, 0u);
  refused.LearnTooLarge("dead", message, whole, SteadyTime());
  EXPECT_TRUE(refused.Prepare(kAddress, message, whole, SteadyTime()));
  EXPECT_EQ(message.SizeInBytes(), 500u);
  refused.LearnTooLarge("dead", message, whole, SteadyTime());
  message = Cuttable(1000);
  EXPECT_TRUE(refused.Prepare(kAddress, message, whole, SteadyTime()));
  EXPECT_EQ(message.SizeInBytes(), 250u);
  refused.Forget(whole);
  message = Cuttable(1000);
  EXPECT_TRUE(refused.Prepare(kAddress, message, whole, SteadyTime()));
  EXPECT_EQ(message.SizeInBytes(), 1000u);
}

TEST(RefusedMessagesTest, WhatCannotBeCutIsRefusedForAWhile) {
  RefusedMessages refused;
  KafkaMessageBody message = Whole(1000), small = Whole(999);
  EXPECT_EQ(RefusedMessages::FingerprintOf("dead", message), 0u);
  refused.LearnTooLarge("dead", message, 0, SteadyTime());
  const Status status = refused.Prepare(kAddress, message, 0, SteadyTime(seconds(59)));
  ASSERT_FALSE(status);
  EXPECT_THAT(status.error().message, HasSubstr("takes no message of 1000 bytes"));
  EXPECT_TRUE(refused.Prepare(kAddress, small, 0, SteadyTime()));
  EXPECT_TRUE(refused.Prepare({"b:9092", "other"}, message, 0, SteadyTime()));
  EXPECT_TRUE(refused.Prepare(kAddress, message, 0, SteadyTime(seconds(60)))) << "the limit may be raised";
}

TEST(RefusedMessagesTest, AMessageThatTheBrokerRefusedIsRefusedOnce) {
  RefusedMessages refused;
  KafkaMessageBody message = Whole(10);
  refused.Learn("dead", message, RD_KAFKA_RESP_ERR_INVALID_RECORD);
  EXPECT_TRUE(refused.Prepare({"b:9092", "other"}, message, 0, SteadyTime()));
  const Status status = refused.Prepare(kAddress, message, 0, SteadyTime());
  ASSERT_FALSE(status);
  EXPECT_THAT(status.error().message, HasSubstr("refused the message"));
  EXPECT_TRUE(refused.Prepare(kAddress, message, 0, SteadyTime()));
}

TEST(KafkaErrorsTest, EventsAreToldApart) {
  EXPECT_EQ(ClassifyEvent(RD_KAFKA_RESP_ERR__FATAL), ErrorEvent::kFatal);
  EXPECT_EQ(ClassifyEvent(RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN), ErrorEvent::kAllBrokersDown);
  EXPECT_EQ(ClassifyEvent(RD_KAFKA_RESP_ERR__TRANSPORT), ErrorEvent::kUnreachable);
  EXPECT_EQ(ClassifyEvent(RD_KAFKA_RESP_ERR__RESOLVE), ErrorEvent::kUnreachable);
  EXPECT_EQ(ClassifyEvent(RD_KAFKA_RESP_ERR__SSL), ErrorEvent::kRefused);
  EXPECT_EQ(ClassifyEvent(RD_KAFKA_RESP_ERR__AUTHENTICATION), ErrorEvent::kRefused);
  EXPECT_EQ(ClassifyEvent(RD_KAFKA_RESP_ERR__MAX_POLL_EXCEEDED), ErrorEvent::kOther);
}

}  // namespace
}  // namespace wirewatch
