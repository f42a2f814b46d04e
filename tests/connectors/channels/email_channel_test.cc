// Mail as it arrives: over the real transport, at a server on loopback with STARTTLS and a login
// (tests/support/smtp_peer.py), read by Python's email package.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "connectors/channels/channels.h"
#include "connectors/http_client/curl_transport.h"
#include "pipeline/deliver/message_samples.h"
#include "tests/connectors/channels/channel_talk.h"
#include "tests/support/python_peer.h"
#include "tests/support/temp_dir.h"

namespace wirewatch {
namespace {

using nlohmann::json;
using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;
using testing::StartsWith;
using Kind = ChannelVerdict::Kind;

class EmailTest : public testing::Test {
 protected:
  void SetUp() override {
    CurlTransportOptions options;
    options.ca_file = directory_.Path("ca.pem");
    options.mail =
        MailServer{"127.0.0.1", peer_.port(), MailServer::Security::kStartTls, "wire", "pass word", "wire.example.org"};
    transport_ = *CurlTransport::Create(options);
  }
  static SampleMessage To(SampleMessage sample, std::vector<std::string> to = {"reader@example.org"}) {
    sample.channel.kind = ChannelKind::kEmail;
    sample.channel.to = std::move(to);
    return sample;
  }
  ChannelVerdict Send(const SampleMessage& sample) { return Sent(*channel_, *transport_, sample); }

