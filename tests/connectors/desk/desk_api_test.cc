#include "connectors/desk/desk_api.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "base/clock.h"
#include "monitoring/http/http_message.h"
#include "pipeline/alert/alert.h"
#include "pipeline/deliver/alert_notice.h"
#include "pipeline/deliver/delivery_store.h"
#include "pipeline/deliver/subscription_file.h"
#include "tests/connectors/desk/desk_talk.h"
#include "tests/support/desk_samples.h"
#include "tests/support/memory_delivery_store.h"
#include "tests/support/sample_alert.h"

namespace wirewatch {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::StartsWith;

const std::string kAll = "/api/v1/subscriptions", kOne = "/api/v1/subscriptions/desk-europe";

class DeskApiTest : public testing::Test {
 protected:
  // "pointer: message" of each mistake.
  static std::vector<std::string> MistakesIn(const HttpResponse& answer) {
    std::vector<std::string> mistakes;
    const nlohmann::json json = JsonOf(answer);
    for (const auto& error : json.value("errors", nlohmann::json::array())) {
      const std::string place = error.contains("pointer")     ? error["pointer"].get<std::string>()
                                : error.contains("parameter") ? error["parameter"].get<std::string>()
                                                              : std::to_string(error.value("line", 0));
      mistakes.push_back(place + ": " + error.value("message", ""));
    }
    return mistakes;
  }
  HttpResponse Put(const std::string& body, const std::string& if_match, const std::string& target = kOne) {
    return talk.SendJson("PUT", target, editor, body, {{"If-Match", if_match}});
  }
  std::string Document(const Subscription& subscription) { return ToJson(subscription, Secrets::kShow); }
  Subscription Stored(std::string_view id = "desk-europe") {
    return (*talk.store().FindSubscription(id))->subscription;
  }
  void Add(const Subscription& subscription, std::string_view origin = "") {
    ASSERT_TRUE(talk.store().Put(subscription, origin, talk.now, {}));
  }

