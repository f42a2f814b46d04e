#include "connectors/kafka/kafka_topics.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "connectors/registry.h"

namespace wirewatch {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::Field;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

Config Parsed(const std::string& text) {
  ParsedConfig parsed = ParseConfig("rules: {packs: [p]}\n" + text, "w.yaml", Connectors());
  EXPECT_TRUE(parsed.config) << Render(parsed.diagnostics);
  return *std::move(parsed.config);
}

Config OnKafka() {
  return Parsed(
      "source: {kafka: {topic: in}}\nsinks: [stdout, {kafka: {topic: out}}]\ndead_letters: {kafka: {topic: dead}}\n");
}

// As `wirewatch topics --create` makes them.
KafkaTopicState Good(const std::string& topic, std::map<std::string, std::string> changed = {}) {
  std::map<std::string, std::string> settings{{"cleanup.policy", "delete"},
                                              {"retention.ms", "604800000"},
                                              {"max.message.bytes", topic == "dead" ? "1114124" : "1048588"},
                                              {"min.insync.replicas", "1"}};
  for (auto& [name, value] : changed) settings[name] = value;
  return {.topic = topic, .exists = true, .partitions = 3, .replication = 1, .settings = std::move(settings)};
}

std::vector<KafkaTopicProblem> Problems(std::vector<KafkaTopicState> states, int brokers = 1) {
  return JudgeTopics(KafkaTopicsOf(OnKafka()), states, {"b:9092", brokers});
}

TEST(KafkaTopicsTest, TheConfigurationNamesThemInTheOrderOfMaking) {
  EXPECT_THAT(KafkaTopicsOf(OnKafka()),
              ElementsAre(Field(&KafkaTopicNeeds::topic, "in"), Field(&KafkaTopicNeeds::topic, "out"),
                          Field(&KafkaTopicNeeds::topic, "dead")));
  EXPECT_THAT(KafkaTopicsOf(Parsed("source: stdin\nsinks: [stdout]\ndead_letters: stderr\n")), IsEmpty());
}

TEST(KafkaTopicsTest, NothingIsWrongWithGoodOnes) {
  EXPECT_THAT(Problems({Good("in"), Good("out"), Good("dead")}), IsEmpty());
}

TEST(KafkaTopicsTest, AMissingOneIsNotJudgedFurther) {
  const auto problems = Problems({Good("in"), {.topic = "out"}, Good("dead")});
  ASSERT_THAT(problems, SizeIs(1));
  EXPECT_EQ(problems[0].topic, "out");
  EXPECT_TRUE(problems[0].absent);
  EXPECT_THAT(problems[0].help, HasSubstr("--create"));
}

TEST(KafkaTopicsTest, ARefusalIsNotTakenForAbsence) {
  const auto problems = Problems({{.topic = "in", .refusal = "Not authorized"}, Good("out"), Good("dead")});
  ASSERT_THAT(problems, SizeIs(1));
  EXPECT_THAT(problems[0].message, HasSubstr("Not authorized"));
}

TEST(KafkaTopicsTest, DeadLettersMustTakeMoreThanArticles) {
  const auto problems = Problems({Good("in", {{"max.message.bytes", "2000000"}}), Good("out"), Good("dead")});
  ASSERT_THAT(problems, SizeIs(1));
  EXPECT_FALSE(problems[0].absent);
  EXPECT_EQ(problems[0].topic, "dead");
  EXPECT_THAT(problems[0].message, AllOf(HasSubstr("1114124"), HasSubstr("64 KiB over that of in")));
  EXPECT_THAT(problems[0].help, AllOf(HasSubstr("--entity-name dead"), HasSubstr("max.message.bytes=2065536")));
}

TEST(KafkaTopicsTest, DeadLettersOfAFileAreMeasuredByTheLongestRecord) {
  const auto needs = KafkaTopicsOf(Parsed(
      "source: stdin\nsinks: [stdout]\ndead_letters: {kafka: {topic: dead}}\ndecode: {max_record_bytes: 2MiB}\n"));
  ASSERT_THAT(needs, SizeIs(1));
  EXPECT_EQ(LeastMessageBytes(needs[0], {}), (2 << 20) + (64 << 10));
}

TEST(KafkaTopicsTest, ShortRetentionAndCompactionAreWrong) {
  const auto problems =
      Problems({Good("in", {{"retention.ms", "3600000"}}), Good("out", {{"cleanup.policy", "compact"}}), Good("dead")});
  ASSERT_THAT(problems, SizeIs(2));
  EXPECT_THAT(problems[0].message, HasSubstr("retention.ms is 3600000 (1h)"));
  EXPECT_THAT(problems[1].message, HasSubstr("cleanup.policy is compact"));
}

TEST(KafkaTopicsTest, RetentionForEverIsLongEnough) {
  EXPECT_THAT(Problems({Good("in", {{"retention.ms", "-1"}}), Good("out"), Good("dead")}), IsEmpty());
}

TEST(KafkaTopicsTest, SettingsThatMayNotBeReadAreAProblem) {
  KafkaTopicState hidden = Good("in");
  hidden.settings.reset();
  const auto problems = Problems({hidden, Good("out"), Good("dead")});
  ASSERT_THAT(problems, SizeIs(1));
  EXPECT_THAT(problems[0].help, HasSubstr("DescribeConfigs"));
}

TEST(KafkaTopicsTest, ReplicasAreJudgedByTheCluster) {
  KafkaTopicState ill = Good("in", {{"min.insync.replicas", "2"}});
  ill.without_leader = 1;
  const auto problems = Problems({ill, Good("out"), Good("dead")});
  ASSERT_THAT(problems, SizeIs(2));
  EXPECT_THAT(problems[0].message, HasSubstr("1 of 3 partitions have no leader"));
  EXPECT_THAT(problems[1].message, HasSubstr("min.insync.replicas is 2 and replication is 1"));
  EXPECT_THAT(Problems({Good("in"), Good("out"), Good("dead")}, 3), SizeIs(3));  // replication 1 on three brokers
}

}  // namespace
}  // namespace wirewatch
