#include "connectors/kafka/client/kafka_config.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <array>
#include <cstdlib>
#include <string>

#include "connectors/kafka/kafka_connectors.h"
#include "monitoring/metrics.h"
#include "tests/support/kafka_fields.h"
#include "tests/support/temp_dir.h"

namespace wirewatch {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::Pair;
using testing::UnorderedElementsAre;

std::string Value(const KafkaConf& conf, const char* key) {
  std::array<char, 512> value{};
  std::size_t size = value.size();
  return rd_kafka_conf_get(conf.get(), key, value.data(), &size) == RD_KAFKA_CONF_OK ? value.data() : "(unknown)";
}

TEST(KafkaConfigTest, PropertiesOfTheUserReachLibrdkafka) {
  const auto conf =
      ConsumerConf(KafkaConsumerOf("articles", "desk"),
                   SharedKafka("a:1,b:2", {{"session.timeout.ms", "6000"}, {"fetch.max.bytes", "99999999"}}));
  ASSERT_TRUE(conf);
  EXPECT_EQ(Value(*conf, "bootstrap.servers"), "a:1,b:2");
  EXPECT_EQ(Value(*conf, "group.id"), "desk");
  EXPECT_EQ(Value(*conf, "session.timeout.ms"), "6000");
  EXPECT_EQ(Value(*conf, "fetch.max.bytes"), "99999999");
}

TEST(KafkaConfigTest, CertificatesAndKeysAreFiles) {
  const TempDir dir;
  ASSERT_EQ(mkfifo(dir.Path("pipe").c_str(), 0600), 0);
  for (const char* const key : {"ssl.ca.location", "ssl.certificate.location", "ssl.key.location"}) {
    const auto conf = ConsumerConf(KafkaConsumerOf("articles", "desk"), SharedKafka("a:1", {{key, dir.Path("pipe")}}));
    ASSERT_FALSE(conf) << key;
    EXPECT_THAT(conf.error().message, AllOf(HasSubstr(key), HasSubstr("is a named pipe; name a file")));
  }
  EXPECT_FALSE(
      ConsumerConf(KafkaConsumerOf("articles", "desk"), SharedKafka("a:1", {{"ssl.ca.location", "/dev/zero"}})));
  EXPECT_TRUE(ConsumerConf(KafkaConsumerOf("articles", "desk"), SharedKafka("a:1", {{"ssl.ca.location", dir.path()}})));
}

TEST(KafkaConfigTest, OffsetsAreOursToStore) {
  const auto conf = ConsumerConf(KafkaConsumerOf("articles", "desk"), SharedKafka("a:1"));
  ASSERT_TRUE(conf);
  EXPECT_EQ(Value(*conf, "enable.auto.offset.store"), "false");
  EXPECT_EQ(Value(*conf, "enable.auto.commit"), "true");
  EXPECT_EQ(Value(*conf, "allow.auto.create.topics"), "false");
}

TEST(KafkaConfigTest, TheProducerRetriesWithoutEnd) {
  const auto conf = ProducerConf(SharedKafka("a:1"), "alerts", kDefaultBatchBytes);
  ASSERT_TRUE(conf);
  EXPECT_EQ(Value(*conf, "message.timeout.ms"), "0");
  EXPECT_EQ(Value(*conf, "enable.idempotence"), "true");
  EXPECT_EQ(Value(*conf, "client.id"), "wirewatch-test-alerts");
}

TEST(KafkaConfigTest, AStaticMemberHasItsNameInTheClientId) {
  const auto conf = ConsumerConf(KafkaConsumerOf("articles", "desk", "pod-3"), SharedKafka("a:1"));
  ASSERT_TRUE(conf);
  EXPECT_EQ(Value(*conf, "group.instance.id"), "pod-3");
  EXPECT_EQ(Value(*conf, "client.id"), "wirewatch-test-pod-3");
}

TEST(KafkaConfigTest, EachWrongPropertyIsToldWithItsKey) {
  const auto problems = FindPropertyProblems(SharedKafka(
      "a:1", {{"sesion.timeout.ms", "1"}, {"session.timeout.ms", "soon"}, {"enable.auto.commit", "false"}}));
  EXPECT_THAT(problems,
              UnorderedElementsAre(
                  Pair("sesion.timeout.ms", HasSubstr("no property sesion.timeout.ms")),
                  Pair("session.timeout.ms", HasSubstr("kafka.properties: session.timeout.ms: ")),
                  Pair("enable.auto.commit", HasSubstr("enable.auto.commit cannot be set here: wirewatch commits"))));
}

TEST(KafkaConfigTest, TheSharedSectionIsCheckedWithTheConfiguration) {
  ASSERT_NE(KafkaSharedSection().check, nullptr);
  EXPECT_THAT(KafkaSharedSection().check(SharedKafkaFields("a:1")), IsEmpty());
  ASSERT_EQ(KafkaSharedSection().check(SharedKafkaFields("")).size(), 1u);
  EXPECT_EQ(KafkaSharedSection().check(SharedKafkaFields(""))[0].key, "bootstrap_servers");
  const auto problems = KafkaSharedSection().check(SharedKafkaFields("a:1", {{"no.such", "1"}}));
  ASSERT_EQ(problems.size(), 1u);
  EXPECT_EQ(problems[0].key, "properties.no.such");
}

TEST(KafkaConfigTest, AWrongPropertyStopsTheFactories) {
  MetricsRegistry metrics;
  const KafkaContext context(SharedKafkaFields("a:1", {{"no.such", "1"}}), metrics);
  EXPECT_FALSE(KafkaSourceConnector().make(KafkaSourceFields("articles", "desk"), context));
  EXPECT_FALSE(KafkaAlertSinkConnector().make(KafkaSinkFields("alerts"), context));
  EXPECT_FALSE(KafkaDeadLetterConnector().make(KafkaSinkFields("dead"), context));
}

TEST(KafkaConfigTest, ASecretIsNotQuoted) {
  for (const auto& [key, message] :
       FindPropertyProblems(SharedKafka("a:1", {{"sasl.oauthbearer.client.secret", "hush"}}))) {
    EXPECT_THAT(message, Not(HasSubstr("hush"))) << key;
  }
}

TEST(KafkaConfigTest, AReferenceIsLookedUpWhenAClientIsMade) {
  setenv("WIREWATCH_TEST_PASSWORD", "correct horse", 1);
  const KafkaSettings shared = SharedKafka("a:1", {{"sasl.password", "${env:WIREWATCH_TEST_PASSWORD}"}});
  const auto conf = ToolConf(shared, "test");
  ASSERT_TRUE(conf);
  EXPECT_EQ(Value(*conf, "sasl.password"), "correct horse");
}

TEST(KafkaConfigTest, AConfigurationIsCheckedWithoutItsSecrets) {
  const KafkaSettings shared = SharedKafka("a:1", {{"sasl.password", "${env:WIREWATCH_NO_SUCH_VARIABLE}"}});
  EXPECT_THAT(FindPropertyProblems(shared), IsEmpty());
  const auto conf = ToolConf(shared, "test");
  ASSERT_FALSE(conf);
  EXPECT_EQ(conf.error().code, ErrorCode::kNotFound);
  EXPECT_THAT(conf.error().message, HasSubstr("kafka.properties: sasl.password: ${env:WIREWATCH_NO_SUCH_VARIABLE}"));
  EXPECT_EQ(FindPropertyProblems(SharedKafka("a:1", {{"sasl.password", "${vault:kafka}"}})).size(), 1u);
  EXPECT_EQ(FindPropertyProblems(SharedKafka("a:1", {{"sasl.pasword", "${env:HOME}"}})).size(), 1u);
}

TEST(KafkaConfigTest, AValueThatWasLookedUpIsNotQuoted) {
  setenv("WIREWATCH_TEST_TIMEOUT", "soon enough", 1);
  const auto conf = ToolConf(SharedKafka("a:1", {{"session.timeout.ms", "${env:WIREWATCH_TEST_TIMEOUT}"}}), "t");
  ASSERT_FALSE(conf);
  EXPECT_THAT(conf.error().message, AllOf(HasSubstr("session.timeout.ms"), Not(HasSubstr("soon"))));
}

TEST(KafkaConfigTest, ATokenFileAndItsMechanismGoTogether) {
  const auto check = [](std::string file, std::map<std::string, std::string> properties) {
    KafkaSettings shared = SharedKafka("a:1", std::move(properties));
    shared.oauthbearer_token_file = std::move(file);
    return CheckTokenFile(shared).has_value();
  };
  EXPECT_TRUE(check("", {}));
  EXPECT_TRUE(check("/token", {{"sasl.mechanisms", "OAUTHBEARER"}}));
  EXPECT_TRUE(check("", {{"sasl.mechanism", "OAUTHBEARER"}, {"sasl.oauthbearer.method", "oidc"}}));
  EXPECT_FALSE(check("/token", {{"sasl.mechanisms", "PLAIN"}}));
  EXPECT_FALSE(check("", {{"sasl.mechanisms", "OAUTHBEARER"}}));
  EXPECT_FALSE(check("/token", {{"sasl.mechanisms", "OAUTHBEARER"}, {"sasl.oauthbearer.config", "x"}}));
}

}  // namespace
}  // namespace wirewatch
