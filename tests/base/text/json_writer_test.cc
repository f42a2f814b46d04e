#include "base/text/json_writer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>
#include <nlohmann/json.hpp>
#include <random>
#include <string>
#include <vector>

#include "base/text/utf8.h"
#include "tests/support/json_tree.h"

namespace wirewatch {
namespace {

using Json = nlohmann::ordered_json;

std::string Written(const auto& value) {
  std::string line;
  JsonWriter(line).Value(value);
  return line;
}

TEST(JsonWriterTest, WritesObjectsAndListsOnOneLineBehindWhatIsThere) {
  std::string line = "data: ";
  {
    JsonWriter json(line);
    json.BeginObject();
    json.Put("text", "a");
    json.Put("yes", true);
    json.Put("number", std::int64_t{-5});
    json.Key("nothing");
    json.Null();
    json.Put("texts", std::vector<std::string>{"b", "c"});
    json.Put("none", std::vector<std::string>{});
    json.Key("things");
    json.BeginArray();
    json.BeginObject();
    json.EndObject();
    json.BeginObject();
    json.Key("ready");
    json.Quoted([](std::string& out) { out += "made"; });
    json.EndObject();
    json.Value(std::vector<int>{1, 2});
    json.EndArray();
    json.EndObject();
  }
  EXPECT_EQ(line,
            "data: {\"text\":\"a\",\"yes\":true,\"number\":-5,\"nothing\":null,\"texts\":[\"b\",\"c\"],\"none\":[],"
            "\"things\":[{},{\"ready\":\"made\"},[1,2]]}");
}

TEST(JsonWriterTest, WritesEveryCharacterAsATreeDoes) {
  for (char32_t c = 0; c < 0x3000; ++c) {
    if (c == 0) continue;  // AppendUtf8 writes none
    std::string text = "a";
    AppendUtf8(c, text);
    text += "b";
    ASSERT_EQ(Written(text), TreeLine(text)) << std::hex << static_cast<unsigned>(c);
    ASSERT_EQ(Written(text).size(), JsonEscapedBytes(text) + 2) << std::hex << static_cast<unsigned>(c);
  }
  const std::string zero("a\0b", 3);
  EXPECT_EQ(Written(zero), TreeLine(zero));
}

// What begins, what goes on, what can follow, and what never stands in UTF-8.
TEST(JsonWriterTest, BreaksOffBrokenUtf8WhereATreeDoes) {
  const std::vector<unsigned char> bytes = {0x20, 'a',  '"',  0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC0, 0xC1,
                                            0xC2, 0xC3, 0xDF, 0xE0, 0xE1, 0xED, 0xEF, 0xF0, 0xF1, 0xF4, 0xF5, 0xFF};
  const std::size_t kinds = bytes.size();
  for (std::size_t i = 0; i < kinds * kinds * kinds * kinds; ++i) {
    const std::string text = {static_cast<char>(bytes[i % kinds]), static_cast<char>(bytes[i / kinds % kinds]),
                              static_cast<char>(bytes[i / kinds / kinds % kinds]),
                              static_cast<char>(bytes[i / kinds / kinds / kinds])};
    ASSERT_EQ(Written(text), TreeLine(text)) << testing::PrintToString(text);
  }
}

// Pieces of all kinds at all distances: plain text is read eight bytes at a time.
TEST(JsonWriterTest, WritesAnyMixtureOfBytesAsATreeDoes) {
  const std::vector<std::string> pieces = {"plain",        "\"",       "\\",   "\n",
                                           "\b\f\r\t",     "\x1B[31m", "\x7F", "é",
                                           "\xC2\x9B",     "\xC2\xA0", "华为", "\xF0\x9F\x93\xA1",
                                           "\xEF\xBF\xBD", "\xF0\x9F", "\xE2", "\xED\xA0\x80",
                                           "\xFF",         "\xC2",     "x",    "a longer run of plain text"};
  std::mt19937 random(7);
  for (int round = 0; round < 20'000; ++round) {
    std::string text;
    for (std::size_t i = random() % 12; i > 0; --i) {
      text += random() % 3 == 0 ? std::string(1, static_cast<char>(random())) : pieces[random() % pieces.size()];
    }
    ASSERT_EQ(Written(text), TreeLine(text)) << testing::PrintToString(text);
    ASSERT_EQ(JsonString(text), TreeLine(text));
  }
}

// A value of any kind, in the tree and written.
Json AnyValue(std::mt19937& random, JsonWriter& json, int depth) {
  switch (random() % (depth > 4 ? 5 : 7)) {
    case 0: {
      const auto number = static_cast<std::int64_t>(random()) * static_cast<std::int64_t>(random() - (1U << 31));
      json.Value(number);
      return number;
    }
    case 1: {
      const auto number = std::uint64_t{random()} << random() % 33;
      json.Value(number);
      return number;
    }
    case 2: {
      const bool yes = random() % 2 == 0;
      json.Value(yes);
      return yes;
    }
    case 3: json.Null(); return nullptr;
    case 4: {
      std::string text;
      for (std::size_t i = random() % 30; i > 0; --i) text += static_cast<char>(random() % 5 == 0 ? random() : 'a');
      json.Value(text);
      return text;
    }
    case 5: {
      Json list = Json::array();
      json.BeginArray();
      for (std::size_t i = random() % 5; i > 0; --i) list.push_back(AnyValue(random, json, depth + 1));
      json.EndArray();
      return list;
    }
    default: {
      Json object = Json::object();
      json.BeginObject();
      for (std::size_t i = 0, count = random() % 5; i < count; ++i) {
        const std::string key = std::string(i + 1, static_cast<char>(random() % 96 + 0x20)) + "\xC2\x85";
        json.Key(key);
        object[key] = AnyValue(random, json, depth + 1);
      }
      json.EndObject();
      return object;
    }
  }
}

TEST(JsonWriterTest, WritesAnyValueAsATreeDoes) {
  std::mt19937 random(11);
  for (int round = 0; round < 5'000; ++round) {
    std::string line;
    Json tree;
    {
      JsonWriter json(line);
      tree = AnyValue(random, json, 0);
    }
    ASSERT_EQ(line, TreeLine(tree));
  }
}

TEST(JsonWriterTest, WritesNumbersWithAPointAsATreeDoes) {
  std::vector<double> numbers = {0.0,
                                 -0.0,
                                 1.0,
                                 -1.5,
                                 0.1,
                                 1e-4,
                                 1e-5,
                                 9.999e-5,
                                 1e14,
                                 1e15,
                                 1e16,
                                 1.25e20,
                                 -3e-7,
                                 5e-324,
                                 100.0,
                                 123456.789,
                                 999999999999999.0,
                                 std::numeric_limits<double>::max(),
                                 std::numeric_limits<double>::infinity(),
                                 std::nan("")};
  for (int i = -20; i < 20; ++i) numbers.push_back(std::pow(10.0, i));
  for (int i = 0; i < 5'000; ++i) numbers.push_back(i * 0.37);
  for (const double number : numbers) EXPECT_EQ(Written(number), TreeLine(number));
}

TEST(JsonWriterTest, WritesSixtyFourLevelsAndEndsTheProcessAtTheNext) {
  constexpr int kLevels = 64;
  std::string line;
  JsonWriter json(line);
  for (int i = 0; i < kLevels; ++i) json.BeginArray();
  EXPECT_DEATH(json.BeginArray(), "");
  for (int i = 0; i < kLevels; ++i) json.EndArray();
  EXPECT_EQ(line, std::string(kLevels, '[') + std::string(kLevels, ']'));
}

// Of some numbers a tree has a digit more than are needed.
TEST(JsonWriterTest, WritesNumbersWithAPointSoThatTheyAreReadBackAsTheyWere) {
  std::mt19937_64 random(13);
  for (int i = 0; i < 20'000; ++i) {
    const auto number = std::bit_cast<double>(random());
    if (!std::isfinite(number)) continue;
    ASSERT_EQ(Json::parse(Written(number)).get<double>(), number);
    ASSERT_LE(Written(number).size(), TreeLine(number).size());
  }
}

}  // namespace
}  // namespace wirewatch
