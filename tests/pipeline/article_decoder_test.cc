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

TEST(FlatArticleTest, LosesWhatCannotBeReadButNotTheArticle) {
  const Article article = DecodeArticle(
      R"({"title":"t","published_at":"yesterday","embargoed_until":[1],"urgency":12,"country":"Poland","status":"live","version":{}})");
  EXPECT_EQ(article.published_at, std::nullopt);
  EXPECT_EQ(article.embargoed_until, std::nullopt);
  EXPECT_EQ(article.urgency, std::nullopt);
  EXPECT_EQ(article.country, "");
  EXPECT_EQ(article.status, PublicationStatus::kUsable);
  EXPECT_EQ(DecodeArticle(R"({"title":"t","published_at":1700000000})").published_at, std::nullopt);
}

TEST(FlatArticleTest, NamesTheFieldThatHasTheWrongType) {
  const auto message = [](std::string_view json) {
    const Decoded decoded = Decode(json);
    EXPECT_EQ(decoded.reason(), "wrong-type") << json;
    return decoded.message();
  };
  EXPECT_EQ(message(R"({"title":5,"body":"b"})"), "field 'title' is a number, not text");
  EXPECT_EQ(message(R"({"body":{"a":1}})"), "field 'body' is an object, not text");
  EXPECT_EQ(message(R"({"body":["a"]})"), "field 'body' is an array, not text");
  EXPECT_EQ(message(R"({"title":"t","url":true})"), "field 'url' is true or false, not text");
  EXPECT_EQ(message(R"({"title":"t","id":[]})"), "field 'id' is an array, not text or a number");
  EXPECT_EQ(message(R"({"title":"t","source":5})"), "field 'source' is a number, not text");
  EXPECT_EQ(message(R"({"title":"t","tags":[["a"]]})"),
            "field 'tags[]' is an array, not text or an object with a name");
  EXPECT_EQ(message(R"({"title":"t","authors":[{"name":{}}]})"),
            "field 'authors[]' is an object, not text or an object with a name");
  EXPECT_EQ(message("[1]"), "the record is an array, not an object");
  EXPECT_EQ(message("\"text\""), "the record is text, not an object");
  EXPECT_EQ(message(" 5 "), "the record is a single value, not an object");
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
      EXPECT_FALSE(article.title.empty() && article.summary.empty() && article.body.empty());
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

TEST(NinjsTest, IsAnArticleWhenWithdrawnWithNothingButAHeadline) {
  const Article article =
      DecodeArticle(R"({"uri":"urn:1","version":"4","pubstatus":"canceled","headline":"Withdrawn"})");
  EXPECT_EQ(article.status, PublicationStatus::kCanceled);
  EXPECT_EQ(article.title, "Withdrawn");
}

TEST(NinjsTest, NamesTheFieldThatHasTheWrongType) {
  EXPECT_EQ(Decode(R"({"uri":"urn:1","headline":5})").message(), "field 'headline' is a number, not text");
  EXPECT_EQ(Decode(R"({"uri":"urn:1","headline":"h","body_text":[]})").message(),
            "field 'body_text' is an array, not text");
  EXPECT_EQ(Decode(R"({"uri":"urn:1","bodies":[{"value":{}}]})").message(),
            "field 'bodies[]' is an object, not text or an object with a name");
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
  EXPECT_EQ(article.body,
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
      EXPECT_EQ(article.language, text("language"));
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

TEST(MappingTest, NamesFieldAndPointerOfAWrongType) {
  EXPECT_EQ(Decode(R"({"a":{"b":5}})", {}, {{"title", "/a/b"}}).message(),
            "field 'title' (/a/b) is a number, not text");
  EXPECT_THAT(Decode(R"({"a":["x"]})", {}, {{"body", "/a"}}).message(), HasSubstr("end the pointer with '/*'"));
  EXPECT_EQ(Decode(R"({"t":"t","a":[[]]})", {}, {{"title", "/t"}, {"tags", "/a"}}).reason(), "wrong-type");
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
