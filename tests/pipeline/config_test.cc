#include "pipeline/config.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <string>

#include "pipeline/alert/alert_policy.h"

namespace wirewatch {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

ConnectorSpecs TestConnectors() {
  const ConnectorSpec kafka{"kafka", "A kafka topic.", {TextField("topic", "Its name.").Required()}};
  const ConnectorSpec screen{
      "stdout", "The terminal.", {TextField("format", "How.").Default("auto").OneOf({"auto", "json"})}};
  ConnectorSpecs specs;
  specs.sources = {kafka};
  specs.alert_sinks = {kafka, screen};
  specs.dead_letter_sinks = {kafka};
  specs.shared = {{"kafka", "The cluster.", {TextMapField("properties", "Passed through.")}}};
  return specs;
}

constexpr std::string_view kValid = R"(
rules: {packs: [packs/a.yaml, packs/b]}
source: {kafka: {topic: articles}}
sinks:
  - stdout
  - kafka: {topic: alerts}
dead_letters: {kafka: {topic: articles.dead-letter}}
kafka:
  properties: {bootstrap.servers: "localhost:9092"}
decode: {max_record_bytes: 64KiB, mapping: {title: /head}}
pipeline: {drain_timeout: 3s, record_time: published}
)";

ParsedConfig Parse(std::string_view text) { return ParseConfig(text, "w.yaml", TestConnectors()); }

std::string Mistakes(std::string_view text) { return Render(Parse(text).diagnostics); }

TEST(ConfigTest, ReadsWhatIsWrittenAndDefaultsWhatIsNot) {
  const ParsedConfig parsed = Parse(kValid);
  ASSERT_TRUE(parsed.config) << Render(parsed.diagnostics);
  const Config& config = *parsed.config;
  EXPECT_THAT(config.rules.packs, ElementsAre("packs/a.yaml", "packs/b"));
  EXPECT_EQ(config.source.name, "kafka");
  EXPECT_EQ(config.source.fields.String("topic"), "articles");
  ASSERT_EQ(config.sinks.size(), 2u);
  EXPECT_EQ(config.sinks[0].name, "stdout");
  EXPECT_EQ(config.sinks[0].fields.String("format"), "auto");
  EXPECT_EQ(config.sinks[1].fields.String("topic"), "alerts");
  EXPECT_EQ(config.shared.at("kafka").Map("properties").at("bootstrap.servers"), "localhost:9092");
  EXPECT_EQ(config.decode.limits.max_record_bytes, 64u << 10);
  EXPECT_EQ(config.decode.limits.max_depth, DecodeLimits().max_depth);
  EXPECT_EQ(config.decode.mapping.at("title").all, std::vector<std::string>{"/head"});
  EXPECT_EQ(config.pipeline.pipeline.drain_timeout, std::chrono::seconds(3));
  EXPECT_EQ(config.pipeline.pipeline.record_time, RecordTime::kPublished);
  EXPECT_EQ(config.monitoring.listen, "127.0.0.1:9464");
}

std::string WithMapping(std::string_view mapping) {
  return "rules: {packs: p}\nsource: {kafka: {topic: t}}\nsinks: [stdout]\ndead_letters: {kafka: {topic: d}}\n"
         "decode: {mapping: " +
         std::string(mapping) + "}\n";
}

TEST(ConfigTest, AMappingMayBeOneThatComesWithWirewatch) {
  const ParsedConfig ans = Parse(WithMapping("ans"));
  ASSERT_TRUE(ans.config) << Render(ans.diagnostics);
  EXPECT_EQ(ans.config->decode.mapping.at("id").all, std::vector<std::string>{"/_id"});
  const ParsedConfig mixed = Parse(WithMapping("{preset: wordpress, section: [/acf/desk, /desk], title: /t}"));
  ASSERT_TRUE(mixed.config) << Render(mixed.diagnostics);
  EXPECT_EQ(mixed.config->decode.mapping.at("section").all, (std::vector<std::string>{"/acf/desk", "/desk"}));
  EXPECT_EQ(mixed.config->decode.mapping.at("title").all, std::vector<std::string>{"/t"});
  EXPECT_EQ(mixed.config->decode.mapping.at("url").all, std::vector<std::string>{"/link"});
}

