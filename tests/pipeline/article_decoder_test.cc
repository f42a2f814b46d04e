#include "pipeline/article_decoder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <memory>
#include <nlohmann/json.hpp>
#include <random>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/digest.h"
#include "pipeline/decode_presets.h"
#include "rules/language_code.h"
#include "rules/paragraphs.h"

namespace wirewatch {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

std::unique_ptr<ArticleDecoder> MakeDecoder(DecodeLimits limits = {}, DecodeMapping mapping = {}) {
  auto decoder = ArticleDecoder::Create(limits, std::move(mapping));
  if (!decoder) {
    ADD_FAILURE() << decoder.error().message;
    std::abort();
  }
  return std::make_unique<ArticleDecoder>(*std::move(decoder));
}

// An article, or the reason why there is none.
struct Decoded {
  Article article;
  std::optional<DecodeError> error;

  std::string reason() const { return error ? std::string(Name(error->failure)) : "article"; }
  std::string message() const { return error ? error->message : ""; }
};

Decoded Decode(std::string_view json, DecodeLimits limits = {}, DecodeMapping mapping = {}) {
  Decoded decoded;
  decoded.error = MakeDecoder(limits, std::move(mapping))->Decode(json, 0, decoded.article);
  return decoded;
}

Article DecodeArticle(std::string_view json, DecodeMapping mapping = {}) {
  Decoded decoded = Decode(json, {}, std::move(mapping));
  EXPECT_EQ(decoded.reason(), "article") << decoded.message() << "\n" << json;
  return decoded.article;
}

std::string ReadFile(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  EXPECT_TRUE(file) << path;
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

std::string TestData(std::string_view name) {
  return ReadFile(std::filesystem::path(WIREWATCH_SOURCE_DIR) / "tests/testdata/decode" / name);
}

std::string Repeat(std::string_view text, std::size_t times) {
  std::string repeated;
  for (std::size_t i = 0; i < times; ++i) repeated += text;
  return repeated;
}

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

bool Unreadable(const Article& article, ArticleField field) { return article.unreadable.Has(field); }

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
    EXPECT_TRUE(Unreadable(article, field)) << Name(field);
  }
  EXPECT_FALSE(Unreadable(article, ArticleField::kTitle));
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
      EXPECT_EQ(Unreadable(article, field), expected.unreadable) << json;
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

// ---- Hostile and broken records

TEST(DecodeTest, SaysWhyARecordIsNoArticle) {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"", "empty"},
      {" \n\t", "empty"},
      {"\xEF\xBB\xBF", "empty"},
      {R"({"id":"1"})", "no-text"},
      {R"({})", "no-text"},
      {R"({"url":"https://example.org","status":"canceled"})", "no-text"},
      {R"({"title":" \n ","body":"\u00a0\u3000\u200b"})", "no-text"},
      {R"({"body":"<p> </p><script>x</script>"})", "no-text"},
      {R"({"title":"cut off)", "invalid-json"},
      {R"({"title":"a")", "invalid-json"},
      {R"({"title":"a",)", "invalid-json"},
      {R"({"title":)", "invalid-json"},
      {R"({)", "invalid-json"},
      {R"({"title":"a"}})", "invalid-json"},
      {R"({"title":"a"} {"title":"b"})", "invalid-json"},
      {R"({"title":"a"}x)", "invalid-json"},
      {R"({"title":"a",})", "invalid-json"},
      {R"({"title" "a"})", "invalid-json"},
      {R"({title:"a"})", "invalid-json"},
      {R"({'title':'a'})", "invalid-json"},
      {R"({"title":"a" "b":1})", "invalid-json"},
      {R"(nonsense)", "invalid-json"},
      {R"([1,2)", "invalid-json"},
      {"{\"title\":\"a\x01\"}", "invalid-json"},
      {std::string("{\"title\":\"a\0b\"}", 15), "invalid-json"},
      {std::string("{\"title\":\"a\"}\0", 14), "invalid-json"},
      {R"({"title":"a\q"})", "invalid-json"},
      {R"({"title":"a\u12"})", "invalid-json"},
      {R"({"title":"a\u12G4"})", "invalid-json"},
      {R"({"title\q":"a","title":"a"})", "invalid-json"},
      {"{\"title\":\"a\xFF\"}", "invalid-utf8"},
      {std::string("{\0\"\0t\0\"\0:\0", 10), "invalid-utf8"},
      {std::string("\0{\0\"\0t\0\"\0:", 10), "invalid-utf8"},
      {std::string("\xFF\xFE{\0}\0", 6), "invalid-utf8"},
      {"{\"title\":\"a\",\"x\":\"\xED\xA0\x80\"}", "invalid-utf8"},
      {"{\"title\":\"a\",\"x\":\"\xC0\xAF\"}", "invalid-utf8"},
  };
  const auto decoder = MakeDecoder();
  Article article;
  for (const auto& [json, reason] : cases) {
    const auto error = decoder->Decode(json, 0, article);
    ASSERT_TRUE(error) << json;
    EXPECT_EQ(Name(error->failure), reason) << json << "\n" << error->message;
    EXPECT_FALSE(error->message.empty()) << json;
    EXPECT_EQ(decoder->Decode(R"({"title":"the next one"})", 0, article), std::nullopt) << "after " << json;
    EXPECT_EQ(article.title, "the next one");
  }
}

