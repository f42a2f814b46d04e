#include "connectors/kafka/kafka_config.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <string>

#include "connectors/kafka/kafka_connectors.h"
#include "tests/support/kafka_fields.h"

namespace wirewatch {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

std::string Value(const KafkaConf& conf, const char* key) {
  std::array<char, 512> value{};
  std::size_t size = value.size();
  return rd_kafka_conf_get(conf.get(), key, value.data(), &size) == RD_KAFKA_CONF_OK ? value.data() : "(unknown)";
}

TEST(KafkaConfigTest, PropertiesOfTheUserReachLibrdkafka) {
  const auto conf =
      ConsumerConf(KafkaSourceFields("articles", "desk"),
                   SharedKafkaFields("a:1,b:2", {{"session.timeout.ms", "6000"}, {"fetch.max.bytes", "99999999"}}));
  ASSERT_TRUE(conf);
  EXPECT_EQ(Value(*conf, "bootstrap.servers"), "a:1,b:2");
  EXPECT_EQ(Value(*conf, "group.id"), "desk");
  EXPECT_EQ(Value(*conf, "session.timeout.ms"), "6000");
  EXPECT_EQ(Value(*conf, "fetch.max.bytes"), "99999999");
}

TEST(KafkaConfigTest, OffsetsAreOursToStore) {
  const auto conf = ConsumerConf(KafkaSourceFields("articles", "desk"), SharedKafkaFields("a:1"));
  ASSERT_TRUE(conf);
  EXPECT_EQ(Value(*conf, "enable.auto.offset.store"), "false");
  EXPECT_EQ(Value(*conf, "enable.auto.commit"), "true");
  EXPECT_EQ(Value(*conf, "allow.auto.create.topics"), "false");
}

TEST(KafkaConfigTest, TheProducerRetriesWithoutEnd) {
  const auto conf = ProducerConf(SharedKafkaFields("a:1"), "alerts", kDefaultBatchBytes);
  ASSERT_TRUE(conf);
  EXPECT_EQ(Value(*conf, "message.timeout.ms"), "0");
  EXPECT_EQ(Value(*conf, "enable.idempotence"), "true");
  EXPECT_EQ(Value(*conf, "client.id"), "wirewatch-test-alerts");
}

TEST(KafkaConfigTest, AStaticMemberHasItsNameInTheClientId) {
  const auto conf = ConsumerConf(KafkaSourceFields("articles", "desk", "pod-3"), SharedKafkaFields("a:1"));
  ASSERT_TRUE(conf);
  EXPECT_EQ(Value(*conf, "group.instance.id"), "pod-3");
  EXPECT_EQ(Value(*conf, "client.id"), "wirewatch-test-pod-3");
}

TEST(KafkaConfigTest, AllWrongPropertiesAreToldAtOnce) {
  const Status status = CheckProperties(SharedKafkaFields(
      "a:1", {{"sesion.timeout.ms", "1"}, {"session.timeout.ms", "soon"}, {"enable.auto.commit", "false"}}));
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().code, ErrorCode::kInvalid);
  EXPECT_THAT(status.error().message,
              AllOf(HasSubstr("no property sesion.timeout.ms"), HasSubstr("kafka.properties: session.timeout.ms: "),
                    HasSubstr("enable.auto.commit cannot be set here: wirewatch commits")));
}

TEST(KafkaConfigTest, TheSharedSectionIsCheckedWithTheConfiguration) {
  ASSERT_NE(KafkaSharedSpec().check, nullptr);
  EXPECT_TRUE(KafkaSharedSpec().check(SharedKafkaFields("a:1")));
  EXPECT_FALSE(KafkaSharedSpec().check(SharedKafkaFields("")));
  EXPECT_FALSE(KafkaSharedSpec().check(SharedKafkaFields("a:1", {{"no.such", "1"}})));
}

TEST(KafkaConfigTest, AWrongPropertyStopsTheFactories) {
  Metrics metrics;
  const Fields shared = SharedKafkaFields("a:1", {{"no.such", "1"}});
  EXPECT_FALSE(MakeKafkaSource(KafkaSourceFields("articles", "desk"), shared, metrics));
  EXPECT_FALSE(MakeKafkaAlertSink(KafkaSinkFields("alerts"), shared, metrics));
  EXPECT_FALSE(MakeKafkaDeadLetterSink(KafkaSinkFields("dead"), shared, metrics));
}

TEST(KafkaConfigTest, ASecretIsNotQuoted) {
  EXPECT_TRUE(IsSecretProperty("sasl.password"));
  EXPECT_TRUE(IsSecretProperty("ssl.key.pem"));
  EXPECT_TRUE(IsSecretProperty("ssl.keystore.password"));
  EXPECT_FALSE(IsSecretProperty("ssl.ca.location"));
  const Status status = CheckProperties(SharedKafkaFields("a:1", {{"sasl.oauthbearer.client.secret", "hush"}}));
  if (!status) {
    EXPECT_THAT(status.error().message, Not(HasSubstr("hush")));
  }
}

}  // namespace
}  // namespace wirewatch