TEST(ConfigTest, AMappingThatIsNotKnownIsRefused) {
  EXPECT_THAT(Mistakes(WithMapping("wordpres")), HasSubstr("did you mean 'wordpress'?"));
  EXPECT_THAT(Mistakes(WithMapping("nothing")), HasSubstr("one of: superdesk, ans, ap, wordpress"));
  EXPECT_THAT(Mistakes(WithMapping("{preset: anss}")), HasSubstr("did you mean 'ans'?"));
  EXPECT_THAT(Mistakes(WithMapping("{title: [head, /a]}")), HasSubstr("'head' must begin with '/'"));
  EXPECT_THAT(Mistakes(WithMapping("{title: []}")), HasSubstr("has no JSON pointer"));
}

TEST(ConfigTest, TheDefaultsInTheTablesAreThoseOfTheCode) {
  const ParsedConfig parsed = Parse(R"(
rules: {packs: p}
source: {kafka: {topic: t}}
sinks: [stdout]
dead_letters: {kafka: {topic: d}}
)");
  ASSERT_TRUE(parsed.config) << Render(parsed.diagnostics);
  EXPECT_EQ(parsed.config->decode.limits.max_record_bytes, DecodeLimits().max_record_bytes);
  EXPECT_EQ(parsed.config->decode.limits.max_text_bytes, DecodeLimits().max_text_bytes);
  EXPECT_EQ(parsed.config->alerts.window, AlertOptions().window);
  EXPECT_EQ(parsed.config->alerts.max_sightings, AlertOptions().max_sightings);
  const PipelineOptions& pipeline = parsed.config->pipeline.pipeline;
  EXPECT_EQ(pipeline.workers, PipelineOptions().workers);
  EXPECT_EQ(pipeline.in_flight_records, PipelineOptions().in_flight_records);
  EXPECT_EQ(pipeline.in_flight_bytes, PipelineOptions().in_flight_bytes);
  EXPECT_EQ(pipeline.drain_timeout, PipelineOptions().drain_timeout);
  EXPECT_EQ(pipeline.record_time, PipelineOptions().record_time);
  EXPECT_EQ(parsed.config->pipeline.quarantine.most_tries, QuarantineOptions().most_tries);
  EXPECT_EQ(parsed.config->pipeline.quarantine.time_budget, QuarantineOptions().time_budget);
  EXPECT_EQ(parsed.config->log.level, LogSettings().level);
}

TEST(ConfigTest, AMistypedKeyIsShownInItsPlaceWithTheRightOne) {
  EXPECT_THAT(Mistakes("rulez: {packs: [a]}\n"),
              AllOf(HasSubstr("w.yaml:1:1: error[unknown-key]: the configuration has no key 'rulez'"),
                    HasSubstr("1 | rulez: {packs: [a]}"), HasSubstr("^^^^^"), HasSubstr("did you mean 'rules'?")));
}

TEST(ConfigTest, AllMistakesAreListedAtOnce) {
  const std::string mistakes = Mistakes(R"(
rules: {packs: []}
pipeline: {drain_timeout: soon, workers: -1}
source: {kafak: {topic: a}}
sinks: [{stdout: {format: xml}}]
dead_letters: {kafka: {}}
decode: {max_record_bytes: 12 parsecs}
log: {level: loud, format: xml}
)");
  EXPECT_THAT(mistakes, HasSubstr("w.yaml:3:27: error[wrong-type]: pipeline.drain_timeout must be a duration"));
  EXPECT_THAT(mistakes, HasSubstr("pipeline.workers must be a whole number"));
  EXPECT_THAT(mistakes, HasSubstr("error[unknown-connector]: 'source' cannot be 'kafak'"));
  EXPECT_THAT(mistakes, HasSubstr("did you mean 'kafka'?"));
  EXPECT_THAT(mistakes, HasSubstr("error[wrong-value]: sinks.stdout.format cannot be 'xml'"));
  EXPECT_THAT(mistakes, HasSubstr("error[missing-key]: dead_letters.kafka needs 'topic'"));
  EXPECT_THAT(mistakes, HasSubstr("decode.max_record_bytes must be a size"));
  EXPECT_THAT(mistakes, HasSubstr("log.level cannot be 'loud'"));
  EXPECT_THAT(mistakes, HasSubstr("log.format cannot be 'xml'"));
}