TEST(DecodeTest, ChecksWhatItIgnores) {
  for (const char* value :
       {"nul",      "tru",     "True",      "01",          "1.",          ".5",       "+1",        "1e",
        "0x10",     "NaN",     "5abc",      "[1,]",        "[1 2]",       "[1,,2]",   "[",         "]",
        "{",        "}",       "[}",        "{]",          "[1}",         R"({"a"})", R"({"a":})", R"({"a":1,})",
        R"({1:2})", R"("\q")", R"("\u12")", R"(["\ud8"])", R"({"\q":1})", "",         "-",         "--1"}) {
    for (const std::string& json : {std::string(R"({"title":"t","x":)") + value + "}",
                                    std::string(R"({"x":{"y":[)") + value + R"(]},"title":"t"})"}) {
      if (std::string_view(value).empty() && json.find("[]") != std::string::npos) continue;  // an empty array
      const Decoded decoded = Decode(json);
      EXPECT_EQ(decoded.reason(), "invalid-json") << json;
    }
  }
  EXPECT_EQ(DecodeArticle(
                R"({"x":[null,true,false,0,-0,-1.5e+10,1E5,"\"\\\/\b\f\n\r\t\u00e9",{},[],{"a":[{}]}],"title":"t"})")
                .title,
            "t");
}

TEST(DecodeTest, DoesNotTakeTheBytesBehindARecordForItsEnd) {
  // What stands behind the payload in memory must neither close nor lengthen it.
  for (const std::string& json :
       {std::string(R"({"title":"t","x":{"y":1})"), std::string(R"({"title":"t","x":{"y":{"z":1})"),
        std::string(R"({"x":[{"title":"t"})"), std::string(R"({"title":"t")")}) {
    for (const char* behind : {"}", "}}", "}}}}", "]}", ",\"a\":1}", "\"}", "  }"}) {
      std::string memory = json + behind;
      memory.resize(json.size() + 64 + 64, '}');
      Article article;
      const auto error = MakeDecoder()->Decode({memory.data(), json.size()}, 128, article);
      ASSERT_TRUE(error) << json << " | " << behind;
      EXPECT_EQ(error->failure, DecodeFailure::kInvalidJson) << json << " | " << behind;
    }
  }
}

