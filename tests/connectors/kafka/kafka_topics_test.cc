#include "connectors/kafka/admin/kafka_topics.h"

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

TEST(KafkaTopicsTest, DecisionsNeedThePartitionsOfTheMatchesAndTheirWindow) {
  const Config config = Parsed(
      "source: {kafka: {topic: in}}\nmatches: kafka\nsinks: [stdout]\ndead_letters: stderr\nalerts: {window: 30d}\n");
  const auto needs = KafkaTopicsOf(config);
  ASSERT_THAT(needs, ElementsAre(Field(&KafkaTopicNeeds::topic, "in"), Field(&KafkaTopicNeeds::topic, "matches"),
                                 Field(&KafkaTopicNeeds::topic, "decisions")));
  KafkaTopicState matches = Good("matches", {{"retention.ms", "-1"}}), decisions = Good("decisions");
  decisions.partitions = 2;
  const auto problems = JudgeTopics(needs, {Good("in"), matches, decisions}, {"b:9092", 1});
  ASSERT_THAT(problems, SizeIs(2));
  EXPECT_THAT(problems[0].message, HasSubstr("it has 2 partitions and matches has 3"));
  EXPECT_EQ(problems[0].help, "kafka-topics.sh --bootstrap-server b:9092 --alter --topic decisions --partitions 3");
  EXPECT_THAT(problems[1].help, HasSubstr("--entity-name decisions --add-config retention.ms=2678400000"));
  EXPECT_EQ(LeastPartitions(needs[2], {Good("in"), {.topic = "matches"}, decisions}), 0) << "they are not made yet";
}

TEST(KafkaTopicsTest, DecisionsOfOneStepNeedThePartitionsOfTheArticles) {
  const auto needs = KafkaTopicsOf(Parsed(
      "source: {kafka: {topic: in}}\nsinks: [stdout]\ndead_letters: stderr\ndecisions: {kafka: {topic: why}}\n"));
  ASSERT_THAT(needs, SizeIs(2));
  EXPECT_EQ(needs[1].topic, "why");
  EXPECT_EQ(needs[1].partitions_of, "in");
}

// ------------------------------------------------------------------------------------------- before any broker is
// asked

// What a person reads of it, place first.
std::string Mistakes(const std::string& text) {
  const ParsedConfig parsed = ParseConfig("rules: {packs: [p]}\n" + text, "w.yaml", Connectors());
  EXPECT_NE(parsed.config.has_value(), HasErrors(parsed.diagnostics));
  return Render(parsed.diagnostics);
}

TEST(KafkaTopicsTest, WhatIsReadIsNotWritten) {
  struct Case {
    std::string text, place, says;
  };
  const Case cases[] = {
      {"source: {kafka: {topic: t}}\nsinks: [{kafka: {topic: t}}]\ndead_letters: stderr\n", "w.yaml:3:25",
       "kafka topic t is read for articles: alerts that are written there would be read as articles, without end"},
      {"source: {kafka: {topic: t}}\nsinks: [stdout]\ndead_letters: {kafka: {topic: t}}\n", "w.yaml:4:31",
       "dead letters that are written there would be read as articles"},
      {"source: {kafka: {topic: t}}\nsinks: [stdout, {kafka: {topic: a}}, {kafka: {topic: t}}]\ndead_letters: stderr\n",
       "w.yaml:3:54", "alerts that are written there would be read as articles"},
      {"source: {kafka: {topic: t}}\nsinks: [stdout]\ndead_letters: stderr\nmatches: {kafka: {topic: t}}\n",
       "w.yaml:5:26", "matches that are written there would be read as articles"},
      {"source: kafka\nsinks: [stdout]\ndead_letters: stderr\nmatches: {kafka: {topic: articles}}\n", "w.yaml:5:26",
       "kafka topic articles is read for articles"},
      {"source: {kafka: {topic: alerts}}\nsinks: [kafka]\ndead_letters: stderr\n", "w.yaml:3:9",
       "kafka topic alerts is read for articles"},
      {"source: kafka\nsinks: [{kafka: {topic: m}}]\ndead_letters: stderr\nmatches: {kafka: {topic: m}}\n",
       "w.yaml:3:25", "kafka topic m is read for matches: alerts that are written there would be read as matches"},
      {"source: kafka\nsinks: [stdout]\ndead_letters: {kafka: {topic: matches}}\nmatches: kafka\n", "w.yaml:4:31",
       "dead letters that are written there would be read as matches"},
      {"source: stdin\nsinks: [stdout]\ndead_letters: {kafka: {topic: matches}}\nmatches: kafka\nroles: [match]\n",
       "w.yaml:4:31", "would be read as matches"},
      {"source: {kafka: {topic: t}}\nsinks: [stdout]\ndead_letters: stderr\ndecisions: {kafka: {topic: t}}\n",
       "w.yaml:5:28", "decisions that are written there would be read as articles"},
      {"source: {kafka: {topic: decisions}}\nsinks: [stdout]\ndead_letters: stderr\nmatches: kafka\n", "w.yaml:5:1",
       "kafka topic decisions is read for articles: decisions that are written there"},
  };
  for (const Case& one : cases) {
    EXPECT_THAT(Mistakes(one.text), AllOf(HasSubstr(one.place + ": error[wrong-value]"), HasSubstr(one.says),
                                          HasSubstr("a kafka topic of their own")))
        << one.text;
  }
}

