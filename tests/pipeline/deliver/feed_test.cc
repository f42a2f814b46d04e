#include "pipeline/deliver/feed.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <fstream>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/diagnostic.h"
#include "base/digest.h"
#include "pipeline/alert/alert.h"
#include "pipeline/deliver/alert_notice.h"
#include "pipeline/deliver/message_renderer.h"
#include "pipeline/deliver/message_samples.h"
#include "tests/support/temp_dir.h"

namespace wirewatch {
namespace {

using nlohmann::json;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

const FeedAddress kAddress = {"https://wire.example/l/feed/abc.def?x=1&y=2", "https://wire.example/"};

std::shared_ptr<const MessageRenderer> Renderer() {
  Diagnostics diagnostics;
  return MessageRenderer::Load("", SampleLinks(), diagnostics);
}

Subscription Desk() { return SampleOf(MessageKind::kDigest).subscription; }

Feed Made(FeedFormat format, const std::vector<AlertNotice>& alerts, const Subscription& subscription = Desk()) {
  auto feed = MakeFeed(format, subscription, alerts, kAddress, *Renderer());
  EXPECT_TRUE(feed) << feed.error().message;
  return feed ? *std::move(feed) : Feed();
}

// What Python's standard library reads in an Atom feed, as JSON; it refuses what is not well-formed.
json ReadAtom(const std::string& xml) {
  const TempDir directory;
  const std::string in = directory.path() + "/feed.xml", out = directory.path() + "/feed.json",
                    program = directory.path() + "/read.py";
  std::ofstream(in, std::ios::binary) << xml;
  std::ofstream(program) << R"py(
import json, sys, xml.etree.ElementTree as tree
ns = '{http://www.w3.org/2005/Atom}'
def text(e, name):
    found = e.find(ns + name)
    return None if found is None else ''.join(found.itertext())
def links(e):
    return {l.get('rel'): l.get('href') for l in e.findall(ns + 'link')}
feed = tree.parse(sys.argv[1]).getroot()
assert feed.tag == ns + 'feed', feed.tag
names = ['id', 'title', 'updated', 'published', 'author', 'content']
def read(e):
    all = {n: text(e, n) for n in names}
    all['links'] = links(e)
    return all
all = read(feed)
all['entries'] = [read(e) for e in feed.findall(ns + 'entry')]
json.dump(all, open(sys.argv[2], 'w'))
)py";
  const std::string command = "python3 '" + program + "' '" + in + "' '" + out + "'";
  EXPECT_EQ(std::system(command.c_str()), 0) << xml;
  std::ifstream file(out);
  return json::parse(file, nullptr, false);
}

AlertNotice At(AlertNotice alert, int minutes) {
  alert.alerted += std::chrono::minutes(minutes);
  alert.id = DigestHex({alert.id, std::to_string(minutes)});
  return alert;
}

TEST(FeedTest, AtomHasWhatRfc4287Wants) {
  const Feed feed = Made(FeedFormat::kAtom, SampleAlerts());
  EXPECT_EQ(feed.content_type, "application/atom+xml; charset=utf-8");
  const json atom = ReadAtom(feed.body);
  EXPECT_THAT(atom["id"].get<std::string>(), StartsWith("urn:wirewatch:feed:"));
  EXPECT_EQ(atom["title"], "Telecom desk");
  EXPECT_EQ(atom["author"], "wirewatch");
  EXPECT_EQ(atom["links"]["self"], kAddress.self);
  EXPECT_EQ(atom["links"]["alternate"], kAddress.home);
  ASSERT_EQ(atom["entries"].size(), SampleAlerts().size());
  EXPECT_EQ(atom["updated"], atom["entries"][0]["updated"]);
  for (const json& entry : atom["entries"]) {
    EXPECT_THAT(entry["id"].get<std::string>(), StartsWith("urn:wirewatch:alert:"));
    EXPECT_NE(entry["title"], "");
    EXPECT_TRUE(ParseRfc3339(entry["updated"].get<std::string>()));
    EXPECT_LE(entry["published"], entry["updated"]);
    EXPECT_THAT(entry["content"].get<std::string>(), HasSubstr("<p>"));
  }
}

TEST(FeedTest, JsonFeedHasWhatVersion11Wants) {
  const Feed feed = Made(FeedFormat::kJson, SampleAlerts());
  EXPECT_EQ(feed.content_type, "application/feed+json; charset=utf-8");
  const json document = json::parse(feed.body);
  EXPECT_EQ(document["version"], "https://jsonfeed.org/version/1.1");
  EXPECT_EQ(document["title"], "Telecom desk");
  EXPECT_EQ(document["feed_url"], kAddress.self);
  EXPECT_EQ(document["home_page_url"], kAddress.home);
  ASSERT_EQ(document["items"].size(), SampleAlerts().size());
  for (const json& item : document["items"]) {
    EXPECT_TRUE(item["id"].is_string());
    EXPECT_TRUE(item["content_html"].is_string());
    EXPECT_TRUE(ParseRfc3339(item["date_published"].get<std::string>()));
    EXPECT_TRUE(ParseRfc3339(item["date_modified"].get<std::string>()));
  }
}

TEST(FeedTest, ACorrectionUpdatesTheEntryAndAWithdrawalSaysSo) {
  const AlertNotice first = SampleAlerts().front();
  AlertNotice correction = At(first, 10), withdrawn = At(first, 20);
  correction.kind = AlertKind::kCorrection;
  correction.title = "Three subsea cables fail";
  withdrawn.kind = AlertKind::kWithdrawn;
  const json before = ReadAtom(Made(FeedFormat::kAtom, {first}).body);
  const json corrected = ReadAtom(Made(FeedFormat::kAtom, {correction, first}).body);
  ASSERT_EQ(corrected["entries"].size(), 1U);
  EXPECT_EQ(corrected["entries"][0]["id"], before["entries"][0]["id"]);
  EXPECT_EQ(corrected["entries"][0]["title"], "Correction: Three subsea cables fail");
  EXPECT_EQ(corrected["entries"][0]["published"], before["entries"][0]["published"]);
  EXPECT_GT(corrected["entries"][0]["updated"], before["entries"][0]["updated"]);
  const json gone = ReadAtom(Made(FeedFormat::kAtom, {first, withdrawn, correction}).body);
  ASSERT_EQ(gone["entries"].size(), 1U);
  EXPECT_THAT(gone["entries"][0]["title"].get<std::string>(), StartsWith("Withdrawn: "));
  EXPECT_THAT(gone["entries"][0]["content"].get<std::string>(), Not(HasSubstr("repair ship")));
}

TEST(FeedTest, TheSameArticleOnTwoTopicsIsTwoEntries) {
  AlertNotice other = SampleAlerts().front();
  other.topic = "sabotage";
  other.id = DigestHex({"other"});
  EXPECT_EQ(ReadAtom(Made(FeedFormat::kAtom, {SampleAlerts().front(), other}).body)["entries"].size(), 2U);
}

TEST(FeedTest, TheTagIsOfTheContentAlone) {
  std::vector<AlertNotice> alerts = SampleAlerts();
  const Feed first = Made(FeedFormat::kAtom, alerts);
  std::reverse(alerts.begin(), alerts.end());
  EXPECT_EQ(Made(FeedFormat::kAtom, alerts).etag, first.etag);
  EXPECT_EQ(first.etag.front(), '"');
  EXPECT_EQ(first.etag.back(), '"');
  EXPECT_NE(Made(FeedFormat::kJson, alerts).etag, first.etag);
  alerts.pop_back();
  EXPECT_NE(Made(FeedFormat::kAtom, alerts).etag, first.etag);
}

TEST(FeedTest, AFeedWithoutAlertsIsAFeed) {
  const json atom = ReadAtom(Made(FeedFormat::kAtom, {}).body);
  EXPECT_TRUE(atom["entries"].empty());
  EXPECT_TRUE(ParseRfc3339(atom["updated"].get<std::string>()));
  EXPECT_TRUE(json::parse(Made(FeedFormat::kJson, {}).body)["items"].empty());
}

TEST(FeedTest, HostileTextsStayTexts) {
  for (const std::string_view text :
       {"]]></title><x>", "<script>alert(1)</script>", "a\x01\x08\x0B\x1F\x7F\xC2\x85z", "&lt;b&gt; &amp; &bogus;",
        "\xE2\x80\xAE"
        "abc",
        "\xEF\xBF\xBE\xEF\xBF\xBF", "\xED\xA0\x80 \xFF\xC3", "\"'><", "line\nbreak", "<!--", "<?xml?>",
        "\xF0\x9F\x98\x80 \xF4\x8F\xBF\xBF"}) {
    AlertNotice alert = SampleAlerts().front();
    alert.title = alert.first_paragraph = alert.source = alert.topic_title = alert.because = alert.language = text;
    alert.topic = alert.tags[0] = text;
    Subscription subscription = Desk();
    subscription.title = subscription.id = text;
    const json atom = ReadAtom(Made(FeedFormat::kAtom, {alert}, subscription).body);
    ASSERT_EQ(atom["entries"].size(), 1U) << text;
    EXPECT_THAT(atom["entries"][0]["content"].get<std::string>(), Not(HasSubstr("<script"))) << text;
    const json document = json::parse(Made(FeedFormat::kJson, {alert}, subscription).body);
    EXPECT_THAT(document["items"][0]["content_html"].get<std::string>(), Not(HasSubstr("<script"))) << text;
  }
}

TEST(FeedTest, XmlTextTakesOutWhatNoXmlHolds) {
  EXPECT_EQ(XmlText("a]]>b & <c> \"d\" 'e'"), "a]]&gt;b &amp; &lt;c&gt; &quot;d&quot; &#39;e&#39;");
  EXPECT_EQ(XmlText(std::string_view("a\0\x01\tb\r\n\x7F\xC2\x80"
                                     "c",
                                     11)),
            "a\tb\nc");
  EXPECT_EQ(XmlText("\xFF"), "\xEF\xBF\xBD");
}

}  // namespace
}  // namespace wirewatch