TEST(DecodeTest, GivesTheSameReasonWhateverStandsBehindARecord) {
  for (const std::string_view json :
       {R"({"doc":uid"> 5, "x":{"y"}})", R"({"title":"t","x":{"y":1})", R"({"x":[{"title":"t"})", R"({"a":[[}]})"}) {
    const Decoded alone = Decode(json);
    for (const char behind : {'}', ']', ',', ':', '"', '1', ' ', '\0'}) {
      std::string memory(json);
      memory.append(64, behind);
      Article article;
      const auto error = MakeDecoder()->Decode({memory.data(), json.size()}, 64, article);
      ASSERT_TRUE(error) << json << " | " << behind;
      EXPECT_EQ(error->message, alone.message()) << json << " | " << behind;
    }
  }
}

TEST(DecodeTest, RefusesEveryRecordThatWasCutOff) {
  for (const char* name : {"flat.json", "ninjs-1.json", "ninjs-2.json", "ninjs-3.json"}) {
    const std::string json = TestData(name);
    const std::size_t end = json.find_last_of('}');
    const auto decoder = MakeDecoder();
    Article article;
    ASSERT_EQ(decoder->Decode(json, 0, article), std::nullopt) << name;
    for (std::size_t size = 0; size <= end; ++size) {
      const auto error = decoder->Decode(std::string(json, 0, size), 0, article);
      ASSERT_TRUE(error) << name << " cut off after " << size;
      const bool expected = error->failure == DecodeFailure::kInvalidJson || error->failure == DecodeFailure::kEmpty ||
                            error->failure == DecodeFailure::kInvalidUtf8;
      EXPECT_TRUE(expected) << name << " cut off after " << size << ": " << error->message;
    }
  }
}

TEST(DecodeTest, SurvivesAnyByteBeingAnother) {
  std::mt19937 random(20261123);
  for (const char* name : {"flat.json", "ninjs-1.json", "ninjs-2.json", "ninjs-3.json"}) {
    const std::string json = TestData(name);
    const auto decoder = MakeDecoder();
    Article article;
    for (int i = 0; i < 20'000; ++i) {
      std::string changed = json;
      for (std::size_t k = random() % 3 + 1; k > 0; --k) {
        static constexpr std::string_view kBytes("{}[]\",:\\u0\0\xFF\xED 9n<&", 18);
        changed[random() % changed.size()] = kBytes[random() % kBytes.size()];
      }
      if (decoder->Decode(changed, 0, article)) continue;
      EXPECT_FALSE(article.id.empty());
      EXPECT_FALSE(article.title.empty() && article.summary.empty() && article.body.empty() &&
                   article.status != PublicationStatus::kCanceled);
      // nlohmann's strict parser and UTF-8 check agree that it was JSON and that we made valid UTF-8 of it. (Lone
      // surrogates are the exception: it refuses them.)
      if (changed.find("\\ud") == std::string::npos) {
        EXPECT_TRUE(nlohmann::json::accept(changed)) << changed;
      }
      for (const std::string* text : {&article.id, &article.title, &article.summary, &article.body, &article.source}) {
        EXPECT_NO_THROW((void)nlohmann::json(*text).dump());
        EXPECT_EQ(text->find('\0'), std::string::npos);
      }
    }
  }
}

TEST(DecodeTest, MakesValidTextOfHalfSurrogatesAndNul) {
  EXPECT_EQ(DecodeArticle(R"({"title":"cut \ud83d"})").title, "cut \uFFFD");
  EXPECT_EQ(DecodeArticle(R"({"title":"\ud83d\ud83d\ude00"})").title, "\uFFFD😀");
  EXPECT_EQ(DecodeArticle(R"({"title":"\ud83dA"})").title, "\uFFFDA");
  EXPECT_EQ(DecodeArticle(R"({"title":"\ud83d\u0041"})").title, "\uFFFDA");
  EXPECT_EQ(DecodeArticle(R"({"title":"\ude00 low"})").title, "\uFFFD low");
  EXPECT_EQ(DecodeArticle(R"({"title":"\ud83d\n x"})").title, "\uFFFD x");
  EXPECT_EQ(DecodeArticle(R"({"title":"nul \u0000 byte"})").title, "nul \uFFFD byte");
  EXPECT_EQ(DecodeArticle(R"({"\ud83d":1,"id":"\ud800","title":"t"})").id, "\uFFFD");
}

TEST(DecodeTest, KnowsKeysThatAreWrittenWithEscapes) {
  EXPECT_EQ(DecodeArticle(R"({"\u0074itle":"t","b\u006fdy":"b"})").body, "b");
}

TEST(DecodeTest, SkipsAByteOrderMark) { EXPECT_EQ(DecodeArticle("\xEF\xBB\xBF{\"title\":\"t\"}").title, "t"); }

TEST(DecodeTest, RefusesWhatIsNestedTooDeeply) {
  const auto nested = [](std::size_t depth, std::string_view open, std::string_view close) {
    return R"({"title":"t","x":)" + Repeat(open, depth) + "1" + Repeat(close, depth) + "}";
  };
  EXPECT_EQ(Decode(nested(63, "[", "]")).reason(), "article");
  EXPECT_EQ(Decode(nested(64, "[", "]")).reason(), "too-deep");
  EXPECT_EQ(Decode(nested(64, "{\"a\":", "}")).reason(), "too-deep");
  EXPECT_EQ(Decode(nested(10'000, "[", "]")).reason(), "too-deep");
  EXPECT_EQ(Decode(nested(10'000, "{\"a\":", "}")).reason(), "too-deep");
  EXPECT_THAT(Decode(nested(64, "[", "]")).message(), HasSubstr("decode.max_depth (64)"));
  DecodeLimits limits;
  limits.max_depth = 1;
  EXPECT_EQ(Decode(R"({"title":"t"})", limits).reason(), "article");
  EXPECT_EQ(Decode(R"({"title":"t","tags":[]})", limits).reason(), "too-deep");
  limits.max_depth = 1000;
  EXPECT_EQ(Decode(nested(999, "[", "]"), limits).reason(), "article");
  EXPECT_EQ(Decode(nested(1'000'000, "[", "]"), limits).reason(), "too-deep");
  limits.max_depth = 1001;
  EXPECT_FALSE(ArticleDecoder::Create(limits, {}));
}

TEST(DecodeTest, RefusesWhatIsTooLarge) {
  DecodeLimits limits;
  limits.max_record_bytes = 100;
  EXPECT_EQ(Decode(R"({"title":")" + std::string(89, 'x') + "\"}", limits).reason(), "too-large");
  EXPECT_EQ(Decode(R"({"title":")" + std::string(80, 'x') + "\"}", limits).reason(), "article");
  limits = {};
  limits.max_text_bytes = 10;
  EXPECT_EQ(Decode(R"({"title":"0123456789"})", limits).reason(), "article");
  const Decoded decoded = Decode(R"({"title":"0123456789a"})", limits);
  EXPECT_EQ(decoded.reason(), "too-large");
  EXPECT_THAT(decoded.message(), HasSubstr("field 'title' has 11 bytes, more than decode.max_text_bytes (10)"));
  EXPECT_EQ(Decode(R"({"title":"t","x":"0123456789a"})", limits).reason(), "article") << "ignored texts are not kept";
}

TEST(DecodeTest, SaysNearWhichByteARecordIsBroken) {
  EXPECT_THAT(Decode(R"({"title":"t","x":[1 2]})").message(), testing::ContainsRegex("near byte 2[01]:"));
  EXPECT_EQ(Decode("{\"title\":\"ab\xFF\"}").message(), "byte 12 is not UTF-8");
}

// A payload that ends exactly where a page ends and the next one may not be read, and at every distance before it.
TEST(DecodeTest, DoesNotReadPastThePageOfARecord) {
  const auto page = static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
  char* const memory =
      static_cast<char*>(mmap(nullptr, 3 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
  ASSERT_NE(memory, MAP_FAILED);
  ASSERT_EQ(mprotect(memory + 2 * page, page, PROT_NONE), 0);
  const std::string json = R"({"id":"1","title":"Ferry runs aground","body":"One.\nTwo."})";
  const auto decoder = MakeDecoder();
  for (std::size_t before = 0; before < 200; ++before) {
    char* const begin = memory + 2 * page - before - json.size();
    std::memset(memory, '}', 2 * page);
    std::memcpy(begin, json.data(), json.size());
    Article article;
    ASSERT_EQ(decoder->Decode({begin, json.size()}, 0, article), std::nullopt) << before;
    EXPECT_EQ(article.body, "One.\nTwo.") << before;
  }
  munmap(memory, 3 * page);
}

TEST(DecodeTest, KeepsNothingOfTheRecordBefore) {
  const auto decoder = MakeDecoder();
  Article article;
  ASSERT_EQ(decoder->Decode(TestData("flat.json"), 0, article), std::nullopt);
  ASSERT_EQ(decoder->Decode(TestData("ninjs-2.json"), 0, article), std::nullopt);
  ASSERT_EQ(decoder->Decode(R"({"id":"2","title":"t"})", 0, article), std::nullopt);
  EXPECT_EQ(article.id, "2");
  for (const std::string* text : {&article.version, &article.summary, &article.body, &article.url, &article.source,
                                  &article.language, &article.country, &article.section, &article.url_host}) {
    EXPECT_EQ(*text, "");
  }
  EXPECT_TRUE(article.authors.empty());
  EXPECT_TRUE(article.tags.empty());
  EXPECT_EQ(article.published_at, std::nullopt);
}

TEST(DecodeTest, ReadsLargeRecordsBetweenSmallOnes) {
  const auto decoder = MakeDecoder();
  Article article;
  for (const std::size_t size : {10u, 9'000'000u, 20u, 70'000u, 5'000'000u, 30u}) {
    const std::string text(size, 'x');
    ASSERT_EQ(decoder->Decode(R"({"title":"t\n","body":")" + text + "\\n\"}", 0, article), std::nullopt);
    EXPECT_EQ(article.body, text);
  }
}

// ---- ninjs

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

  const Article mapped = DecodeArticle(json, FindDecodePreset("superdesk")->mapping);
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
  EXPECT_TRUE(Unreadable(other, ArticleField::kBody));
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
      EXPECT_EQ(error->failure, DecodeFailure::kWrongType);
      continue;
    }
    const auto document = nlohmann::json::parse(json);
    // A plan without a uri is no news item; items without a word are pictures, plans and tests of one property.
    if (document.contains("pubstatus") && document["pubstatus"] == "canceled") continue;  // needs no text
    if (!SaysAnything(document) || !document.contains("uri")) {
      ASSERT_TRUE(error) << path;
      EXPECT_EQ(error->failure, DecodeFailure::kNoText) << path << ": " << error->message;
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

// ---- Mapping

DecodeMapping NewsMapping() {
  return {{"id", "/meta/guid"},      {"title", "/head~1line/0"},      {"body", "/content/*/text"},
          {"authors", "/by/*/name"}, {"published_at", "/meta/time"},  {"url", "/meta/link"},
          {"tags", "/keywords"},     {"section", "/taxonomy/0/name"}, {"source", "/meta/a~0b"}};
}

TEST(MappingTest, FindsFieldsWhereverTheyStand) {
  const Article article = DecodeArticle(R"({
    "keywords": ["sea", {"name": "port"}], "content": [{"type":"p","text":"One."}, {"text":"Two."}, {"type":"image"}, 5],
    "meta": {"link":"https://post.example/1", "time":"2026-03-01T10:00:00Z", "guid": 17, "a~b": "Post", "x": [{}]},
    "by": [{"name":"Ann"},{"name":"Bo","rank":[1,2]}], "taxonomy": [{"name":"news"},{"name":"other"}],
    "head/line": ["Ferry runs aground", "unused"], "title": "not mapped"})",
                                        NewsMapping());
  EXPECT_EQ(article.id, "17");
  EXPECT_EQ(article.title, "Ferry runs aground");
  EXPECT_EQ(article.body, "One.\nTwo.");
  EXPECT_THAT(article.authors, ElementsAre("Ann", "Bo"));
  EXPECT_EQ(article.published_at, ParseRfc3339("2026-03-01T10:00:00Z"));
  EXPECT_EQ(article.url_host, "post.example");
  EXPECT_THAT(article.tags, ElementsAre("sea", "port"));
  EXPECT_EQ(article.section, "news");
  EXPECT_EQ(article.source, "Post");
}

TEST(MappingTest, DoesNotDependOnTheOrderOfKeys) {
  const Article one =
      DecodeArticle(R"({"a":{"b":"t","c":"s"},"d":"b"})", {{"title", "/a/b"}, {"summary", "/a/c"}, {"body", "/d"}});
  const Article two =
      DecodeArticle(R"({"d":"b","a":{"c":"s","b":"t"}})", {{"title", "/a/b"}, {"summary", "/a/c"}, {"body", "/d"}});
  EXPECT_EQ(one.title, "t");
  EXPECT_EQ(two.title, "t");
  EXPECT_EQ(one.summary, two.summary);
  EXPECT_EQ(one.body, two.body);
}

TEST(MappingTest, GivesOneValueToSeveralFields) {
  const Article article = DecodeArticle(R"({"link":"https://post.example/1","t":"t"})",
                                        {{"id", "/link"}, {"url", "/link"}, {"title", "/t"}, {"section", "/t"}});
  EXPECT_EQ(article.id, article.url);
  EXPECT_EQ(article.title, article.section);
}

TEST(MappingTest, TakesWhatIsNotThereForNotGiven) {
  const Decoded decoded =
      Decode(R"({"head/line":"text, not a list","meta":null,"content":{"0":{"text":"x"}}})", {}, NewsMapping());
  EXPECT_EQ(decoded.reason(), "no-text");
  EXPECT_EQ(DecodeArticle(R"({"a":[["x","t"]]})", {{"title", "/a/0/1"}}).title, "t");
  EXPECT_EQ(Decode(R"({"a":["t"]})", {}, {{"title", "/a/00"}}).reason(), "no-text") << "an index has no leading zeros";
  EXPECT_EQ(DecodeArticle(R"({"":{"1":"t"}})", {{"title", "//1"}}).title, "t") << "keys may be empty or digits";
}

TEST(MappingTest, TakesTheLastOfEqualKeys) {
  EXPECT_EQ(DecodeArticle(R"({"a":"first","a":"last"})", {{"title", "/a"}}).title, "last");
}

TEST(MappingTest, ReadsAWrongTypeByTheRuleOfAllFields) {
  EXPECT_EQ(DecodeArticle(R"({"a":{"b":5}})", {{"title", "/a/b"}}).title, "5");
  EXPECT_EQ(DecodeArticle(R"({"a":["x","y"]})", {{"body", "/a"}}).body, "x\ny");
  EXPECT_EQ(DecodeArticle(R"({"a":["x","y"]})", {{"title", "/a"}}).title, "x");
  EXPECT_EQ(DecodeArticle(R"({"a":{"name":"x"}})", {{"title", "/a"}}).title, "x");
  const Article article =
      DecodeArticle(R"({"t":"t","a":[["x"],"y"],"c":false})", {{"title", "/t"}, {"tags", "/a"}, {"country", "/c"}});
  EXPECT_THAT(article.tags, ElementsAre("y"));
  EXPECT_TRUE(Unreadable(article, ArticleField::kTags));
  EXPECT_TRUE(Unreadable(article, ArticleField::kCountry));
  EXPECT_THAT(Decode(R"({"a":{"b":true}})", {}, {{"title", "/a/b"}}).message(),
              HasSubstr("field 'title' (/a/b) is true or false, not text"));
}

TEST(MappingTest, TakesTheFirstPointerThatLeadsToAText) {
  const DecodeMapping mapping = {{"title", std::vector<std::string>{"/a/rendered", "/a", "/b"}},
                                 {"body", std::vector<std::string>{"/c/*/t", "/d"}},
                                 {"tags", std::vector<std::string>{"/k", "/l/*/n"}}};
  EXPECT_EQ(DecodeArticle(R"({"b":"2","a":{"rendered":"1"}})", mapping).title, "1");
  EXPECT_EQ(DecodeArticle(R"({"b":"2","a":"1"})", mapping).title, "1");
  EXPECT_EQ(DecodeArticle(R"({"a":" ","b":"2"})", mapping).title, "2");
  EXPECT_EQ(DecodeArticle(R"({"a":{"x":1},"b":"2"})", mapping).title, "2");
  EXPECT_EQ(DecodeArticle(R"({"d":"2","c":[{"t":"1"},{"t":"3"}]})", mapping).body, "1\n3");
  EXPECT_EQ(DecodeArticle(R"({"d":"2","c":[{"u":"1"}]})", mapping).body, "2");
  EXPECT_THAT(DecodeArticle(R"({"b":"t","l":[{"n":"3"}],"k":["1","2"]})", mapping).tags, ElementsAre("1", "2", "3"));
}

TEST(MappingTest, ChoosesForEachElementOfAListThatPointersShare) {
  const DecodeMapping mapping = {{"body", std::vector<std::string>{"/c/*/t", "/c/*/l/*/t", "/c/*/h", "/d"}},
                                 {"tags", std::vector<std::string>{"/c/*/k", "/c/*/h"}}};
  const auto body = [&](std::string_view json) { return DecodeArticle(json, mapping).body; };
  EXPECT_EQ(body(R"({"c":[{"h":"1"},{"l":[{"t":"2"},{"u":"-"},{"t":"3"}]},{"t":"4"},{},7,{"h":"5"}],"d":"-"})"),
            "1\n2\n3\n4\n5");
  EXPECT_EQ(body(R"({"c":[{"h":"-","l":[{"t":"-"}],"t":"1"},{"h":"-","t":" ","l":[{"t":"2"}]}]})"), "1\n2");
  EXPECT_EQ(body(R"({"c":[{"l":[]},{"t":""}],"d":"1"})"), "1");
  EXPECT_EQ(body(R"({"c":[{"t":"1"}]})"), "1") << "nothing is left of the record before";
  EXPECT_THAT(DecodeArticle(R"({"c":[{"t":"1","k":"a","h":"b"},{"h":"c"}]})", mapping).tags,
              ElementsAre("a", "b", "c"));
}

TEST(MappingTest, OfArcXp) {
  const Article article = DecodeArticle(R"({
    "_id": "ABC", "type": "story", "headlines": {"basic": "Ferry runs aground", "mobile": ""},
    "subheadlines": {"basic": "Nobody was hurt"}, "description": {"basic": "Tugs pulled it free."},
    "canonical_url": "/2026/03/01/ferry/", "language": "en", "publish_date": "2026-03-01T10:05:00.123Z",
    "credits": {"by": [{"type": "author", "name": "Ann Li"}]}, "owner": {"id": "post", "name": "The Post"},
    "content_elements": [{"type": "text", "content": "One <b>two</b>."}, {"type": "image", "caption": "No"},
                         {"type": "list", "items": [{"type": "text", "content": "A."}, {"type": "text", "content": "B."}]},
                         {"type": "quote", "content_elements": [{"type": "text", "content": "Said."}]},
                         {"type": "text", "content": "Three."}],
    "taxonomy": {"tags": [{"text": "sea", "slug": "sea"}], "primary_section": {"_id": "/news", "name": "News"}}})",
                                        FindDecodePreset("ans")->mapping);
  EXPECT_EQ(article.id, "ABC");
  EXPECT_EQ(article.title, "Ferry runs aground");
  EXPECT_EQ(article.summary, "Tugs pulled it free.");
  EXPECT_EQ(article.body, "One two.\nA.\nB.\nSaid.\nThree.");
  EXPECT_EQ(article.source, "The Post");
  EXPECT_THAT(article.authors, ElementsAre("Ann Li"));
  EXPECT_THAT(article.tags, ElementsAre("sea"));
  EXPECT_EQ(article.section, "News");
  EXPECT_TRUE(article.published_at);
}

TEST(MappingTest, OfTheAssociatedPress) {
  const std::string item =
      R"({"uri": "https://api.example/x", "altids": {"itemid": "f00", "etag": "f00_1"}, "version": 2,
    "type": "text", "pubstatus": "usable", "headline": "Ferry runs aground", "headline_extended": "Ferry runs aground",
    "bylines": [{"by": "Ann Li", "title": "Writer"}], "language": "en", "versioncreated": "2026-03-01T10:05:00Z",
    "infosource": [{"name": "AP", "code": "AP"}], "urgency": 4, "subject": [{"name": "Ferries", "code": "1", "rels": []}],
    "body_nitf": "<p>Tugs pulled it free.</p>"})";
  for (const std::string& json : {item, "{\"item\":" + item + "}", R"({"api":{},"data":{"item":)" + item + "}}"}) {
    const Article article = DecodeArticle(json, FindDecodePreset("ap")->mapping);
    EXPECT_EQ(article.id, "f00");
    EXPECT_EQ(article.version, "2");
    EXPECT_EQ(article.title, "Ferry runs aground");
    EXPECT_EQ(article.body, "Tugs pulled it free.");
    EXPECT_EQ(article.source, "AP");
    EXPECT_THAT(article.authors, ElementsAre("Ann Li"));
    EXPECT_THAT(article.tags, ElementsAre("Ferries"));
    EXPECT_EQ(article.urgency, 4);
  }
}

TEST(MappingTest, OfWordPress) {
  const Article article = DecodeArticle(R"({
    "id": 17, "date": "2026-03-01T11:05:00", "date_gmt": "2026-03-01T10:05:00", "modified_gmt": "2026-03-01T10:06:00",
    "guid": {"rendered": "https://post.example/?p=17"}, "slug": "ferry", "status": "publish", "type": "post",
    "link": "https://post.example/ferry/", "title": {"rendered": "Ferry runs aground &#8211; again"},
    "content": {"rendered": "<p>Tugs pulled it free.</p>\n", "protected": false},
    "excerpt": {"rendered": "<p>Nobody was hurt.</p>\n", "protected": false}, "categories": [3], "tags": [5, 9],
    "_embedded": {"author": [{"id": 1, "name": "Ann Li"}], "wp:term": [[{"name": "News"}], [{"name": "sea"}]]}})",
                                        FindDecodePreset("wordpress")->mapping);
  EXPECT_EQ(article.id, "https://post.example/?p=17");
  EXPECT_EQ(article.title, "Ferry runs aground – again");
  EXPECT_EQ(article.summary, "Nobody was hurt.");
  EXPECT_EQ(article.body, "Tugs pulled it free.");
  EXPECT_EQ(article.url_host, "post.example");
  EXPECT_EQ(article.published_at, ParseRfc3339("2026-03-01T10:05:00Z"));
  EXPECT_THAT(article.authors, ElementsAre("Ann Li"));
  EXPECT_THAT(article.tags, ElementsAre("News", "sea"));
  EXPECT_TRUE(article.unreadable.empty());
}

