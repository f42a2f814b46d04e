#include "connectors/desk/json_body.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <variant>

namespace wirewatch {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

LinedJson Read(std::string_view body) {
  auto read = ReadJsonBody(body);
  if (const auto* refused = std::get_if<HttpResponse>(&read)) {
    ADD_FAILURE() << refused->body;
    return {};
  }
  return std::get<LinedJson>(std::move(read));
}

std::string Refused(std::string_view body) {
  const auto read = ReadJsonBody(body);
  const auto* refused = std::get_if<HttpResponse>(&read);
  if (refused == nullptr) return "taken";
  EXPECT_EQ(refused->status, 400U);
  return refused->body;
}

TEST(JsonBodyTest, EachValueStandsOnALineWithItsPointer) {
  const LinedJson lined = Read(R"({"id":"a","channels":[{"kind":"feed"},"b"],"a/b~c":1,"none":[],"empty":{}})");
  EXPECT_EQ(lined.text,
            "{\n"
            "  \"id\": \"a\",\n"
            "  \"channels\": [\n"
            "    {\n"
            "      \"kind\": \"feed\"\n"
            "    },\n"
            "    \"b\"\n"
            "  ],\n"
            "  \"a/b~c\": 1,\n"
            "  \"none\": [],\n"
            "  \"empty\": {}\n"
            "}\n");
  EXPECT_THAT(lined.pointers, ElementsAre("", "/id", "/channels", "/channels/0", "/channels/0/kind", "/channels/0",
                                          "/channels/1", "/channels", "/a~1b~0c", "/none", "/empty", ""));
  EXPECT_EQ(lined.PointerOf(5), "/channels/0/kind");
  EXPECT_EQ(lined.PointerOf(0), "");
  EXPECT_EQ(lined.PointerOf(99), "");
}

TEST(JsonBodyTest, CharactersOutsideOfTheBasicPlaneAreWrittenOut) {
  EXPECT_EQ(Read(R"(["\ud83d\ude00","\u00e9\n"])").text, "[\n  \"\xF0\x9F\x98\x80\",\n  \"\xC3\xA9\\n\"\n]\n");
}

TEST(JsonBodyTest, WhatIsNoJsonIsRefusedWithItsPlace) {
  EXPECT_THAT(Refused("{\n  \"id\": nope\n}"), HasSubstr(R"("line":2,"column":10)"));
  EXPECT_THAT(Refused("{\"id\": \"a\""), HasSubstr("\"line\":1"));
  EXPECT_THAT(Refused(""), HasSubstr("\"line\":1,\"column\":1"));
  EXPECT_THAT(Refused("{} {}"), HasSubstr("\"column\":4"));
  EXPECT_THAT(Refused("{'id': 1}"), HasSubstr("is not JSON"));
  EXPECT_THAT(Refused(R"(["\ud83d"])"), HasSubstr("is not JSON"));
  EXPECT_THAT(Refused("[1e999]"), HasSubstr("is not JSON"));
}

TEST(JsonBodyTest, AKeyThatComesTwiceInAnObjectIsRefused) {
  EXPECT_THAT(Refused(R"({"id":"a","x":{"id":1},"id":"b"})"), HasSubstr("The key 'id' comes twice"));
  EXPECT_EQ(Refused(R"([{"id":"a"},{"id":"b"},{"x":{"id":1},"id":2}])"), "taken");
}

TEST(JsonBodyTest, WhatIsNestedWithoutEndIsRefused) {
  EXPECT_THAT(Refused(std::string(40, '[') + std::string(40, ']')), HasSubstr("more than 32 deep"));
  EXPECT_THAT(Refused(std::string(60'000, '[')), HasSubstr("\"errors\""));
  EXPECT_EQ(Refused(std::string(32, '[') + std::string(32, ']')), "taken");
}

}  // namespace
}  // namespace wirewatch