  DeskTalk talk;
  const std::string viewer = talk.Token(Role::kViewer), editor = talk.Token(Role::kEditor),
                    admin = talk.Token(Role::kAdmin);
};

// --------------------------------------------------------------------------------------------------- subscriptions

TEST_F(DeskApiTest, ASubscriptionIsMadeReadChangedAndDeleted) {
  const HttpResponse made = talk.SendJson("POST", kAll, editor, Document(SampleSubscription()));
  ASSERT_EQ(made.status, 201U) << made.body;
  EXPECT_EQ(HeaderOf(made, "Location"), "subscriptions/desk-europe");
  const std::string first = HeaderOf(made, "ETag");
  EXPECT_EQ(JsonOf(made)["subscription"]["reader"], "desk@example.org");
  EXPECT_EQ(JsonOf(made)["read_only"], false);

  const HttpResponse read = talk.Get(kOne, viewer);
  EXPECT_EQ(read.status, 200U);
  EXPECT_EQ(HeaderOf(read, "ETag"), first);
  EXPECT_EQ(read.body, made.body);

  Subscription other = SampleSubscription();
  other.title = "Other";
  const HttpResponse changed = Put(Document(other), first);
  ASSERT_EQ(changed.status, 200U) << changed.body;
  EXPECT_NE(HeaderOf(changed, "ETag"), first);
  EXPECT_EQ(Stored().title, "Other");
  EXPECT_EQ(talk.changes, 2);

  EXPECT_EQ(talk.Ask({.method = "DELETE", .target = kOne, .token = editor, .headers = {{"If-Match", first}}}).status,
            412U);
  const HttpResponse deleted = talk.Ask(
      {.method = "DELETE", .target = kOne, .token = editor, .headers = {{"If-Match", HeaderOf(changed, "ETag")}}});
  EXPECT_EQ(deleted.status, 204U);
  EXPECT_EQ(talk.Get(kOne, viewer).status, 404U);
  EXPECT_EQ(talk.Ask({.method = "DELETE", .target = kOne, .token = editor, .headers = {{"If-Match", "*"}}}).status,
            404U);
  EXPECT_THAT(JsonOf(talk.Get(kAll, viewer))["subscriptions"], IsEmpty());
}

TEST_F(DeskApiTest, WhatIsTakenIsNotMadeAgainAndComesBackAfterItWasDeleted) {
  Add(SampleSubscription());
  EXPECT_EQ(talk.SendJson("POST", kAll, editor, Document(SampleSubscription())).status, 409U);
  ASSERT_TRUE(talk.store().Delete("desk-europe", talk.now, {}));
  EXPECT_EQ(talk.SendJson("POST", kAll, editor, Document(SampleSubscription())).status, 201U);
}

TEST_F(DeskApiTest, AChangeSaysWhichRevisionItChanges) {
  Add(SampleSubscription());
  const std::string body = Document(SampleSubscription()), tag = HeaderOf(talk.Get(kOne, viewer), "ETag");
  EXPECT_EQ(talk.SendJson("PUT", kOne, editor, body).status, 428U);
  EXPECT_EQ(talk.Ask({.method = "DELETE", .target = kOne, .token = editor}).status, 428U);
  EXPECT_EQ(Put(body, "\"999999\"").status, 412U);
  EXPECT_EQ(HeaderOf(Put(body, "\"999999\""), "ETag"), tag);
  EXPECT_EQ(Put(body, "W/" + tag).status, 412U);
  EXPECT_EQ(Put(body, "nonsense").status, 412U);
  EXPECT_EQ(Put(body, "\"1\" , " + tag).status, 200U);
  EXPECT_EQ(Put(body, "*").status, 200U);
  EXPECT_EQ(talk.SendJson("PUT", kOne, editor, body, {{"If-None-Match", "*"}}).status, 412U);
  EXPECT_EQ(Put(Document(SampleSubscription("fresh")), "*", kAll + "/fresh").status, 412U);
  EXPECT_EQ(
      talk.SendJson("PUT", kAll + "/fresh", editor, Document(SampleSubscription("fresh")), {{"If-None-Match", "*"}})
          .status,
      201U);
}

TEST_F(DeskApiTest, OfTwoChangesOfOneRevisionOneWins) {
  Add(SampleSubscription());
  const std::string tag = HeaderOf(talk.Get(kOne, viewer), "ETag");
  std::atomic<int> won = 0, lost = 0, other = 0;
  std::vector<std::jthread> writers;
  for (int i = 0; i < 8; ++i) {
    writers.emplace_back([&, i] {
      Subscription mine = SampleSubscription();
      mine.title = "writer " + std::to_string(i);
      const unsigned status = Put(Document(mine), tag).status;
      ++(status == 200 ? won : status == 412 ? lost : other);
    });
  }
  writers.clear();
  EXPECT_EQ(won, 1);
  EXPECT_EQ(lost, 7);
  EXPECT_EQ(other, 0);
}

TEST_F(DeskApiTest, ThoseOfFilesAreReadHereAndChangedThere) {
  ASSERT_TRUE(talk.store().Sync("teams/europe.yaml", {SampleSubscription()}, talk.now));
  const HttpResponse read = talk.Get(kOne, viewer);
  EXPECT_EQ(JsonOf(read)["read_only"], true);
  EXPECT_EQ(JsonOf(read)["origin"], "teams/europe.yaml");
  const HttpResponse refused = Put(Document(SampleSubscription()), "*");
  EXPECT_EQ(refused.status, 409U);
  EXPECT_THAT(refused.body, HasSubstr("comes from the file teams/europe.yaml"));
  EXPECT_EQ(talk.Ask({.method = "DELETE", .target = kOne, .token = editor, .headers = {{"If-Match", "*"}}}).status,
            409U);
  EXPECT_EQ(talk.SendJson("POST", kAll, editor, Document(SampleSubscription())).status, 409U);
  // A snooze is the reader's, not the file's.
  EXPECT_EQ(talk.SendJson("POST", kOne + "/snoozes", editor, R"({"for":"1h"})").status, 201U);
}

TEST_F(DeskApiTest, ListsGoOnByKey) {
  for (const char* id : {"a", "b", "c", "d", "e"}) Add(SampleSubscription(id));
  std::vector<std::string> seen;
  std::string target = kAll + "?limit=2";
  for (int page = 0; page < 3; ++page) {
    const HttpResponse answer = talk.Get(target, viewer);
    ASSERT_EQ(answer.status, 200U);
    const nlohmann::json json = JsonOf(answer);
    for (const auto& each : json["subscriptions"]) seen.push_back(each["subscription"]["id"]);
    const std::string link = HeaderOf(answer, "Link");
    EXPECT_EQ(link.empty(), page == 2) << link;
    EXPECT_EQ(json.contains("next"), page != 2);
    if (!link.empty()) target = kAll + link.substr(1, link.find('>') - 1);
  }
  EXPECT_THAT(seen, ElementsAre("a", "b", "c", "d", "e"));
}

TEST_F(DeskApiTest, SecretsAreNeverShown) {
  Add(SampleSubscription());
  for (const std::string& target : {kAll, kOne, std::string("/api/v1/readers/desk@example.org")}) {
    const HttpResponse answer = talk.Get(target, admin);
    EXPECT_EQ(answer.status, 200U) << target;
    EXPECT_THAT(answer.body, Not(HasSubstr("SECRET-PATH"))) << target;
    EXPECT_THAT(answer.body, Not(HasSubstr("whsec_"))) << target;
    EXPECT_THAT(answer.body, HasSubstr("***")) << target;
  }
}

TEST_F(DeskApiTest, AMaskKeepsTheSecretThatIsThere) {
  Add(SampleSubscription());
  const nlohmann::json shown = JsonOf(talk.Get(kOne, viewer));
  nlohmann::json body = shown["subscription"];
  body["title"] = "As it was read";
  const HttpResponse put = Put(body.dump(), "*");
  ASSERT_EQ(put.status, 200U) << put.body;
  EXPECT_EQ(Stored().title, "As it was read");
  EXPECT_EQ(Stored().channels, SampleSubscription().channels);

  body["channels"][0]["webhook"]["name"] = "another";
  EXPECT_THAT(MistakesIn(Put(body.dump(), "*")),
              ElementsAre(StartsWith("/channels/0/webhook/url: '***' keeps a secret"),
                          StartsWith("/channels/0/webhook/secret: '***' keeps a secret")));
  const HttpResponse fresh =
      talk.SendJson("PUT", kAll + "/fresh", editor, Document(SampleSubscription("fresh")).replace(0, 0, ""),
                    {{"If-None-Match", "*"}});
  EXPECT_EQ(fresh.status, 201U);
  body["id"] = "masked-and-new";
  EXPECT_EQ(talk.SendJson("POST", kAll, editor, body.dump()).status, 422U);
}

TEST_F(DeskApiTest, MistakesHaveTheirPlaces) {
  const HttpResponse answer =
      talk.SendJson("POST", kAll, editor,
                    R"({"id":"x","reader":"r","titel":"T","filter":{"severity":"hihg","match":"huawei AND ("},)"
                    R"("channels":["feed",{"email":{"to":["nobody"]}}],"time_zone":"Europe/Atlantis"})");
  EXPECT_EQ(answer.status, 422U);
  EXPECT_EQ(answer.content_type, "application/problem+json");
  std::set<std::string> places;
  for (const std::string& mistake : MistakesIn(answer)) places.insert(mistake.substr(0, mistake.find(':')));
  EXPECT_THAT(places, testing::UnorderedElementsAre("/titel", "/filter/severity", "/filter/match",
                                                    "/channels/1/email/to/0", "/time_zone"))
      << answer.body;
}

TEST_F(DeskApiTest, YamlIsTakenTooAndToldByLine) {
  const auto send = [&](const std::string& body) {
    return talk.Ask({.method = "POST",
                     .target = kAll,
                     .token = editor,
                     .headers = {{"Content-Type", "application/yaml; charset=utf-8"}},
                     .body = body});
  };
  EXPECT_THAT(MistakesIn(send("id: x\nreader: r\nchannels: [fee]\n")), ElementsAre(StartsWith("3: ")));
  EXPECT_EQ(send("id: x\nreader: r\nchannels: [feed]\n").status, 201U);
}

TEST_F(DeskApiTest, WhatCannotBeReadIsRefused) {
  EXPECT_EQ(talk.SendJson("POST", kAll, editor, "{\"id\": ").status, 400U);
  EXPECT_EQ(talk.SendJson("POST", kAll, editor, "{\"id\": \"\xFF\"}").status, 400U);
  EXPECT_EQ(talk.SendJson("POST", kAll, editor, R"({"id":"a","id":"b"})").status, 400U);
  EXPECT_EQ(talk.SendJson("POST", kAll, editor, std::string(30'000, '[')).status, 400U);
  EXPECT_EQ(talk.SendJson("POST", kAll, editor, std::string(70'000, ' ')).status, 413U);
  EXPECT_EQ(talk.SendJson("POST", kAll, editor, "[]").status, 422U);
  EXPECT_EQ(talk.SendJson("POST", kAll, editor, "null").status, 422U);
  EXPECT_EQ(talk.Ask({.method = "POST", .target = kAll, .token = editor, .body = "{}"}).status, 415U);
  EXPECT_EQ(talk.Ask({.method = "POST",
                      .target = kAll,
                      .token = editor,
                      .headers = {{"Content-Type", "text/xml"}},
                      .body = "{}"})
                .status,
            415U);
  Subscription other = SampleSubscription("other");
  EXPECT_THAT(MistakesIn(Put(Document(other), "*")), ElementsAre(StartsWith("/id: ")));
  other.channels[0].url = "https://refused.example/";
  EXPECT_THAT(MistakesIn(talk.SendJson("POST", kAll, editor, Document(other))),
              ElementsAre("/channels/0: this host is not let through"));
  EXPECT_THAT(JsonOf(talk.Get(kAll, viewer))["subscriptions"], IsEmpty());
}

// A reference would name what this machine has.
TEST_F(DeskApiTest, AReferenceToASecretOfTheMachineIsNotTaken) {
  Subscription subscription = SampleSubscription();
  subscription.channels[0].url = "${env:HOME}";
  EXPECT_EQ(talk.SendJson("POST", kAll, editor, Document(subscription)).status, 422U);
  subscription.channels[0].url = "${file:/etc/passwd}";
  const HttpResponse answer = talk.SendJson("POST", kAll, editor, Document(subscription));
  EXPECT_EQ(answer.status, 422U);
  EXPECT_THAT(answer.body, Not(HasSubstr("root")));
}

TEST_F(DeskApiTest, PathsAreTakenAsNames) {
  for (const std::string& target : {kAll + "/..%2f..%2fetc", kAll + "/%2e%2e", kAll + "/a%00b", kAll + "/%ff"}) {
    EXPECT_EQ(talk.Get(target, viewer).status, 400U) << target;
  }
  EXPECT_EQ(talk.Get(kAll + "/a'%20OR%201=1%20--", viewer).status, 404U);
  EXPECT_EQ(talk.Get(kAll + "/", viewer).status, 404U);
}

TEST_F(DeskApiTest, AParameterThatIsNotKnownIsNotPassedOver) {
  EXPECT_THAT(MistakesIn(talk.Get(kAll + "?limt=2", viewer)), ElementsAre("limt: 'limt' is not known here."));
  EXPECT_THAT(talk.Get(kAll + "?limt=2", viewer).body, HasSubstr("did you mean 'limit'?"));
  EXPECT_THAT(MistakesIn(talk.Get(kAll + "?limit=2&limit=3", viewer)), ElementsAre("limit: 'limit' comes twice."));
  for (const char* limit : {"0", "-1", "501", "x", "1e3"}) {
    EXPECT_EQ(talk.Get(kAll + "?limit=" + limit, viewer).status, 400U) << limit;
  }
  EXPECT_THAT(MistakesIn(talk.Get("/api/v1/deliveries?state=failde&since=yesterday", viewer)),
              ElementsAre("state: There is no state 'failde'.", "since: 'yesterday' is no time."));
}

// --------------------------------------------------------------------------------------------------------- snoozes

TEST_F(DeskApiTest, ASnoozeHoldsAndEnds) {
  Add(SampleSubscription());
  const HttpResponse made =
      talk.SendJson("POST", kOne + "/snoozes", editor, R"({"of":"topic","value":"5g-vendor-bans","for":"8h"})");
  EXPECT_EQ(made.status, 201U);
  EXPECT_EQ(JsonOf(made)["until"], "2026-11-23T20:00:00Z");
  ASSERT_EQ(Stored().snoozes.size(), 1U);
  EXPECT_EQ(Stored().snoozes[0].value, "5g-vendor-bans");
  const auto end = [&](const std::string& query) {
    return talk.Ask({.method = "DELETE", .target = kOne + "/snoozes" + query, .token = editor}).status;
  };
  EXPECT_EQ(end("?of=story"), 204U);
  EXPECT_EQ(Stored().snoozes.size(), 1U);
  EXPECT_EQ(end("?of=topic&value=other"), 204U);
  EXPECT_EQ(Stored().snoozes.size(), 1U);
  EXPECT_EQ(end("?value=x"), 400U);
  EXPECT_EQ(end(""), 204U);
  for (const Snooze& snooze : Stored().snoozes) EXPECT_LT(snooze.until, talk.now);
  EXPECT_EQ(talk.Ask({.method = "DELETE", .target = kAll + "/nobody/snoozes", .token = editor}).status, 404U);
}

TEST_F(DeskApiTest, ASnoozeWithoutAnEndOrOfNothingIsRefused) {
  Add(SampleSubscription());
  for (const char* body :
       {"{}", R"({"for":"1h","until":"2027-01-01T00:00:00Z"})", R"({"until":"2020-01-01T00:00:00Z"})",
        R"({"for":"400d"})", R"({"for":"-1h"})", R"({"of":"topic","for":"1h"})", R"({"value":"x","for":"1h"})",
        R"({"of":"everything","for":"1h"})", R"({"for":3600})", R"({"for":"1h","extra":"x"})", "[]"}) {
    EXPECT_EQ(talk.SendJson("POST", kOne + "/snoozes", editor, body).status, 422U) << body;
  }
  EXPECT_THAT(Stored().snoozes, IsEmpty());
  EXPECT_EQ(talk.SendJson("POST", kAll + "/nobody/snoozes", editor, R"({"for":"1h"})").status, 404U);
}

// ------------------------------------------------------------------------------------------------------------ tests

TEST_F(DeskApiTest, ATestTellsWhatWouldHaveCome) {
  Subscription subscription = SampleSubscription();
  subscription.cap = RateCap{.messages = 2, .per = std::chrono::minutes(60)};
  Add(subscription);
  const WallTime hour = talk.now - std::chrono::hours(5);
  for (int i = 0; i < 4; ++i) RecordFor(talk.store(), SampleNotice("in-" + std::to_string(i), hour), {});
  RecordFor(talk.store(), SampleNotice("other", hour, "another-topic"), {});
  RecordFor(talk.store(), SampleNotice("old", talk.now - std::chrono::days(8)), {});

  const nlohmann::json tested = JsonOf(talk.Ask({.method = "POST", .target = kOne + "/test", .token = viewer}));
  EXPECT_EQ(tested["alerts"], 5);
  EXPECT_EQ(tested["taken"], 4);
  EXPECT_EQ(tested["more"], false);
  int at_once = 0, over = 0, feed = 0;
  for (const auto& delivery : tested["deliveries"]) {
    at_once += delivery["reason"] == "at-once";
    over += delivery["reason"] == "over-cap";
    feed += delivery["reason"] == "feed";
  }
  EXPECT_EQ(at_once, 2);
  EXPECT_EQ(over, 2);
  EXPECT_EQ(feed, 4);
  // Nothing was written.
  EXPECT_THAT(JsonOf(talk.Get("/api/v1/deliveries", viewer))["deliveries"], IsEmpty());

  const nlohmann::json all =
      JsonOf(talk.Ask({.method = "POST", .target = kOne + "/test?since=2020-01-01T00:00:00Z", .token = viewer}));
  EXPECT_EQ(all["taken"], 5);
}

TEST_F(DeskApiTest, WhatIsNotThereYetCanBeTested) {
  RecordFor(talk.store(), SampleNotice("in", talk.now - std::chrono::hours(1)), {});
  Subscription draft = SampleSubscription("draft");
  EXPECT_EQ(talk.Ask({.method = "POST", .target = kAll + "/draft/test", .token = viewer}).status, 404U);
  EXPECT_EQ(JsonOf(talk.SendJson("POST", kAll + "/draft/test", viewer, Document(draft)))["taken"], 1);
  draft.filter.topics = {"another-topic"};
  EXPECT_EQ(JsonOf(talk.SendJson("POST", kAll + "/draft/test", viewer, Document(draft)))["taken"], 0);
  EXPECT_EQ(talk.SendJson("POST", kAll + "/other/test", viewer, Document(draft)).status, 422U);
  EXPECT_EQ(talk.Get(kAll + "/draft", viewer).status, 404U);
}

// ------------------------------------------------------------------------------------------------------- deliveries

TEST_F(DeskApiTest, TheLedgerTellsWhoWasToldWhatAndWhy) {
  Add(SampleSubscription());
  Subscription other = SampleSubscription("other");
  other.reader = "someone";
  Add(other);
  const AlertNotice first = SampleNotice("first", talk.now), second = SampleNotice("second", talk.now);
  RecordFor(talk.store(), first, {"desk-europe", "other"});
  RecordFor(talk.store(), second, {"desk-europe"});
  const auto count = [&](const std::string& query) {
    const HttpResponse answer = talk.Get("/api/v1/deliveries" + query, viewer);
    EXPECT_EQ(answer.status, 200U) << answer.body;
    return JsonOf(answer)["deliveries"].size();
  };
  EXPECT_EQ(count(""), 6U);
  EXPECT_EQ(count("?subscription=other"), 2U);
  EXPECT_EQ(count("?alert=" + second.id), 2U);
  EXPECT_EQ(count("?reader=someone"), 2U);
  EXPECT_EQ(count("?state=delivered"), 3U);  // those of feeds
  EXPECT_EQ(count("?state=waiting"), 3U);
  EXPECT_EQ(count("?since=2030-01-01T00:00:00Z"), 0U);
  EXPECT_EQ(count("?until=2020-01-01T00:00:00Z"), 0U);
  EXPECT_EQ(count("?reader=no%20one"), 0U);
  const HttpResponse page = talk.Get("/api/v1/deliveries?limit=4&state=waiting", viewer);
  EXPECT_THAT(page.body, HasSubstr("https://hooks.example.org"));
  EXPECT_THAT(page.body, Not(HasSubstr("SECRET-PATH")));
}

TEST_F(DeskApiTest, WhyIsASentence) {
  Add(SampleSubscription());
  const AlertNotice told = SampleNotice("told", talk.now), another = SampleNotice("x", talk.now, "another-topic"),
                    missed = SampleNotice("missed", talk.now - std::chrono::hours(1));
  RecordFor(talk.store(), told, {"desk-europe"});
  RecordFor(talk.store(), another, {});
  RecordFor(talk.store(), missed, {});
  const auto why = [&](const std::string& alert, const std::string& subscription = "desk-europe") {
    return talk.Get("/api/v1/deliveries/why?alert=" + alert + "&subscription=" + subscription, viewer);
  };
  EXPECT_EQ(JsonOf(why(told.id))["taken"], true);
  EXPECT_EQ(JsonOf(why(told.id))["deliveries"].size(), 2U);
  EXPECT_EQ(JsonOf(why(another.id))["taken"], false);
  EXPECT_THAT(JsonOf(why(another.id))["because"].get<std::string>(), HasSubstr("topic"));
  EXPECT_THAT(JsonOf(why(missed.id))["because"].get<std::string>(), HasSubstr("did not when the alert came"));
  // Of another topic by now, each; nobody was told of either.
  const auto end_of = [&](const AlertNotice& corrected) {
    Alert alert = SampleAlert("end-of-" + corrected.article_id);
    alert.id = AlertId("another-topic", alert.match.article->id);
    alert.kind = AlertKind::kWithdrawn;
    alert.reason = kHoldsNoLonger;
    alert.corrects = corrected.id;
    alert.match.topic = "another-topic";
    alert.alerted = talk.now;
    const auto notice = ReadNotice(ToJson(alert));
    EXPECT_TRUE(notice) << notice.error().message;
    RecordFor(talk.store(), *notice, {});
    return JsonOf(why(notice->id))["because"].get<std::string>();
  };
  EXPECT_THAT(end_of(told), HasSubstr("it takes such an alert today")) << "it was told of what is withdrawn";
  EXPECT_THAT(end_of(missed), HasSubstr("topic"));
  EXPECT_EQ(why("nothing").status, 404U);
  EXPECT_EQ(why(told.id, "nobody").status, 404U);
  EXPECT_EQ(talk.Get("/api/v1/deliveries/why?alert=" + told.id, viewer).status, 400U);
  ASSERT_TRUE(talk.store().Disable("desk-europe", "the endpoint is gone", talk.now));
  EXPECT_EQ(JsonOf(why(another.id))["because"], "the subscription is disabled: the endpoint is gone");
  ASSERT_TRUE(talk.store().Delete("desk-europe", talk.now, {}));
  EXPECT_EQ(JsonOf(why(another.id))["because"], "the subscription was deleted");
}

TEST_F(DeskApiTest, AReplaySaysWhatGoesOutAgain) {
  Add(SampleSubscription());
  const AlertNotice notice = SampleNotice("first", talk.now);
  RecordFor(talk.store(), notice, {"desk-europe"});
  const auto claimed = talk.store().Claim(
      {.owner = "test", .now = talk.now, .lease_until = talk.now + std::chrono::minutes(1), .limit = 10, .not_to = {}});
  ASSERT_TRUE(claimed);
  ASSERT_EQ(claimed->size(), 1U);
  ASSERT_TRUE(talk.store().Finish({.message = claimed->front().id,
                                   .owner = "test",
                                   .state = MessageState::kFailed,
                                   .at = talk.now,
                                   .due = talk.now,
                                   .answer = "404"}));
  const auto replay = [&](const std::string& body) {
    return talk.SendJson("POST", "/api/v1/deliveries/replay", editor, body);
  };
  EXPECT_EQ(replay("{}").status, 422U);
  EXPECT_EQ(replay(R"({"state":"failed"})").status, 422U);
  EXPECT_EQ(replay(R"({"state":"waiting","subscription":"desk-europe"})").status, 422U);
  EXPECT_EQ(JsonOf(replay(R"({"subscription":"other"})"))["messages"], 0);
  EXPECT_EQ(JsonOf(replay(R"({"subscription":"desk-europe"})"))["messages"], 1);
  EXPECT_EQ(JsonOf(talk.Get("/api/v1/deliveries?state=waiting", viewer))["deliveries"].size(), 1U);
}

TEST_F(DeskApiTest, AlertsAreToldAsTheyCame) {
  Add(SampleSubscription());
  const AlertNotice first = SampleNotice("first", talk.now - std::chrono::hours(2)),
                    second = SampleNotice("second", talk.now);
  RecordFor(talk.store(), first, {"desk-europe"});
  RecordFor(talk.store(), second, {});
  const nlohmann::json all = JsonOf(talk.Get("/api/v1/alerts", viewer));
  ASSERT_EQ(all["alerts"].size(), 2U);
  EXPECT_EQ(all["alerts"][0], nlohmann::json::parse(second.document));
  const nlohmann::json own = JsonOf(talk.Get("/api/v1/alerts?subscription=desk-europe", viewer));
  ASSERT_EQ(own["alerts"].size(), 1U);
  EXPECT_EQ(own["alerts"][0]["id"], first.id);
  EXPECT_EQ(JsonOf(talk.Get("/api/v1/alerts/" + first.id, viewer)), nlohmann::json::parse(first.document));
  EXPECT_EQ(talk.Get("/api/v1/alerts/nothing", viewer).status, 404U);
  const HttpResponse page = talk.Get("/api/v1/alerts?limit=1", viewer);
  EXPECT_EQ(HeaderOf(page, "Link"), "<?limit=1&after=" + second.id + ">; rel=\"next\"");
}

// ------------------------------------------------------------------------------------------------------------ tokens

TEST_F(DeskApiTest, ATokenIsShownOnce) {
  const HttpResponse made =
      talk.SendJson("POST", "/api/v1/tokens", admin, R"({"label":"tool","role":"editor","expires_in":"90d"})");
  ASSERT_EQ(made.status, 201U) << made.body;
  const std::string secret = JsonOf(made)["secret"];
  EXPECT_EQ(JsonOf(made)["token"]["expires"], "2027-02-21T12:00:00Z");
  EXPECT_EQ(talk.Get(kAll, secret).status, 200U);
  const HttpResponse list = talk.Get("/api/v1/tokens", admin);
  EXPECT_THAT(list.body, Not(HasSubstr(secret)));
  EXPECT_THAT(list.body, Not(HasSubstr(TokenDigest(secret))));
  EXPECT_THAT(list.body, HasSubstr("\"label\":\"tool\""));
  for (const char* body :
       {"{}", R"({"label":"x"})", R"({"role":"admin"})", R"({"label":"x","role":"root"})",
        R"({"label":"x","role":"viewer","expires":"2020-01-01T00:00:00Z"})", R"({"label":"a\nb","role":"viewer"})",
        R"({"label":"x","role":"viewer","expires":"2030-01-01T00:00:00Z","expires_in":"1d"})"}) {
    EXPECT_EQ(talk.SendJson("POST", "/api/v1/tokens", admin, body).status, 422U) << body;
  }
}

// ----------------------------------------------------------------------------------------------------------- readers

TEST_F(DeskApiTest, AReaderGetsAllThatIsKept) {
  Add(SampleSubscription());
  Subscription other = SampleSubscription("other");
  other.reader = "someone";
  Add(other);
  RecordFor(talk.store(), SampleNotice("first", talk.now), {"desk-europe", "other"});
  for (const char* id : {"desk-europe", "other"}) {
    ASSERT_TRUE(talk.store().PutFeedback({.subscription = id,
                                          .alert = "a",
                                          .verdict = Verdict::kUseful,
                                          .said = talk.now,
                                          .topic = "",
                                          .article_id = "",
                                          .rules = {}}));
  }
  const nlohmann::json all = JsonOf(talk.Get("/api/v1/readers/desk@example.org", admin));
  EXPECT_EQ(all["subscriptions"].size(), 1U);
  EXPECT_EQ(all["feedback"].size(), 1U);
  EXPECT_EQ(all["deliveries"].size(), 2U);
  EXPECT_THAT(all.dump(), Not(HasSubstr("someone")));
  EXPECT_EQ(talk.Get("/api/v1/readers/nobody", admin).status, 404U);
  EXPECT_EQ(talk.Get("/api/v1/readers/desk@example.org", editor).status, 403U);
}

// --------------------------------------------------------------------------------------------------- the store away

TEST(DeskApiAwayTest, WhileTheStoreIsAwayEveryPageSaysSo) {
  MemoryDeliveryStore away;
  away.SetAway(true);
  DeskTalk talk(DeskTalk::Generous(), &away);
  const std::string token = talk.Token(Role::kAdmin);  // of the store that is not asked
  std::size_t asked = 0;
  for (const Router::Route& route : talk.router().routes()) {
    if (!route.pattern.starts_with("/api/v1/") || route.pattern.ends_with("openapi.yaml")) continue;
    std::string target = route.pattern;
    for (std::size_t at; (at = target.find('{')) != std::string::npos;) {
      target.replace(at, target.find('}') - at + 1, "x");
    }
    const HttpResponse answer = talk.Ask({.method = route.method, .target = target, .token = token});
    EXPECT_EQ(answer.status, 503U) << route.method << ' ' << target;
    EXPECT_THAT(answer.body, Not(HasSubstr("store of this test")));
    ++asked;
  }
  EXPECT_GT(asked, 15U);
}

}  // namespace
}  // namespace wirewatch
