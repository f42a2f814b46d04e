#include "connectors/http_client/call_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "base/text/utf8.h"

namespace wirewatch {
namespace {

using testing::HasSubstr;
using testing::IsSupersetOf;
using testing::Not;

TEST(CallTextTest, SecretsAreTakenOutLongestFirst) {
  EXPECT_EQ(TellableText("POST /hooks/abcdefgh?key=12345678 and abcdefgh, abc",
                         {"abcdefgh", "/hooks/abcdefgh?key=12345678", "abc"}),
            "POST *** and ***, abc");
}

TEST(CallTextTest, NoPartOfASecretIsLeftWhereTheTextIsCut) {
  const std::string secret = "0123456789abcdefghijklmnopqrstuvwxyz";
  for (std::size_t shift = 0; shift < secret.size(); ++shift) {
    std::string text(shift, '.');
    while (text.size() < 2 * kMostReadText) text += secret;
    const std::string told = TellableText(text, {secret});
    EXPECT_THAT(told, Not(HasSubstr("0123"))) << shift;
    EXPECT_LE(told.size(), kMostCallText);
  }
}

TEST(CallTextTest, WhatIsNoTextBecomesText) {
  const std::string told = TellableText(std::string("a\0b\xFF\xC3", 5) + std::string(5000, 'x'), {});
  EXPECT_TRUE(told.starts_with("a\uFFFDb\uFFFD\uFFFDx")) << told.substr(0, 20);
  EXPECT_EQ(told.size(), kMostCallText);
  std::string wide;
  while (wide.size() < 5000) wide += "é";
  EXPECT_EQ(FirstInvalidUtf8(TellableText("x" + wide, {})), TellableText("x" + wide, {}).size());
}

TEST(CallTextTest, TheSecretsOfAUrlAreItsPathItsQueryAndTheirLongParts) {
  const auto secrets = SecretsOfUrl("us", "pass word", "/services/T0AAAAAAA/B0/k3J9fQ2mT7wL", "sig=abcdefghij&v=1");
  EXPECT_THAT(secrets, IsSupersetOf({"pass word", "/services/T0AAAAAAA/B0/k3J9fQ2mT7wL", "T0AAAAAAA", "k3J9fQ2mT7wL",
                                     "sig=abcdefghij&v=1", "abcdefghij"}));
  EXPECT_THAT(secrets, Not(testing::Contains("us")));
  EXPECT_THAT(SecretsOfUrl("", "", "/", ""), testing::IsEmpty());
}

}  // namespace
}  // namespace wirewatch
