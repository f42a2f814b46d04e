#include "pipeline/deliver/subscription_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <fstream>
#include <random>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/secret.h"
#include "base/text/base64.h"
#include "pipeline/deliver/message_renderer.h"
#include "rules/pack/pack_loader.h"
#include "tests/support/temp_dir.h"

namespace wirewatch {
namespace {

using std::chrono::minutes;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

const std::string kMinimal = "subscriptions:\n  - id: desk\n    reader: desk@example.org\n    channels: [feed]\n";

// A file of one subscription with more keys.
std::string With(const std::string& lines) { return kMinimal + lines; }

Subscription Read(const std::string& text) {
  ReadSubscriptions read = ReadSubscriptionFile(text, "desk.yaml");
  EXPECT_EQ(Render(read.diagnostics), "") << text;
  EXPECT_EQ(read.subscriptions.size(), 1u);
  return read.subscriptions.empty() ? Subscription() : read.subscriptions[0];
}

std::string Errors(const std::string& text) {
  const ReadSubscriptions read = ReadSubscriptionFile(text, "desk.yaml");
  EXPECT_TRUE(HasErrors(read.diagnostics)) << text;
  EXPECT_TRUE(read.subscriptions.empty());
  return Render(read.diagnostics);
}
std::string ErrorsWith(const std::string& lines) { return Errors(With(lines)); }

std::string Channels(const std::string& channels) {
  return "subscriptions:\n  - id: desk\n    reader: desk\n    channels: " + channels + "\n";
}

WallTime Utc(std::string_view text) { return *ParseRfc3339(text); }

TEST(SubscriptionFileTest, ReadsEveryKey) {
  const std::string secret = "whsec_MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIz";
  const Subscription read = Read(R"(subscriptions:
  - id: europe-desk-5g
    reader: europe-desk@example.org
    title: 5G on the Europe desk
    filter:
      topics: [5g-vendor-bans]
      tags: [telecom]
      severity: medium
      score: 50
      kinds: [new, update, correction, withdrawn]
      languages: [en, nld, zh-TW]
      countries: [NO, nld, South Korea]
      sources: [reuters.com]
      facets: {countries: [NL, be], vendors: [Huawei]}
      match: 'huawei AND NOT title:review'
    channels:
      - email: {to: [desk@example.org, night.desk+5g@example.org]}
      - slack: {url: "https://hooks.slack.com/services/T/B/x", name: desk-channel}
      - webhook: {url: "http://127.0.0.1:8080/hook?a=b", secret: )" +
                                 secret + R"(}
      - feed
    schedule: {daily: "07:30", days: [mon, tue, wed, thu, fri]}
    time_zone: Europe/Amsterdam
    quiet: {from: "22:00", to: "07:00", days: [sat, sun], critical: hold}
    cap: {messages: 20, per: 90m}
    language: nl
    enabled: false
    snooze: [{topic: x, until: 2026-12-24T09:00:00Z}, {all: true, until: "2026-12-25T09:00:00+01:00"}]
)");
  Subscription want;
  want.id = "europe-desk-5g";
  want.reader = "europe-desk@example.org";
  want.title = "5G on the Europe desk";
  want.filter.topics = {"5g-vendor-bans"};
  want.filter.tags = {"telecom"};
  want.filter.severity = TopicSeverity::kMedium;
  want.filter.score = 50;
  want.filter.kinds = {AlertKind::kNew, AlertKind::kUpdate, AlertKind::kCorrection, AlertKind::kWithdrawn};
  want.filter.languages = {"en", "nl", "zh-TW"};
  want.filter.countries = {"NO", "NL", "KR"};
  want.filter.sources = {"reuters.com"};
  want.filter.facets = {{"countries", {"NL", "be"}}, {"vendors", {"Huawei"}}};
  want.filter.match = "huawei AND NOT title:review";
  want.channels = {{ChannelKind::kEmail, "email", "", "", {"desk@example.org", "night.desk+5g@example.org"}},
                   {ChannelKind::kSlack, "desk-channel", "https://hooks.slack.com/services/T/B/x", "", {}},
                   {ChannelKind::kWebhook, "webhook", "http://127.0.0.1:8080/hook?a=b", secret, {}},
                   {ChannelKind::kFeed, "feed", "", "", {}}};
  want.schedule = {DeliverySchedule::Kind::kDaily, minutes(450), Weekdays(0b0011111)};
  want.time_zone = "Europe/Amsterdam";
  want.quiet = {minutes(22 * 60), minutes(7 * 60), Weekdays(0b1100000), false};
  want.cap = {20, minutes(90)};
  want.language = "nl";
  want.enabled = false;
  want.snoozes = {{Snooze::Of::kTopic, "x", Utc("2026-12-24T09:00:00Z")},
                  {Snooze::Of::kAll, "", Utc("2026-12-25T08:00:00Z")}};
  EXPECT_EQ(read, want);
}

TEST(SubscriptionFileTest, NeedsNoMoreThanAnIdAReaderAndAChannel) {
  Subscription want;
  want.id = "desk";
  want.reader = "desk@example.org";
  want.channels = {{ChannelKind::kFeed, "feed", "", "", {}}};
  EXPECT_EQ(Read(kMinimal), want);
  EXPECT_THAT(
      Errors("subscriptions:\n  - title: x\n"),
      testing::AllOf(HasSubstr("a subscription needs the key 'id'"), HasSubstr("a subscription needs the key 'reader'"),
                     HasSubstr("a subscription needs the key 'channels'")));
}

TEST(SubscriptionFileTest, ReadsEveryFormOfASchedule) {
  const auto schedule = [](const std::string& text) { return Read(With("    schedule: " + text + "\n")).schedule; };
  using Kind = DeliverySchedule::Kind;
  EXPECT_EQ(schedule("at once"), DeliverySchedule());
  EXPECT_EQ(schedule("hourly"), (DeliverySchedule{Kind::kHourly, minutes(0), kEveryDay}));
  EXPECT_EQ(schedule("{hourly: \":15\", days: [mon, tue]}"), (DeliverySchedule{Kind::kHourly, minutes(15), 3}));
  EXPECT_EQ(schedule("{daily: 00:05}"), (DeliverySchedule{Kind::kDaily, minutes(5), kEveryDay}));
}

TEST(SubscriptionFileTest, ListsEveryMistakeWithItsPlaceAndAWayOut) {
  const std::string errors = Errors(R"(subscriptions:
  - id: 5G Desk
    reader: desk
    titel: x
    filter: {topics: [], kinds: [newest, updat], severity: hihg, score: 101, languages: [english], countries: [XX]}
    channels: [feeed, {email: {}}]
    schedule: daily
    time_zone: Europe/Amstredam
    quiet: {from: "25:00", to: 7, critical: maybe}
    cap: {per: 90s}
    language: english
    enabled: yes
    snooze: [{until: tomorrow}]
)");
  for (const char* part : {"desk.yaml:2:9: error[bad-id]",
                           "write 5g-desk",
                           "desk.yaml:4:5: error[unknown-key]",
                           "did you mean 'title'?",
                           "'topics' is empty",
                           "there is no kind of alert 'newest'",
                           "did you mean 'update'?",
                           "did you mean 'high'?",
                           "'score' is a whole number from 0 to 100",
                           "'languages' has 'english'",
                           "'countries' has 'XX'",
                           "did you mean 'feed'?",
                           "email needs 'to'",
                           "write when: {daily: \"07:30\"}",
                           "did you mean Europe/Amsterdam?",
                           "'from' is a time of the day",
                           "'to' is a time of the day",
                           "there is no way with critical alerts 'maybe'",
                           "'cap' needs the key 'messages'",
                           "whole minutes from 1m to 7d",
                           "there is no language of messages 'english'",
                           "'enabled' is true or false",
                           "a snooze is of one of",
                           "'until' is no time: 'tomorrow'"}) {
    EXPECT_THAT(errors, HasSubstr(part));
  }
}

TEST(SubscriptionFileTest, SaysHowFacetsAreAskedFor) {
  EXPECT_THAT(ErrorsWith("    filter: {facets: [NL]}\n"), HasSubstr("{countries: [NL, DE], vendors: [Huawei]}"));
  EXPECT_THAT(ErrorsWith("    filter: {facets: {}}\n"), HasSubstr("'facets' is empty"));
  EXPECT_THAT(ErrorsWith("    filter: {facets: {countries: []}}\n"), HasSubstr("'countries' is empty"));
  EXPECT_THAT(ErrorsWith("    filter: {facets: {Countries: [NL]}}\n"), HasSubstr("write countries"));
}

TEST(SubscriptionFileTest, RefusesWhatHasTwoMeanings) {
  EXPECT_THAT(ErrorsWith("    quiet: {from: \"07:00\", to: \"07:00\"}\n"), HasSubstr("are the same"));
  EXPECT_THAT(ErrorsWith("    schedule: {daily: \"07:00\", hourly: \":15\"}\n"), HasSubstr("either hourly or daily"));
  EXPECT_THAT(ErrorsWith("    schedule: {daily: \"07:00\", days: []}\n"), HasSubstr("'days' is empty"));
  EXPECT_THAT(ErrorsWith("    schedule: {daily: \"07:00\", days: [monday]}\n"), HasSubstr("write mon"));
  EXPECT_THAT(ErrorsWith("    snooze: [{topic: x, all: true, until: 2026-12-24T09:00:00Z}]\n"),
              HasSubstr("a snooze is of one of"));
  EXPECT_THAT(ErrorsWith("    snooze: [{all: false, until: 2026-12-24T09:00:00Z}]\n"), HasSubstr("can only be true"));
  EXPECT_THAT(ErrorsWith("    title: \"one\\ntwo\"\n"), HasSubstr("'title' has a line break"));
}

TEST(SubscriptionFileTest, UnderlinesWhatIsWrongInAnExpression) {
  const std::string errors = ErrorsWith("    filter: {match: 'huawei AND (zte'}\n");
  EXPECT_THAT(errors, HasSubstr("desk.yaml:5:33: error["));
  EXPECT_THAT(ErrorsWith("    filter: {match: 'huawei AND @vendors'}\n"),
              HasSubstr("desk.yaml:5:33: error[unknown-list]"));
  EXPECT_THAT(ErrorsWith("    filter: {match: [huawei]}\n"), HasSubstr("'match' is an expression"));
}

TEST(SubscriptionFileTest, TakesNoIdTwice) {
  const TempDir directory;
  const auto write = [&](const std::string& name, const std::string& text) {
    std::ofstream(directory.path() + "/" + name) << text;
  };
  write("a.yaml", kMinimal);
  write("b.yml", kMinimal);
  write("c.txt", "no file of ours");
  const ReadSubscriptions read = LoadSubscriptions({directory.path()});
  EXPECT_EQ(read.subscriptions.size(), 1u);
  EXPECT_THAT(Render(read.diagnostics),
              HasSubstr("the subscription 'desk' is already at " + directory.path() + "/a.yaml" + ":2"));
  EXPECT_THAT(Errors(kMinimal + kMinimal.substr(kMinimal.find("  - id"))), HasSubstr("is already at desk.yaml:2"));
}

TEST(SubscriptionFileTest, SaysWhatCannotBeRead) {
  const TempDir directory;
  EXPECT_THAT(Render(LoadSubscriptions({directory.path()}).diagnostics),
              HasSubstr("there is no file of subscriptions"));
  EXPECT_THAT(Render(LoadSubscriptions({directory.path() + "/none.yaml"}).diagnostics), HasSubstr("no such file"));
}

TEST(SubscriptionFileTest, ChannelsHaveNamesThatDiffer) {
  const std::string url = "{url: https://example.org/a";
  const Subscription read = Read(Channels("[feed, {webhook: " + url + "}}, {webhook: " + url + ", name: webhook-2}}, " +
                                          "{webhook: " + url + "}}, {feed: {name: mine}}]"));
  std::vector<std::string> ids;
  for (const SubscribedChannel& channel : read.channels) ids.push_back(channel.id);
  EXPECT_THAT(ids, ElementsAre("feed", "webhook", "webhook-2", "webhook-3", "mine"));
  EXPECT_THAT(Errors(Channels("[{feed: {name: a}}, {feed: {name: a}}]")), HasSubstr("there is a channel 'a' already"));
  EXPECT_THAT(Errors(Channels("[]")), HasSubstr("tells nobody"));
  EXPECT_THAT(Errors(Channels("[{feed: {url: https://example.org/}}]")), HasSubstr("feed has no key 'url'"));
}

TEST(SubscriptionFileTest, TakesAddressesThatAMailServerTakes) {
  const std::string longest = std::string(64, 'a') + "@example.org";
  for (const std::string& good : {std::string("a@b"), std::string("first.last+tag@sub.example.org"), longest}) {
    EXPECT_EQ(Read(Channels("[{email: {to: ['" + good + "']}}]")).channels[0].to[0], good);
  }
  for (const std::string& bad :
       {std::string("desk"), std::string("a@b@c"), std::string("@example.org"), std::string("a@"),
        std::string(".a@example.org"), std::string("a..b@example.org"), std::string("a b@example.org"),
        std::string("Desk <a@example.org>"), std::string("a@exam_ple.org"), std::string("a@-x.org"),
        std::string("a@b..c"), std::string("b\xC3\xBCro@example.org"), "a" + longest,
        "a@" + std::string(300, 'b') + ".org", std::string("a@example.org\\r\\nBcc: b@example.org"),
        std::string("a@example.org,b@example.org"), std::string("a@example.org\\n")}) {
    EXPECT_THAT(Errors(Channels("[{email: {to: [\"" + bad + "\"]}}]")), HasSubstr("a mail address ")) << bad;
  }
  EXPECT_THAT(Errors(Channels("[{email: {to: []}}]")), HasSubstr("'to' has 0 addresses"));
}

TEST(SubscriptionFileTest, TakesUrlsOfHttpWithAHostAndNoMore) {
  for (const char* good : {"https://example.org", "HTTP://localhost:1/a?b=%20", "https://[::1]:8443/x",
                           "https://xn--bro-hoa.example/a;b,c"}) {
    EXPECT_EQ(Read(Channels("[{slack: {url: \"" + std::string(good) + "\"}}]")).channels[0].url, good);
  }
  for (const char* bad :
       {"example.org/a", "ftp://example.org/", "file:///etc/passwd", "javascript:alert(1)", "https://", "https:///a",
        "https://user:pw@example.org/", "https://user@example.org/", "https://example.org/#a", "https://example.org:0/",
        "https://example.org:99999/", "https://exam ple.org/", "https://example.org/a b",
        "https://example.org\\\\@evil/", "https://b\xC3\xBCro.example/", "https://example.org/\\r\\nHost: evil",
        "https://%31%32%37.0.0.1/", "https://example.org/${env:TOKEN}", "***"}) {
    EXPECT_THAT(Errors(Channels("[{slack: {url: \"" + std::string(bad) + "\"}}]")), HasSubstr("'url' ")) << bad;
  }
  EXPECT_THAT(Errors(Channels("[{slack: {}}]")), HasSubstr("slack needs 'url'"));
  EXPECT_THAT(Errors(Channels("[slack]")), HasSubstr("slack needs 'url'"));
}

std::string SecretOf(std::size_t bytes) {
  std::string secret = "whsec_";
  AppendBase64(std::string(bytes, 'x'), secret);
  return secret;
}
std::string Webhook(const std::string& secret) {
  return Channels("[{webhook: {url: https://example.org/, secret: \"" + secret + "\"}}]");
}

TEST(SubscriptionFileTest, TakesSigningSecretsOfStandardWebhooks) {
  for (const std::size_t bytes : {24u, 32u, 64u}) {
    EXPECT_EQ(Read(Webhook(SecretOf(bytes))).channels[0].secret, SecretOf(bytes));
  }
  // While one takes the place of the other.
  const std::string both = SecretOf(24) + " " + SecretOf(32);
  EXPECT_EQ(Read(Webhook(both)).channels[0].secret, both);
  EXPECT_THAT(Errors(Webhook(SecretOf(24) + " " + SecretOf(23))), HasSubstr("'secret' "));
  for (const std::string& bad : {SecretOf(23), SecretOf(65), std::string("hunter2hunter2"),
                                 std::string("whsec_not base64!"), SecretOf(32).substr(6), std::string("whsec_")}) {
    const std::string errors = Errors(Webhook(bad));
    EXPECT_THAT(errors, HasSubstr("'secret' "));
    EXPECT_THAT(errors, Not(HasSubstr(bad + "\"")));
  }
}

TEST(SubscriptionFileTest, SecretsMayStandInTheEnvironmentOrAFile) {
  ::setenv("WIREWATCH_TEST_SLACK", "https://hooks.slack.com/services/T/B/from-env", 1);
  ::setenv("WIREWATCH_TEST_NO_URL", "hunter2hunter2", 1);
  const TempDir directory;
  const std::string file = directory.path() + "/hook";
  std::ofstream(file) << SecretOf(32) << "\n";
  EXPECT_EQ(Read(Channels("[{slack: {url: \"${env:WIREWATCH_TEST_SLACK}\"}}]")).channels[0].url,
            "https://hooks.slack.com/services/T/B/from-env");
  EXPECT_EQ(Read(Webhook("${file:" + file + "}")).channels[0].secret, SecretOf(32));
  EXPECT_THAT(Errors(Webhook("${file:" + file + ".gone}")), HasSubstr("error[secret]"));
  EXPECT_THAT(Errors(Channels("[{slack: {url: \"${env:WIREWATCH_TEST_UNSET}\"}}]")),
              HasSubstr("${env:WIREWATCH_TEST_UNSET}: the environment variable is not set"));
  const std::string errors = Errors(Channels("[{slack: {url: \"${env:WIREWATCH_TEST_NO_URL}\"}}]"));
  EXPECT_THAT(errors, HasSubstr("'url' must begin with https://"));
  EXPECT_THAT(errors, Not(HasSubstr("hunter2")));
}

TEST(SubscriptionFileTest, ACheckLooksNoSecretUp) {
  const std::string text = Channels("[{slack: {url: \"${env:WIREWATCH_TEST_UNSET}\"}}]");
  const ReadSubscriptions read = ReadSubscriptionFile(text, "desk.yaml", SecretReferences::kLeave);
  EXPECT_EQ(Render(read.diagnostics), "");
  ASSERT_EQ(read.subscriptions.size(), 1u);
  EXPECT_EQ(read.subscriptions[0].channels[0].url, "${env:WIREWATCH_TEST_UNSET}");
  const ReadSubscriptions wrong =
      ReadSubscriptionFile(Channels("[{slack: {url: \"${vault:x}\"}}]"), "desk.yaml", SecretReferences::kLeave);
  EXPECT_THAT(Render(wrong.diagnostics), HasSubstr("is neither ${env:NAME} nor ${file:/path}"));
}

// A channel's address is as good as a password to many services.
TEST(SubscriptionFileTest, NoMistakeQuotesASecret) {
  const std::string token = "T000-B000-hunter2", url = "https://hooks.slack.com/services/" + token;
  for (const std::string& channels :
       {"[{slack: {url: \"" + url + "\", nmae: x}}]", "[{slack: {ulr: \"" + url + "\"}}]",
        "[{slak: {url: " + url + "}}]", "[{slack: {url: \"hooks.slack.com/" + token + "\"}}]",
        "[{slack: {url: \"" + url + "#" + token + "\"}}]",
        "[{webhook: {url: https://example.org/, secret: " + token + "}}]",
        "[{webhook: {url: https://example.org/, secrt: " + token + "}}]", "[{slack: {url: \"" + url + "\"}}",
        "[{slack: {url: [" + url + "]}}]", "[{slack: " + url + "}]"}) {
    EXPECT_THAT(Errors(Channels(channels)), Not(HasSubstr(token))) << channels;
  }
}

// --- JSON, and one subscription alone

ReadSubscriptions ReadOne(std::string_view text) { return ReadOneSubscription(text, "the request"); }
std::string OneErrors(std::string_view text) {
  const ReadSubscriptions read = ReadOne(text);
  EXPECT_TRUE(HasErrors(read.diagnostics)) << text.substr(0, 200);
  EXPECT_TRUE(read.subscriptions.empty());
  return Render(read.diagnostics);
}

TEST(OneSubscriptionTest, IsReadFromJsonAsProgramsWriteIt) {
  const ReadSubscriptions read = ReadOne(
      "{\n\t\"id\":\"desk\",\"reader\":\"caf\\u00e9 \\ud83d\\udce1 \\\\u0041 \\/\",\r\n\t\"channels\":[\"feed\"],"
      "\"filter\":{\"score\":50,\"match\":\"\\\"5G ban\\\"\"},\"enabled\":false}");
  ASSERT_EQ(Render(read.diagnostics), "");
  ASSERT_EQ(read.subscriptions.size(), 1u);
  EXPECT_EQ(read.subscriptions[0].reader, "caf\xC3\xA9 \xF0\x9F\x93\xA1 \\u0041 /");
  EXPECT_EQ(read.subscriptions[0].filter.match, "\"5G ban\"");
  EXPECT_FALSE(read.subscriptions[0].enabled);
}

TEST(OneSubscriptionTest, IsReadFromYamlToo) {
  EXPECT_EQ(ReadOne("id: desk\nreader: x\nchannels: [feed]\n").subscriptions.size(), 1u);
}

TEST(OneSubscriptionTest, NamesNothingThatTheMachineHas) {
  for (const char* reference : {"${env:HOME}", "${file:/etc/passwd}"}) {
    const std::string json =
        "{\"id\":\"a\",\"reader\":\"b\",\"channels\":[{\"slack\":{\"url\":\"" + std::string(reference) + "\"}}]}";
    EXPECT_THAT(OneErrors(json), HasSubstr("'url' cannot be a reference"));
  }
}

TEST(OneSubscriptionTest, RefusesHostileText) {
  EXPECT_THAT(OneErrors(std::string(kMostOneBytes + 1, ' ')), HasSubstr("at most 65536 bytes"));
  for (const std::string& hostile :
       {std::string(),
        std::string("null"),
        std::string("[]"),
        std::string("{"),
        std::string("{}"),
        std::string(60'000, '['),
        std::string(60'000, '{'),
        "{\"a\":" + std::string(30'000, '['),
        std::string("{\"id\":{\"id\":{\"id\":1}},\"reader\":[[]],\"channels\":{\"feed\":1}}"),
        std::string("{\"id\":\"a\",\"id\":\"b\",\"reader\":\"x\",\"channels\":[\"feed\"]}"),
        std::string("{\"id\":\"\\u"),
        std::string("{\"id\":\"\\ud83d"),
        std::string("{\"id\":\"\\ud83d\",\"reader\":\"x\",\"channels\":[\"feed\"]}"),
        std::string("{\"id\":\"a\",\"reader\":\"x\\u0000y\",\"channels\":[\"feed\"]}"),
        std::string("{\"id\":\"a\",\"reader\":\"x\\u000d\\u000ay\",\"channels\":[\"feed\"]}"),
        std::string("{\"id\":\"a\",\"reader\":\"\xFF\",\"channels\":[\"feed\"]}"),
        std::string("id: &a desk\nreader: *a\nchannels: [feed]\n"),
        std::string("{\"id\":\"a\",\"reader\":\"x\",\"channels\":[{\"feed\":{},\"email\":{}}]}"),
        std::string("{\"id\":\"a\",\"reader\":\"x\",\"channels\":[null]}"),
        std::string("{\"id\":\"a\",\"reader\":\"x\",\"channels\":[\"feed\"],\"cap\":{\"messages\":1e9}}"),
        std::string("{\"id\":\"a\",\"reader\":\"x\",\"channels\":[\"feed\"],\"cap\":{\"messages\":-1}}"),
        std::string("{\"id\":\"a\",\"reader\":\"x\",\"channels\":[\"feed\"],\"cap\":[1]}"),
        std::string("{\"id\":\"a\",\"reader\":\"x\",\"channels\":[\"feed\"]} {}"),
        std::string("{\"id\":\"a\\")}) {
    OneErrors(hostile);
  }
}

// However a body is cut, it is refused, not read in part.
TEST(OneSubscriptionTest, RefusesEveryBeginning) {
  const std::string json =
      "{\"id\":\"desk\",\"reader\":\"\\ud83d\\udce1\",\"channels\":[{\"webhook\":{\"url\":\"https://example.org/\"}}],"
      "\"schedule\":{\"daily\":\"07:30\"},\"filter\":{\"match\":\"huawei AND (zte OR title:5g)\"}}";
  ASSERT_EQ(ReadOne(json).subscriptions.size(), 1u);
  for (std::size_t size = 0; size < json.size(); ++size) {
    const ReadSubscriptions read = ReadOne(std::string_view(json).substr(0, size));
    ASSERT_TRUE(HasErrors(read.diagnostics)) << size;
    ASSERT_TRUE(read.subscriptions.empty()) << size;
  }
}

// --- as JSON

TEST(KnownTopicsTest, WarnOfTopicsAndTagsThatNoPackHas) {
  const LoadedPacks loaded = LoadPackText(
      "pack: p\ntopics:\n"
      "  - {id: 5g-vendor-bans, title: T, tags: [Télécom], rules: [{id: r, match: huawei}]}\n"
      "  - {id: ferries, title: F, tags: [sea, telecom], rules: [{id: r, match: ferry}]}\n",
      "p.yaml");
  ASSERT_EQ(Render(loaded.diagnostics), "");
  const KnownTopics topics(loaded.packs);
  const TempDir dir;
  const std::string file = dir.Write("desk.yaml", With(R"(    filter:
      topics: [ferries, 5g-vendor-ban, cattle]
      tags: [telecom, TELECOM, poultry, see]
    snooze: [{topic: feries, until: 2026-12-24T09:00:00Z}, {source: cattle, until: 2026-12-24T09:00:00Z}]
)"));
  const ReadSubscriptions read = LoadSubscriptions({file}, SecretReferences::kLeave, &topics);
  EXPECT_EQ(read.subscriptions.size(), 1u);
  EXPECT_FALSE(HasErrors(read.diagnostics));
  std::vector<std::string> found;
  for (const Diagnostic& one : read.diagnostics) {
    found.push_back(std::to_string(one.position.line) + ":" + std::to_string(one.position.column) + " " + one.code +
                    ": " + one.message + "; " + one.help);
  }
  EXPECT_THAT(found,
              ElementsAre("6:25 unknown-topic: no pack has a topic '5g-vendor-ban'; did you mean '5g-vendor-bans'?",
                          "6:40 unknown-topic: no pack has a topic 'cattle'; no alert of these packs will meet it",
                          "7:32 unknown-tag: no topic has the tag 'poultry'; no alert of these packs will meet it",
                          "7:41 unknown-tag: no topic has the tag 'see'; did you mean 'sea'?",
                          "8:22 unknown-topic: no pack has a topic 'feries'; did you mean 'ferries'?"));
  EXPECT_EQ(Render(LoadSubscriptions({file}, SecretReferences::kLeave).diagnostics), "");
}

class AnySubscription {
 public:
  explicit AnySubscription(unsigned seed) : random_(seed) {}

  Subscription Make() {
    Subscription made;
    made.id = Pick({"a", "5g-vendor-bans", "x.y_z"});
    made.reader = Pick({"desk@example.org", "Ann O'Neill \"ann\"", "\xE5\x8D\x8E\xE4\xB8\xBA: # not a comment"});
    if (Sometimes()) made.title = Pick({"5G", "null", "true", "[x] {y}", "it's: \\ \xF0\x9F\x93\xA1"});
    made.filter = Filter();
    for (std::size_t i = 0, count = 1 + Below(4); i < count; ++i) made.channels.push_back(Channel(i));
    made.schedule.kind = static_cast<DeliverySchedule::Kind>(Below(3));
    if (made.schedule.kind == DeliverySchedule::Kind::kHourly) made.schedule.at = minutes(Below(60));
    if (made.schedule.kind == DeliverySchedule::Kind::kDaily) made.schedule.at = minutes(Below(24 * 60));
    if (made.schedule.kind != DeliverySchedule::Kind::kAtOnce) made.schedule.days = Days();
    made.time_zone = Pick({"UTC", "Europe/Amsterdam", "Australia/Lord_Howe"});
    if (Sometimes()) {
      const minutes from(Below(24 * 60));
      made.quiet = {from, (from + minutes(1 + Below(24 * 60 - 1))) % minutes(24 * 60), Days(), Sometimes()};
    }
    if (Sometimes()) made.cap = {static_cast<std::uint32_t>(1 + Below(10'000)), minutes(1 + Below(7 * 24 * 60))};
    made.language = MessageLanguages()[Below(MessageLanguages().size())];
    made.enabled = Sometimes();
    for (std::size_t i = Below(4); i > 0; --i) {
      const auto of = static_cast<Snooze::Of>(Below(4));
      made.snoozes.push_back({of, of == Snooze::Of::kAll ? "" : Pick({"reuters.com", "5g", "The Times"}),
                              Utc("2026-12-24T09:00:00Z") + std::chrono::microseconds(Below(1u << 30))});
    }
    return made;
  }

 private:
  std::size_t Below(std::size_t limit) { return random_() % limit; }
  bool Sometimes() { return Below(2) == 0; }
  std::string Pick(const std::vector<std::string>& from) { return from[Below(from.size())]; }
  std::vector<std::string> Some(const std::vector<std::string>& from) {
    std::vector<std::string> some;
    for (const std::string& one : from) {
      if (Sometimes()) some.push_back(one);
    }
    return some;
  }
  Weekdays Days() { return Weekdays(1 + Below(127)); }

  SubscriptionFilter Filter() {
    SubscriptionFilter filter;
    if (Sometimes()) return filter;
    filter.topics = Some({"5g-vendor-bans", "energy"});
    filter.tags = Some({"telecom", "no", "a: b"});
    filter.severity = static_cast<TopicSeverity>(Below(4));
    filter.score = static_cast<std::uint32_t>(Below(101));
    for (const AlertKind kind : kAlertKinds) {
      if (Sometimes()) filter.kinds.push_back(kind);
    }
    filter.languages = Some({"en", "nl", "zh-Hant"});
    filter.countries = Some({"NO", "NL"});
    filter.sources = Some({"reuters.com", "The \"Times\""});
    if (Sometimes()) filter.facets = {{"countries", {"NL", "DE"}}, {"vendors", {"LG-Uplus"}}};
    if (Sometimes()) filter.match = Pick({"huawei", "\"5G ban\" AND NOT title:review", "lang:nl"});
    return filter;
  }

  SubscribedChannel Channel(std::size_t number) {
    SubscribedChannel channel;
    channel.kind = kChannelKinds[Below(std::size(kChannelKinds))];
    channel.id = "channel-" + std::to_string(number);
    if (channel.kind == ChannelKind::kEmail) {
      channel.to = {"desk@example.org"};
    } else if (channel.kind != ChannelKind::kFeed) {
      channel.url = Pick({"https://example.org/hook?a='b'", "http://[::1]:8080"});
    }
    if (channel.kind == ChannelKind::kWebhook && Sometimes()) channel.secret = SecretOf(24 + Below(41));
    return channel;
  }

  std::mt19937 random_;
};

TEST(SubscriptionJsonTest, IsReadBackAsItWas) {
  for (unsigned seed = 0; seed < 1'000; ++seed) {
    const Subscription made = AnySubscription(seed).Make();
    const std::string json = ToJson(made, Secrets::kShow);
    const ReadSubscriptions read = ReadOne(json);
    ASSERT_FALSE(HasErrors(read.diagnostics)) << json << "\n" << Render(read.diagnostics);
    ASSERT_EQ(read.subscriptions.size(), 1u);
    ASSERT_EQ(read.subscriptions[0], made) << json << "\n" << ToJson(read.subscriptions[0], Secrets::kShow);
  }
}

TEST(SubscriptionJsonTest, MasksSecretsAndIsNotReadBackThen) {
  Subscription made;
  made.id = "desk";
  made.reader = "desk";
  made.channels = {{ChannelKind::kWebhook, "hook", "https://example.org/token-4711", SecretOf(32), {}},
                   {ChannelKind::kEmail, "email", "", "", {"desk@example.org"}}};
  const std::string json = ToJson(made, Secrets::kMask);
  EXPECT_EQ(json,
            "{\"id\":\"desk\",\"reader\":\"desk\",\"channels\":[{\"webhook\":{\"name\":\"hook\",\"url\":\"***\","
            "\"secret\":\"***\"}},{\"email\":{\"name\":\"email\",\"to\":[\"desk@example.org\"]}}],"
            "\"schedule\":\"at once\",\"time_zone\":\"UTC\",\"language\":\"en\",\"enabled\":true}");
  EXPECT_THAT(OneErrors(json), HasSubstr("'url' is masked"));
}

}  // namespace
}  // namespace wirewatch