TEST(ConfigTest, TheLogHasAFormatAndLevelsOfModules) {
  const auto parsed =
      Parse(std::string(kValid) + "log: {format: json, level: warn, levels: {kafka: debug, rules: error}}\n");
  ASSERT_TRUE(parsed.config) << Render(parsed.diagnostics);
  EXPECT_EQ(parsed.config->log.format, log::Format::kJson);
  EXPECT_EQ(parsed.config->log.level, log::Level::kWarn);
  EXPECT_EQ(parsed.config->log.levels,
            (std::map<std::string, log::Level>{{"kafka", log::Level::kDebug}, {"rules", log::Level::kError}}));
  const std::string mistakes = Mistakes(std::string(kValid) + "log: {levels: {kafak: debug, kafka: low}}\n");
  EXPECT_THAT(mistakes, AllOf(HasSubstr("log.levels has no module 'kafak'; write one of: alert, base,"),
                              HasSubstr("log.levels.kafka cannot be 'low'; write debug, info, warn or error")));
}

TEST(ConfigTest, ANumberOutOfItsRangeIsToldWithTheRange) {
  const std::string mistakes = Mistakes(R"(
rules: {packs: p}
source: {kafka: {topic: t}}
sinks: [stdout]
dead_letters: {kafka: {topic: d}}
decode: {max_depth: 1001, max_record_bytes: 2GiB}
pipeline: {in_flight_records: 0}
)");
  EXPECT_THAT(mistakes, AllOf(HasSubstr("w.yaml:6:21: error[out-of-range]: decode.max_depth cannot be 1001"),
                              HasSubstr("= help: 1 to 1000")));
  EXPECT_THAT(mistakes, AllOf(HasSubstr("decode.max_record_bytes cannot be 2GiB"), HasSubstr("= help: 1 to 1GiB")));
  EXPECT_THAT(mistakes, HasSubstr("pipeline.in_flight_records cannot be 0"));
}

TEST(ConfigTest, AKeyGivenTwiceIsAMistake) {
  EXPECT_THAT(Mistakes("rules: {packs: a}\nrules: {packs: b}\n"), HasSubstr("w.yaml:2:1: error[duplicate-key]"));
}

TEST(ConfigTest, WhatIsMissingIsNamed) {
  EXPECT_THAT(Mistakes("{}"), AllOf(HasSubstr("rules needs 'packs'"), HasSubstr("needs the key 'source'"),
                                    HasSubstr("needs the key 'sinks'"), HasSubstr("needs the key 'dead_letters'")));
  EXPECT_THAT(Mistakes(""), HasSubstr("error[empty-file]"));
  EXPECT_THAT(Mistakes(std::string(kValid) + "log:\n"), HasSubstr("error[missing-value]: 'log' has no value"));
}

TEST(ConfigTest, BrokenYamlIsADiagnosticWithItsPlace) {
  EXPECT_THAT(Mistakes("rules: [\nsource: x\n"), HasSubstr("error[yaml-syntax]"));
  EXPECT_FALSE(Parse("rules: [\n").config);
}

TEST(ConfigTest, TheReferenceNamesEveryKey) {
  const std::string reference = ConfigReference(TestConnectors());
  for (const char* key :
       {"`packs`", "`max_depth`", "`drain_timeout`", "`listen`", "`level`", "`properties`", "`topic`"}) {
    EXPECT_THAT(reference, HasSubstr(key));
  }
}

