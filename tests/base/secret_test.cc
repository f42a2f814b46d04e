#include "base/secret.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <string>

#include "tests/support/temp_dir.h"

namespace wirewatch {
namespace {

using testing::AllOf;
using testing::HasSubstr;

TEST(SecretTest, NamesOfSecretsAreKnownByTheirWords) {
  for (const char* name :
       {"sasl.password", "ssl.key.password", "ssl.key.pem", "ssl.keystore.password", "sasl.oauthbearer.client.secret",
        "sasl.oauthbearer.config", "api_token", "sasl.kerberos.kinit.cmd", "sasl.pasword", "sasl.passwrod",
        "Sasl.Password", "ssl.key.passwd", "sasl.jaas.config", "aws_credentials", "sasl.psasword", "api.tokn",
        "apikey"}) {
    EXPECT_TRUE(IsSecretName(name)) << name;
  }
  for (const char* name : {"sasl.username", "ssl.ca.location", "ssl.key.location", "oauthbearer_token_file",
                           "sasl.oauthbearer.token.endpoint.url", "topic"}) {
    EXPECT_FALSE(IsSecretName(name)) << name;
  }
}

TEST(SecretTest, OnlyWholeValuesAreReferences) {
  EXPECT_TRUE(IsSecretReference("${env:A}"));
  EXPECT_TRUE(IsSecretReference("${vault:A}"));
  EXPECT_FALSE(IsSecretReference("x${env:A}"));
  EXPECT_FALSE(IsSecretReference("$env"));
  EXPECT_FALSE(IsSecretReference("${"));
  EXPECT_FALSE(CheckSecretReference("${vault:A}"));
  EXPECT_FALSE(CheckSecretReference("${env:}"));
  EXPECT_FALSE(CheckSecretReference("${}"));
}

TEST(SecretTest, AVariableIsReadAndClearedFromTexts) {
  setenv("WIREWATCH_TEST_SECRET", "correct horse", 1);
  const auto value = ResolveSecret("${env:WIREWATCH_TEST_SECRET}");
  ASSERT_TRUE(value);
  EXPECT_EQ(*value, "correct horse");
  EXPECT_EQ(WithoutSecrets("a correct horse, a correct horse"), "a ***, a ***");
}

TEST(SecretTest, AFileIsReadWithoutItsFinalNewline) {
  const TempDir dir;
  const std::string path = dir.Write("password", "battery staple\n");
  const auto value = ResolveSecret("${file:" + path + "}");
  ASSERT_TRUE(value);
  EXPECT_EQ(*value, "battery staple");
  EXPECT_EQ(WithoutSecrets("battery staple"), "***");
}

TEST(SecretTest, WhatIsMissingIsNamed) {
  const auto variable = ResolveSecret("${env:WIREWATCH_NO_SUCH_VARIABLE}");
  ASSERT_FALSE(variable);
  EXPECT_EQ(variable.error().code, ErrorCode::kNotFound);
  EXPECT_THAT(variable.error().message, AllOf(HasSubstr("WIREWATCH_NO_SUCH_VARIABLE"), HasSubstr("not set")));
  const auto file = ResolveSecret("${file:/no/such/file}");
  ASSERT_FALSE(file);
  EXPECT_EQ(file.error().code, ErrorCode::kNotFound);
  EXPECT_THAT(file.error().message, HasSubstr("/no/such/file"));
  const auto directory = ResolveSecret("${file:/}");
  ASSERT_FALSE(directory);
  EXPECT_EQ(directory.error().code, ErrorCode::kInvalid);
}

TEST(SecretTest, AFileThatHoldsNoSecretIsRefused) {
  const TempDir dir;
  for (const std::string& content : {std::string("\n"), std::string((1 << 20) + 1, 'x')}) {
    const auto value = ReadSecretFile(dir.Write("password", content));
    ASSERT_FALSE(value);
    EXPECT_EQ(value.error().code, ErrorCode::kInvalid);
    EXPECT_THAT(value.error().message, testing::Not(HasSubstr("xx")));
  }
}

TEST(SecretTest, AFileForEverybodyIsWarnedOfOnce) {
  const TempDir dir;
  const std::string path = dir.Write("password", "battery staple\r\n");
  std::filesystem::permissions(path, std::filesystem::perms(0640));
  testing::internal::CaptureStderr();
  EXPECT_EQ(*ReadSecretFile(path), "battery staple");
  EXPECT_EQ(testing::internal::GetCapturedStderr(), "");
  std::filesystem::permissions(path, std::filesystem::perms(0644));
  testing::internal::CaptureStderr();
  ASSERT_TRUE(ReadSecretFile(path));
  EXPECT_THAT(testing::internal::GetCapturedStderr(),
              AllOf(HasSubstr(path), HasSubstr("0644"), testing::Not(HasSubstr("staple"))));
  testing::internal::CaptureStderr();
  ASSERT_TRUE(ReadSecretFile(path));
  EXPECT_EQ(testing::internal::GetCapturedStderr(), "");
}

TEST(SecretTest, ALineOfAConfigurationIsShownWithoutItsSecrets) {
  EXPECT_EQ(WithoutSecretValues(R"(  sasl.password: "hush)"), "  sasl.password: ***");
  EXPECT_EQ(WithoutSecretValues("{a: b, 'ssl.key.password' : hush, c: d}"), "{a: b, 'ssl.key.password' : ***");
  for (const char* plain : {"sasl.password: ${env:A}", "sasl.password:", "topic: password",
                            "oauthbearer_token_file: /a", "", "a: \"", "password"}) {
    EXPECT_EQ(WithoutSecretValues(plain), plain);
  }
}

TEST(SecretTest, OfTwoThatBeginAlikeNothingIsLeft) {
  RememberSecret("hunter");
  RememberSecret("hunter2-production");
  EXPECT_EQ(WithoutSecrets("was hunter2-production"), "was ***");
}

TEST(SecretTest, WhatTheConfigurationNamesIsKnownHoweverManyTokensCome) {
  setenv("WIREWATCH_TEST_SECRET", "of-the-configuration", 1);
  ASSERT_TRUE(ResolveSecret("${env:WIREWATCH_TEST_SECRET}"));
  for (int i = 0; i < 2'000; ++i) RememberSecret("rotating-token-" + std::to_string(i));
  EXPECT_EQ(WithoutSecrets("of-the-configuration"), "***");
  EXPECT_EQ(WithoutSecrets("rotating-token-1999"), "***");
}

TEST(SecretTest, AnEmptyVariableIsNoSecret) {
  setenv("WIREWATCH_TEST_SECRET", "", 1);
  const auto empty = ResolveSecret("${env:WIREWATCH_TEST_SECRET}");
  ASSERT_FALSE(empty);
  EXPECT_EQ(empty.error().code, ErrorCode::kInvalid);
}

TEST(SecretTest, ShortValuesAreNotTakenOutOfTexts) {
  RememberSecret("ab");
  EXPECT_EQ(WithoutSecrets("about"), "about");
}

// Every way in which the YAML around a secret may be wrong.
TEST(SecretTest, TheLinesOfASecretAreKnownHoweverItIsWritten) {
  for (const char* key : {"sasl.password", "ssl.key.password", "sasl.oauthbearer.config", "sasl.kerberos.kinit.cmd",
                          "sasl.pasword", "\"sasl.password\"", "'ssl.key.password'"}) {
    for (const char* form : {"K: @HUSH-4",
                             "K: *HUSH-4",
                             "K: HUSH-4: x",
                             "K: &HUSH-4",
                             "K: !HUSH-4",
                             "K: %HUSH-4",
                             "K: `HUSH-4",
                             "K: 'HUSH-4",
                             "K: \"HUSH-4",
                             "K: \"HUSH\\q-4\"",
                             "K: [HUSH-4",
                             "K: {HUSH-4: x}",
                             "K: |\n    HUSH-4\n    more",
                             "K: >-\n    HUSH-4",
                             "K:\n    HUSH-4",
                             "K:\n    HUSH-4: x",
                             "K: a\n    HUSH-4",
                             "K: \"a\n  HUSH-4\"",
                             "K: 'a\nHUSH-4'",
                             "K HUSH-4",
                             "K= HUSH-4",
                             "K : HUSH-4",
                             "K\xEF\xBC\x9AHUSH-4",
                             "K:HUSH-4",
                             "? K\n  : HUSH-4",
                             "- K: HUSH-4",
                             "{K: HUSH-4, a: b",
                             "a: {K:\n HUSH-4}",
                             "a: {K: x\n  HUSH-4}",
                             "K: 'HUSH''s-4' x",
                             "K: # a comment\n    HUSH-4",
                             "K: - HUSH-4",
                             "K: ? HUSH-4",
                             "# K: HUSH-4",
                             "K: ''HUSH-4'"}) {
      std::string value(form);
      for (std::size_t at = value.find('K'); at != std::string::npos && at < value.size(); at = std::string::npos) {
        value.replace(at, 1, key);
      }
      const std::string text = "kafka:\n  properties:\n    a.b: c\n  " + value + "\n  next: shown\n";
      const SecretLines secrets(text);
      std::uint32_t line = 1;
      for (std::size_t begin = 0; begin < text.size(); ++line) {
        const std::size_t end = text.find('\n', begin);
        const std::string written = text.substr(begin, end - begin);
        if (written.find("HUSH") != std::string::npos) {
          EXPECT_TRUE(secrets.Holds(line)) << text;
          EXPECT_EQ(secrets.Masked(line).find("HUSH"), std::string::npos) << text << secrets.Masked(line);
        }
        begin = end + 1;
      }
      EXPECT_EQ(secrets.Clear("put it in quotes: K: 'HUSH-4'").find("HUSH"), std::string::npos) << text;
      EXPECT_FALSE(secrets.Holds(1)) << text;
    }
  }
}

TEST(SecretTest, WhatIsNoSecretIsShown) {
  const SecretLines secrets(
      "kafka:\n  properties:\n    sasl.password: ${env:KEY}\n    sasl.username: desk\n  client_id: w\n");
  EXPECT_EQ(secrets.Masked(3), "    sasl.password: ${env:KEY}");
  EXPECT_FALSE(secrets.Holds(4));
  EXPECT_FALSE(secrets.Holds(5));
  EXPECT_EQ(secrets.Clear("'desk' and ${env:KEY}"), "'desk' and ${env:KEY}");
  EXPECT_EQ(WithoutSecretValues("url: https://desk:hush@example.org/x"), "url: https://desk:***@example.org/x");
}

TEST(SecretTest, AWordOfACommentIsNoKeyUnlessItIsWrittenAsOne) {
  const SecretLines prose("# Secrets stand in the environment or in files, never here.\nid: a\n");
  EXPECT_FALSE(prose.Holds(1));
  EXPECT_EQ(prose.Clear("no alert of these packs will meet it"), "no alert of these packs will meet it");
  for (const char* comment :
       {"# password: hush", "  # Secrets stand below; password: hush", "#token=hush", "# secret \xEF\xBC\x9A hush"}) {
    const SecretLines switched_off(std::string(comment) + "\nid: a\n");
    EXPECT_TRUE(switched_off.Holds(1)) << comment;
    EXPECT_EQ(switched_off.Masked(1).find("hush"), std::string::npos) << switched_off.Masked(1);
    EXPECT_EQ(switched_off.Clear("it is hush"), "it is ***") << comment;
  }
}

}  // namespace
}  // namespace wirewatch
