#include "connectors/desk/desk_auth.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "monitoring/http/http_message.h"
#include "pipeline/deliver/delivery_store.h"
#include "tests/connectors/desk/desk_talk.h"

namespace wirewatch {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr WallTime kNow{std::chrono::hours(500'000)};
const std::string kList = "/api/v1/subscriptions", kTokens = "/api/v1/tokens";

// ------------------------------------------------------------------------------------------------------- the token

TEST(MakeTokenTest, EachHasItsOwnSecretOfWhichTheStoreGetsADigest) {
  std::set<std::string> secrets, ids;
  for (int i = 0; i < 100; ++i) {
    const auto made = MakeToken("newsroom", Role::kEditor, kNow, {});
    ASSERT_TRUE(made);
    EXPECT_EQ(made->secret.size(), 46U);
    EXPECT_TRUE(made->secret.starts_with("ww_"));
    EXPECT_EQ(made->token.digest, TokenDigest(made->secret));
    EXPECT_EQ(made->token.digest.find(made->secret.substr(3)), std::string::npos);
    secrets.insert(made->secret);
    ids.insert(made->token.id);
  }
  EXPECT_EQ(secrets.size(), 100U);
  EXPECT_EQ(ids.size(), 100U);
}

TEST(MakeTokenTest, TheDigestIsSha256InHex) {
  EXPECT_EQ(TokenDigest("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST(MakeTokenTest, ALabelIsALineOfText) {
  for (const std::string& label :
       {std::string(), std::string(201, 'x'), std::string("a\nb"), std::string("\xFF"), std::string("a\x1b[31m")}) {
    const auto made = MakeToken(label, Role::kViewer, kNow, {});
    ASSERT_FALSE(made) << label;
    EXPECT_EQ(made.error().code, ErrorCode::kInvalid);
  }
  EXPECT_TRUE(MakeToken("Zo\xC3\xAB's phone", Role::kViewer, kNow, {}));
}

TEST(MakeTokenTest, WhatHasExpiredAlreadyIsNotMade) {
  EXPECT_FALSE(MakeToken("a", Role::kViewer, kNow, kNow));
  EXPECT_TRUE(MakeToken("a", Role::kViewer, kNow, kNow + std::chrono::seconds(1)));
}

// --------------------------------------------------------------------------------------------------------- binding

TEST(CheckDeskBindTest, WithoutATokenNoOtherMachineMayReachIt) {
  for (const std::string_view listen : {"0.0.0.0:9464", "[::]:9464", "192.0.2.7:80", "wire.example.org:9464",
                                        "127.evil.example:1", "128.0.0.1:1", "localhost.example:1"}) {
    const Status checked = CheckDeskBind(listen, false);
    ASSERT_FALSE(checked) << listen;
    EXPECT_EQ(checked.error().code, ErrorCode::kInvalid);
    EXPECT_THAT(checked.error().message, HasSubstr("wirewatch tokens add"));
    EXPECT_TRUE(CheckDeskBind(listen, true)) << listen;
  }
}

TEST(CheckDeskBindTest, OnTheLoopbackTheFirstTokenMayComeLater) {
  for (const std::string_view listen : {"127.0.0.1:9464", "127.8.9.1:0", "[::1]:9464", "localhost:0", "LocalHost:1"}) {
    EXPECT_TRUE(CheckDeskBind(listen, false)) << listen;
  }
}

// ------------------------------------------------------------------------------------------------------- admission

TEST(DeskAuthTest, WithoutAGoodTokenNothingIsTold) {
  DeskTalk talk;
  const std::string good = talk.Token(Role::kAdmin);
  std::string wrong = good;
  wrong.back() = wrong.back() == 'A' ? 'E' : 'A';
  for (const std::string& token :
       {std::string(), wrong, good.substr(3), good + "x", std::string("ww_"), std::string("ww_' OR 1=1 --")}) {
    const HttpResponse answer = talk.Get(kList, token);
    EXPECT_EQ(answer.status, 401U) << token;
    EXPECT_THAT(HeaderOf(answer, "WWW-Authenticate"), HasSubstr("Bearer"));
    EXPECT_THAT(answer.body, Not(HasSubstr("subscriptions")));
    if (!token.empty()) {
      EXPECT_THAT(answer.body, Not(HasSubstr(token)));
    }
  }
  EXPECT_EQ(talk.Get(kList, good).status, 200U);
}

TEST(DeskAuthTest, AnotherSchemeIsNoToken) {
  DeskTalk talk;
  const std::string token = talk.Token(Role::kAdmin);
  const auto with = [&](const std::string& header) {
    return talk.Ask({.target = kList, .headers = {{"authorization", header}}}).status;
  };
  EXPECT_EQ(with("Basic " + token), 401U);
  EXPECT_EQ(with(token), 401U);
  EXPECT_EQ(with("Bearer"), 401U);
  EXPECT_EQ(with("bearer  " + token), 200U);
  EXPECT_EQ(with("BEARER " + token), 200U);
  // Not in the address, which logs and referrers keep.
  EXPECT_EQ(talk.Get(kList + "?access_token=" + token).status, 401U);
}

TEST(DeskAuthTest, AnExpiredTokenIsNotGood) {
  DeskTalk talk;
  const std::string token = talk.Token(Role::kViewer, talk.now + std::chrono::hours(1));
  EXPECT_EQ(talk.Get(kList, token).status, 200U);
  talk.now += std::chrono::hours(1) - std::chrono::microseconds(1);
  EXPECT_EQ(talk.Get(kList, token).status, 200U);
  talk.now += std::chrono::microseconds(1);
  EXPECT_EQ(talk.Get(kList, token).status, 401U);
}

TEST(DeskAuthTest, ARevokedTokenIsNotGoodAtOnce) {
  DeskTalk talk;
  const std::string admin = talk.Token(Role::kAdmin), token = talk.Token(Role::kViewer, {}, "to be revoked");
  EXPECT_EQ(talk.Get(kList, token).status, 200U);
  const auto tokens = talk.store().Tokens();
  ASSERT_TRUE(tokens);
  for (const ApiToken& each : *tokens) {
    if (each.label != "to be revoked") continue;
    EXPECT_EQ(talk.Ask({.method = "DELETE", .target = kTokens + "/" + each.id, .token = admin}).status, 204U);
    EXPECT_EQ(talk.Ask({.method = "DELETE", .target = kTokens + "/" + each.id, .token = admin}).status, 404U);
  }
  EXPECT_EQ(talk.Get(kList, token).status, 401U);
}

TEST(DeskAuthTest, ARoleCannotDoWhatIsAboveIt) {
  DeskTalk talk;
  const std::string viewer = talk.Token(Role::kViewer), editor = talk.Token(Role::kEditor);
  EXPECT_EQ(talk.Get(kTokens, viewer).status, 403U);
  EXPECT_EQ(talk.Get(kTokens, editor).status, 403U);
  const std::string escalation = R"({"label":"mine","role":"admin"})";
  EXPECT_EQ(talk.SendJson("POST", kTokens, viewer, escalation).status, 403U);
  EXPECT_EQ(talk.SendJson("POST", kTokens, editor, escalation).status, 403U);
  EXPECT_EQ(talk.SendJson("POST", kList, viewer, "{}").status, 403U);
  EXPECT_EQ(talk.SendJson("POST", kList, editor, "{}").status, 422U);
  EXPECT_THAT(talk.Get(kTokens, viewer).body, HasSubstr("needs the role admin; the token has the role viewer"));
  ASSERT_TRUE(talk.store().Tokens());
  EXPECT_EQ(talk.store().Tokens()->size(), 2U);
}

TEST(DeskAuthTest, UseIsNotedOnceAMinute) {
  DeskTalk talk;
  const std::string token = talk.Token(Role::kViewer);
  const auto last_used = [&] { return talk.store().Tokens()->front().last_used; };
  EXPECT_EQ(last_used(), std::nullopt);
  const WallTime first = talk.now;
  talk.Get(kList, token);
  EXPECT_EQ(last_used(), first);
  talk.now += std::chrono::seconds(59);
  talk.Get(kList, token);
  EXPECT_EQ(last_used(), first);
  talk.now += std::chrono::seconds(1);
  talk.Get(kList, token);
  EXPECT_EQ(last_used(), talk.now);
}

// ----------------------------------------------------------------------------------------------------------- limits

TEST(DeskAuthTest, ATokenHasARateOfItsOwn) {
  DeskTalk talk({.token = {.per_second = 0.5, .burst = 2}});
  const std::string a = talk.Token(Role::kViewer), b = talk.Token(Role::kViewer);
  EXPECT_EQ(talk.Get(kList, a).status, 200U);
  EXPECT_EQ(talk.Get(kList, a).status, 200U);
  const HttpResponse refused = talk.Get(kList, a);
  EXPECT_EQ(refused.status, 429U);
  EXPECT_EQ(HeaderOf(refused, "Retry-After"), "2");
  EXPECT_EQ(talk.Get(kList, b).status, 200U);
  talk.steady += std::chrono::seconds(2);
  EXPECT_EQ(talk.Get(kList, a).status, 200U);
}

TEST(DeskAuthTest, WhoGuessesIsStoppedAndWhoHasATokenIsNot) {
  DeskTalk talk({.failures = {.per_second = 0.1, .burst = 3}});
  const std::string good = talk.Token(Role::kViewer), unseen = talk.Token(Role::kViewer);
  EXPECT_EQ(talk.Get(kList, good).status, 200U);
  for (int i = 0; i < 3; ++i) EXPECT_EQ(talk.Get(kList, "ww_guess").status, 401U);
  const HttpResponse stopped = talk.Get(kList, "ww_guess");
  EXPECT_EQ(stopped.status, 429U);
  EXPECT_EQ(HeaderOf(stopped, "Retry-After"), "10");
  // Behind the same proxy: one that was good goes on, one that nobody has seen yet waits with the stranger.
  EXPECT_EQ(talk.Get(kList, good).status, 200U);
  EXPECT_EQ(talk.Get(kList, unseen).status, 429U);
  EXPECT_EQ(talk.Ask({.target = kList, .token = unseen, .peer = "198.51.100.1"}).status, 200U);
  talk.steady += std::chrono::seconds(10);
  EXPECT_EQ(talk.Get(kList, unseen).status, 200U);
}

TEST(DeskAuthTest, PagesWithoutATokenAreCountedByAddress) {
  DeskTalk talk({.peer = {.per_second = 1, .burst = 2}});
  const auto from = [&](const std::string& peer) {
    return talk.Ask({.target = "/api/v1/openapi.yaml", .peer = peer}).status;
  };
  EXPECT_EQ(from("2001:db8::1"), 200U);
  EXPECT_EQ(from("2001:db8::2"), 200U);
  EXPECT_EQ(from("2001:db8::3"), 429U);
  EXPECT_EQ(from("2001:db8:0:1::1"), 200U);
}

TEST(DeskAuthTest, EveryAnswerCarriesTheHeadersOfASafePage) {
  DeskTalk talk;
  for (const HttpResponse& answer : {talk.Get(kList), talk.Get(kList, talk.Token(Role::kViewer)),
                                     talk.Get("/api/v1/openapi.yaml"), talk.Get("/l/unsubscribe/x.y")}) {
    EXPECT_THAT(HeaderOf(answer, "Content-Security-Policy"), HasSubstr("default-src 'none'"));
    EXPECT_EQ(HeaderOf(answer, "X-Frame-Options"), "DENY");
    EXPECT_EQ(HeaderOf(answer, "Referrer-Policy"), "no-referrer");
    EXPECT_TRUE(IsWellFormed(answer));
  }
}

}  // namespace
}  // namespace wirewatch