TEST(ConfigTest, TheEffectiveConfigurationHasEveryKeyAndIsReadBackAsTheSame) {
  const ParsedConfig parsed = Parse(kValid);
  ASSERT_TRUE(parsed.config);
  const std::string text = EffectiveConfig(*parsed.config, TestConnectors());
  EXPECT_THAT(text, AllOf(HasSubstr("packs: [packs/a.yaml, packs/b]"), HasSubstr("reload_interval: 50ms"),
                          HasSubstr("max_record_bytes: 64KiB"), HasSubstr("max_text_bytes: 10MiB"),
                          HasSubstr("drain_timeout: 3s"), HasSubstr("- stdout:\n      format: auto"),
                          HasSubstr("bootstrap.servers: \"localhost:9092\""), HasSubstr("title: /head")));
  const ParsedConfig again = Parse(text);
  ASSERT_TRUE(again.config) << Render(again.diagnostics) << text;
  EXPECT_EQ(EffectiveConfig(*again.config, TestConnectors()), text);
}

// Where the decisions go; empty: nowhere.
std::string DecisionsOf(const std::string& more) {
  ConnectorSpecs specs = TestConnectors();
  specs.matches = {{"kafka", "A kafka topic.", {TextField("topic", "Its name.").Default("matches")}}};
  specs.decisions = {{"kafka", "A kafka topic.", {TextField("topic", "Its name.").Default("decisions")}},
                     {"file", "A file.", {TextField("path", "Where.").Required()}}};
  const ParsedConfig parsed = ParseConfig(std::string(kValid) + more, "w.yaml", specs);
  if (!parsed.config) return Render(parsed.diagnostics);
  const std::string text = EffectiveConfig(*parsed.config, specs);
  const ParsedConfig again = ParseConfig(text, "w.yaml", specs);
  EXPECT_TRUE(again.config) << Render(again.diagnostics) << text;
  EXPECT_EQ(EffectiveConfig(*again.config, specs), text);
  const auto& decisions = parsed.config->decisions;
  if (!decisions) return "";
  return decisions->name + " " + decisions->fields.String(decisions->name == "file" ? "path" : "topic");
}

// Which steps a process does; or its mistakes.
std::string StepsOf(const std::string& more) {
  ConnectorSpecs specs = TestConnectors();
  specs.matches = {{"kafka", "A kafka topic.", {TextField("topic", "Its name.").Default("matches")}}};
  specs.stores = {{"sqlite", "A file.", {TextField("path", "Which.").Required()}}};
  specs.alert_sources = {{"kafka", "A kafka topic.", {TextField("topic", "Its name.").Default("alerts")}}};
  const ParsedConfig parsed = ParseConfig(std::string(kValid) + more, "w.yaml", specs);
  if (!parsed.config) return Render(parsed.diagnostics);
  const std::string text = EffectiveConfig(*parsed.config, specs);
  const ParsedConfig again = ParseConfig(text, "w.yaml", specs);
  EXPECT_TRUE(again.config) << Render(again.diagnostics) << text;
  EXPECT_EQ(EffectiveConfig(*again.config, specs), text);
  const Config& config = *parsed.config;
  return std::string(config.matches_here ? "match " : "") + (config.alerts_here ? "alert " : "") +
         (config.delivers_here ? "deliver " : "") + (config.alerts_from ? "from kafka" : "");
}

TEST(ConfigTest, AlertsAreDeliveredWhereThereIsAStore) {
  const std::string store = "store: {sqlite: {path: deliver.db}}\n";
  EXPECT_EQ(StepsOf(""), "match alert ");
  EXPECT_EQ(StepsOf(store), "match alert deliver ");
  EXPECT_EQ(StepsOf(store + "alerts_from: kafka\n"), "match alert deliver from kafka");
  EXPECT_EQ(StepsOf(store + "alerts_from: kafka\nroles: [deliver]\n"), "deliver from kafka");
  EXPECT_EQ(StepsOf(store + "alerts_from: kafka\nroles: [match, alert]\n"), "match alert from kafka");
  EXPECT_EQ(StepsOf(store + "matches: kafka\nroles: [alert, deliver]\n"), "alert deliver ");
  EXPECT_EQ(StepsOf(store + "matches: kafka\nroles: [match]\n"), "match ");
}