TEST(MappingTest, EveryPresetIsAMapping) {
  for (const DecodePreset& preset : DecodePresets()) {
    const auto decoder = ArticleDecoder::Create({}, preset.mapping);
    EXPECT_TRUE(decoder) << preset.name << ": " << (decoder ? "" : decoder.error().message);
  }
  EXPECT_EQ(FindDecodePreset("x"), nullptr);
}

TEST(MappingTest, ChecksWhatItIgnores) {
  EXPECT_EQ(Decode(R"({"a":"t","x":[1,]})", {}, {{"title", "/a"}}).reason(), "invalid-json");
  EXPECT_EQ(Decode(R"({"a":{"t":"t","x":nul}})", {}, {{"title", "/a/t"}}).reason(), "invalid-json");
  EXPECT_EQ(Decode(R"({"a":"t"}})", {}, {{"title", "/a"}}).reason(), "invalid-json");
  EXPECT_EQ(
      Decode(R"({"x":)" + Repeat("[", 10'000) + Repeat("]", 10'000) + R"(,"a":"t"})", {}, {{"title", "/a"}}).reason(),
      "too-deep");
}

TEST(MappingTest, ListsAllMistakes) {
  const auto created = ArticleDecoder::Create({}, {{"titel", "/a"},
                                                   {"body", "a"},
                                                   {"url", ""},
                                                   {"source", "/a~2"},
                                                   {"title", "/a/*"},
                                                   {"tags", "/k"},
                                                   {"section", "/k/0/name"}});
  ASSERT_FALSE(created);
  EXPECT_EQ(created.error().code, ErrorCode::kInvalid);
  for (const char* part : {"'titel'", "did you mean 'title'?", "'a' must begin with '/'", "is the whole record", "'~'",
                           "'/a/*' has '*'", "tags reads '/k', and section wants '/k/0/name' inside it"}) {
    EXPECT_THAT(created.error().message, HasSubstr(part));
  }
}

