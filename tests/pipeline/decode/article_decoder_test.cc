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

// Texts are copied in blocks: escapes at every place of one, and at every distance of each other and of the end.
TEST(DecodeTest, ReadsEscapesWhereverTheyStand) {
  for (std::size_t before = 0; before < 70; ++before) {
    for (std::size_t between = 0; between < 70; ++between) {
      const std::string first(before, 'a'), second(between, 'b'), third(between / 3, 'c');
      const std::string body = "x" + first + "\"" + second + "\xC3\xA9" + third + "\\z";
      const std::string json = R"({"body":"x)" + first + R"(\")" + second + R"(\u00e9)" + third + R"(\\z"})";
      ASSERT_EQ(DecodeArticle(json).body, body) << json;
    }
  }
  const std::string line(3000, 'l');
  EXPECT_EQ(DecodeArticle(R"({"body":")" + line + R"(\n)" + line + R"("})").body, line + "\n" + line);
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

}  // namespace
}  // namespace wirewatch
