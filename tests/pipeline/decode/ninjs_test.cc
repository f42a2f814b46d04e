#include "pipeline/decode/ninjs.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <cstdlib>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "rules/codes/language_code.h"
#include "rules/text/paragraphs.h"
#include "tests/support/decode.h"
#include "tests/support/preset_mapping.h"

namespace wirewatch {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

TEST(NinjsTest, OfVersion1) {
  const Article article = DecodeArticle(TestData("ninjs-1.json"));
  EXPECT_EQ(article.id, "https://agency.example/items/17");
  EXPECT_EQ(article.version, "3");
  EXPECT_EQ(article.title, "Harbour bridge closed & searched");
  EXPECT_EQ(article.summary, "The bridge stays shut until Friday.");
  EXPECT_EQ(article.body, "First paragraph.\nSecond paragraph.");
  EXPECT_EQ(article.url_host, "agency.example");
  EXPECT_EQ(article.source, "Example Agency");
  EXPECT_THAT(article.authors, ElementsAre("Ann Li and Bo Berg"));
  EXPECT_THAT(article.tags, ElementsAre("transport", "20000337", "bridges"));
  EXPECT_EQ(article.published_at, ParseRfc3339("2026-03-01T10:05:00Z"));
  EXPECT_EQ(article.embargoed_until, ParseRfc3339("2026-03-01T12:00:00Z"));
  EXPECT_EQ(article.language, "en");
  EXPECT_EQ(article.status, PublicationStatus::kUsable);
  EXPECT_EQ(article.urgency, 4);
}

TEST(NinjsTest, OfVersion2) {
  const Article article = DecodeArticle(TestData("ninjs-2.json"));
  EXPECT_EQ(article.id, "urn:newsml:agency.example:20260301:18");
  EXPECT_EQ(article.title, "Harbour bridge closed");
  EXPECT_EQ(article.summary, "The bridge stays shut.");
  EXPECT_EQ(article.body, "Plain paragraph.\nAnother.");
  EXPECT_EQ(article.url, "");
  EXPECT_EQ(article.source, "Example Agency");
  EXPECT_THAT(article.authors, ElementsAre("Ann Li"));
  EXPECT_THAT(article.tags, ElementsAre("transport", "medtop:20000337", "bridges"));
  EXPECT_EQ(article.status, PublicationStatus::kWithheld);
}

TEST(NinjsTest, OfVersion3) {
  const Article article = DecodeArticle(TestData("ninjs-3.json"));
  EXPECT_EQ(article.id, "urn:newsml:agency.example:20260301:19");
  EXPECT_EQ(article.version, "2");
  EXPECT_EQ(article.title, "Hafenbrücke gesperrt");
  EXPECT_EQ(article.body, "Erster Absatz.\nZweiter Absatz.");
  EXPECT_EQ(article.source, "Example Agency");
  EXPECT_EQ(article.published_at, ParseRfc3339("2026-03-01T10:05:00Z"));
  EXPECT_EQ(article.embargoed_until, ParseRfc3339("2026-03-01T12:00:00Z"));
  EXPECT_EQ(article.status, PublicationStatus::kCanceled);
}

TEST(NinjsTest, PrefersPlainTextToMarkupAndMarkupToNitf) {
  const auto body = [](std::string_view bodies) {
    return DecodeArticle(R"({"uri":"urn:1","title":"t","bodies":)" + std::string(bodies) + "}").body;
  };
  EXPECT_EQ(body(R"([{"contenttype":"application/xml","value":"<nitf><p>x</p></nitf>"},
                     {"contenttype":"text/html","value":"<p>h</p>"},{"contenttype":"text/plain","value":"p"}])"),
            "p");
  EXPECT_EQ(body(R"([{"contenttype":"text/vnd.IPTC.NITF","value":"<nitf><p>x</p></nitf>"},
                     {"role":"xhtml","value":"<p>h</p>"}])"),
            "h");
  EXPECT_EQ(body(R"([{"role":"text","contenttype":"application/xhtml+xml","value":"a &eacute;"}])"), "a é");
  EXPECT_EQ(body(R"([{"role":"side","contenttype":"text/plain","value":"side"},
                     {"role":"main","contenttype":"text/plain","value":"main"}])"),
            "main");
  EXPECT_EQ(body(R"([{"contenttype":"text/plain","value":" "},{"contenttype":"text/html","value":"h"}])"), "h");
  EXPECT_EQ(body(R"([{"value":"<p>undeclared</p>"}])"), "undeclared");
  EXPECT_EQ(body(R"("single")"), "single");
}

