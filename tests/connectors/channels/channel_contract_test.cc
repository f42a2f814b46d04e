// What every channel that sends keeps to, over the real transport, against a server on loopback
// (tests/support/http_peer.py). E-mail has a server of its own: email_channel_test.cc.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "base/clock.h"
#include "connectors/channels/channels.h"
#include "connectors/http_client/curl_transport.h"
#include "pipeline/deliver/message_samples.h"
#include "tests/connectors/channels/channel_talk.h"
#include "tests/support/python_peer.h"

namespace wirewatch {
namespace {

using nlohmann::json;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;
using Kind = ChannelVerdict::Kind;

PythonPeer& Peer() {
  static PythonPeer peer("http_peer.py");
  return peer;
}

class ChannelContract : public testing::TestWithParam<ChannelKind> {
 protected:
  void SetUp() override {
    Peer().Tell("requests");
    Peer().Tell("tell", json::object());
    CurlTransportOptions options;
    options.guard = *AddressGuard::Create({"127.0.0.1"});
    options.timeout = std::chrono::milliseconds(400);
    short_ = *CurlTransport::Create(options);
    options.timeout = std::chrono::seconds(30);
    transport_ = *CurlTransport::Create(options);
  }

  ChannelVerdict Send(const std::string& path, CurlTransport& transport) {
    SampleMessage sample = SampleOf(MessageKind::kAlert);
    sample.channel.url = Peer().Url(path);
    return Sent(*channel_, transport, sample);
  }
  ChannelVerdict Send(const std::string& path) { return Send(path, *transport_); }
  ChannelVerdict Answered(int status, const json& headers = json::object()) {
    Peer().Tell("tell", {{"status", status}, {"headers", headers}, {"body", "for some reason"}});
    return Send("/told/T0SECRETSECRET");
  }

