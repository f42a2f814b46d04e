#include "connectors/kafka/client/kafka_errors.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "base/secret.h"

namespace wirewatch {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

constexpr const char* kTold = "broker said: no entry for magpie-7261 here";

class KafkaErrorsTest : public testing::Test {
 protected:
  KafkaErrorsTest() { RememberSecret("magpie-7261"); }

  static auto IsCleared() { return AllOf(HasSubstr("no entry for *** here"), Not(HasSubstr("magpie"))); }
};

TEST_F(KafkaErrorsTest, TheTextsOfErrorsAreWithoutSecrets) {
  std::string told = kTold;
  rd_kafka_message_t message{};
  message.err = RD_KAFKA_RESP_ERR__BAD_MSG;
  message.payload = told.data();
  message.len = told.size();
  EXPECT_THAT(ErrorTextOf(message), IsCleared());
  const KafkaError error(rd_kafka_error_new(RD_KAFKA_RESP_ERR__FAIL, "%s", kTold));
  EXPECT_THAT(ErrorTextOf(*error), IsCleared());
}

TEST_F(KafkaErrorsTest, AMessageWithoutWordsHasThoseOfItsCode) {
  rd_kafka_message_t message{};
  message.err = RD_KAFKA_RESP_ERR__BAD_MSG;
  EXPECT_EQ(ErrorTextOf(message), rd_kafka_err2str(RD_KAFKA_RESP_ERR__BAD_MSG));
}

TEST_F(KafkaErrorsTest, AFatalErrorIsWithoutSecrets) {
  const KafkaHandle client(rd_kafka_new(RD_KAFKA_PRODUCER, nullptr, nullptr, 0));
  ASSERT_TRUE(client);
  EXPECT_FALSE(FatalErrorOf(client.get()));
  ASSERT_EQ(rd_kafka_test_fatal_error(client.get(), RD_KAFKA_RESP_ERR_FENCED_INSTANCE_ID, kTold),
            RD_KAFKA_RESP_ERR_NO_ERROR);
  const auto fatal = FatalErrorOf(client.get());
  ASSERT_TRUE(fatal);
  EXPECT_EQ(fatal->code, RD_KAFKA_RESP_ERR_FENCED_INSTANCE_ID);
  EXPECT_THAT(fatal->text, IsCleared());
}

}  // namespace
}  // namespace wirewatch