TEST(NinjsTest, TakesTheHeadlineThatIsMain) {
  const auto title = [](std::string_view rest) {
    return DecodeArticle(R"({"uri":"urn:1",)" + std::string(rest)).title;
  };
  EXPECT_EQ(title(R"("headlines":[{"role":"sub","value":"s"},{"role":"main","value":"m"}]})"), "m");
  EXPECT_EQ(title(R"("headlines":[{"role":"sub","value":"s"},{"value":"n"}]})"), "n");
  EXPECT_EQ(title(R"("headlines":[{"role":"sub","value":"s"}],"title":"desk name"})"), "s");
  EXPECT_EQ(title(R"("title":"desk name","type":"event","standard":{"name":"ninjs"}})"), "desk name");
  EXPECT_EQ(title(R"("headline_extra":"e","headline_main":"m","headline_main":"m2"})"), "m2");
  EXPECT_EQ(title(R"("headline_extra":"e","headline":"h","title":"desk name"})"), "h");
}

TEST(NinjsTest, DoesNotTakeACreditForASummary) {
  const auto summary = [](std::string_view descriptions) {
    return DecodeArticle(R"({"uri":"urn:1","title":"t","descriptions":)" + std::string(descriptions) + "}").summary;
  };
  EXPECT_EQ(summary(R"([{"role":"creditline","value":"Agency"},{"role":"caption","value":"The bridge."}])"),
            "The bridge.");
  EXPECT_EQ(summary(R"([{"role":"note","value":"to editors"},{"role":"lead","value":"lead"}])"), "lead");
  EXPECT_EQ(summary(R"([{"role":"note","value":"to editors"}])"), "to editors");
  EXPECT_EQ(summary(R"([{"role":"creditline","value":"Agency"}])"), "");
}

TEST(NinjsTest, DoesNotTakeAnIntervieweeForTheSource) {
  EXPECT_EQ(
      DecodeArticle(
          R"({"uri":"urn:1","headline":"h","infosource":[{"name":"Bo","rel":"Interviewee"}],"copyrightholder":"Agency"})")
          .source,
      "Agency");
}

TEST(ArticleDecoderTest, AWithdrawalThatNamesItsArticleNeedsNoText) {
  for (const char* json :
       {R"({"id":"urn:1","version":"4","status":"canceled"})", R"({"id":"urn:1","version":"4","status":"Cancelled"})",
        R"({"id":"urn:1","version":"4","status":"canceled","title":" ","body":null})",
        R"({"uri":"urn:1","version":"4","pubstatus":"canceled","versioncreated":"2026-05-01T10:00:00Z"})"}) {
    const Article article = DecodeArticle(json);
    EXPECT_EQ(article.id, "urn:1") << json;
    EXPECT_EQ(article.status, PublicationStatus::kCanceled) << json;
  }
}

TEST(NinjsTest, IsAnArticleWhenWithdrawnWithNothingButAHeadline) {
  const Article article =
      DecodeArticle(R"({"uri":"urn:1","version":"4","pubstatus":"canceled","headline":"Withdrawn"})");
  EXPECT_EQ(article.status, PublicationStatus::kCanceled);
  EXPECT_EQ(article.title, "Withdrawn");
}

TEST(NinjsTest, NamesTheFieldThatWasItsOnlyText) {
  EXPECT_THAT(Decode(R"({"uri":"urn:1","headline":true})").message(),
              HasSubstr("field 'headline' is true or false, not text"));
  EXPECT_THAT(Decode(R"({"uri":"urn:1","pubstatus":"usable","body_text":[true]})").message(),
              HasSubstr("field 'body_text' is an array, not text"));
  EXPECT_THAT(Decode(R"({"uri":"urn:1","bodies":[{"value":{}}]})").message(),
              HasSubstr("field 'bodies' is an object, not text"));
  EXPECT_EQ(DecodeArticle(R"({"uri":"urn:1","headline":5,"body_text":[]})").title, "5");
}

