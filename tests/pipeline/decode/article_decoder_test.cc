#include "pipeline/decode/article_decoder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstddef>
#include <cstring>
#include <nlohmann/json.hpp>
#include <random>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/digest.h"
#include "tests/support/decode.h"

namespace wirewatch {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

// ---- The flat shape

TEST(FlatArticleTest, HasAllItsFields) {
  const Article article = DecodeArticle(R"({
    "id": "post:17", "version": 2, "title": "Ferry runs aground", "summary": "Nobody was hurt.", "body": "One.\nTwo.",
    "url": "https://www.post.example/ferry", "source": "The Harbour Post", "authors": ["Ann Li", {"name": "Bo"}],
    "published_at": "2026-03-01T10:00:00+01:00", "language": "en_GB", "country": "gb", "tags": ["sea", "ferry"],
    "categories": ["transport", "sea"], "section": "news", "status": "canceled", "embargoed_until": "2026-03-01",
    "urgency": "3"})");
  EXPECT_EQ(article.id, "post:17");
  EXPECT_EQ(article.version, "2");
  EXPECT_EQ(article.title, "Ferry runs aground");
  EXPECT_EQ(article.summary, "Nobody was hurt.");
  EXPECT_EQ(article.body, "One.\nTwo.");
  EXPECT_EQ(article.url, "https://www.post.example/ferry");
  EXPECT_EQ(article.url_host, "post.example");
  EXPECT_EQ(article.source, "The Harbour Post");
  EXPECT_THAT(article.authors, ElementsAre("Ann Li", "Bo"));
  EXPECT_EQ(article.published_at, ParseRfc3339("2026-03-01T09:00:00Z"));
  EXPECT_EQ(article.language, "en-GB");
  EXPECT_EQ(article.country, "GB");
  EXPECT_THAT(article.tags, ElementsAre("sea", "ferry", "transport"));
  EXPECT_EQ(article.section, "news");
  EXPECT_EQ(article.status, PublicationStatus::kCanceled);
  EXPECT_EQ(article.embargoed_until, ParseRfc3339("2026-03-01T00:00:00Z"));
  EXPECT_EQ(article.urgency, 3);
}

TEST(FlatArticleTest, TakesEveryTextOfTheTableByItsNameFromTheRecordAndFromAMapping) {
  for (const ArticleFieldSpec& spec : kArticleFields) {
    EXPECT_EQ(SpecOf(spec.field).name, spec.name);
    if (spec.text == nullptr) continue;
    const std::string name(spec.name);
    const Article flat = DecodeArticle(R"({"title":"t",")" + name + R"(":" some words "})");
    EXPECT_EQ(flat.*spec.text, "some words") << name;
    DecodeMapping mapping;
    mapping["title"].all = {"/t"};
    mapping[name].all = {"/elsewhere"};
    const Decoded mapped = Decode(R"({"t":"t","elsewhere":"other words"})", {}, mapping);
    EXPECT_EQ(mapped.article.*spec.text, "other words") << name;
  }
}

TEST(FlatArticleTest, NeedsNothingButText) {
  for (const char* json : {R"({"title":"a"})", R"({"summary":"a"})", R"({"body":"a"})"}) {
    EXPECT_EQ(Decode(json).reason(), "article") << json;
  }
  const Article article =
      DecodeArticle(R"({"title":"a","summary":null,"url":null,"authors":null,"tags":[],"id":null})");
  EXPECT_EQ(article.title, "a");
  EXPECT_FALSE(article.id.empty());
}

TEST(FlatArticleTest, TakesTheLastOfEqualKeys) {
  EXPECT_EQ(DecodeArticle(R"({"title":"first","tags":["a"],"title":"last","tags":["b"]})").title, "last");
  EXPECT_THAT(DecodeArticle(R"({"title":"t","tags":["a"],"tags":["b"]})").tags, ElementsAre("b"));
  EXPECT_EQ(Decode(R"({"title":"first","title":null})").reason(), "no-text");
}

TEST(FlatArticleTest, ReadsSingleValuesAndObjectsAsLists) {
  const Article article = DecodeArticle(
      R"({"title":"t","source":{"id":null,"name":"Post","x":[1]},"authors":"Ann","tags":{"name":"sea"}})");
  EXPECT_EQ(article.source, "Post");
  EXPECT_THAT(article.authors, ElementsAre("Ann"));
  EXPECT_THAT(article.tags, ElementsAre("sea"));
  EXPECT_THAT(DecodeArticle(R"({"title":"t","tags":[2024,null,"", " ","sea","sea"]})").tags,
              ElementsAre("2024", "sea"));
}

TEST(FlatArticleTest, TakesItsUriForAnId) { EXPECT_EQ(DecodeArticle(R"({"uri":"urn:1","title":"t"})").id, "urn:1"); }

