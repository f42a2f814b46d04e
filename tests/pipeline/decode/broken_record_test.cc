// Records that are hostile, broken, cut off, too large or too deep.
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
#include "pipeline/decode/article_decoder.h"
#include "tests/support/decode.h"

namespace wirewatch {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

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
    EXPECT_EQ(Name(error->reason), reason) << json << "\n" << error->message;
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
      EXPECT_EQ(error->reason, DeadLetterReason::kInvalidJson) << json << " | " << behind;
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
      const bool expected = error->reason == DeadLetterReason::kInvalidJson ||
                            error->reason == DeadLetterReason::kEmpty ||
                            error->reason == DeadLetterReason::kInvalidUtf8;
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
