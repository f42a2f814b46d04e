#include "pipeline/decode/format_guess.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace wirewatch {
namespace {

using testing::HasSubstr;

std::string Look(const std::vector<std::string>& records) {
  InputLook look;
  for (const std::string& record : records) look.Add(record, "the reason of " + record.substr(0, 10));
  return look.Describe();
}

TEST(InputLookTest, TellsWhatAnInputIsByItsFirstRecords) {
  EXPECT_THAT(Look({"<?xml version=\"1.0\"?>", "<rss version=\"2.0\">", "<channel>"}), HasSubstr("RSS"));
  EXPECT_THAT(Look({"<?xml version=\"1.0\"?>", "<doc>"}), HasSubstr("XML"));
  EXPECT_THAT(Look({"id,title,body", "1,a,b", "2,\"a, b\",c"}), HasSubstr("CSV (columns parted by commas)"));
  EXPECT_THAT(Look({"id;title", "1;a"}), HasSubstr("semicolons"));
  EXPECT_THAT(Look({"id\ttitle", "1\ta"}), HasSubstr("TSV"));
  EXPECT_THAT(Look({"{", "  \"title\": \"x\"", "}"}), HasSubstr("JSON over several lines"));
  EXPECT_THAT(Look({"", "id,title", "1,a"}), HasSubstr("CSV"));
  EXPECT_THAT(Look({"hello, world"}), HasSubstr("the first: the reason of hello, wor"));
  EXPECT_THAT(Look({"one, two", "three"}), HasSubstr("the first:"));
  EXPECT_THAT(Look({R"({"a":1,"b":2})", R"({"a":1,"b":2})"}), HasSubstr("the first:"));
  EXPECT_EQ(Look({}), "there was nothing in it");
}

TEST(GuessFormatTest, SaysNothingOfWhatMayBeAnArticle) {
  for (const char* text :
       {"", "{", "{\"title\":\"<rss>\"}", "{\"title\":\"data: x\"}", "plain text", "<3", "[1,2]", "5"}) {
    EXPECT_EQ(GuessFormat(text), "") << text;
  }
}

}  // namespace
}  // namespace wirewatch