TEST(FlatArticleTest, KeepsTheDigitsOfANumberAsId) {
  EXPECT_EQ(DecodeArticle(R"({"id":12345678901234567890123,"title":"t"})").id, "12345678901234567890123");
  EXPECT_EQ(DecodeArticle(R"({"id": 1.50 ,"title":"t"})").id, "1.50");
}

TEST(FlatArticleTest, WithoutIdHasTheHashOfSourceUrlTitleAndDate) {
  const std::string json =
      R"({"source":"Post","url":"https://post.example/1","title":"T &amp; U","published_at":"2026-03-01","body":"b"})";
  EXPECT_EQ(DecodeArticle(json).id, DigestHex({"Post", "https://post.example/1", "T &amp; U", "2026-03-01"}));
  const auto id = [](std::string_view text) { return DecodeArticle(text).id; };
  EXPECT_EQ(id(R"({"title":"t","body":"first"})"), id(R"({"body":"corrected","title":"t"})"));
  EXPECT_NE(id(R"({"title":"t"})"), id(R"({"title":"u"})"));
  EXPECT_NE(id(R"({"body":"a"})"), id(R"({"body":"b"})")) << "texts without a name must not share an id";
  EXPECT_NE(id(R"({"summary":"a"})"), id(R"({"summary":"b"})"));
  EXPECT_EQ(id(R"({"id":" ","title":"t"})"), id(R"({"title":"t"})"));
}

TEST(FlatArticleTest, LosesWhatCannotBeReadButNotTheArticle) {
  const Article article = DecodeArticle(
      R"({"title":"t","published_at":"yesterday","embargoed_until":[true],"urgency":12,"country":"Narnia","status":"live",
          "version":{},"language":"English"})");
  EXPECT_EQ(article.published_at, std::nullopt);
  EXPECT_EQ(article.embargoed_until, std::nullopt);
  EXPECT_EQ(article.urgency, std::nullopt);
  EXPECT_EQ(article.country, "");
  EXPECT_EQ(article.language, "");
  EXPECT_EQ(article.status, PublicationStatus::kUsable);
  for (const ArticleField field :
       {ArticleField::kPublishedAt, ArticleField::kEmbargoedUntil, ArticleField::kUrgency, ArticleField::kCountry,
        ArticleField::kStatus, ArticleField::kVersion, ArticleField::kLanguage}) {
    EXPECT_TRUE(IsUnreadable(article, field)) << Name(field);
  }
  EXPECT_FALSE(IsUnreadable(article, ArticleField::kTitle));
}

TEST(FlatArticleTest, ReadsDatesCountriesAndLanguagesHoweverTheyAreWritten) {
  const Article article = DecodeArticle(
      R"({"title":"t","published_at":1772359500,"embargoed_until":"Sun, 01 Mar 2026 11:00:00 +0100","country":["GBR","FR"],
          "language":"nob"})");
  EXPECT_EQ(article.published_at, ParseRfc3339("2026-03-01T10:05:00Z"));
  EXPECT_EQ(article.embargoed_until, ParseRfc3339("2026-03-01T10:00:00Z"));
  EXPECT_EQ(article.country, "GB");
  EXPECT_EQ(article.language, "nb");
  EXPECT_TRUE(article.unreadable.empty());
}

// What the rule of docs/articles.md makes of a value, written as plainly as it is there.
struct ReadValue {
  std::vector<std::string> texts;
  bool unreadable = false;
};

void ReadAs(const nlohmann::json& value, bool in_list, ReadValue& read) {
  if (value.is_null()) return;
  if (value.is_string()) {
    read.texts.push_back(value.get<std::string>());
  } else if (value.is_number()) {
    read.texts.push_back(value.dump());
  } else if (value.is_array() && !in_list) {
    for (const auto& element : value) ReadAs(element, true, read);
  } else if (value.is_object()) {
    for (const char* key : {"value", "name", "code"}) {
      if (!value.contains(key)) continue;
      if (value[key].is_string() || value[key].is_number()) {
        ReadAs(value[key], true, read);
      } else {
        read.unreadable |= !value[key].is_null();
      }
      return;
    }
    read.unreadable = true;
  } else {
    read.unreadable = true;
  }
}