TEST(ConfigTest, SaysWhatCannotBeDelivered) {
  const std::string store = "store: {sqlite: {path: deliver.db}}\n";
  EXPECT_THAT(StepsOf("roles: [match, alert, deliver]\n"), HasSubstr("nothing can be delivered without a store"));
  EXPECT_THAT(StepsOf("alerts_from: kafka\n"), HasSubstr("there is no store"));
  EXPECT_THAT(StepsOf(store + "roles: [deliver]\n"), HasSubstr("neither raises nor reads any"));
  EXPECT_THAT(StepsOf(store + "roles: [match, alert]\n"), HasSubstr("nobody delivers them"));
  EXPECT_THAT(StepsOf(store + "roles: [match, deliver]\nalerts_from: kafka\n"), HasSubstr("matches: kafka"));
  EXPECT_THAT(StepsOf("roles: [sender]\n"), HasSubstr("one or more of: match, alert, deliver"));
  EXPECT_THAT(StepsOf("store: sqlite\n"), HasSubstr("path"));
}

TEST(ConfigTest, DecisionsGoBesideTheMatchesUnlessItIsSaidElse) {
  EXPECT_EQ(DecisionsOf(""), "");
  EXPECT_EQ(DecisionsOf("matches: kafka\n"), "kafka decisions");
  EXPECT_EQ(DecisionsOf("matches: kafka\ndecisions: off\n"), "");
  EXPECT_EQ(DecisionsOf("decisions: off\n"), "");
  EXPECT_EQ(DecisionsOf("decisions: kafka\n"), "kafka decisions");
  EXPECT_EQ(DecisionsOf("matches: {kafka: {topic: m}}\ndecisions: {kafka: {topic: d}}\n"), "kafka d");
  EXPECT_EQ(DecisionsOf("matches: kafka\ndecisions: {file: {path: why.ndjson}}\n"), "file why.ndjson");
  EXPECT_THAT(DecisionsOf("decisions: of\n"), HasSubstr("'decisions' cannot be 'of'"));
}