// As Superdesk's formatter writes it: `guid` for `uri`, +0000 without a colon, HTML bodies, and what subscribers add.
TEST(NinjsTest, OfSuperdesk) {
  const std::string json = R"({
    "guid": "tag:desk.example:2026:1", "id": "5f1", "version": "3", "type": "text", "pubstatus": "usable",
    "profile": "Story", "priority": 3, "urgency": 2, "language": "en_GB", "slugline": "HARBOUR STRIKE",
    "versioncreated": "2026-03-01T10:00:00+0000", "firstcreated": "2026-03-01T09:00:00+0000",
    "headline": "Harbour strike begins", "byline": "Ann Li", "description_text": "Dockers stop work.",
    "description_html": "<p>Dockers stop work.</p>", "body_html": "<p>Quiet at dawn.</p><p>Talks at noon.</p>",
    "subject": [{"code": "11000000", "name": "strike"}, {"code": "1", "name": "port"}], "keywords": ["dock"],
    "place": [{"code": "GBR", "name": "Scotland"}], "service": [{"code": "i", "name": "International"}],
    "genre": [{"code": "Article", "name": "Article"}], "source": "Harbour News", "usageterms": "none",
    "extra": {"canonical_url": "https://desk.example/1"}, "authors": [{"code": "al", "name": "Ann Li", "role": "writer"}],
    "associations": {"featuremedia": {"guid": "p1", "type": "picture", "headline": "Not this", "body_text": "Nor this"}},
    "embargoed": "2026-03-01T12:00:00+00:00"})";
  const Article article = DecodeArticle(json);
  EXPECT_EQ(article.id, "tag:desk.example:2026:1");
  EXPECT_EQ(article.version, "3");
  EXPECT_EQ(article.title, "Harbour strike begins");
  EXPECT_EQ(article.summary, "Dockers stop work.");
  EXPECT_EQ(article.body, "Quiet at dawn.\nTalks at noon.");
  EXPECT_EQ(article.source, "Harbour News");
  EXPECT_THAT(article.authors, ElementsAre("Ann Li"));
  EXPECT_EQ(article.published_at, ParseRfc3339("2026-03-01T10:00:00Z"));
  EXPECT_EQ(article.embargoed_until, ParseRfc3339("2026-03-01T12:00:00Z"));
  EXPECT_EQ(article.language, "en-GB");
  EXPECT_EQ(article.urgency, 2);
  EXPECT_THAT(article.tags, ElementsAre("strike", "11000000", "port", "1", "dock"));
  EXPECT_TRUE(article.unreadable.empty());

  const Article mapped = DecodeArticle(json, PresetMapping("superdesk"));
  EXPECT_EQ(mapped.id, article.id);
  EXPECT_EQ(mapped.title, article.title);
  EXPECT_EQ(mapped.summary, article.summary);
  EXPECT_EQ(mapped.body, article.body);
  EXPECT_EQ(mapped.published_at, article.published_at);
  EXPECT_EQ(mapped.section, "International");
  EXPECT_EQ(mapped.url, "https://desk.example/1");
  EXPECT_THAT(mapped.tags, testing::UnorderedElementsAreArray(article.tags));
}

// A text that a record has is searched, whichever shape the record is taken for.
TEST(NinjsTest, ATextInOneOfItsFormatsMayBeAListOrAnObject) {
  const Article article = DecodeArticle(
      R"({"uri":"u","headline_main":{"value":"H"},"body_html":["<p>One</p>","","<p>Two</p>"],"body_nitf":"<p>No</p>",
          "description_text":["A",{"value":"B"}]})");
  EXPECT_EQ(article.title, "H");
  EXPECT_EQ(article.body, "One\nTwo");
  EXPECT_EQ(article.summary, "A\nB");
  EXPECT_TRUE(article.unreadable.empty());
  EXPECT_EQ(DecodeArticle(R"({"uri":"u","body_html":["a"],"body_html":["b","c"]})").body, "b\nc") << "the last counts";
  const Article other =
      DecodeArticle(R"({"uri":"u","headline":"H","body_images":["x.jpg"],"body_parts":{"name":"x"}})");
  EXPECT_EQ(other.body, "");
  EXPECT_TRUE(IsUnreadable(other, ArticleField::kBody));
  std::string many, text;
  for (int i = 0; i < 100; ++i) {
    many += "\"a\",";
    text += "a\n";
  }
  EXPECT_EQ(DecodeArticle("{\"uri\":\"u\",\"body_text\":[" + many + "\"b\"]}").body, text + "b");
}

