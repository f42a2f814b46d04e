#include "connectors/http_client/mail_header.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "base/text/ascii.h"
#include "base/text/base64.h"
#include "base/text/utf8.h"

namespace wirewatch {
namespace {

using testing::HasSubstr;

std::string LineOf(std::string_view name, std::string_view value) {
  auto line = MailHeaderLine(name, value);
  EXPECT_TRUE(line) << line.error().message;
  return line ? *line : "";
}

// The text of encoded words, with the blanks between them left out (RFC 2047, 6.2). Fails where one is none.
std::string Decoded(std::string_view words) {
  std::string text;
  while (!words.empty()) {
    if (words.starts_with("\r\n ")) words.remove_prefix(3);
    const std::size_t end = words.find("?=", 10);
    EXPECT_TRUE(words.starts_with("=?UTF-8?B?")) << words;
    if (end == std::string_view::npos) {
      ADD_FAILURE() << words;
      break;
    }
    EXPECT_LE(end + 2, 75u);
    const auto part = DecodeBase64(words.substr(10, end - 10));
    EXPECT_TRUE(part) << words;
    EXPECT_EQ(FirstInvalidUtf8(*part), part->size()) << "a character is cut";
    text += *part;
    words.remove_prefix(end + 2);
  }
  return text;
}

TEST(MailHeaderTest, AsciiStandsAsItIsOnOneLine) {
  EXPECT_EQ(LineOf("Subject", "Sweden bans Huawei"), "Subject: Sweden bans Huawei");
  const std::string url = "<https://wire.example.org/l/unsubscribe/" + std::string(600, 'a') + ">";
  EXPECT_EQ(LineOf("List-Unsubscribe", url), "List-Unsubscribe: " + url);
}

TEST(MailHeaderTest, OtherTextBecomesEncodedWordsThatAreReadBack) {
  for (const std::string& text : {std::string("Zażółć gęślą jaźń"), std::string("Élysée: 5G «sûr»"), std::string("中"),
                                  std::string(200, 'a') + "é" + std::string(200, 'b'),
                                  std::string("=?UTF-8?Q?not_encoded?="), std::string(2000, 'x')}) {
    const std::string line = LineOf("Subject", text);
    EXPECT_TRUE(IsAllAscii(line));
    EXPECT_EQ(Decoded(std::string_view(line).substr(9)), text);
  }
  std::string emoji;
  for (int i = 0; i < 120; ++i) {
    emoji += i % 3 == 0 ? "\U0001F4F0" : "ż";
    EXPECT_EQ(Decoded(std::string_view(LineOf("Subject", emoji)).substr(9)), emoji);
  }
}

TEST(MailHeaderTest, LinesOfEncodedWordsAreAtMost76Long) {
  std::string text = "é";
  for (int i = 0; i < 300; ++i) text += i % 2 == 0 ? "wire " : "świat";
  std::string line = LineOf("X-Wirewatch-Something-Long", text);
  while (!line.empty()) {
    const std::size_t end = std::min(line.find("\r\n"), line.size());
    EXPECT_LE(end, 76u) << line.substr(0, end);
    line.erase(0, std::min(end + 2, line.size()));
  }
}

TEST(MailHeaderTest, OfAnAddressOnlyTheNameIsEncoded) {
  EXPECT_EQ(LineOf("From", "alerts@example.org"), "From: alerts@example.org");
  EXPECT_EQ(LineOf("From", "Wirewatch <alerts@example.org>"), "From: Wirewatch <alerts@example.org>");
  EXPECT_EQ(LineOf("from", "Desk, Europe \\ \"A\" <a@example.org>"),
            "from: \"Desk, Europe \\\\ \\\"A\\\"\" <a@example.org>");
  const std::string line = LineOf("To", "Redakcja Łódź <lodz@example.org>");
  ASSERT_TRUE(line.ends_with("\r\n <lodz@example.org>") || line.ends_with(" <lodz@example.org>")) << line;
  EXPECT_EQ(Decoded(std::string_view(line).substr(4, line.rfind("?=") - 2)), "Redakcja Łódź");
  EXPECT_EQ(LineOf("To", "undisclosed-recipients:;"), "To: undisclosed-recipients:;");
}

TEST(MailHeaderTest, WhatWouldEndALineIsRefused) {
  using std::string_view_literals::operator""sv;
  for (const std::string_view value : {"a\r\nBcc: x@example.org"sv, "a\nb"sv, "a\rb"sv, "a\0b"sv, "\n"sv}) {
    for (const char* name : {"Subject", "From", "Message-ID"}) {
      const auto line = MailHeaderLine(name, value);
      ASSERT_FALSE(line) << name;
      EXPECT_EQ(line.error().code, ErrorCode::kInvalid);
      EXPECT_THAT(line.error().message, HasSubstr("line break or NUL"));
    }
  }
  for (const std::string_view name : {""sv, "Sub ject"sv, "Subject:"sv, "A\nB"sv, "Ä"sv}) {
    EXPECT_FALSE(MailHeaderLine(name, "x"));
  }
}

TEST(MailHeaderTest, WhatIsNoUtf8OrTooLongIsRefused) {
  EXPECT_FALSE(MailHeaderLine("Subject", "a\xFF"));
  EXPECT_FALSE(MailHeaderLine("References", std::string(990, 'a')));
  EXPECT_FALSE(MailHeaderLine("To", "ł@example.org"));
}

}  // namespace
}  // namespace wirewatch