TEST(ConfigTest, TextsThatYamlWouldTakeForSomethingElseAreQuoted) {
  std::string text(kValid);
  text.replace(text.find("title: /head"), 12, R"(title: "/a: b #c\"\n", summary: "/null", body: "/ ")");
  const ParsedConfig parsed = Parse(text);
  ASSERT_TRUE(parsed.config) << Render(parsed.diagnostics);
  const std::string written = EffectiveConfig(*parsed.config, TestConnectors());
  const ParsedConfig again = Parse(written);
  ASSERT_TRUE(again.config) << Render(again.diagnostics) << written;
  EXPECT_EQ(again.config->decode.mapping, parsed.config->decode.mapping);
}

TEST(ConfigTest, SecretsAreMaskedAndReferencesStand) {
  std::string text(kValid);
  text.replace(text.find("bootstrap.servers:"), 18,
               "sasl.password: hush, ssl.key.password: '${env:KEY}', bootstrap.servers:");
  const ParsedConfig parsed = Parse(text);
  ASSERT_TRUE(parsed.config) << Render(parsed.diagnostics);
  const std::string written = EffectiveConfig(*parsed.config, TestConnectors());
  EXPECT_THAT(written, AllOf(HasSubstr("sasl.password: \"(secret)\""), HasSubstr("ssl.key.password: \"${env:KEY}\""),
                             testing::Not(HasSubstr("hush"))));
}

TEST(ConfigTest, AFindingQuotesNoSecret) {
  std::string text(kValid);
  text.replace(text.find("bootstrap.servers:"), 18, "sasl.password: [hush], bootstrap.servers:");
  const ParsedConfig parsed = Parse(text);
  ASSERT_FALSE(parsed.config);
  EXPECT_THAT(Render(parsed.diagnostics), AllOf(HasSubstr("sasl.password: ***"), testing::Not(HasSubstr("hush"))));
}

// The kinds of YAML mistake that there are, around each secret: neither the quoted line nor the way out has it.
TEST(ConfigTest, NoMistakeAroundASecretShowsIt) {
  for (const char* key : {"sasl.password", "ssl.key.password", "sasl.oauthbearer.config", "sasl.kerberos.kinit.cmd",
                          "sasl.pasword", "ssl.key.pem"}) {
    for (const char* form : {"@HUSHHUSH",
                             "*HUSHHUSH",
                             "HUSHHUSH: x",
                             "&HUSHHUSH x",
                             "!HUSHHUSH x",
                             "%HUSHHUSH",
                             "`HUSHHUSH",
                             "'HUSHHUSH",
                             "\"HUSHHUSH",
                             "\"HUSH\\qHUSH\"",
                             "[HUSHHUSH",
                             "[HUSHHUSH]",
                             "{HUSHHUSH: x}",
                             "{HUSHHUSH",
                             "|\n    HUSHHUSH: x\n   bad",
                             "\n      HUSHHUSH: x",
                             "\n      - HUSHHUSH",
                             "\n      [HUSHHUSH",
                             "a\n    HUSHHUSH: b",
                             "'HUSHHUSH' x",
                             "\"HUSHHUSH\" x",
                             "'a'HUSHHUSH",
                             "- HUSHHUSH",
                             "? HUSHHUSH",
                             "x\n    sasl.password: HUSHHUSH",
                             ">HUSHHUSH",
                             "|HUSHHUSH",
                             "\tHUSHHUSH\n\t- x",
                             "HUSHHUSH\x01",
                             "HUSHHUSH\xFF",
                             "'HUSHHUSH\n    b: c",
                             "]HUSHHUSH",
                             "}HUSHHUSH",
                             ",HUSHHUSH"}) {
      std::string text(kValid);
      text.replace(text.find("properties: {bootstrap.servers: \"localhost:9092\"}"), 49,
                   "properties:\n    " + std::string(key) + ": " + form + "\n    bootstrap.servers: x");
      const std::string shown = Mistakes(text);
      EXPECT_THAT(shown, testing::Not(HasSubstr("HUSH"))) << text;
    }
  }
}

TEST(ConfigTest, AKeyWithoutAValueIsToldOnce) {
  std::string text(kValid);
  text.replace(text.find("  properties:"), 49 + 2, "");
  const ParsedConfig parsed = Parse(text);
  EXPECT_EQ(parsed.diagnostics.size(), 1u) << Render(parsed.diagnostics);
  EXPECT_THAT(Render(parsed.diagnostics), HasSubstr("error[missing-value]: 'kafka' has no value"));
}

TEST(ConfigTest, AMistakeThatASectionFindsStandsAtItsKey) {
  ConnectorSpecs specs = TestConnectors();
  specs.shared[0].check = [](const Fields&) {
    return std::vector<SettingsProblem>{{"properties.no.such", "there is no property no.such"},
                                        {"properties", "something else is wrong"}};
  };
  std::string text(kValid);
  text += "monitoring: {listen: nowhere}\n";
  text.replace(text.find("bootstrap.servers:"), 18, "no.such: 1, bootstrap.servers:");
  text += "alerts: {window: soon}\n";
  std::vector<std::string> places;
  for (const Diagnostic& d : ParseConfig(text, "w.yaml", specs).diagnostics) {
    places.push_back(d.code + " " + std::to_string(d.position.line) + ":" + std::to_string(d.position.column));
  }
  EXPECT_THAT(places, ElementsAre("wrong-value 9:3", "wrong-value 9:16", "wrong-value 12:14", "wrong-type 13:18"));
}

TEST(ConfigTest, AFileThatIsNoConfigurationIsNotQuoted) {
  EXPECT_THAT(Mistakes("root:$y$j9T$hash:19000:0:99999:7:::\nx: [\n"), testing::Not(HasSubstr("hash")));
  EXPECT_THAT(Mistakes("root:$y$j9T$hash\n"), testing::Not(HasSubstr("hash")));
}

TEST(ConfigDeathTest, AFieldThatNoTableHasEndsTheProgramWithItsName) {
  const ParsedConfig parsed = Parse(kValid);
  ASSERT_TRUE(parsed.config);
  EXPECT_DEATH((void)parsed.config->source.fields.String("topik"), "topik");
  EXPECT_DEATH((void)parsed.config->source.fields.Integer("topic"), "topic");
}

}  // namespace
}  // namespace wirewatch