TEST(NinjsTest, AndTheFlatShapeFallBackOnEachOther) {
  const struct {
    const char* json;
    const char* id;
    const char* title;
    const char* summary;
    const char* body;
  } cases[] = {
      {R"({"guid":"g","headline":"h"})", "g", "h", "", ""},
      {R"({"guid":"g","description_text":"d","id":"7"})", "7", "", "d", ""},
      {R"({"id":"7","headline":"h","body":"b"})", "7", "h", "", "b"},
      {R"({"id":"7","title":"t","headline":"h","body_text":"b"})", "7", "t", "", "b"},
      {R"({"id":"7","title":"t","body_hash":"abc"})", "7", "t", "", ""},
      {R"({"uri":"u","versioncreated":"2026-03-01","title":"t","summary":"s","body_html":"<p>b</p>"})", "u", "t", "s",
       "b"},
      {R"({"uri":"u","id":"7","headline":"h","versioncreated":"2026-03-01","pubstatus":"usable","body":"b"})", "u", "h",
       "", "b"},
      {R"({"$standard":{"name":"ninjs","version":"2.1"},"id":"7","headline":"h"})", "7", "h", "", ""},
      {R"({"standard":{"name":"ninjs","version":"1.3"},"uri":"u","id":"7","title":"t","headline":"h"})", "u", "h", "",
       ""},
      {R"({"uri":"u","headlines":[{"value":"h"}],"bodies":[{"value":"b"}],"id":"7"})", "7", "h", "", "b"},
      {R"({"guid":"g","title":"t","body":"b","published_at":"2026-03-01"})", "g", "t", "", "b"},
      {R"({"uri":"u","headline":"h","title":"t"})", "u", "h", "", ""},
  };
  for (const auto& one : cases) {
    const Article article = DecodeArticle(one.json);
    EXPECT_EQ(article.id, one.id) << one.json;
    EXPECT_EQ(article.title, one.title) << one.json;
    EXPECT_EQ(article.summary, one.summary) << one.json;
    EXPECT_EQ(article.body, one.body) << one.json;
  }
}

TEST(NinjsTest, IsNotWhatHasTheFlatShapesIdOrBody) {
  EXPECT_EQ(DecodeArticle(R"({"uri":"urn:1","id":"7","title":"t","headline":"h","slugline":"s"})").title, "t");
}

bool HasText(const nlohmann::json& value) {
  return value.is_string() && value.get<std::string>().find_first_not_of(" \t\r\n") != std::string::npos;
}

// Whether a ninjs document says anything in words, found the slow way.
bool SaysAnything(const nlohmann::json& document) {
  for (const auto& [key, value] : document.items()) {
    if (key == "headline" || key == "title") {
      if (HasText(value)) return true;
    } else if (key.starts_with("headline_") || key.starts_with("description_") || key.starts_with("body_")) {
      if (HasText(value)) return true;
    } else if (key == "headlines" || key == "descriptions" || key == "bodies") {
      for (const auto& item : value) {
        if (item.contains("value") && HasText(item["value"])) return true;
      }
    }
  }
  return false;
}

