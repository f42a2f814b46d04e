#include "pipeline/deliver/signed_link.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/digest.h"
#include "base/result.h"
#include "base/text/base64.h"

namespace wirewatch {
namespace {

using std::chrono::hours;
using testing::HasSubstr;
using testing::MatchesRegex;
using testing::StartsWith;

constexpr std::string_view kSite = "https://wire.example.org/desk";
const WallTime kNow = *ParseRfc3339("2026-11-23T07:30:00Z");

LinkSigner Signer() { return LinkSigner(std::string(kSite), "a secret of thirty-two bytes ...."); }

SignedLink SnoozeLink() {
  SignedLink link;
  link.action = LinkAction::kSnooze;
  link.subscription = "telecom-desk";
  link.value = "topic:5g-vendor-bans";
  link.lasts = hours(24);
  link.expires = kNow + hours(1);
  return link;
}

// What stands behind "/l/ACTION/".
std::string RestOf(const std::string& url, LinkAction action) {
  return url.substr((std::string(kSite) + "/l/" + std::string(Name(action)) + "/").size());
}

std::string Signed(std::string_view action, const std::string& payload_bytes) {
  const std::string payload = Base64Url(payload_bytes);
  return payload + "." +
         Base64Url(BytesOf(HmacSha256("a secret of thirty-two bytes ....",
                                      "wirewatch link 1/" + std::string(action) + "/" + payload)));
}

TEST(SignedLinkTest, WhatWasSignedIsRead) {
  SignedLink feedback;
  feedback.action = LinkAction::kFeedback;
  feedback.subscription = "tele\"com / desk é";
  feedback.alert = "0123456789abcdef0123456789abcdef";
  feedback.value = "not-useful";
  SignedLink unsubscribe;
  unsubscribe.subscription = "telecom-desk";
  SignedLink feed;
  feed.action = LinkAction::kFeed;
  feed.subscription = "telecom-desk";
  feed.value = "atom";
  for (const SignedLink& link : {SnoozeLink(), feedback, unsubscribe, feed}) {
    const auto read = Signer().Read(Name(link.action), RestOf(Signer().Url(link), link.action), kNow);
    ASSERT_TRUE(read) << read.error().message;
    EXPECT_EQ(*read, link);
  }
}

TEST(SignedLinkTest, AUrlHasOnlyCharactersThatNoMailerBreaks) {
  const std::string url = Signer().Url(SnoozeLink());
  EXPECT_THAT(url, StartsWith("https://wire.example.org/desk/l/snooze/"));
  EXPECT_THAT(RestOf(url, LinkAction::kSnooze), MatchesRegex("[A-Za-z0-9_-]+[.][A-Za-z0-9_-]+"));
}

TEST(SignedLinkTest, EachByteCounts) {
  const std::string rest = RestOf(Signer().Url(SnoozeLink()), LinkAction::kSnooze);
  for (std::size_t at = 0; at < rest.size(); ++at) {
    for (const char other : std::string_view("AB_-.9 \0\xFF", 9)) {
      if (other == rest[at]) continue;
      std::string changed = rest;
      changed[at] = other;
      const auto read = Signer().Read("snooze", changed, kNow);
      ASSERT_FALSE(read) << at << " " << changed;
      EXPECT_EQ(read.error().code, ErrorCode::kRejected);
    }
    EXPECT_FALSE(Signer().Read("snooze", rest.substr(0, at), kNow));
    EXPECT_FALSE(Signer().Read("snooze", rest.substr(0, at) + rest.substr(at + 1), kNow));
  }
  EXPECT_FALSE(Signer().Read("snooze", rest + "A", kNow));
  EXPECT_FALSE(Signer().Read("snooze", rest + "=", kNow));
  EXPECT_FALSE(Signer().Read("snooze", rest + ".", kNow));
}

TEST(SignedLinkTest, ALinkOfOneActionIsNoneOfAnother) {
  const std::string rest = RestOf(Signer().Url(SnoozeLink()), LinkAction::kSnooze);
  for (const std::string_view action : {"unsubscribe", "feedback", "feed", "", "SNOOZE", "snooze/", "delete"}) {
    EXPECT_FALSE(Signer().Read(action, rest, kNow)) << action;
  }
}

TEST(SignedLinkTest, AnotherSecretSignsNothingForUs) {
  const LinkSigner other(std::string(kSite), "another secret of thirty-two bytes");
  EXPECT_FALSE(Signer().Read("snooze", RestOf(other.Url(SnoozeLink()), LinkAction::kSnooze), kNow));
}

TEST(SignedLinkTest, ALinkExpiresAndSaysSo) {
  const std::string rest = RestOf(Signer().Url(SnoozeLink()), LinkAction::kSnooze);
  EXPECT_TRUE(Signer().Read("snooze", rest, kNow + hours(1) - std::chrono::seconds(1)));
  const auto expired = Signer().Read("snooze", rest, kNow + hours(1));
  ASSERT_FALSE(expired);
  EXPECT_EQ(expired.error().code, ErrorCode::kRejected);
  EXPECT_THAT(expired.error().message, HasSubstr("expired"));
}

TEST(SignedLinkTest, ALinkWithoutAnEndWorksForEver) {
  SignedLink link;
  link.subscription = "telecom-desk";
  const std::string rest = RestOf(Signer().Url(link), LinkAction::kUnsubscribe);
  EXPECT_TRUE(Signer().Read("unsubscribe", rest, kNow + hours(24 * 365 * 50)));
}

TEST(SignedLinkTest, HostileTextsAreRefused) {
  for (const std::string& rest :
       {std::string(), std::string("."), std::string(".."), std::string("a"), std::string("a."), std::string(".a"),
        std::string("../../etc/passwd"), std::string("%2e.%2e"), std::string(5, '\0'), std::string(1 << 20, 'A'),
        std::string(1 << 20, '.'), std::string("e30.e30"), std::string("\xC3\x28.\xA0\xA1")}) {
    const auto read = Signer().Read("snooze", rest, kNow);
    ASSERT_FALSE(read) << rest.substr(0, 40);
    EXPECT_EQ(read.error().code, ErrorCode::kRejected);
  }
}

// Whoever has the secret may sign anything; it must still be a link.
TEST(SignedLinkTest, APayloadThatIsNoLinkIsRefusedThoughItIsSigned) {
  for (const std::string& payload :
       {std::string(), std::string("{"), std::string("[]"), std::string("null"), std::string(R"({"s":7})"),
        std::string(R"({"s":"d","x":"soon"})"), std::string(R"({"s":"d","x":-1})"),
        std::string(R"({"s":"d","x":9223372036854775807})"), std::string(R"({"s":"d","x":18446744073709551615})"),
        std::string(R"({"s":"d","l":1e300})"), std::string(R"({"s":"d","unknown":"u"})"),
        std::string("{\"s\":\"\xFF\"}"), std::string(1500, '[')}) {
    EXPECT_FALSE(Signer().Read("snooze", Signed("snooze", payload), kNow)) << payload;
  }
  EXPECT_TRUE(Signer().Read("snooze", Signed("snooze", R"({"s":"d","v":"all","l":60})"), kNow));
}

TEST(SignedLinkTest, BytesThatAreNoTextDoNotStopASigner) {
  SignedLink link = SnoozeLink();
  link.subscription = "desk \xFF";
  const auto read = Signer().Read("snooze", RestOf(Signer().Url(link), LinkAction::kSnooze), kNow);
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(read->subscription, "desk \xEF\xBF\xBD");
}

}  // namespace
}  // namespace wirewatch
