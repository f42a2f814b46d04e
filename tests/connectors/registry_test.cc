#include "connectors/registry.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <string>

#include "monitoring/metrics.h"
#include "tests/support/fake_inbox.h"
#include "tests/support/temp_dir.h"

namespace wirewatch {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::SizeIs;
using ::testing::StartsWith;

std::string ConfigText(std::string_view source, std::string_view sink, std::string_view dead_letters) {
  return fmt::format(
      "rules: {{packs: [rules/packs]}}\nsource: {}\nsinks: [{}]\ndead_letters: {}\ndecode: {{max_record_bytes: 100}}\n",
      source, sink, dead_letters);
}

class RegistryTest : public ::testing::Test {
 protected:
  Config Parse(std::string_view source, std::string_view sink = "stdout", std::string_view dead_letters = "stderr") {
    ParsedConfig parsed = ParseConfig(ConfigText(source, sink, dead_letters), "test.yaml", Connectors());
    EXPECT_TRUE(parsed.config) << Render(parsed.diagnostics);
    return *std::move(parsed.config);
  }
  std::string InDir(std::string_view connector, std::string_view name) const {
    return fmt::format("{{{}: {{path: {}}}}}", connector, dir_.Path(name));
  }

  TempDir dir_;
  MetricsRegistry metrics_;
};

TEST_F(RegistryTest, NamesEveryConnectorOnceAndDescribesIt) {
  for (const auto* list : {&Connectors().sources, &Connectors().alert_sinks, &Connectors().dead_letter_sinks}) {
    std::set<std::string_view> names;
    for (const ConnectorSpec& spec : *list) {
      EXPECT_TRUE(names.insert(spec.name).second) << spec.name;
      EXPECT_FALSE(spec.help.empty()) << spec.name;
      for (const FieldSpec& field : spec.fields) EXPECT_FALSE(field.help.empty()) << spec.name << '.' << field.name;
    }
    EXPECT_THAT(names, SizeIs(3));
  }
}

TEST_F(RegistryTest, MakesEverySource) {
  dir_.Write("a.ndjson", "{}\n");
  for (const std::string& source : {std::string("stdin"), InDir("file", "a.ndjson")}) {
    EXPECT_TRUE(MakeSource(Parse(source), metrics_)) << source;
  }
}

TEST_F(RegistryTest, MakesEverySinkThatNeedsNoNetwork) {
  for (const std::string& sink : {std::string("stdout"), InDir("file", "alerts.ndjson")}) {
    const Config config = Parse("stdin", sink);
    EXPECT_TRUE(MakeAlertSink(config.sinks.front(), config, metrics_)) << sink;
  }
  Config config = Parse("stdin");
  EXPECT_EQ(*MakeDecisionSink(config, metrics_), nullptr) << "none are written";
  config = Parse("stdin", "stdout", fmt::format("stderr\ndecisions: {}", InDir("file", "decisions.ndjson")));
  const auto decisions = MakeDecisionSink(config, metrics_);
  ASSERT_TRUE(decisions) << decisions.error().message;
  EXPECT_EQ((*decisions)->name(), "decisions");
  for (const std::string& sink : {std::string("stderr"), InDir("file", "dead.ndjson")}) {
    EXPECT_TRUE(MakeDeadLetterSink(Parse("stdin", "stdout", sink), metrics_)) << sink;
  }
}

// It ended the process: what it was to blame on did not exist.
TEST_F(RegistryTest, LooksForNoConflictsOfAConfigurationWithoutSinks) {
  const std::string rest =
      "alerts: {state: one}\ndead_letters: {file: {path: one}}\nrules: {packs: [p]}\nsource: stdin\n";
  EXPECT_THAT(Render(ParseConfig("sinks: []\n" + rest, "test.yaml", Connectors()).diagnostics),
              AllOf(HasSubstr("alerts have nowhere to go"), HasSubstr("1 |")));
  EXPECT_THAT(Render(ParseConfig(rest, "test.yaml", Connectors()).diagnostics), HasSubstr("sinks"));
}

TEST_F(RegistryTest, RefusesDecisionsThatGoWhereAlertsGoOrArticlesComeFrom) {
  const auto mistakes = [](std::string_view source, std::string_view decisions) {
    return Render(ParseConfig(ConfigText(source, "{file: {path: one.ndjson}}", "stderr") +
                                  fmt::format("decisions: {{file: {{path: {}}}}}\n", decisions),
                              "test.yaml", Connectors())
                      .diagnostics);
  };
  EXPECT_THAT(mistakes("stdin", "one.ndjson"), HasSubstr("one.ndjson is where alerts and decisions go"));
  EXPECT_THAT(mistakes("{file: {path: in}}", "in/why.ndjson"), HasSubstr("decisions would be read as articles"));
}

TEST_F(RegistryTest, RefusesDecisionsThatTakeNoPartInTransactions) {
  const std::string kafka = "kafka: {exactly_once: true}\nmatches: kafka\n";
  const std::string all_kafka = ConfigText("kafka", "kafka", "kafka") + kafka;
  EXPECT_TRUE(ParseConfig(all_kafka, "test.yaml", Connectors()).config);
  EXPECT_THAT(
      Render(ParseConfig(all_kafka + "decisions: {file: {path: one}}\n", "test.yaml", Connectors()).diagnostics),
      HasSubstr("kafka.exactly_once: decisions cannot be file"));
}

// The other checks ask for the field that is missing.
TEST_F(RegistryTest, NamesAFieldThatIsMissingOfASourceBesideASinkIntoAFile) {
  EXPECT_THAT(
      Render(ParseConfig(ConfigText("file", "{file: {path: one}}", "file"), "test.yaml", Connectors()).diagnostics),
      AllOf(HasSubstr("source.file needs 'path'"), HasSubstr("dead_letters.file needs 'path'")));
}

TEST_F(RegistryTest, RefusesAQuarantineThatIsAnotherFileOfTheConfiguration) {
  EXPECT_THAT(Render(ParseConfig(ConfigText("stdin", "{file: {path: one}}", "stderr") + "pipeline: {quarantine: one}\n",
                                 "test.yaml", Connectors())
                         .diagnostics),
              AllOf(HasSubstr("one is where alerts and the quarantine go"), HasSubstr("pipeline: {quarantine: one}")));
}

TEST_F(RegistryTest, SaysWhatCannotBeOpened) {
  const auto source = MakeSource(Parse(InDir("file", "missing.ndjson")), metrics_);
  ASSERT_FALSE(source);
  EXPECT_THAT(source.error().message, AllOf(HasSubstr(dir_.Path("missing.ndjson")), HasSubstr("check the path")));
  const auto sink = MakeDeadLetterSink(Parse("stdin", "stdout", InDir("file", "no/such/dead.ndjson")), metrics_);
  ASSERT_FALSE(sink);
  EXPECT_THAT(sink.error().message, HasSubstr(dir_.Path("no/such/dead.ndjson")));
}

TEST_F(RegistryTest, GivesTheSourceTheLimitOfTheDecoder) {
  dir_.Write("a.ndjson", std::string(101, 'x') + "\n");
  const auto source = MakeSource(Parse(InDir("file", "a.ndjson")), metrics_);
  FakeInbox inbox;
  EXPECT_TRUE((*source)->Run(inbox));
  ASSERT_TRUE(inbox.records().at(0).oversize);
  EXPECT_EQ(inbox.records()[0].oversize->spill_path, "") << "dead letters have no file to stand beside";
}

TEST_F(RegistryTest, KeepsLongRecordsBesideTheFileOfDeadLettersOrWhereItIsTold) {
  const std::string input = dir_.Write("a.ndjson", std::string(101, 'x') + "\n");
  const auto spill_path = [&](const std::string& source) {
    const auto made = MakeSource(Parse(source, "stdout", InDir("file", "dead.ndjson")), metrics_);
    FakeInbox inbox;
    EXPECT_TRUE((*made)->Run(inbox));
    return inbox.records().at(0).oversize->spill_path;
  };
  EXPECT_THAT(spill_path(InDir("file", "a.ndjson")), StartsWith(dir_.Path("dead.ndjson.oversize/")));
  EXPECT_THAT(spill_path(fmt::format("{{file: {{path: {}, spill_dir: {}}}}}", input, dir_.Path("there"))),
              StartsWith(dir_.Path("there/")));
}

}  // namespace
}  // namespace wirewatch