TEST(KafkaTopicsTest, TwoOutputsDoNotShareOne) {
  EXPECT_THAT(Mistakes("source: stdin\nsinks: [{kafka: {topic: o}}]\ndead_letters: {kafka: {topic: o}}\n"),
              AllOf(HasSubstr("w.yaml:4:31"), HasSubstr("kafka topic o is where alerts and dead letters go")));
  EXPECT_THAT(Mistakes("source: stdin\nsinks: [{kafka: {topic: o}}, {kafka: {topic: o}}]\ndead_letters: stderr\n"),
              AllOf(HasSubstr("w.yaml:3:46"), HasSubstr("each of the alerts would stand there twice")));
  EXPECT_THAT(Mistakes("source: stdin\nsinks: [kafka]\ndead_letters: stderr\ndecisions: {kafka: {topic: alerts}}\n"),
              HasSubstr("kafka topic alerts is where decisions and alerts go"));
  EXPECT_THAT(Mistakes("source: stdin\nsinks: [{kafka: {topic: o}}, {kafka: {topic: p}}]\n"
                       "dead_letters: {kafka: {topic: O}}\n"),
              IsEmpty());
}

TEST(KafkaTopicsTest, APollIntervalThatIsShorterThanARestoreIsTold) {
  const std::string text = "source: kafka\nsinks: [stdout]\ndead_letters: stderr\n";
  const auto interval = [](const std::string& ms) {
    return "kafka: {properties: {max.poll.interval.ms: " + ms + "}}\n";
  };
  EXPECT_THAT(Mistakes(text + "matches: kafka\n" + interval("60000")),
              AllOf(HasSubstr("w.yaml:6:22: error[wrong-value]"), HasSubstr("max.poll.interval.ms is 60000"),
                    HasSubstr("may take 60000 ms"), HasSubstr("more than 60000")));
  EXPECT_THAT(Mistakes(text + "matches: kafka\n" + interval("60001")), IsEmpty());
  EXPECT_THAT(Mistakes(text + interval("10000")), IsEmpty()) << "there is nothing to restore";
}

TEST(KafkaTopicsTest, ANameThatNoBrokerTakesIsToldWithItsPlace) {
  for (const std::string name : {"al erts!", "al/erts", "al:erts", "alérts", "警报", ".", "..", "a,b", "a*", "a\\tb"}) {
    EXPECT_FALSE(IsKafkaTopicName(name)) << name;
    EXPECT_THAT(
        Mistakes("source: stdin\nsinks: [{kafka: {topic: \"" + name + "\"}}]\ndead_letters: stderr\n"),
        AllOf(HasSubstr("w.yaml:3:2"), HasSubstr("cannot be the name of a kafka topic"), HasSubstr("1 to 249 letters")))
        << name;
  }
  for (const std::string name : {"a", "A.b_c-9", "...", "_", "-"}) EXPECT_TRUE(IsKafkaTopicName(name)) << name;
  EXPECT_TRUE(IsKafkaTopicName(std::string(249, 'x')));
  EXPECT_FALSE(IsKafkaTopicName(std::string(250, 'x')));
  EXPECT_FALSE(IsKafkaTopicName(""));
  EXPECT_FALSE(IsKafkaTopicName(std::string_view("a\0b", 3)));
  EXPECT_THAT(Mistakes("source: {kafka: {topic: \"${env:HOME}\"}}\nsinks: [stdout]\ndead_letters: stderr\n"),
              HasSubstr("looked up in kafka.properties only"));
  EXPECT_THAT(Mistakes("source: {kafka: {topic: \"^articles.*\"}}\nsinks: [stdout]\ndead_letters: stderr\n"),
              HasSubstr("regular expressions are not taken"));
  EXPECT_THAT(Mistakes("source: {kafka: {group: \"\"}}\nsinks: [stdout]\ndead_letters: stderr\n"),
              HasSubstr("a consumer group needs a name"));
}

TEST(KafkaTopicsTest, AllMistakesAreToldAtOnce) {
  const std::string told = Mistakes(
      "source: {kafka: {topic: t}}\nsinks: [{kafka: {topic: t}}, {kafka: {topic: \"a b\"}}]\ndead_letters: {kafka: "
      "{topic: t}}\nkafka: {exactly_once: true}\n");
  EXPECT_THAT(told, AllOf(HasSubstr("w.yaml:3:25"), HasSubstr("w.yaml:3:46"), HasSubstr("w.yaml:4:31")));
}

}  // namespace
}  // namespace wirewatch