TEST(ArticleDecoderTest, ALanguageIsATagOrUnknown) {
  const auto language = [](const std::string& written) {
    return DecodeArticle(R"({"title":"t","language":")" + written + "\"}").language;
  };
  EXPECT_EQ(language("zh_HK"), "zh-HK");
  EXPECT_EQ(language("ENG"), "en");
  EXPECT_EQ(language("ger-AT"), "de-AT");
  EXPECT_EQ(language("ckb"), "ckb");
  for (const char* unknown : {"English", "und", "MUL-x", "zxx", "e", "12", "n/a", "-"})
    EXPECT_EQ(language(unknown), "");
}

// Each of these took half a minute when every item was compared with all before it.
TEST(ArticleDecoderTest, AHundredThousandItemsCostNoSquare) {
  std::string tags = R"({"title":"t","tags":["twice","twice")";
  for (int i = 0; i < 100'000; ++i) tags += ",\"tag " + std::to_string(i) + '"';
  EXPECT_EQ(DecodeArticle(tags + "]}").tags.size(), 100'001U);
  std::string variants = R"({"uri":"u","headline":"t")";
  for (int i = 0; i < 100'000; ++i) variants += ",\"body_" + std::to_string(i) + "\":\"text\"";
  EXPECT_EQ(DecodeArticle(variants + "}").title, "t");
}

}  // namespace
}  // namespace wirewatch
