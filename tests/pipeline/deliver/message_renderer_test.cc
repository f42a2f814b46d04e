#include "pipeline/deliver/message_renderer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <utf8proc.h>

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/diagnostic.h"
#include "base/digest.h"
#include "base/result.h"
#include "base/text/utf8.h"
#include "pipeline/alert/alert.h"
#include "pipeline/deliver/alert_notice.h"
#include "pipeline/deliver/message_samples.h"
#include "rules/pack/pack.h"
#include "tests/support/source_directory.h"
#include "tests/support/temp_dir.h"

namespace wirewatch {
namespace {

using nlohmann::json;
using testing::AllOf;
using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::StartsWith;

constexpr TemplateName kJsonTemplates[] = {TemplateName::kSlack, TemplateName::kTeams, TemplateName::kDiscord};
constexpr TemplateName kHtmlTemplates[] = {TemplateName::kEmailHtml, TemplateName::kFeedHtml};

std::shared_ptr<const MessageRenderer> Ours(std::shared_ptr<const LinkSigner> links = SampleLinks()) {
  Diagnostics diagnostics;
  auto renderer = MessageRenderer::Load("", std::move(links), diagnostics);
  EXPECT_THAT(diagnostics, IsEmpty());
  return renderer;
}

std::string Rendered(TemplateName name, const SampleMessage& sample) {
  static const auto renderer = Ours();
  auto text = renderer->Render(name, sample.View());
  EXPECT_TRUE(text) << text.error().message;
  return text ? *std::move(text) : "";
}

std::string ReadText(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

AlertNotice First() { return SampleAlerts().front(); }

SampleMessage Alone(AlertNotice alert) { return SampleOf(MessageKind::kAlert, {std::move(alert)}); }

// `count` alerts, each of a story of its own.
std::vector<AlertNotice> Many(std::size_t count) {
  std::vector<AlertNotice> alerts;
  for (std::size_t i = 0; i < count; ++i) {
    AlertNotice alert = First();
    alert.id = DigestHex({"many", std::to_string(i)});
    alert.title = "Story number " + std::to_string(i);
    alert.story->id = DigestHex({"story", std::to_string(i)});
    alert.alerted += std::chrono::seconds(i);
    alerts.push_back(std::move(alert));
  }
  return alerts;
}

// All strings of a JSON value, keys too.
void AddStrings(const json& value, std::vector<std::string>& strings) {
  if (value.is_string()) strings.push_back(value.get<std::string>());
  if (value.is_object()) {
    for (const auto& [key, inner] : value.items()) {
      strings.push_back(key);
      AddStrings(inner, strings);
    }
  }
  if (value.is_array()) {
    for (const json& inner : value) AddStrings(inner, strings);
  }
}

std::vector<std::string> StringsOf(const std::string& text) {
  std::vector<std::string> strings;
  AddStrings(json::parse(text), strings);
  return strings;
}

std::size_t Columns(std::string_view line) {
  std::size_t columns = 0;
  for (const char32_t c : DecodeUtf8(line)) {
    columns += static_cast<std::size_t>(utf8proc_charwidth(static_cast<utf8proc_int32_t>(c)));
  }
  return columns;
}

std::vector<std::string> LinesOf(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

// A URL is not broken.
bool IsUrlAlone(const std::string& line) {
  const std::size_t begin = line.find_first_not_of(' ');
  return begin != std::string::npos && line.substr(begin).starts_with("http") &&
         line.find(' ', begin) == std::string::npos;
}

void ExpectMailWidth(const std::string& text) {
  for (const std::string& line : LinesOf(text)) {
    EXPECT_TRUE(IsUrlAlone(line) || Columns(line) <= 72) << line;
    EXPECT_TRUE(line == "-- " || line.empty() || line.back() != ' ') << "'" << line << "'";
  }
}

// --- As they should look: tests/testdata/messages. WIREWATCH_WRITE_EXPECTED=1 writes them anew, to be read in the
// diff.

struct Looked {
  std::string name;
  SampleMessage sample;
};

std::vector<Looked> AllLooked() {
  std::vector<Looked> all;
  for (AlertNotice& alert : SampleAlerts()) {
    const std::string name = "alert-" + std::string(Name(alert.kind));
    if (all.empty() || all.back().name != name) all.push_back({name, Alone(std::move(alert))});
  }
  all.pop_back();  // the earlier grow
  for (const MessageKind kind : {MessageKind::kDigest, MessageKind::kCatchUp, MessageKind::kOverflow}) {
    all.push_back({std::string(Name(kind)), SampleOf(kind)});
  }
  Looked chinese{"digest-zh-Hans", SampleOf(MessageKind::kDigest)};
  chinese.sample.subscription.language = "zh-Hans";
  chinese.sample.alerts.front().title =
      "挪威两条海底电缆一小时内相继中断，运营商称不排除人为破坏，抢修船已经出发前往斯瓦尔巴群岛附近海域";
  chinese.sample.alerts.front().first_paragraph =
      "连接大陆与群岛的两条光缆周日夜间先后失去信号。运营商已派出抢修船，并表示不能排除人为破坏的可能。海岸警卫队正在询"
      "问两艘拖网渔船。";
  chinese.sample.alerts.front().language = "zh-Hans";
  chinese.sample.alerts.front().spans.clear();
  all.push_back(std::move(chinese));
  AlertNotice arabic = First();
  arabic.title = "انقطاع كابلين بحريين خلال ساعة واحدة";
  arabic.first_paragraph = "توقفت وصلتا الألياف بين البر الرئيسي والأرخبيل مساء الأحد، وأرسل المشغل سفينة إصلاح.";
  arabic.language = "ar";
  arabic.spans.clear();
  all.push_back({"alert-ar", Alone(std::move(arabic))});
  AlertNotice lengthy = First();
  for (int i = 0; i < 40; ++i) lengthy.title += ", and then another one";
  all.push_back({"alert-long-title", Alone(std::move(lengthy))});
  AlertNotice hostile = First();
  hostile.title = "<script>alert('x')</script> \"quoted\" & <!channel> *bold* [a](https://evil.example)";
  hostile.source = "\" onmouseover=\"alert(1)";
  hostile.url = "https://news.example/?q=\"><script>&r=(1)";
  all.push_back({"alert-hostile", Alone(std::move(hostile))});
  return all;
}

TEST(MessageRendererTest, MessagesLookAsTheyShould) {
  const std::filesystem::path directory = SourceDirectory() / "tests/testdata/messages";
  const bool write = std::getenv("WIREWATCH_WRITE_EXPECTED") != nullptr;
  for (const Looked& looked : AllLooked()) {
    for (const TemplateName name : kTemplateNames) {
      // A feed has single alerts only.
      if (name == TemplateName::kFeedHtml && looked.sample.message.kind != MessageKind::kAlert) continue;
      std::string text = Rendered(name, looked.sample);
      if (text.starts_with('{')) text = nlohmann::ordered_json::parse(text).dump(2);
      if (!text.ends_with('\n')) text += '\n';
      const std::filesystem::path file = directory / (looked.name + "." + std::string(FileName(name)));
      if (write) {
        std::ofstream(file, std::ios::binary) << text;
      } else {
        EXPECT_EQ(text, ReadText(file)) << file;
      }
    }
  }
}

// --- Escapes

constexpr std::string_view kHostile[] = {
    "<script>alert(1)</script>",
    "\"><img src=x onerror=alert(1)>",
    "' onmouseover='alert(1)",
    "</title></style><h1>x",
    "{{links.unsubscribe}} {{{title}}} {{#stories}}",
    "\", \"injected\": \"yes",
    "\\\", \"injected\": \"yes\\",
    "\\u0022, \\u0022injected\\u0022: \\u0022yes",
    "line\nbreak\r\nBcc: everyone@example.org\tand\x00nul",
    "<!channel> <!here> <@U123> <https://evil.example|bank>",
    "@everyone @here [click](https://evil.example) **bold** `code` ||spoiler||",
    "]]> &amp; &lt; \xE2\x80\xAEright to left\xE2\x80\xAC \xE2\x80\xA8",
    "broken \xC3\x28 \xFF bytes",
    "\x1B]0;title\x07\x9B",
};

// Everywhere where a stranger's text may stand.
AlertNotice Hostile(std::string_view text) {
  AlertNotice alert = First();
  alert.title = alert.first_paragraph = alert.source = alert.because = alert.language = alert.country = text;
  alert.topic_title = alert.story->first_source = text;
  alert.tags = alert.rules = {std::string(text)};
  const auto end = static_cast<std::uint32_t>(text.size());
  alert.spans = {{"body", std::string(text), "r", "t", std::string(text) + " and more", {0, end}},
                 {"body", std::string(text), "r", "t", std::string(text), {0, end}},
                 {"body", std::string(text), "r", "t", "short", {3, end + 40}}};
  alert.url = "https://news.example/" + std::string(text);
  return alert;
}

SampleMessage HostileMessage(MessageKind kind, std::string_view text) {
  std::vector<AlertNotice> alerts = {Hostile(text), Hostile(text)};
  alerts[1].id = DigestHex({"second"});
  AlertNotice summary = SampleAlerts()[7];
  EXPECT_EQ(summary.kind, AlertKind::kSummary);
  summary.summary = {{"x", std::string(text), std::string(text), std::string(text), std::string(text), ""}};
  alerts.push_back(std::move(summary));
  SampleMessage sample = SampleOf(kind, std::move(alerts));
  sample.subscription.title = sample.subscription.reader = text;
  return sample;
}

// What stands between "<" and ">" in HTML, up to the first blank.
std::set<std::string> TagsOf(const std::string& html) {
  std::set<std::string> tags;
  for (std::size_t at = html.find('<'); at != std::string::npos; at = html.find('<', at + 1)) {
    tags.insert(html.substr(at, html.find_first_of(" >", at) - at));
  }
  return tags;
}

std::set<std::string> AttributesOf(const std::string& html) {
  std::set<std::string> names;
  for (std::size_t at = html.find("=\""); at != std::string::npos; at = html.find("=\"", at + 2)) {
    const std::size_t begin = html.find_last_of(" \n\"'<", at);
    names.insert(html.substr(begin + 1, at - begin - 1));
  }
  return names;
}

TEST(MessageRendererTest, NoTextOfStrangersBecomesHtml) {
  std::set<std::string> tags, attributes;
  for (const TemplateName name : kHtmlTemplates) {
    for (const MessageKind kind : {MessageKind::kAlert, MessageKind::kDigest}) {
      const std::string html = Rendered(name, SampleOf(kind));
      tags.merge(TagsOf(html));
      attributes.merge(AttributesOf(html));
      tags.merge(TagsOf(Rendered(name, HostileMessage(kind, "plain"))));
      tags.merge(TagsOf(Rendered(name, Alone(SampleAlerts()[7]))));
    }
  }
  for (const std::string_view text : kHostile) {
    for (const TemplateName name : kHtmlTemplates) {
      for (const MessageKind kind : {MessageKind::kAlert, MessageKind::kDigest}) {
        const std::string html = Rendered(name, HostileMessage(kind, text));
        for (const std::string& tag : TagsOf(html)) EXPECT_THAT(tags, Contains(tag)) << text;
        for (const std::string& attribute : AttributesOf(html)) EXPECT_THAT(attributes, Contains(attribute)) << text;
        EXPECT_EQ(FirstInvalidUtf8(html), html.size());
        EXPECT_EQ(html.find("\xE2\x80\xAE"), std::string::npos) << "a mark that turns the direction of writing";
      }
    }
  }
}

TEST(MessageRendererTest, NoTextOfStrangersBecomesJson) {
  for (const TemplateName name : kJsonTemplates) {
    for (const MessageKind kind : {MessageKind::kAlert, MessageKind::kDigest}) {
      const std::set<std::string> keys = [&] {
        std::set<std::string> all;
        for (const SampleMessage& sample : AllSamples()) {
          for (std::string& text : StringsOf(Rendered(name, sample))) all.insert(std::move(text));
        }
        return all;
      }();
      EXPECT_THAT(keys, Not(Contains("injected")));
      for (const std::string_view text : kHostile) {
        const std::string rendered = Rendered(name, HostileMessage(kind, text));
        EXPECT_THAT(StringsOf(rendered), Not(Contains("injected"))) << text;
        EXPECT_EQ(rendered.find('\n'), std::string::npos);
      }
    }
  }
}

TEST(MessageRendererTest, SlackCallsNobodyAndLinksOnlyWhatWeLink) {
  for (const MessageKind kind : {MessageKind::kAlert, MessageKind::kDigest}) {
    for (const std::string_view text : kHostile) {
      for (const std::string& part : StringsOf(Rendered(TemplateName::kSlack, HostileMessage(kind, text)))) {
        for (std::size_t at = part.find('<'); at != std::string::npos; at = part.find('<', at + 1)) {
          EXPECT_TRUE(part.substr(at).starts_with("<https://news.example/") ||
                      part.substr(at).starts_with("<https://wirewatch.example/l/"))
              << part.substr(at);
        }
      }
    }
  }
}

TEST(MessageRendererTest, DiscordCallsNobodyAndMarkdownOfStrangersIsText) {
  const std::string rendered = Rendered(
      TemplateName::kDiscord, HostileMessage(MessageKind::kAlert, "[click](https://evil.example) **bold** `code`"));
  EXPECT_EQ(json::parse(rendered)["allowed_mentions"]["parse"], json::array());
  const std::string description = json::parse(rendered)["embeds"][0]["description"];
  EXPECT_THAT(description, HasSubstr("\\[click\\](https://evil.example) \\*\\*bold\\*\\* \\`code\\`"));
  EXPECT_THAT(description, Not(HasSubstr("[click](")));
}

TEST(MessageRendererTest, OnlyWebAddressesBecomeLinks) {
  for (const std::string_view url :
       {"javascript:alert(1)", "JaVaScRiPt:alert(1)", " javascript:alert(1)", "data:text/html,x", "file:///etc/passwd",
        "//evil.example", "https://", "https://user@evil.example/", "https://bank.example@evil.example/",
        "ftp://a.example/", "https:/evil", "https://good.example\\@evil.example/", "https://a\nb.example/"}) {
    AlertNotice alert = First();
    alert.url = url;
    for (const TemplateName name : kTemplateNames) {
      const std::string text = Rendered(name, Alone(alert));
      EXPECT_EQ(text.find("evil"), std::string::npos) << url << " " << text;
      EXPECT_EQ(text.find("lert(1)"), std::string::npos) << url;
      EXPECT_EQ(text.find("passwd"), std::string::npos) << url;
    }
  }
}

TEST(MessageRendererTest, AnAddressKeepsItsFormAndLosesWhatIsMarkup) {
  AlertNotice alert = First();
  alert.url = "https://news.example/a_b~c?x=1&y=\"><s>|`(é)";
  EXPECT_THAT(Rendered(TemplateName::kEmailText, Alone(alert)),
              HasSubstr("https://news.example/a_b~c?x=1&y=%22%3E%3Cs%3E%7C%60%28%C3%A9%29"));
  EXPECT_THAT(Rendered(TemplateName::kEmailHtml, Alone(alert)),
              HasSubstr("href=\"https://news.example/a_b~c?x=1&amp;y="));
  EXPECT_THAT(Rendered(TemplateName::kSlack, Alone(alert)), HasSubstr("*<https://news.example/a_b~c?x=1&amp;y="));
  EXPECT_EQ(json::parse(Rendered(TemplateName::kDiscord, Alone(alert)))["embeds"][0]["url"],
            "https://news.example/a_b~c?x=1&y=%22%3E%3Cs%3E%7C%60%28%C3%A9%29");
}

// --- What is told

TEST(MessageRendererTest, MatchedWordsAreMarkedInEachServicesWay) {
  const SampleMessage sample = Alone(First());
  EXPECT_THAT(Rendered(TemplateName::kFeedHtml, sample), HasSubstr("Both <mark>fibre links</mark> between"));
  EXPECT_THAT(Rendered(TemplateName::kDiscord, sample), HasSubstr("Both **fibre links** between"));
  EXPECT_THAT(Rendered(TemplateName::kSlack, sample), HasSubstr("*fibre links*"));
  EXPECT_THAT(Rendered(TemplateName::kEmailText, sample), HasSubstr("Both fibre links between"));
  EXPECT_THAT(Rendered(TemplateName::kEmailText, sample), HasSubstr("they had dragged anchors\n  across the cable"));
}

TEST(MessageRendererTest, ADigestTellsEachStoryOnceWithItsLatestAlertFirst) {
  const json model = json::parse(Ours()->Model(SampleOf(MessageKind::kDigest).View()));
  EXPECT_EQ(model["count"], SampleAlerts().size());
  EXPECT_EQ(model["story_count"], SampleAlerts().size() - 1);
  bool found = false;
  for (const json& story : model["stories"]) {
    if (!story["is_grow"].get<bool>()) continue;
    found = true;
    EXPECT_EQ(story["source"], "courier.example");
    ASSERT_EQ(story["earlier"].size(), 1U);
    EXPECT_EQ(story["earlier"][0]["source"], "capital.example");
  }
  EXPECT_TRUE(found);
  EXPECT_EQ(model["stories"][0]["severity"]["name"], "critical");
}

TEST(MessageRendererTest, WhatIsNotListedIsCounted) {
  const SampleMessage sample = SampleOf(MessageKind::kOverflow, Many(91));
  EXPECT_THAT(Rendered(TemplateName::kEmailText, sample), HasSubstr("\nand 41 more\n"));
  EXPECT_THAT(Rendered(TemplateName::kEmailHtml, sample), HasSubstr(">and 41 more</p>"));
  SampleMessage german = sample;
  german.subscription.language = "de";
  EXPECT_THAT(Rendered(TemplateName::kEmailText, german), HasSubstr("\nund 41 weitere\n"));
}

TEST(MessageRendererTest, AHundredAlertsFitIntoEachService) {
  std::vector<AlertNotice> alerts = Many(100);
  for (AlertNotice& alert : alerts) {
    alert.title = std::string(400, '*') + " " + alert.title;
    alert.url = "https://news.example/" + std::string(900, '&');
  }
  const SampleMessage sample = SampleOf(MessageKind::kCatchUp, std::move(alerts));
  const json slack = json::parse(Rendered(TemplateName::kSlack, sample));
  EXPECT_LE(slack["blocks"].size(), 50U);
  EXPECT_LE(slack.dump().size(), 13'200U);
  for (const json& block : slack["blocks"]) {
    if (block["type"] != "section") continue;
    EXPECT_LE(CountCharacters(block["text"]["text"].get<std::string>()), 3000U);
  }
  EXPECT_LE(Rendered(TemplateName::kTeams, sample).size(), 28'000U);
  std::size_t characters = 0;
  const json discord = json::parse(Rendered(TemplateName::kDiscord, sample));
  EXPECT_LE(discord["embeds"].size(), 10U);
  for (const json& embed : discord["embeds"]) {
    characters += CountCharacters(embed.value("title", "")) + CountCharacters(embed.value("description", ""));
    EXPECT_LE(CountCharacters(embed.value("title", "")), 256U);
  }
  EXPECT_LE(characters, 6000U);
  for (const TemplateName name : kJsonTemplates)
    EXPECT_THAT(Rendered(name, sample), HasSubstr("more")) << FileName(name);
}

TEST(MessageRendererTest, LongTextsAreCutAtWholeCharacters) {
  AlertNotice alert = First();
  alert.spans.clear();
  for (const std::string_view character : {"x", "é", "電", "\xF0\x9F\x98\x80", "word "}) {
    alert.title = alert.first_paragraph = alert.because = alert.source = "";
    for (int i = 0; i < 2000; ++i) alert.title += character;
    alert.first_paragraph = alert.because = alert.source = alert.title;
    for (const TemplateName name : kTemplateNames) {
      const std::string text = Rendered(name, Alone(alert));
      EXPECT_EQ(FirstInvalidUtf8(text), text.size());
      EXPECT_THAT(text, HasSubstr("…"));
    }
    const json model = json::parse(Ours()->Model(Alone(alert).View()));
    EXPECT_LE(CountCharacters(model["stories"][0]["title"].get<std::string>()), 300U);
    EXPECT_LE(CountCharacters(model["stories"][0]["first_paragraph"].get<std::string>()), 600U);
  }
}

TEST(MessageRendererTest, PlainTextHas72Columns) {
  for (const SampleMessage& sample : AllSamples()) {
    for (const std::string_view language : MessageLanguages()) {
      SampleMessage in_language = sample;
      in_language.subscription.language = language;
      ExpectMailWidth(Rendered(TemplateName::kEmailText, in_language));
    }
  }
}

TEST(MessageRendererTest, PlainTextOfStrangersHas72ColumnsToo) {
  for (const std::string_view text :
       {std::string_view("電"), std::string_view("مرحبا "), std::string_view("nobreakshere"), std::string_view("a "),
        std::string_view("\xF0\x9F\x98\x80"), std::string_view("e\xCC\x81"), std::string_view("한국어 ")}) {
    std::string long_text;
    for (int i = 0; i < 120; ++i) long_text += text;
    for (const MessageKind kind : {MessageKind::kAlert, MessageKind::kDigest}) {
      ExpectMailWidth(Rendered(TemplateName::kEmailText, HostileMessage(kind, long_text)));
    }
  }
  for (const std::string_view text : kHostile) {
    ExpectMailWidth(Rendered(TemplateName::kEmailText, HostileMessage(MessageKind::kDigest, text)));
  }
}

TEST(MessageRendererTest, ASubjectIsOneLine) {
  for (const std::string_view text : kHostile) {
    const std::string subject = Rendered(TemplateName::kEmailSubject, HostileMessage(MessageKind::kAlert, text));
    EXPECT_EQ(subject.find_first_of("\r\n"), std::string::npos);
    EXPECT_LE(CountCharacters(subject), 200U);
    EXPECT_FALSE(subject.empty());
  }
  EXPECT_EQ(Rendered(TemplateName::kEmailSubject, SampleOf(MessageKind::kCatchUp)),
            "While you were away: Telecom desk (9)");
  EXPECT_EQ(Rendered(TemplateName::kEmailSubject, Alone(SampleAlerts()[2])),
            "Withdrawn: Nationwide outage at mobile operator [Network outages]");
}

TEST(MessageRendererTest, AnAlertOfWhichNothingIsKnownIsTold) {
  AlertNotice alert;
  alert.id = "a";
  alert.topic = "outages";
  for (const AlertKind kind : kAlertKinds) {
    alert.kind = kind;
    for (const TemplateName name : kTemplateNames) EXPECT_FALSE(Rendered(name, Alone(alert)).empty());
  }
  alert.kind = AlertKind::kNew;
  EXPECT_THAT(Rendered(TemplateName::kEmailText, Alone(alert)), HasSubstr("Without a title"));
}

TEST(MessageRendererTest, LinksAreSignedAndAbsentWithoutASigner) {
  const SampleMessage sample = Alone(First());
  const json links = json::parse(Ours()->Model(sample.View()))["stories"][0]["links"];
  const std::string begin = "https://wirewatch.example/l/";
  const auto read = [&](const char* name, std::string_view action) {
    const std::string url = links[name];
    const std::string rest = url.substr(begin.size() + action.size() + 1);
    return SampleLinks()->Read(action, rest, sample.now);
  };
  ASSERT_TRUE(read("duplicate", "feedback"));
  EXPECT_EQ(read("duplicate", "feedback")->value, "duplicate");
  EXPECT_EQ(read("duplicate", "feedback")->alert, First().id);
  ASSERT_TRUE(read("snooze_topic", "snooze"));
  EXPECT_EQ(read("snooze_topic", "snooze")->value, "topic:subsea-cables");
  EXPECT_EQ(read("snooze_topic", "snooze")->lasts, std::chrono::hours(24));
  ASSERT_TRUE(read("snooze_story", "snooze"));
  EXPECT_EQ(read("snooze_story", "snooze")->value, "story:" + First().story->id);

  const auto without = Ours(nullptr);
  for (const TemplateName name : kTemplateNames) {
    const auto text = without->Render(name, sample.View());
    ASSERT_TRUE(text);
    EXPECT_THAT(*text, Not(HasSubstr("/l/")));
    EXPECT_THAT(*text, Not(HasSubstr("nsubscribe")));
  }
}

TEST(MessageRendererTest, TheWordsOfEachLanguageAreThere) {
  EXPECT_THAT(MessageLanguages(),
              testing::IsSupersetOf({"en", "nl", "de", "fr", "es", "pl", "cs", "ro", "bg", "zh-Hans", "zh-Hant"}));
  const SampleMessage english = SampleOf(MessageKind::kDigest);
  const json words = json::parse(Ours()->Model(english.View()))["words"];
  for (const std::string_view language : MessageLanguages()) {
    SampleMessage sample = english;
    sample.subscription.language = language;
    const json model = json::parse(Ours()->Model(sample.View()));
    EXPECT_EQ(model["language"], language);
    for (const auto& [key, word] : model["words"].items()) EXPECT_NE(word, "") << language << " " << key;
    for (const json& story : model["stories"]) EXPECT_NE(story["kind_word"], "") << language;
    EXPECT_EQ(model["words"]["unsubscribe"] == words["unsubscribe"], language == "en") << language;
    EXPECT_THAT(Rendered(TemplateName::kEmailText, sample), HasSubstr(model["heading"].get<std::string>()));
  }
}

TEST(MessageRendererTest, TimesAreThoseOfTheReader) {
  SampleMessage sample = SampleOf(MessageKind::kDigest);
  EXPECT_THAT(Rendered(TemplateName::kEmailText, sample), HasSubstr("Mon 23 Nov, 07:30 (Europe/Oslo)"));
  sample.subscription.time_zone = "Asia/Kolkata";
  sample.subscription.language = "de";
  EXPECT_THAT(Rendered(TemplateName::kEmailText, sample), HasSubstr("23.11., 12:00 (Asia/Kolkata)"));
}

// --- Templates of others

class TemplateFiles {
 public:
  void Write(const std::string& name, std::string_view text) const {
    std::ofstream(path() / name, std::ios::binary) << text;
  }
  Diagnostics Load() const {
    Diagnostics diagnostics;
    MessageRenderer::Load(path(), SampleLinks(), diagnostics);
    return diagnostics;
  }
  std::filesystem::path path() const { return directory_.path(); }

 private:
  TempDir directory_;
};

// The findings on one template, as they are printed.
std::string FindingsOf(const std::string& name, std::string_view text) {
  TemplateFiles files;
  files.Write(name, text);
  return Render(files.Load());
}

TEST(MessageRendererTest, AFileOfTheDirectoryStandsInPlaceOfOurs) {
  TemplateFiles files;
  files.Write("email_subject.txt", "[wire] {{#stories}}{{title}} {{/stories}}\n");
  Diagnostics diagnostics;
  const auto renderer = MessageRenderer::Load(files.path(), nullptr, diagnostics);
  EXPECT_THAT(diagnostics, IsEmpty());
  EXPECT_EQ(*renderer->Render(TemplateName::kEmailSubject, Alone(First()).View()),
            "[wire] Two subsea cables to Svalbard fail within an hour");
  EXPECT_EQ(*renderer->Render(TemplateName::kEmailText, Alone(First()).View()),
            *Ours(nullptr)->Render(TemplateName::kEmailText, Alone(First()).View()));
}

TEST(MessageRendererTest, MistakesAreFoundWithTheirPlace) {
  EXPECT_THAT(FindingsOf("email.txt", "Hello\n  {{#stories}}\n{{title}}\n"),
              AllOf(HasSubstr("email.txt:2:3: error[unclosed-section]: the section 'stories' is not closed"),
                    HasSubstr("{{/stories}}")));
  EXPECT_THAT(FindingsOf("email.txt", "é {{/stories}}"), HasSubstr(":1:3: error[unopened-section]"));
  EXPECT_THAT(FindingsOf("email.txt", "{{#stories}}{{#story}}{{/stories}}{{/story}}"),
              HasSubstr("the section 'story' must be closed first"));
  EXPECT_THAT(FindingsOf("email.txt", "a {{titel"), HasSubstr(":1:3: error[unclosed-tag]"));
  EXPECT_THAT(
      FindingsOf("email.txt", "{{#stories}}{{titel}}{{/stories}}"),
      AllOf(HasSubstr(":1:13: error[unknown-name]: there is no name 'titel' here"), HasSubstr("did you mean 'title'")));
  EXPECT_THAT(FindingsOf("email.txt", "{{title}}"), HasSubstr("there is no name 'title' here"));
  EXPECT_THAT(FindingsOf("email.txt", "{{stories}}"), HasSubstr("is not a text but a section"));
  EXPECT_THAT(FindingsOf("email.txt", "{{.}}"), HasSubstr("error[unknown-name]"));
  EXPECT_THAT(FindingsOf("email.txt", "{{> header}}"), HasSubstr("error[unsupported-tag]"));
  EXPECT_THAT(FindingsOf("email.txt", "{{=<% %>=}}"), HasSubstr("error[unsupported-tag]"));
  EXPECT_THAT(FindingsOf("email.html", "{{{heading}}}"), HasSubstr("error[raw-name]"));
  EXPECT_THAT(FindingsOf("email.html", "{{&heading}}"), HasSubstr("error[raw-name]"));
  EXPECT_THAT(FindingsOf("slack.json", "{\"text\": \"{{{heading}}}\"}"), HasSubstr("error[raw-name]"));
  EXPECT_THAT(FindingsOf("slack.json", "{\"text\": {{heading}}}"),
              AllOf(HasSubstr("error[not-json]"), HasSubstr(">>>")));
  EXPECT_THAT(FindingsOf("slack.jsn", "{}"),
              AllOf(HasSubstr("error[unknown-template]"), HasSubstr("did you mean 'slack.json'?")));
  EXPECT_THAT(FindingsOf("email.txt", "\xFF"), HasSubstr("error[not-utf8]"));
  TemplateFiles files;
  Diagnostics diagnostics;
  MessageRenderer::Load(files.path() / "missing", nullptr, diagnostics);
  EXPECT_THAT(Render(diagnostics), HasSubstr("error[unreadable]"));
}

TEST(MessageRendererTest, OurOwnTemplatesHaveNoMistakes) {
  Diagnostics diagnostics;
  MessageRenderer::Load(SourceDirectory() / "pipeline/deliver/templates", SampleLinks(), diagnostics);
  EXPECT_EQ(Render(diagnostics), "");
}

TEST(MessageRendererTest, WhatIsRightIsNotComplainedOf) {
  EXPECT_EQ(FindingsOf("email.txt",
                       "{{! any words }}{{#stories}}{{#tags}}{{.}} {{/tags}}{{story.sources}}{{severity.word}}"
                       "{{#url}}{{.}}{{/url}}{{words.why}}{{subscription.title}}{{{title}}}{{/stories}}"),
            "");
  EXPECT_EQ(FindingsOf("slack.json", "{\"blocks\": [,{{#stories}}{\"a\": \"{{&title}}\",},{{/stories}}], }"), "");
  EXPECT_EQ(FindingsOf(".keep", "{{"), "");
}

TEST(MessageRendererTest, ALineThatIsATagAloneLeavesNone) {
  TemplateFiles files;
  files.Write("feed.html",
              "a\n{{#stories}}\n  {{^is_new}}\nno\n  {{/is_new}}\n\n{{! words "
              "}}\n{{kind}}\n{{#links}}{{/links}}b\n{{/stories}}\nc\n");
  Diagnostics diagnostics;
  const auto renderer = MessageRenderer::Load(files.path(), nullptr, diagnostics);
  EXPECT_EQ(Render(diagnostics), "");
  EXPECT_EQ(*renderer->Render(TemplateName::kFeedHtml, Alone(First()).View()), "a\n\nnew\nb\nc\n");
}

TEST(MessageRendererTest, SpareCommasInTextsStay) {
  TemplateFiles files;
  files.Write("slack.json", "{\"text\": \"a,, ,] \\\",}\", \"b\": [1,,2,],}");
  Diagnostics diagnostics;
  const auto renderer = MessageRenderer::Load(files.path(), nullptr, diagnostics);
  EXPECT_THAT(diagnostics, IsEmpty());
  EXPECT_EQ(*renderer->Render(TemplateName::kSlack, Alone(First()).View()), R"({"text":"a,, ,] \",}","b":[1,2]})");
}

}  // namespace
}  // namespace wirewatch