TEST(NinjsTest, EveryExampleOfTheStandardIsAnArticleOrHasNoText) {
  const char* corpus = std::getenv("WIREWATCH_CORPUS");
  if (corpus == nullptr) GTEST_SKIP() << "WIREWATCH_CORPUS is not set: the examples of the standard were NOT tried";
  const std::filesystem::path root = std::filesystem::path(corpus) / "feeds" / "ninjs";
  const auto decoder = MakeDecoder();
  std::size_t articles = 0;
  std::size_t without_text = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(root)) {
    const std::string path = std::filesystem::relative(entry.path(), root).string();
    if (entry.path().extension() != ".json" || path.starts_with("specification/")) continue;
    const std::string name = entry.path().filename().string();
    if (name == "GeoJSON-schema.json" || name == "extension-schema.json") continue;  // schemas, not news
    const std::string json = ReadFile(entry.path());
    Article article;
    const auto error = decoder->Decode(json, 0, article);
    if (path.find("should_fail") != std::string::npos || path.find("not-valid") != std::string::npos) continue;
    if (name == "20231016-event-timeline-sample.json") {  // a list of items, not one
      ASSERT_TRUE(error);
      EXPECT_EQ(error->reason, DeadLetterReason::kWrongType);
      continue;
    }
    const auto document = nlohmann::json::parse(json);
    // A plan without a uri is no news item; items without a word are pictures, plans and tests of one property.
    if (document.contains("pubstatus") && document["pubstatus"] == "canceled") continue;  // needs no text
    if (!SaysAnything(document) || !document.contains("uri")) {
      ASSERT_TRUE(error) << path;
      EXPECT_EQ(error->reason, DeadLetterReason::kNoText) << path << ": " << error->message;
      ++without_text;
      continue;
    }
    ++articles;
    EXPECT_EQ(error, std::nullopt) << path << ": " << error->message;
    EXPECT_EQ(article.id, document["uri"].get<std::string>()) << path;
    EXPECT_NE(article.title + article.summary + article.body, "") << path;
    EXPECT_EQ(article.body.find("</"), std::string::npos) << path << " keeps markup";
  }
  EXPECT_GE(articles, 125u);
  EXPECT_LE(without_text, 95u);
}

TEST(DecodeTest, JoinsTheLinesOfHardWrappedText) {
  const Article article = DecodeArticle(R"({"id": "1", "title": "Port sells\nterminal", "summary":
    "The harbour office wants to ask three makers of cranes for an\noffer this year.",
    "body": "The harbour office wants to ask three makers of cranes for an\r\noffer this year.\r\n\r\nIt is the first &amp; last."})");
  EXPECT_EQ(article.title, "Port sells terminal");
  EXPECT_EQ(article.summary, "The harbour office wants to ask three makers of cranes for an offer this year.");
  EXPECT_EQ(
      article.body,
      "The harbour office wants to ask three makers of cranes for an offer this year.\n\nIt is the first & last.");
}

TEST(DecodeTest, EveryArticleOfTheCorpusIsReadAsASlowParserReadsIt) {
  const char* corpus = std::getenv("WIREWATCH_CORPUS");
  if (corpus == nullptr) GTEST_SKIP() << "WIREWATCH_CORPUS is not set: its articles were NOT decoded";
  const auto decoder = MakeDecoder();
  std::size_t read = 0;
  for (const auto& entry : std::filesystem::directory_iterator(corpus)) {
    if (!entry.path().string().ends_with(".ndjson.zst")) continue;
    FILE* const lines = popen(("zstd -dcq '" + entry.path().string() + "'").c_str(), "r");
    ASSERT_NE(lines, nullptr);
    char* line = nullptr;
    std::size_t capacity = 0;
    for (ssize_t size = 0; (size = getline(&line, &capacity, lines)) > 0;) {
      if (++read % 5 != 0) continue;  // one in five keeps it quick
      const std::string_view json(line, static_cast<std::size_t>(size));
      Article article;
      const auto error = decoder->Decode(json, 0, article);
      ASSERT_EQ(error, std::nullopt) << error->message << "\n" << json.substr(0, 300);
      const auto slow = nlohmann::json::parse(json);
      EXPECT_EQ(article.id, slow["id"].get<std::string>());
      const auto text = [&](const char* key) {
        return slow.contains(key) && slow[key].is_string() ? slow[key].get<std::string>() : "";
      };
      EXPECT_EQ(article.url, text("url"));
      EXPECT_EQ(article.language, CanonicalLanguage(text("language")));
      // Texts that need tidying are the business of other tests.
      if (text("body").find_first_of("<&\r") == std::string::npos) {
        const std::string body = text("body");
        const std::size_t begin = std::min(body.find_first_not_of(" \t\n\v\f"), body.size());
        std::string trimmed = body.substr(begin, body.find_last_not_of(" \t\n\v\f") + 1 - begin);
        JoinWrappedLines(trimmed);
        EXPECT_EQ(article.body, trimmed);
      }
    }
    std::free(line);
    ASSERT_EQ(pclose(lines), 0) << entry.path() << ": is zstd installed?";
  }
  EXPECT_GT(read, 0u);
}

}  // namespace
}  // namespace wirewatch
