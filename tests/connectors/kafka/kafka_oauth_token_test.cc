#include <gtest/gtest.h>

#include <chrono>
#include <string>

#include "base/secret.h"
#include "connectors/kafka/client/oauth_token.h"
#include "tests/support/temp_dir.h"

namespace wirewatch {
namespace {

const WallTime kWritten = *ParseRfc3339("2026-11-23T09:30:00Z");
// {"alg":"none"} . {"sub":"desk","exp":1795426200} without a signature.
constexpr std::string_view kJwt = "eyJhbGciOiJub25lIn0.eyJzdWIiOiJkZXNrIiwiZXhwIjoxNzk1NDI2MjAwfQ.";

TEST(OauthTokenTest, AJwtSaysWhoseItIsAndWhenItExpires) {
  const auto token = ParseOauthToken(std::string(kJwt) + "\n", kWritten);
  ASSERT_TRUE(token);
  EXPECT_EQ(token->text, kJwt);
  EXPECT_EQ(token->principal, "desk");
  EXPECT_EQ(token->expires, WallTime(std::chrono::seconds(1795426200)));
}

TEST(OauthTokenTest, AnyOtherTokenIsValidForSomeMinutes) {
  for (const char* text : {"opaque", "a.b.c", "..", "x.e30.y"}) {  // e30: {}
    const auto token = ParseOauthToken(text, kWritten);
    ASSERT_TRUE(token) << text;
    EXPECT_EQ(token->text, text);
    EXPECT_EQ(token->principal, "wirewatch");
    EXPECT_EQ(token->expires, kWritten + kOpaqueTokenLife);
  }
}

TEST(OauthTokenTest, AnExpiryThatIsNoTimeIsRefused) {
  // {"exp":1e300}, {"exp":-1}, {"exp":9999999999999}
  for (const char* claims : {"eyJleHAiOjFlMzAwfQ", "eyJleHAiOi0xfQ", "eyJleHAiOjk5OTk5OTk5OTk5OTl9"}) {
    const auto token = ParseOauthToken(std::string("e30.") + claims + ".x", kWritten);
    ASSERT_FALSE(token) << claims;
    EXPECT_EQ(token.error().code, ErrorCode::kInvalid);
    EXPECT_NE(token.error().message.find("exp"), std::string::npos) << token.error().message;
  }
}

TEST(OauthTokenTest, AnEmptyFileHasNone) {
  const TempDir dir;
  EXPECT_FALSE(ReadOauthToken(dir.Write("token", "\n")));
  const auto missing = ReadOauthToken(dir.Path("none"));
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().code, ErrorCode::kNotFound);
}

TEST(OauthTokenTest, AFileTellsTheTimeOfItsTokenAndKeepsItSecret) {
  const TempDir dir;
  const WallTime before = WallNow() - std::chrono::minutes(1);
  const auto token = ReadOauthToken(dir.Write("token", " opaque-token-1 \n"));
  ASSERT_TRUE(token);
  EXPECT_EQ(token->text, "opaque-token-1");
  EXPECT_GT(token->expires, before + kOpaqueTokenLife);
  EXPECT_EQ(WithoutSecrets("token=opaque-token-1"), "token=***");
}

}  // namespace
}  // namespace wirewatch
