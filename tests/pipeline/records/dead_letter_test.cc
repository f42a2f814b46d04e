#include "pipeline/records/dead_letter.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>

namespace wirewatch {
namespace {

using ::testing::HasSubstr;

nlohmann::json JsonOf(const Record& record, std::string_view reason = "invalid-json", std::string message = "cut off") {
  const auto time = ParseRfc3339("2026-05-01T10:00:00Z");
  return nlohmann::json::parse(ToJson(DeadLetter{record, reason, std::move(message), *time}));
}

Record RecordOf(std::string_view payload) {
  Record record;
  record.payload = payload;
  record.place = {"wire.ndjson", Partition{3}, Offset{4711}, 0};
  return record;
}

TEST(DeadLetterTest, TellsReasonMessageTimeAndPlace) {
  const auto json = JsonOf(RecordOf("{"), "too-deep", "nested 70 deep");
  EXPECT_EQ(json["reason"], "too-deep");
  EXPECT_EQ(json["message"], "nested 70 deep");
  EXPECT_EQ(json["time"], "2026-05-01T10:00:00Z");
  EXPECT_EQ(json["stream"], "wire.ndjson");
  EXPECT_EQ(json["partition"], 3);
  EXPECT_EQ(json["offset"], 4711);
  EXPECT_EQ(json["payload"], "{");
  EXPECT_FALSE(json.contains("timestamp"));
  EXPECT_FALSE(json.contains("key"));
  EXPECT_FALSE(json.contains("headers"));
}

TEST(DeadLetterTest, KeepsEveryByteOfATextPayload) {
  std::string payload;
  for (int c = 0; c < 0x80; ++c) payload += static_cast<char>(c);
  for (int c = 0x80; c < 0xC0; ++c) payload += {'\xC2', static_cast<char>(c)};
  payload += "łódź 🐻 中文 Â";
  EXPECT_EQ(JsonOf(RecordOf(payload))["payload"], payload);
}

TEST(DeadLetterTest, IsOneLineWithoutControlCharacters) {
  const Record record = RecordOf("{\n\"a\":\x1B[31m\x7F}");
  const std::string line = ToJson({record, "invalid-json", "line\nbreak", WallTime{}});
  for (const char c : line) EXPECT_TRUE(static_cast<unsigned char>(c) >= 0x20 && c != 0x7F) << static_cast<int>(c);
}

TEST(DeadLetterTest, EscapesTheCharactersOfTwoBytesThatSteerATerminal) {
  EXPECT_THAT(ToJson({RecordOf("{\xC2\x9B\x31m \xC2\x80\xC2\xA0"), "invalid-json", "", WallTime{}}),
              testing::EndsWith("\"payload\":\"{\\u009b1m \\u0080\xC2\xA0\"}"));
}

TEST(DeadLetterTest, KeepsAnEmptyPayload) { EXPECT_EQ(JsonOf(RecordOf(""))["payload"], ""); }

struct Base64Case {
  std::string bytes, text;
};
class DeadLetterBase64Test : public ::testing::TestWithParam<Base64Case> {};

TEST_P(DeadLetterBase64Test, WritesBytesThatAreNotUtf8InBase64) {
  const auto json = JsonOf(RecordOf(GetParam().bytes));
  EXPECT_EQ(json["payload_base64"], GetParam().text);
  EXPECT_FALSE(json.contains("payload"));
}

// As Python's base64.b64encode has it.
INSTANTIATE_TEST_SUITE_P(Lengths, DeadLetterBase64Test,
                         ::testing::Values(Base64Case{"\xFF", "/w=="}, Base64Case{"\xFF\xFE", "//4="},
                                           Base64Case{"\xFF\xFE\xFD", "//79"},
                                           Base64Case{std::string("{\"a\":\"\xC3\x00\"}", 9), "eyJhIjoiwwAi"}));

TEST(DeadLetterTest, KeepsKeyTimestampAndHeadersAsTheyWere) {
  Record record = RecordOf("{}");
  record.key = "art-1";
  record.timestamp = ParseRfc3339("2026-05-01T09:59:58Z");
  record.headers = {{"trace", "a"}, {"trace", "b"}, {"bin", "\xFF"}};
  const auto json = JsonOf(record);
  EXPECT_EQ(json["key"], "art-1");
  EXPECT_EQ(json["timestamp"], "2026-05-01T09:59:58Z");
  EXPECT_EQ(json["headers"], nlohmann::json::parse(R"([{"name":"trace","value":"a"},{"name":"trace","value":"b"},
                                                       {"name":"bin","value_base64":"/w=="}])"));
}

TEST(DeadLetterTest, KeepsABinaryKeyInBase64) {
  Record record = RecordOf("{}");
  record.key = "\xFF\xFE";
  EXPECT_EQ(JsonOf(record)["key_base64"], "//4=");
}

TEST(DeadLetterTest, TellsOfAnOversizeRecordItsSizeAndWhereItIsKept) {
  Record record = RecordOf("{\"title\":\"");
  record.oversize = Oversize{200'000'000, "dead.oversize/wire-0"};
  const auto json = JsonOf(record, "too-large", "");
  EXPECT_EQ(json["bytes"], 200'000'000);
  EXPECT_EQ(json["spill_path"], "dead.oversize/wire-0");
  EXPECT_EQ(json["payload"], "{\"title\":\"");
  record.oversize->spill_path.clear();
  EXPECT_FALSE(JsonOf(record).contains("spill_path"));
}

TEST(DeadLetterTest, TellsWhatIsNullFromWhatIsEmpty) {
  Record record;
  record.headers = {{"null", "", true}, {"empty", ""}};
  const auto json = JsonOf(record, "empty", "");
  EXPECT_TRUE(json.at("payload").is_null());
  EXPECT_EQ(json["headers"], nlohmann::json::parse(R"([{"name":"null","value":null},{"name":"empty","value":""}])"));
  EXPECT_EQ(JsonOf(RecordOf("")).at("payload"), "");
}

TEST(DeadLetterTest, NamesAllOffsetsThatCannotBeRead) {
  Record record;
  record.place = {"articles", Partition{0}, Offset{17}};
  record.unreadable = Unreadable{Offset{11}, "damaged"};
  const auto json = JsonOf(record, "unreadable", "");
  EXPECT_EQ(json["offset"], 11);
  EXPECT_EQ(json["last_offset"], 17);
  record.unreadable.reset();
  EXPECT_EQ(JsonOf(record)["offset"], 17);
  EXPECT_FALSE(JsonOf(record).contains("last_offset"));
}

TEST(DeadLetterTest, MakesAnInvalidMessageReadableInsteadOfFailing) {
  EXPECT_THAT(JsonOf(RecordOf("{}"), "invalid-json", "near '\xFF'")["message"].get<std::string>(), HasSubstr("near '"));
}

TEST(DeadLetterTest, AllocatesALargePayloadOnce) {
  const std::string payload(4 << 20, '"');  // every byte is escaped
  const std::string line = ToJson({RecordOf(payload), "invalid-json", "", WallTime{}});
  EXPECT_GE(line.size(), 2 * payload.size());
  EXPECT_LT(line.capacity(), 2 * payload.size() + 4096);
  EXPECT_GT(line.capacity(), line.size()) << "no room for the newline";
}

}  // namespace
}  // namespace wirewatch
