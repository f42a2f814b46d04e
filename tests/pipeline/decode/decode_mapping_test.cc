#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "pipeline/decode/article_decoder.h"
#include "pipeline/decode/decode_presets.h"
#include "tests/support/decode.h"
#include "tests/support/preset_mapping.h"

namespace wirewatch {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

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
  EXPECT_TRUE(IsUnreadable(article, ArticleField::kTags));
  EXPECT_TRUE(IsUnreadable(article, ArticleField::kCountry));
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
                                        PresetMapping("ans"));
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
    const Article article = DecodeArticle(json, PresetMapping("ap"));
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
                                        PresetMapping("wordpress"));
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
