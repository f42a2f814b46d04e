// What each channel sends, and what the answers of its service mean; without a network.
#include "connectors/channels/channels.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/digest.h"
#include "base/text/base64.h"
#include "pipeline/deliver/message_samples.h"
#include "tests/connectors/channels/channel_talk.h"

namespace wirewatch {
namespace {

using nlohmann::json;
using testing::HasSubstr;
using testing::SizeIs;
using Kind = ChannelVerdict::Kind;

CallAnswer Answer(int status, std::string text = "") {
  return {CallAnswer::Kind::kAnswered, status, std::move(text), {}, {}};
}

std::map<std::string, std::string> HeadersOf(const HttpCall& call) {
  return {call.headers.begin(), call.headers.end()};
}

json BodyOf(const HttpCall& call) { return json::parse(call.body); }

// --- Webhook

const std::string kKey = "0123456789abcdef0123456789abcdef";
constexpr const char* kSecret = "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=";  // of kKey
constexpr const char* kOther = "whsec_ZmVkY2JhOTg3NjU0MzIxMGZlZGNiYTk4NzY1NDMyMTA=";

// A digest of `count` alerts whose documents have `spans` spans each.
SampleMessage DigestOf(std::size_t count, std::size_t spans) {
  const AlertNotice like = SampleAlerts().front();
  std::vector<AlertNotice> alerts;
  for (std::size_t i = 0; i < count; ++i) {
    AlertNotice alert = like;
    alert.id = DigestHex({"digest", std::to_string(i)});
    json document = {{"schema_version", 3}, {"id", alert.id}, {"title", alert.title}, {"spans", json::array()}};
    for (std::size_t s = 0; s < spans; ++s) {
      document["spans"].push_back({{"field", "body"}, {"text", "cable"}, {"snippet", std::string(100, 's')}});
    }
    alert.document = document.dump();
    alerts.push_back(std::move(alert));
  }
  SampleMessage sample = SampleOf(MessageKind::kDigest, std::move(alerts));
  sample.channel.url = "https://hooks.example.org/in";
  sample.channel.secret = kSecret;
  return sample;
}

TEST(WebhookChannelTest, TheBytesThatAreSignedAreTheBytesThatAreSent) {
  const auto channel = ChannelFor(ChannelKind::kWebhook, Parts());
  const SampleMessage sample = DigestOf(3, 2);
  const auto call = Prepared<HttpCall>(*channel, sample);
  const auto headers = HeadersOf(call);
  const std::string time =
      std::to_string(std::chrono::duration_cast<std::chrono::seconds>(sample.now.time_since_epoch()).count());
  EXPECT_EQ(call.method, "POST");
  EXPECT_EQ(call.url, sample.channel.url);
  EXPECT_EQ(headers.at("webhook-id"), sample.message.id);
  EXPECT_EQ(headers.at("webhook-timestamp"), time);
  std::string signature = "v1,";
  AppendBase64(BytesOf(HmacSha256(kKey, sample.message.id + "." + time + "." + call.body)), signature);
  EXPECT_EQ(headers.at("webhook-signature"), signature);
}

// From the specification's own example: its secret, id, time and body.
TEST(WebhookChannelTest, SignsAsTheSpecificationsExample) {
  std::string signature;
  AppendBase64(BytesOf(HmacSha256(*DecodeBase64("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"),
                                  "msg_p5jXN8AQM9LWM0D4loKWxJek.1614265330.{\"test\": 2432232314}")),
               signature);
  EXPECT_EQ(signature, "g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
}

TEST(WebhookChannelTest, SeveralSecretsGiveSeveralSignatures) {
  const auto channel = ChannelFor(ChannelKind::kWebhook, Parts());
  SampleMessage sample = DigestOf(1, 1);
  const std::string first = HeadersOf(Prepared<HttpCall>(*channel, sample)).at("webhook-signature");
  sample.channel.secret = kOther;
  const std::string second = HeadersOf(Prepared<HttpCall>(*channel, sample)).at("webhook-signature");
  sample.channel.secret = std::string(kSecret) + "  " + kOther + " ";
  EXPECT_EQ(HeadersOf(Prepared<HttpCall>(*channel, sample)).at("webhook-signature"), first + " " + second);
  sample.channel.secret.clear();
  EXPECT_EQ(HeadersOf(Prepared<HttpCall>(*channel, sample)).count("webhook-signature"), 0u);
}

TEST(WebhookChannelTest, TheBodyIsTheSameInEveryAttempt) {
  const auto channel = ChannelFor(ChannelKind::kWebhook, Parts());
  SampleMessage sample = DigestOf(2, 2);
  const auto first = Prepared<HttpCall>(*channel, sample);
  sample.now += std::chrono::hours(5);
  const auto second = Prepared<HttpCall>(*channel, sample);
  EXPECT_EQ(first.body, second.body);
  EXPECT_NE(HeadersOf(first).at("webhook-signature"), HeadersOf(second).at("webhook-signature"));
}

TEST(WebhookChannelTest, TheBodyHasTheAlertsAsTheyCame) {
  const SampleMessage sample = DigestOf(3, 2);
  const json body = BodyOf(Prepared<HttpCall>(*ChannelFor(ChannelKind::kWebhook, Parts()), sample));
  EXPECT_EQ(body["type"], "digest");
  EXPECT_EQ(body["timestamp"], FormatRfc3339(sample.message.created));
  EXPECT_EQ(body["data"]["subscription"], sample.subscription.id);
  EXPECT_EQ(body["data"]["form"], "full");
  EXPECT_EQ(body["data"]["count"], 3);
  ASSERT_THAT(body["data"]["alerts"], SizeIs(3));
  for (std::size_t i = 0; i < 3; ++i) {
    EXPECT_EQ(body["data"]["alerts"][i], json::parse(sample.alerts[i].document));
  }
}

TEST(WebhookChannelTest, WhatIsTooLargeIsToldInLess) {
  const auto channel = ChannelFor(ChannelKind::kWebhook, Parts());
  const auto call = Prepared<HttpCall>(*channel, DigestOf(20, 30));
  const json without = BodyOf(call);
  EXPECT_LE(call.body.size(), 20'000u);
  EXPECT_EQ(without["data"]["form"], "without-spans");
  ASSERT_THAT(without["data"]["alerts"], SizeIs(20));
  EXPECT_FALSE(without["data"]["alerts"][0].contains("spans"));
  EXPECT_TRUE(without["data"]["alerts"][0].contains("schema_version"));

  SampleMessage many = DigestOf(300, 1);
  for (AlertNotice& alert : many.alerts) alert.title = std::string(2000, 't');
  const auto shortened = Prepared<HttpCall>(*channel, many);
  const json body = BodyOf(shortened);
  EXPECT_LE(shortened.body.size(), 20'000u);
  EXPECT_GT(shortened.body.size(), 18'000u) << "as many as there is room for";
  EXPECT_EQ(body["data"]["form"], "short");
  EXPECT_EQ(body["data"]["count"], 300);
  EXPECT_EQ(body["data"]["alerts"][0]["id"], many.alerts[0].id);
  EXPECT_EQ(body["data"]["alerts"][0]["title"].get<std::string>().size(), 400u);
}

TEST(WebhookChannelTest, ASecretIsChecked) {
  const auto channel = ChannelFor(ChannelKind::kWebhook, Parts());
  const auto check = [&](const std::string& secret) {
    return channel->Check(
        {.kind = ChannelKind::kWebhook, .id = "w", .url = "https://a.example/", .secret = secret, .to = {}});
  };
  EXPECT_TRUE(check(""));
  EXPECT_TRUE(check(kSecret));
  EXPECT_TRUE(check(std::string(kSecret) + " " + kOther));
  for (const std::string& secret :
       {std::string("whsec_"), std::string("whsec_c2hvcnQ="), std::string("swordfish-swordfish"),
        std::string(kSecret) + "!", "WHSEC" + std::string(kSecret).substr(5), "whsec_" + std::string(100, 'A'),
        std::string(kSecret) + " whsec_c2hvcnQ="}) {
    const Status status = check(secret);
    ASSERT_FALSE(status) << secret;
    EXPECT_THAT(status.error().message, HasSubstr("its secret"));
    EXPECT_THAT(status.error().message, testing::Not(HasSubstr("swordfish")));
  }
}

// --- Chats

TEST(SlackChannelTest, AHookThatIsGoneDisables) {
  const auto channel = ChannelFor(ChannelKind::kSlack, Parts());
  for (const auto& [status, text, kind] :
       std::vector<std::tuple<int, const char*, Kind>>{{200, "ok", Kind::kDelivered},
                                                       {404, "no_service", Kind::kDisable},
                                                       {404, "channel_not_found", Kind::kDisable},
                                                       {403, "invalid_token", Kind::kDisable},
                                                       {410, "channel_is_archived", Kind::kDisable},
                                                       {404, "<html>a proxy's page</html>", Kind::kAgain},
                                                       {403, "action_prohibited", Kind::kGivenUp},
                                                       {400, "invalid_blocks", Kind::kGivenUp},
                                                       {500, "rollup_error", Kind::kAgain}}) {
    EXPECT_EQ(channel->Judge(Answer(status, text)).kind, kind) << text;
  }
}

TEST(TeamsChannelTest, AWorkflowThatIsGoneDisables) {
  const auto channel = ChannelFor(ChannelKind::kTeams, Parts());
  for (const auto& [status, text, kind] : std::vector<std::tuple<int, const char*, Kind>>{
           {202, "", Kind::kDelivered},
           {404, R"({"error":{"code":"WorkflowNotFound"}})", Kind::kDisable},
           {400, R"({"error":{"code":"WorkflowTriggerIsNotEnabled"}})", Kind::kDisable},
           {400, R"({"error":{"code":"TriggerInputSchemaMismatch"}})", Kind::kGivenUp},
           {413, "", Kind::kGivenUp},
           {404, "", Kind::kAgain},
           {401, "", Kind::kAgain}}) {
    EXPECT_EQ(channel->Judge(Answer(status, text)).kind, kind) << status << text;
  }
}

TEST(DiscordChannelTest, AHookThatIsGoneDisables) {
  const auto channel = ChannelFor(ChannelKind::kDiscord, Parts());
  for (const auto& [status, text, kind] : std::vector<std::tuple<int, const char*, Kind>>{
           {200, "{}", Kind::kDelivered},
           {204, "", Kind::kDelivered},
           {404, R"({"message": "Unknown Webhook", "code": 10015})", Kind::kDisable},
           {401, R"({"message": "Invalid Webhook Token", "code": 50027})", Kind::kDisable},
           {404, R"({"message": "404: Not Found", "code": 0})", Kind::kAgain},
           {404, "not found", Kind::kAgain},
           {400, R"({"embeds": ["0"]})", Kind::kGivenUp}}) {
    EXPECT_EQ(channel->Judge(Answer(status, text)).kind, kind) << status << text;
  }
}

TEST(DiscordChannelTest, TheWaitStandsInTheBody) {
  const auto channel = ChannelFor(ChannelKind::kDiscord, Parts());
  CallAnswer answer =
      Answer(429, R"({"message": "You are being rate limited.", "retry_after": 0.529, "global": false})");
  answer.retry_after = std::chrono::seconds(60);
  EXPECT_EQ(channel->Judge(answer).wait, std::chrono::seconds(1));
  EXPECT_TRUE(channel->Judge(answer).slow_down);
  answer.text = R"({"retry_after": 64.57})";
  EXPECT_EQ(channel->Judge(answer).wait, std::chrono::seconds(65));
  answer.text = R"({"retry_after": 1e300})";
  EXPECT_EQ(channel->Judge(answer).wait, std::chrono::hours(24));
  for (const char* text : {"", "[]", R"({"retry_after": "soon"})", R"({"retry_after": -5})"}) {
    answer.text = text;
    EXPECT_EQ(channel->Judge(answer).wait, std::chrono::seconds(60)) << text;
  }
}

TEST(DiscordChannelTest, NobodyIsCalledAndTheAnswerComesAfterTheMessageIsStored) {
  ChannelParts parts = Parts();
  parts.render = [](TemplateName, const OutgoingMessage&) -> Result<std::string> {
    return std::string(R"({"content": "@everyone", "allowed_mentions": {"parse": ["everyone"]}})");
  };
  const auto channel = ChannelFor(ChannelKind::kDiscord, parts);
  SampleMessage sample = SampleOf(MessageKind::kAlert);
  for (const auto& [url, called] :
       {std::pair{"https://discord.com/api/webhooks/1/x", "https://discord.com/api/webhooks/1/x?wait=true"},
        {"https://discord.com/api/webhooks/1/x?thread_id=7",
         "https://discord.com/api/webhooks/1/x?thread_id=7&wait=true"},
        {"https://discord.com/api/webhooks/1/x#y", "https://discord.com/api/webhooks/1/x?wait=true#y"}}) {
    sample.channel.url = url;
    const auto call = Prepared<HttpCall>(*channel, sample);
    EXPECT_EQ(call.url, called);
    EXPECT_EQ(BodyOf(call)["allowed_mentions"], json::parse(R"({"parse": []})"));
  }
}

TEST(ChannelsTest, AMistakeOfATemplateIsToldAndNothingIsSent) {
  ChannelParts parts = Parts();
  parts.render = [](TemplateName name, const OutgoingMessage&) -> Result<std::string> {
    return Error{ErrorCode::kInvalid, std::string(FileName(name)) + ": is wrong"};
  };
  for (const auto& [kind, file] : {std::pair{ChannelKind::kSlack, "slack.json"},
                                   {ChannelKind::kTeams, "teams.json"},
                                   {ChannelKind::kDiscord, "discord.json"},
                                   {ChannelKind::kEmail, "email_subject.txt"}}) {
    const SampleMessage sample = SampleOf(MessageKind::kAlert);
    const auto call = ChannelFor(kind, parts)->Prepare(sample.View());
    ASSERT_FALSE(call);
    EXPECT_THAT(call.error().message, HasSubstr(file));
  }
}

// --- Alertmanager and feeds

TEST(AlertmanagerChannelTest, AnAlertHasTheLabelsThatRoutesAskFor) {
  const auto channel = ChannelFor(ChannelKind::kAlertmanager, Parts());
  SampleMessage sample = SampleOf(MessageKind::kAlert);
  sample.channel.url = "http://alertmanager.example.org:9093/";
  const auto call = Prepared<HttpCall>(*channel, sample);
  EXPECT_EQ(call.url, "http://alertmanager.example.org:9093/api/v2/alerts");
  const json body = BodyOf(call);
  ASSERT_THAT(body, SizeIs(1));
  const AlertNotice& notice = sample.alerts.front();
  EXPECT_EQ(body[0]["labels"], json({{"alertname", "wirewatch"},
                                     {"topic", notice.topic},
                                     {"severity", Name(notice.severity)},
                                     {"kind", Name(notice.kind)},
                                     {"story", notice.story->id}}));
  EXPECT_EQ(body[0]["annotations"]["summary"], notice.title);
  EXPECT_EQ(body[0]["annotations"]["because"], notice.because);
  EXPECT_EQ(body[0]["startsAt"], FormatRfc3339(notice.alerted));
  EXPECT_EQ(body[0]["endsAt"], FormatRfc3339(sample.now + std::chrono::hours(1)));
  EXPECT_EQ(body[0]["generatorURL"], notice.url);
  sample.channel.url = "http://alertmanager.example.org:9093/prefix/api/v2/alerts";
  EXPECT_EQ(Prepared<HttpCall>(*channel, sample).url, sample.channel.url);
}

TEST(AlertmanagerChannelTest, EveryKindOfAlertHasValuesForItsLabels) {
  const auto channel = ChannelFor(ChannelKind::kAlertmanager, Parts());
  const SampleMessage sample = SampleOf(MessageKind::kDigest);
  const json body = BodyOf(Prepared<HttpCall>(*channel, sample));
  ASSERT_THAT(body, SizeIs(sample.alerts.size()));
  for (const json& alert : body) {
    for (const json& label : alert["labels"]) EXPECT_NE(label, "");
    EXPECT_NE(alert["annotations"]["summary"], "");
  }
}

TEST(FeedChannelTest, NothingIsEverSent) {
  const auto channel = ChannelFor(ChannelKind::kFeed, Parts());
  EXPECT_TRUE(channel->Check({.kind = ChannelKind::kFeed, .id = "feed", .url = "", .secret = "", .to = {}}));
  const SampleMessage sample = SampleOf(MessageKind::kAlert);
  EXPECT_FALSE(channel->Prepare(sample.View()));
}

}  // namespace
}  // namespace wirewatch
