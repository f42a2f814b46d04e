#include "connectors/kafka/admin/stored_dead_letter.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <string>
#include <vector>

#include "connectors/kafka/produce/kafka_sink.h"

namespace wirewatch {

bool operator==(const RecordHeader& a, const RecordHeader& b) {
  return a.name == b.name && a.value == b.value && a.is_null == b.is_null;
}

namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

const WallTime kTime = *ParseRfc3339("2026-11-23T09:30:00Z");

// `record` as the dead-letter sink writes it, and as it is read back.
StoredDeadLetter Stored(const Record& record, std::string_view reason = "too-large") {
  KafkaMessageBody written = ToMessage(DeadLetter{record, reason, "what is wrong", kTime});
  return ReadDeadLetter({.partition = Partition{2},
                         .offset = Offset{17},
                         .timestamp = {},
                         .key = written.key,
                         .value = written.value,
                         .headers = written.headers});
}

Record Article(std::vector<RecordHeader> headers = {{"trace", "abc"}, {"trace", "def"}}) {
  Record record;
  record.payload = "{}";
  record.key = "a1";
  record.headers = std::move(headers);
  record.place = {"articles", Partition{3}, Offset{1017}};
  return record;
}

TEST(StoredDeadLetterTest, WhatTheSinkWritesIsReadBack) {
  const StoredDeadLetter letter = Stored(Article());
  EXPECT_EQ(letter.reason, "too-large");
  EXPECT_EQ(letter.message, "what is wrong");
  EXPECT_EQ(letter.time, kTime);
  EXPECT_EQ(letter.stream, "articles");
  EXPECT_EQ(letter.partition, 3);
  EXPECT_EQ(letter.offset, 1017);
  EXPECT_EQ(letter.replays, 0);
  EXPECT_THAT(letter.own_headers, ElementsAre(RecordHeader{"trace", "abc"}, RecordHeader{"trace", "def"}));
  EXPECT_EQ(PlaceOf(letter.record), "2:17");
}

TEST(StoredDeadLetterTest, AReplayIsTheRecordThatItWasAndItsCount) {
  const KafkaMessageBody message = ToReplay(Stored(Article()));
  EXPECT_EQ(message.key, "a1");
  EXPECT_EQ(message.value, "{}");
  EXPECT_EQ(message.partition, Partition{3});
  EXPECT_THAT(message.headers, ElementsAre(RecordHeader{"trace", "abc"}, RecordHeader{"trace", "def"},
                                           RecordHeader{"wirewatch-replays", "1"}));
}

TEST(StoredDeadLetterTest, TheCountGoesOnWhenAReplayFailsAgainUntilItIsRefused) {
  StoredDeadLetter letter = Stored(Article());
  for (int replays = 0; replays < 3; ++replays) {
    EXPECT_EQ(letter.replays, replays);
    EXPECT_EQ(RefusalOf(letter, 3), "");
    letter = Stored(Article(ToReplay(letter).headers));
  }
  EXPECT_THAT(RefusalOf(letter, 3), HasSubstr("replayed 3 times"));
  EXPECT_EQ(RefusalOf(letter, 4), "");
  EXPECT_THAT(letter.own_headers, ElementsAre(RecordHeader{"trace", "abc"}, RecordHeader{"trace", "def"}));
}

TEST(StoredDeadLetterTest, OfHeadersThatRepeatTheLastOnesCount) {
  // A dead letter that somebody sent back as it was, and that failed again.
  Record record = Article({{"wirewatch-reason", "no-text"}, {"wirewatch-topic", "elsewhere"}});
  const StoredDeadLetter letter = Stored(record);
  EXPECT_EQ(letter.reason, "too-large");
  EXPECT_EQ(letter.stream, "articles");
  EXPECT_THAT(letter.own_headers, IsEmpty());
}

TEST(StoredDeadLetterTest, HeadersThatTheSenderChoseAreNotTakenForOurs) {
  const StoredDeadLetter letter = Stored(Article({{"wirewatch-bytes", "9"}, {"wirewatch-spill-path", "/etc/passwd"}}));
  EXPECT_FALSE(letter.oversize);
  EXPECT_EQ(letter.spill_path, "");
  EXPECT_EQ(RefusalOf(letter, 3), "");
}

TEST(StoredDeadLetterTest, NullsStayNulls) {
  Record record = Article({{"null", "", true}, {"empty", ""}});
  record.payload = {};
  const KafkaMessageBody replay = ToReplay(Stored(record));
  EXPECT_FALSE(replay.value) << "a tombstone stays one";
  EXPECT_THAT(replay.headers, ElementsAre(RecordHeader{"null", "", true}, RecordHeader{"empty", ""},
                                          RecordHeader{"wirewatch-replays", "1"}));
}

TEST(StoredDeadLetterTest, NoNameOfOursStandsThereTwice) {
  const Record record = Article({{"wirewatch-reason", "forged"}, {"wirewatch-cut", "1"}, {"wirewatch-other", "kept"}});
  std::multiset<std::string> names;
  for (const RecordHeader& header : ToMessage(DeadLetter{record, "empty", "", kTime}).headers)
    names.insert(header.name);
  for (const std::string& name : names) EXPECT_EQ(names.count(name), 1U) << name;
  EXPECT_TRUE(names.contains("wirewatch-other")) << "it is none of ours";
}

// ---------------------------------------------------------------------------------------------------------- cut ones

std::string ValueOf(const KafkaMessageBody& message, std::string_view name) {
  for (const RecordHeader& header : message.headers) {
    if (header.name == name) return header.value;
  }
  return "(none)";
}

TEST(StoredDeadLetterTest, IsCutAsOftenAsItTakesAndSaysSo) {
  const std::string payload(1'000, 'x');
  Record record = Article();
  record.payload = payload;
  KafkaMessageBody message = ToMessage(DeadLetter{record, "invalid-json", "what is wrong", kTime});
  ASSERT_TRUE(message.shrink);
  EXPECT_EQ(ValueOf(message, "wirewatch-cut"), "(none)");
  for (std::size_t size = 500; size > 0; size /= 2) {
    ASSERT_TRUE(message.shrink(message));
    EXPECT_EQ(message.value->size(), size);
    EXPECT_EQ(ValueOf(message, "wirewatch-cut"), std::to_string(size));
    EXPECT_EQ(ValueOf(message, "wirewatch-bytes"), "1000");
  }
  ASSERT_TRUE(message.shrink(message)) << "the last byte";
  ASSERT_TRUE(message.shrink(message)) << "key and headers of the record's own";
  EXPECT_FALSE(message.key);
  EXPECT_EQ(ValueOf(message, "trace"), "(none)");
  EXPECT_EQ(ValueOf(message, "wirewatch-reason"), "invalid-json");
  EXPECT_EQ(ValueOf(message, "wirewatch-offset"), "1017");
  EXPECT_FALSE(message.shrink(message)) << "nothing is left to leave out";
}

TEST(StoredDeadLetterTest, AnOversizeRecordKeepsItsSizeWhenItsHeadIsCut) {
  Record record = Article();
  record.payload = "the head";
  record.oversize = Oversize{5'000, ""};
  KafkaMessageBody message = ToMessage(DeadLetter{record, "too-large", "", kTime});
  ASSERT_TRUE(message.shrink(message));
  EXPECT_EQ(ValueOf(message, "wirewatch-bytes"), "5000");
  EXPECT_EQ(ValueOf(message, "wirewatch-cut"), "4");
}

StoredDeadLetter Cut() {
  Record record = Article();
  record.payload = "0123456789";
  KafkaMessageBody written = ToMessage(DeadLetter{record, "invalid-json", "", kTime});
  EXPECT_TRUE(written.shrink(written));
  return ReadDeadLetter({.partition = {},
                         .offset = {},
                         .timestamp = {},
                         .key = written.key,
                         .value = written.value,
                         .headers = written.headers});
}

TEST(StoredDeadLetterTest, ACutOneIsMadeWholeByTheRecordThatItWasAndByNoOther) {
  StoredDeadLetter letter = Cut();
  EXPECT_THAT(RefusalOf(letter, 3), HasSubstr("only the head of its 10 bytes"));
  EXPECT_EQ(RefusalOf(letter, 3, true), "");
  KafkaRecord original{.partition = Partition{3},
                       .offset = Offset{1017},
                       .timestamp = {},
                       .key = "a1",
                       .value = "0123456789",
                       .headers = {{"trace", "abc"}}};
  for (const char* other : {"012345678", "01234567890", "x123456789", ""}) {
    KafkaRecord wrong = original;
    wrong.value = other;
    EXPECT_FALSE(MakeWhole(letter, wrong)) << other;
  }
  ASSERT_TRUE(MakeWhole(letter, original));
  const KafkaMessageBody replay = ToReplay(letter);
  EXPECT_EQ(replay.value, "0123456789");
  EXPECT_THAT(replay.headers, ElementsAre(RecordHeader{"trace", "abc"}, RecordHeader{"wirewatch-replays", "1"}));
}

TEST(StoredDeadLetterTest, WhatNobodyCouldReadIsNotReplayed) {
  Record record;
  record.place = {"articles", Partition{3}, Offset{17}};
  record.unreadable = Unreadable{Offset{11}, "damaged"};
  const StoredDeadLetter letter = Stored(record, "unreadable");
  EXPECT_EQ(letter.offset, 11);
  EXPECT_EQ(letter.last_offset, 17);
  EXPECT_THAT(RefusalOf(letter, 3, true), HasSubstr("3:11 to 17 of kafka topic articles could not be read"));
  EXPECT_THAT(ToJson(letter), HasSubstr(R"("offset":11,"last_offset":17)"));
}

TEST(StoredDeadLetterTest, APartitionThatIsNoNumberIsNotTakenForTheFirst) {
  KafkaMessageBody written = ToMessage(DeadLetter{Article(), "too-large", "what is wrong", kTime});
  for (RecordHeader& header : written.headers) {
    if (header.name == "wirewatch-partition") header.value = "three";
  }
  const StoredDeadLetter letter = ReadDeadLetter({.partition = Partition{2},
                                                  .offset = Offset{17},
                                                  .timestamp = {},
                                                  .key = written.key,
                                                  .value = written.value,
                                                  .headers = written.headers});
  EXPECT_THAT(RefusalOf(letter, 3), HasSubstr("wirewatch-partition"));
}

TEST(StoredDeadLetterTest, WhatCannotBeSentBackIsRefusedWithTheReason) {
  Record from_file = Article();
  from_file.place.stream = "/data/wire.ndjson";
  EXPECT_THAT(RefusalOf(Stored(from_file), 3), HasSubstr("/data/wire.ndjson"));
  Record cut = Article();
  cut.oversize = Oversize{5000, "/spill/1"};
  EXPECT_THAT(RefusalOf(Stored(cut), 3), HasSubstr("/spill/1"));
  EXPECT_THAT(RefusalOf(ReadDeadLetter({}), 3), HasSubstr("wirewatch-topic"));
}

TEST(StoredDeadLetterTest, ANullValueStaysNull) {
  Record record = Article();
  record.payload = {};
  EXPECT_EQ(ToReplay(Stored(record)).value, std::nullopt);
}

TEST(StoredDeadLetterTest, ItsJsonIsThatOfAFile) {
  EXPECT_THAT(ToJson(Stored(Article())),
              testing::AllOf(HasSubstr(R"("reason":"too-large")"), HasSubstr(R"("stream":"articles")"),
                             HasSubstr(R"("offset":1017)"), HasSubstr(R"({"name":"trace","value":"abc"})"),
                             HasSubstr(R"("payload":"{}")")));
}

}  // namespace
}  // namespace wirewatch