std::vector<std::string> Lines(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

// Each field with a value of each type: all follow one rule, and none loses the article.
TEST(FlatArticleTest, EveryFieldTakesAValueOfEveryTypeByOneRule) {
  const char* values[] = {"null",
                          "true",
                          "false",
                          "5",
                          "5.5",
                          "-1.5",
                          R"("x")",
                          "[]",
                          "[null]",
                          R"(["x"])",
                          R"(["x","y"])",
                          R"([null,"x"])",
                          "[5]",
                          "[5,6]",
                          "[true]",
                          R"([true,"x"])",
                          R"([["x"]])",
                          "[[]]",
                          "[{}]",
                          R"([{"name":"x"},{"name":"y"}])",
                          R"([{"value":"x"}])",
                          R"([{"name":null}])",
                          R"([{"name":{}}])",
                          "{}",
                          R"({"name":"x"})",
                          R"({"value":"x"})",
                          R"({"name":5})",
                          R"({"code":"x"})",
                          R"({"x":1})",
                          R"({"name":["x"]})"};
  for (std::size_t i = 0; i < kArticleFieldCount; ++i) {
    const auto field = static_cast<ArticleField>(i);
    for (const char* value : values) {
      const std::string text = field == ArticleField::kBody ? "title" : "body";
      const std::string json = "{\"" + text + R"(":"z",")" + std::string(Name(field)) + "\":" + value + "}";
      const Article article = DecodeArticle(json);
      ReadValue expected;
      ReadAs(nlohmann::json::parse(value), false, expected);
      const auto first = [&] {
        return std::vector<std::string>(expected.texts.begin(),
                                        expected.texts.begin() + (expected.texts.empty() ? 0 : 1));
      };
      std::vector<std::string> got, wanted = first();
      const auto one = [](const std::string& t) { return t.empty() ? std::vector<std::string>() : std::vector{t}; };
      switch (field) {
        case ArticleField::kId:
          if (wanted.empty()) wanted = {DecodeArticle("{\"" + text + R"(":"z"})").id};
          got = {article.id};
          break;
        case ArticleField::kVersion: got = one(article.version); break;
        case ArticleField::kTitle: got = one(article.title); break;
        case ArticleField::kSummary:
          got = Lines(article.summary);
          wanted = expected.texts;
          break;
        case ArticleField::kBody:
          got = Lines(article.body);
          wanted = expected.texts;
          break;
        case ArticleField::kUrl: got = one(article.url); break;
        case ArticleField::kSource: got = one(article.source); break;
        case ArticleField::kSection: got = one(article.section); break;
        case ArticleField::kAuthors:
          got = article.authors;
          wanted = expected.texts;
          break;
        case ArticleField::kTags:
          got = article.tags;
          wanted = expected.texts;
          break;
        case ArticleField::kUrgency:
          if (article.urgency) got = {std::to_string(*article.urgency)};
          if (wanted != std::vector<std::string>{"5"}) {
            expected.unreadable |= !wanted.empty();
            wanted.clear();
          }
          break;
        default:  // a language, a country, a date, a status: none of these texts is one
          expected.unreadable |= !wanted.empty();
          wanted.clear();
          EXPECT_EQ(article.language + article.country, "");
          EXPECT_FALSE(article.published_at || article.embargoed_until);
          break;
      }
      EXPECT_EQ(got, wanted) << json;
      EXPECT_EQ(IsUnreadable(article, field), expected.unreadable) << json;
    }
  }
}

TEST(FlatArticleTest, IsNoArticleWhereWhatCannotBeReadWasTheOnlyText) {
  const auto message = [](std::string_view json) {
    const Decoded decoded = Decode(json);
    EXPECT_EQ(decoded.reason(), "wrong-type") << json;
    return decoded.message();
  };
  EXPECT_THAT(message(R"({"title":true})"), HasSubstr("field 'title' is true or false, not text"));
  EXPECT_THAT(message(R"({"body":{"a":1}})"), HasSubstr("field 'body' is an object, not text"));
  EXPECT_THAT(message(R"({"body":[["a"]]})"), HasSubstr("field 'body' is an array, not text"));
  EXPECT_THAT(message(R"({"title":{"rendered":"t"},"content":{"rendered":"c"},"link":"https://a.example"})"),
              HasSubstr("try decode.mapping: wordpress"));
  EXPECT_EQ(message("[1]"), "the record is an array, not an object");
  EXPECT_EQ(message("\"text\""), "the record is text, not an object");
  EXPECT_EQ(message(" 5 "), "the record is a single value, not an object");
}

TEST(DecodeTest, NamesTheKeysOfARecordOfNoKnownShape) {
  EXPECT_EQ(Decode(R"({"name":"x","text":"y"})").message(),
            "neither title nor summary nor body has text; the record has the keys 'name', 'text': decode.mapping says "
            "which of them are what (docs/articles.md)");
  EXPECT_THAT(Decode(R"({"_id":"x","content_elements":[]})").message(), HasSubstr("try decode.mapping: ans"));
  EXPECT_THAT(Decode(R"({"status":"ok","totalResults":1,"articles":[{"title":"t"}]})").message(),
              HasSubstr("it holds a list 'articles': send each of its elements as a record (jq -c '.articles[]')"));
  EXPECT_EQ(Decode(R"({"id":"1","url":"u"})").message(), "neither title nor summary nor body has text");
  std::string many = "{";
  for (int i = 0; i < 100'000; ++i) many += "\"key" + std::to_string(i) + "\":1,";
  const std::string told = Decode(many + "\"x\":1}").message();
  EXPECT_THAT(told, HasSubstr("'key11' and 99989 more"));
  EXPECT_LT(told.size(), 500U);
  // Keys are anybody's: what they hold must not be longer than a line, nor steer a terminal.
  const std::string hostile =
      Decode(R"({"\u001b[31m\nFORGED\u009b":1,")" + std::string(10'000, 'k') + "\":1}").message();
  EXPECT_THAT(hostile, HasSubstr("\\x1B[31m\\x0AFORGED\\x9B'"));
  EXPECT_LT(hostile.size(), 300U);
}

TEST(DecodeTest, SaysWhatLooksLikeSomethingElse) {
  using namespace std::string_view_literals;
  const std::pair<std::string_view, std::string_view> cases[] = {
      {"\x1F\x8B\x08\x00\x00\x00\x00\x00\x00\x03\xAB"sv, "gzip"},
      {"\x28\xB5\x2F\xFD\x04\x58"sv, "zstd"},
      {"\x00\x00\x00\x00\x2A\x0Atitle"sv, "Confluent's wire format (schema 42"},
      {"\x00\x00\x01\x86\xA1{\"title\":\"t\"}"sv, "Confluent's wire format (schema 100001"},
      {"Obj\x01\x04\x14"sv, "an Avro file"},
      {"\xFF\xFE{\0\"\0"sv, "UTF-16"},
      {"\0{\0\"\0t"sv, "UTF-16"},
      {"<?xml version=\"1.0\"?><rss version=\"2.0\">"sv, "RSS"},
      {"<feed xmlns=\"http://www.w3.org/2005/Atom\">"sv, "an Atom feed"},
      {"<?xml version=\"1.0\"?>"sv, "XML"},
      {"<newsItem guid=\"x\">"sv, "NewsML-G2"},
      {"<!DOCTYPE html>"sv, "HTML"},
      {"{'title': 'x'}"sv, "Python"},
      {"eyJ0aXRsZSI6InQifQ=="sv, "Base64"},
      {"data: {\"title\":\"t\"}"sv, "server-sent events"},
      {"PK\x03\x04zip"sv, "a zip archive"},
  };
  for (const auto& [bytes, guess] : cases) {
    const Decoded decoded = Decode(bytes);
    EXPECT_TRUE(decoded.reason() == "invalid-json" || decoded.reason() == "invalid-utf8") << decoded.reason();
    EXPECT_THAT(decoded.message(), HasSubstr(guess)) << bytes;
  }
}

TEST(FlatArticleTest, IgnoresUnknownKeysOfAnyType) {
  EXPECT_EQ(
      DecodeArticle(R"({"x":5,"subject":7,"headline":[],"body_count":9,"bodies":true,"title":"t","y":{"title":5}})")
          .title,
      "t");
}

TEST(FlatArticleTest, ReadsMarkupAsText) {
  EXPECT_EQ(DecodeArticle(R"({"body":"<p>One &amp; <b>two</b></p><p>Three</p>"})").body, "One & two\nThree");
  EXPECT_EQ(DecodeArticle(R"({"body_html":"One<br>two"})").body, "One\ntwo");
  EXPECT_EQ(DecodeArticle(R"({"body_xhtml":"One","body":"  "})").body, "One");
  EXPECT_EQ(DecodeArticle(R"({"body":"plain","body_html":"<p>markup</p>"})").body, "plain");
  EXPECT_EQ(DecodeArticle(R"({"summary":"<p>One</p>","title":"t"})").summary, "One");
}

TEST(FlatArticleTest, KeepsPlainTextAsItIsWritten) {
  EXPECT_EQ(DecodeArticle(R"({"body":"a < b  and\tc\n\nnext"})").body, "a < b  and\tc\n\nnext");
  EXPECT_EQ(DecodeArticle(R"({"body":"\n one\r\ntwo\rthree &amp; R&D \n"})").body, "one\ntwo\nthree & R&D");
  EXPECT_EQ(DecodeArticle(R"({"body":"Zażółć 中国 😀 \u4e2d\ud83d\ude00"})").body, "Zażółć 中国 😀 中😀");
}

TEST(FlatArticleTest, HasATitleOfOneLine) {
  EXPECT_EQ(DecodeArticle(R"({"title":"  AT&amp;T\n bans\t\tit&#8217;s <i>own</i>  "})").title, "AT&T bans it’s own");
}

}  // namespace
}  // namespace wirewatch