  const TempDir directory_;
  const PythonPeer peer_{"smtp_peer.py", {directory_.path(), "starttls"}};
  const std::unique_ptr<const Channel> channel_ = ChannelFor(ChannelKind::kEmail, Parts());
  std::unique_ptr<CurlTransport> transport_;
};

TEST_F(EmailTest, AMailHasAllThatMailProgramsAskFor) {
  const SampleMessage sample = To(SampleOf(MessageKind::kAlert));
  const ChannelVerdict verdict = Send(sample);
  EXPECT_EQ(verdict.kind, Kind::kDelivered) << verdict.answer;
  const json mails = peer_.Tell("mails");
  ASSERT_THAT(mails, SizeIs(1));
  const json& mail = mails[0];
  EXPECT_THAT(mail["defects"], IsEmpty());
  EXPECT_EQ(mail["type"], "multipart/alternative");
  EXPECT_EQ(mail["from"], "alerts@example.org");
  EXPECT_EQ(mail["tls"], true);
  const json& headers = mail["headers"];
  EXPECT_EQ(headers["From"], "Wirewatch Łódź <alerts@example.org>");
  EXPECT_EQ(headers["To"], "reader@example.org");
  EXPECT_EQ(headers["Subject"], *Renderer().Render(TemplateName::kEmailSubject, sample.View()));
  EXPECT_EQ(headers["Message-ID"], "<" + sample.message.id + "@example.org>");
  EXPECT_EQ(headers["References"], "<story." + sample.alerts.front().story->id + "@example.org>");
  EXPECT_EQ(headers["In-Reply-To"], headers["References"]);
  EXPECT_EQ(headers["Auto-Submitted"], "auto-generated");
  EXPECT_EQ(headers["Date"], "Mon, 23 Nov 2026 06:30:00 +0000");
  EXPECT_EQ(headers["List-Unsubscribe-Post"], "List-Unsubscribe=One-Click");
  EXPECT_THAT(
      mail["lines"].get<std::vector<std::string>>(),
      Contains("List-Unsubscribe: <https://wire.example.org/l/unsubscribe/" + sample.subscription.id + ".0123456789>"));
  ASSERT_THAT(mail["parts"], SizeIs(2));
  EXPECT_EQ(mail["parts"][0]["type"], "text/plain");
  EXPECT_EQ(mail["parts"][1]["type"], "text/html");
  EXPECT_THAT(mail["parts"][0]["text"].get<std::string>(), HasSubstr(sample.alerts.front().title.substr(0, 20)));
  EXPECT_EQ(mail["parts"][1]["text"], *Renderer().Render(TemplateName::kEmailHtml, sample.View()));
}

TEST_F(EmailTest, EveryMessageArrivesWithoutADefect) {
  std::vector<SampleMessage> samples;
  for (SampleMessage& sample : AllSamples()) samples.push_back(To(std::move(sample)));
  for (const SampleMessage& sample : samples) EXPECT_EQ(Send(sample).kind, Kind::kDelivered);
  const json mails = peer_.Tell("mails");
  ASSERT_THAT(mails, SizeIs(samples.size()));
  for (std::size_t i = 0; i < samples.size(); ++i) {
    EXPECT_THAT(mails[i]["defects"], IsEmpty());
    EXPECT_EQ(mails[i]["parts"][0]["text"], *Renderer().Render(TemplateName::kEmailText, samples[i].View()));
  }
}

TEST_F(EmailTest, SeveralAddressesDoNotSeeEachOther) {
  EXPECT_EQ(Send(To(SampleOf(MessageKind::kAlert), {"a@example.org", "b@example.net"})).kind, Kind::kDelivered);
  const json mails = peer_.Tell("mails");
  ASSERT_THAT(mails, SizeIs(1));
  EXPECT_EQ(mails[0]["to"], json::array({"a@example.org", "b@example.net"}));
  EXPECT_EQ(mails[0]["headers"]["To"], "undisclosed-recipients:;");
  for (const auto& line : mails[0]["lines"].get<std::vector<std::string>>()) {
    EXPECT_EQ(line.find("b@example.net"), std::string::npos) << line;
  }
}

TEST_F(EmailTest, ARefusedAddressIsNamedAndTheOthersHaveTheirMail) {
  const ChannelVerdict verdict = Send(To(SampleOf(MessageKind::kAlert), {"refused@example.org", "b@example.org"}));
  EXPECT_EQ(verdict.kind, Kind::kDelivered);
  EXPECT_THAT(verdict.answer, HasSubstr("refused: refused@example.org (550"));
  EXPECT_THAT(peer_.Tell("mails"), SizeIs(1));
}

TEST_F(EmailTest, ThePermanentIsGivenUpAndTheTransientTriedAgain) {
  EXPECT_EQ(Send(To(SampleOf(MessageKind::kAlert), {"refused@example.org"})).kind, Kind::kGivenUp);
  EXPECT_EQ(Send(To(SampleOf(MessageKind::kAlert), {"later@example.org"})).kind, Kind::kAgain);
  EXPECT_EQ(Send(To(SampleOf(MessageKind::kAlert), {"later@example.org", "refused@example.org"})).kind, Kind::kAgain);
  peer_.Tell("tell", {{"data", "554 5.7.1 looks like spam"}});
  const ChannelVerdict spam = Send(To(SampleOf(MessageKind::kAlert)));
  EXPECT_EQ(spam.kind, Kind::kGivenUp);
  EXPECT_EQ(spam.answer, "554 5.7.1 looks like spam");
  peer_.Tell("tell", {{"data", "452 4.3.1 disk is full"}});
  EXPECT_EQ(Send(To(SampleOf(MessageKind::kAlert))).kind, Kind::kAgain);
}

TEST_F(EmailTest, ATitleCannotWriteHeaders) {
  SampleMessage sample = To(SampleOf(MessageKind::kAlert));
  sample.alerts.front().title = "Cable cut\r\nBcc: thief@example.org\r\n\r\n<script>";
  EXPECT_EQ(Send(sample).kind, Kind::kDelivered);
  const json mails = peer_.Tell("mails");
  ASSERT_THAT(mails, SizeIs(1));
  EXPECT_FALSE(mails[0]["headers"].contains("Bcc"));
  EXPECT_EQ(mails[0]["to"], json::array({"reader@example.org"}));
  EXPECT_THAT(mails[0]["headers"]["Subject"].get<std::string>(), HasSubstr("Cable cut"));
}

// --- Without a network

TEST(EmailChannelTest, TheMailsOfAStoryAreOneThreadAndOthersAreNone) {
  const auto channel = ChannelFor(ChannelKind::kEmail, Parts());
  const auto root = [&](const std::vector<AlertNotice>& alerts, MessageKind kind) {
    SampleMessage sample = SampleOf(kind, alerts);
    sample.channel.to = {"reader@example.org"};
    const auto mail = Prepared<MailCall>(*channel, sample);
    const auto found =
        std::find_if(mail.headers.begin(), mail.headers.end(), [](const auto& h) { return h.first == "References"; });
    return found == mail.headers.end() ? std::string() : found->second;
  };
  const std::vector<AlertNotice> all = SampleAlerts();
  std::set<std::string> roots;
  for (const AlertNotice& alert : all) {
    const std::string own = root({alert}, MessageKind::kAlert);
    EXPECT_EQ(own.empty(), !alert.story);
    if (alert.story) {
      EXPECT_EQ(own, "<story." + alert.story->id + "@example.org>");
    }
    EXPECT_EQ(root({alert, alert}, MessageKind::kDigest), own);
    roots.insert(own);
  }
  EXPECT_GT(roots.size(), 2u);
  EXPECT_EQ(root(all, MessageKind::kDigest), "");
}

TEST(EmailChannelTest, AChannelIsChecked) {
  const auto channel = ChannelFor(ChannelKind::kEmail, Parts());
  const auto check = [&](std::vector<std::string> to) {
    const Status status =
        channel->Check({.kind = ChannelKind::kEmail, .id = "m", .url = "", .secret = "", .to = std::move(to)});
    return status ? std::string() : status.error().message;
  };
  EXPECT_EQ(check({"a@example.org", "b@example.org"}), "");
  EXPECT_THAT(check({}), HasSubstr("no address"));
  EXPECT_THAT(check({"a@example.org", "b"}), HasSubstr("'b' is no mail address"));
  EXPECT_THAT(check({"a@example.org\r\nBcc: x@example.org"}), HasSubstr("is no mail address"));
  EXPECT_THAT(check(std::vector<std::string>(101, "a@example.org")), HasSubstr("more than 100"));
  ChannelParts parts = Parts();
  parts.mail_from.clear();
  const Status status = ChannelFor(ChannelKind::kEmail, parts)
                            ->Check({.kind = ChannelKind::kEmail, .id = "m", .url = "", .secret = "", .to = {"a@b.c"}});
  ASSERT_FALSE(status);
  EXPECT_THAT(status.error().message, HasSubstr("smtp.server"));
}

TEST(EmailChannelTest, WithoutAServerAMessageIsGivenUpWithTheSentenceThatTellsTheWayOut) {
  ChannelParts parts = Parts();
  parts.mail_from.clear();
  SampleMessage sample = SampleOf(MessageKind::kAlert);
  sample.channel.to = {"reader@example.org"};
  const auto call = ChannelFor(ChannelKind::kEmail, parts)->Prepare(sample.View());
  ASSERT_FALSE(call);
  EXPECT_THAT(call.error().message, HasSubstr("smtp.server"));
}

TEST(EmailChannelTest, OneClickIsPromisedOverHttpsOnly) {
  ChannelParts parts = Parts();
  parts.unsubscribe_url = [](const Subscription&) { return "http://localhost:8080/l/unsubscribe/x"; };
  SampleMessage sample = SampleOf(MessageKind::kAlert);
  sample.channel.to = {"reader@example.org"};
  const auto names = [&] {
    std::set<std::string> found;
    for (const auto& header : Prepared<MailCall>(*ChannelFor(ChannelKind::kEmail, parts), sample).headers) {
      found.insert(header.first);
    }
    return found;
  };
  EXPECT_EQ(names().count("List-Unsubscribe"), 1u);
  EXPECT_EQ(names().count("List-Unsubscribe-Post"), 0u);
  parts.unsubscribe_url = nullptr;
  EXPECT_EQ(names().count("List-Unsubscribe"), 0u);
}

}  // namespace
}  // namespace wirewatch
