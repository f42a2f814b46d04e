#include "connectors/http_client/http_client_settings.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <cstdlib>
#include <optional>
#include <string>
#include <vector>

#include "base/settings/section_reader.h"
#include "base/yaml/yaml_text.h"

namespace wirewatch {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

// The fields of a section that is written so.
Fields Read(const std::string& yaml, const FieldTable& table) {
  YamlText text("wirewatch.yaml", yaml);
  const std::optional<YamlNode> root = text.Parse();
  if (!root) std::abort();
  Fields fields = ReadSection(text, &*root, *root, "section", table);
  EXPECT_THAT(TakeWithoutSecrets(text), IsEmpty()) << yaml;
  return fields;
}

std::vector<std::string> Problems(const std::vector<SettingsProblem>& found) {
  std::vector<std::string> messages;
  for (const SettingsProblem& problem : found) messages.push_back(problem.message);
  return messages;
}
std::vector<std::string> HttpProblems(const std::string& yaml) {
  return Problems(HttpClientSettings::Check(Read(yaml, HttpClientSettings::Table())));
}
std::vector<std::string> SmtpProblems(const std::string& yaml) {
  return Problems(SmtpSettings::Check(Read(yaml, SmtpSettings::Table())));
}

TEST(HttpClientSettingsTest, WithoutAnythingTheInternetIsReachedAndNoMailIsSent) {
  const Fields http = Read("{}", HttpClientSettings::Table()), smtp = Read("{}", SmtpSettings::Table());
  EXPECT_THAT(HttpClientSettings::Check(http), IsEmpty());
  EXPECT_THAT(SmtpSettings::Check(smtp), IsEmpty());
  const auto options = TransportOptions(HttpClientSettings::From(http), SmtpSettings::From(smtp));
  ASSERT_TRUE(options);
  EXPECT_EQ(options->timeout, std::chrono::seconds(30));
  EXPECT_EQ(options->proxy, "");
  EXPECT_FALSE(options->mail);
  EXPECT_TRUE(options->guard.RefusalOfLiteral("10.0.0.1"));
}

TEST(HttpClientSettingsTest, AllThatIsWrittenComesToTheTransport) {
  setenv("WIREWATCH_TEST_PASSWORD", "pass word", 1);
  const auto options = TransportOptions(
      HttpClientSettings::From(
          Read("{proxy: 'http://proxy.example.org:4750', allow_networks: [10.0.0.0/8], timeout: 5s, "
               "ca_file: /etc/ca.pem}",
               HttpClientSettings::Table())),
      SmtpSettings::From(Read("{server: mail.example.org, security: tls, user: wire, password: "
                              "'${env:WIREWATCH_TEST_PASSWORD}', from: a@example.org, ehlo: wire.example.org}",
                              SmtpSettings::Table())));
  ASSERT_TRUE(options) << options.error().message;
  EXPECT_EQ(options->proxy, "http://proxy.example.org:4750");
  EXPECT_FALSE(options->guard.RefusalOfLiteral("10.0.0.1"));
  EXPECT_EQ(options->timeout, std::chrono::seconds(5));
  EXPECT_LE(options->connect_timeout, options->timeout);
  EXPECT_EQ(options->ca_file, "/etc/ca.pem");
  ASSERT_TRUE(options->mail);
  EXPECT_EQ(options->mail->host, "mail.example.org");
  EXPECT_EQ(options->mail->port, 465);
  EXPECT_EQ(options->mail->security, MailServer::Security::kTls);
  EXPECT_EQ(options->mail->password, "pass word");
  EXPECT_EQ(options->mail->ehlo, "wire.example.org");
}

TEST(HttpClientSettingsTest, APasswordThatIsNotThereIsSaidWithoutIt) {
  SmtpSettings smtp;
  smtp.server = "mail.example.org";
  smtp.password = "${env:WIREWATCH_TEST_NO_SUCH_VARIABLE}";
  const auto options = TransportOptions({}, smtp);
  ASSERT_FALSE(options);
  EXPECT_THAT(options.error().message, HasSubstr("smtp.password"));
}

TEST(HttpClientSettingsTest, MistakesAreExplained) {
  EXPECT_THAT(HttpProblems("{allow_networks: [10.0.0.1/8]}"), ElementsAre(HasSubstr("did you mean 10.0.0.0/8?")));
  for (const char* proxy : {"proxy:80", "http://proxy", "http://user:pw@proxy:80", "http://proxy:80/path",
                            "ftp://proxy:80", "http://proxy:0", "http://:80"}) {
    EXPECT_THAT(HttpProblems("{proxy: '" + std::string(proxy) + "'}"), ElementsAre(HasSubstr("http_client.proxy")))
        << proxy;
  }
  EXPECT_THAT(HttpProblems("{proxy: 'http://[fd00::1]:3128'}"), IsEmpty());
  EXPECT_THAT(HttpProblems("{timeout: 10ms}"), ElementsAre(HasSubstr("1s to 5m")));
}

TEST(HttpClientSettingsTest, MistakesOfTheMailServerAreExplained) {
  EXPECT_THAT(SmtpProblems("{from: a@example.org}"), ElementsAre(HasSubstr("smtp.server")));
  EXPECT_THAT(SmtpProblems("{server: 'mail.example.org/x', from: a@example.org}"),
              ElementsAre(HasSubstr("smtp.server")));
  EXPECT_THAT(SmtpProblems("{server: mail.example.org}"), ElementsAre(HasSubstr("smtp.from")));
  EXPECT_THAT(SmtpProblems("{server: mail.example.org, from: alerts}"), ElementsAre(HasSubstr("smtp.from")));
  EXPECT_THAT(SmtpProblems("{server: mail.example.org, from: a@example.org, security: none}"),
              ElementsAre(HasSubstr("on this machine alone")));
  EXPECT_THAT(SmtpProblems("{server: 127.0.0.1, from: a@example.org, security: none}"), IsEmpty());
  EXPECT_THAT(SmtpProblems("{server: mail.example.org, from: a@example.org, user: wire}"),
              ElementsAre(HasSubstr("both user and password")));
  EXPECT_THAT(SmtpProblems("{server: mail.example.org, from: a@example.org, user: wire, password: '${evn:X}'}"),
              ElementsAre(HasSubstr("smtp.password")));
  EXPECT_THAT(SmtpProblems("{server: mail.example.org, from: a@example.org, ehlo: 'a b'}"),
              ElementsAre(HasSubstr("smtp.ehlo")));
}

}  // namespace
}  // namespace wirewatch