  const std::unique_ptr<const Channel> channel_ = ChannelFor(GetParam(), Parts());
  std::unique_ptr<CurlTransport> transport_, short_;
};

TEST_P(ChannelContract, EveryMessageArrivesAsJson) {
  std::size_t sent = 0;
  for (SampleMessage& sample : AllSamples()) {
    sample.channel.url = Peer().Url("/told");
    EXPECT_EQ(Sent(*channel_, *transport_, sample).kind, Kind::kDelivered);
    ++sent;
  }
  const json requests = Peer().Tell("requests");
  ASSERT_THAT(requests, SizeIs(sent));
  for (const json& request : requests) {
    EXPECT_EQ(request["method"], "POST");
    EXPECT_EQ(request["headers"]["content-type"], "application/json");
    const json body = json::parse(request["body"].get<std::string>(), nullptr, false);
    EXPECT_FALSE(body.is_discarded()) << request["body"];
    EXPECT_EQ(body.dump().size(), request["body"].get<std::string>().size()) << "not minified";
  }
}

TEST_P(ChannelContract, EveryGoodStatusIsDelivered) {
  for (const int status : {200, 201, 202}) EXPECT_EQ(Answered(status).kind, Kind::kDelivered) << status;
  Peer().Tell("tell", {{"status", 204}});
  EXPECT_EQ(Send("/told").kind, Kind::kDelivered);
  EXPECT_EQ(Send("/huge").kind, Kind::kDelivered) << "the status counts";
}

TEST_P(ChannelContract, TooManyRequestsLetTheDestinationRestForAsLongAsItAsks) {
  const ChannelVerdict verdict = Answered(429, {{"Retry-After", "7"}});
  EXPECT_EQ(verdict.kind, Kind::kAgain);
  EXPECT_TRUE(verdict.slow_down);
  EXPECT_EQ(verdict.wait, std::chrono::seconds(7));
  EXPECT_EQ(Answered(429).wait, std::nullopt);
}

TEST_P(ChannelContract, AServerInTroubleIsAskedAgain) {
  for (const int status : {500, 501, 503, 408}) {
    const ChannelVerdict verdict = Answered(status);
    EXPECT_EQ(verdict.kind, Kind::kAgain) << status;
    EXPECT_FALSE(verdict.slow_down) << status;
    EXPECT_THAT(verdict.answer, HasSubstr(std::to_string(status)));
  }
  for (const int status : {502, 504}) {
    EXPECT_EQ(Answered(status).kind, Kind::kAgain);
    EXPECT_TRUE(Answered(status).slow_down);
  }
  EXPECT_EQ(Answered(503, {{"Retry-After", "30"}}).wait, std::chrono::seconds(30));
}

TEST_P(ChannelContract, GoneDisables) {
  const ChannelVerdict verdict = Answered(410);
  EXPECT_EQ(verdict.kind, Kind::kDisable);
  EXPECT_THAT(verdict.answer, HasSubstr("410"));
}

TEST_P(ChannelContract, ABadRequestIsGivenUpButOfAWebhookTriedAgain) {
  EXPECT_EQ(Answered(400).kind, GetParam() == ChannelKind::kWebhook ? Kind::kAgain : Kind::kGivenUp);
}

TEST_P(ChannelContract, ARedirectIsNotFollowed) {
  EXPECT_EQ(Send("/redirect").kind, Kind::kAgain);
  EXPECT_THAT(Peer().Tell("requests"), SizeIs(1));
}

TEST_P(ChannelContract, WhatHangsDripsOrBreaksIsTriedAgain) {
  for (const char* path : {"/hang", "/drip"}) EXPECT_EQ(Send(path, *short_).kind, Kind::kAgain) << path;
  for (const char* path : {"/close", "/mid-body", "/headers"}) {
    const ChannelVerdict verdict = Send(path);
    EXPECT_EQ(verdict.kind, Kind::kAgain) << path;
    EXPECT_FALSE(verdict.slow_down);
    EXPECT_THAT(verdict.answer, Not(IsEmpty()));
  }
}

TEST_P(ChannelContract, WhatTheGuardRefusesIsGivenUp) {
  const auto guarded = *CurlTransport::Create({});
  for (const std::string host : {"127.0.0.1", "localhost", "0x7f.1", "[::ffff:127.0.0.1]", "169.254.169.254"}) {
    SampleMessage sample = SampleOf(MessageKind::kAlert);
    sample.channel.url = "http://" + host + ":" + std::to_string(Peer().port()) + "/ok";
    EXPECT_EQ(Sent(*channel_, *guarded, sample).kind, Kind::kGivenUp) << host;
  }
  EXPECT_THAT(Peer().Tell("requests"), IsEmpty());
}

TEST_P(ChannelContract, NoAnswerTellsTheUrl) {
  EXPECT_THAT(Answered(500).answer, Not(HasSubstr("SECRETSECRET")));
  Peer().Tell("tell", {{"status", 500}, {"body", "no /told/T0SECRETSECRET here"}});
  EXPECT_THAT(Send("/told/T0SECRETSECRET").answer, Not(HasSubstr("SECRETSECRET")));
  const auto status =
      channel_->Check({.kind = GetParam(), .id = "c", .url = "ftp://T0SECRETSECRET/", .secret = "", .to = {}});
  ASSERT_FALSE(status);
  EXPECT_THAT(status.error().message, Not(HasSubstr("SECRETSECRET")));
}

TEST_P(ChannelContract, AUrlIsChecked) {
  const auto check = [&](const std::string& url) {
    return channel_->Check({.kind = GetParam(), .id = "c", .url = url, .secret = "", .to = {}}).has_value();
  };
  for (const char* url :
       {"https://hooks.example.org/services/x", "HTTPS://hooks.example.org", "http://localhost:8080/x",
        "http://127.0.0.1/x", "http://[::1]:99/", "https://hooks.example.org:8443/a?b=c"}) {
    EXPECT_TRUE(check(url)) << url;
  }
  for (const char* url :
       {"", "hooks.example.org", "https://", "https:///x", "https://:443/", "https://a b/", "https://a\n/",
        "file:///etc/passwd", "https://user@/x", "https://?x", "https://wire:pw@hooks.example.org/"}) {
    EXPECT_FALSE(check(url)) << url;
  }
  EXPECT_FALSE(check("https://example.org/" + std::string(5000, 'x')));
  // Whoever knows the URL of a chat's hook can write there.
  const bool secret = GetParam() != ChannelKind::kWebhook && GetParam() != ChannelKind::kAlertmanager;
  EXPECT_EQ(check("http://hooks.example.org/x"), !secret);
}

INSTANTIATE_TEST_SUITE_P(All, ChannelContract,
                         testing::Values(ChannelKind::kWebhook, ChannelKind::kSlack, ChannelKind::kTeams,
                                         ChannelKind::kDiscord, ChannelKind::kAlertmanager),
                         [](const auto& instance) { return std::string(Name(instance.param)); });

// --- Signatures, as the peer verifies them

constexpr const char* kOld = "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=";
constexpr const char* kNew = "whsec_ZmVkY2JhOTg3NjU0MzIxMGZlZGNiYTk4NzY1NDMyMTA=";

TEST(WebhookSignatureTest, TheReceiverVerifiesItWithAnyOfTheSecrets) {
  CurlTransportOptions options;
  options.guard = *AddressGuard::Create({"127.0.0.1"});
  const auto transport = *CurlTransport::Create(options);
  const auto channel = ChannelFor(ChannelKind::kWebhook, Parts());
  const auto send = [&](const std::string& secret, const std::vector<std::string>& known) {
    Peer().Tell("secrets", known);
    SampleMessage sample = SampleOf(MessageKind::kDigest);
    sample.channel.url = Peer().Url("/hook");
    sample.channel.secret = secret;
    sample.now = WallNow();
    return Sent(*channel, *transport, sample);
  };
  EXPECT_EQ(send(kOld, {kOld}).kind, Kind::kDelivered);
  EXPECT_EQ(send(std::string(kOld) + " " + kNew, {kOld}).kind, Kind::kDelivered);
  EXPECT_EQ(send(std::string(kOld) + " " + kNew, {kNew}).kind, Kind::kDelivered);
  EXPECT_EQ(send(kOld, {kNew}).kind, Kind::kAgain);
  EXPECT_EQ(send("", {kNew}).kind, Kind::kAgain);
  const json requests = Peer().Tell("requests");
  EXPECT_EQ(requests.back()["headers"].contains("webhook-signature"), false);
}

}  // namespace
}  // namespace wirewatch
