// More than 500 lines: all tests read through one fixture, which keeps the records to the end.
#include "connectors/bytes/record_reader.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <algorithm>
#include <filesystem>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "tests/support/fake_inbox.h"
#include "tests/support/temp_dir.h"

namespace wirewatch {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

// Gives its bytes in pieces of given sizes, the last size again and again; then ends, or fails.
class PiecewiseInput : public ByteInput {
 public:
  PiecewiseInput(std::string bytes, std::vector<std::size_t> pieces)
      : bytes_(std::move(bytes)), pieces_(std::move(pieces)) {}

  Result<std::size_t> Read(char* to, std::size_t size) override {
    if (rest_.empty()) {
      if (failure) return *failure;
      return std::size_t{0};
    }
    const std::size_t piece = pieces_[std::min(reads_++, pieces_.size() - 1)];
    const std::size_t taken = std::min({piece, size, rest_.size()});
    std::copy_n(rest_.data(), taken, to);
    rest_.remove_prefix(taken);
    return taken;
  }

  std::optional<Error> failure;

 private:
  const std::string bytes_;
  const std::vector<std::size_t> pieces_;
  std::string_view rest_ = bytes_;
  std::size_t reads_ = 0;
};

struct Read {
  std::vector<Record> records;
  std::vector<std::string> after;  // the readable bytes after each record, at the time it was handed out
  Status status;
};

class RecordReaderTest : public ::testing::Test {
 protected:
  Read ReadAll(ByteInput& input, Framing framing = Framing::kLines) {
    RecordReader reader(input, framing, {"wire.ndjson", 0, 0}, limits_, pool_, feed_);
    Read read;
    const auto keep = [&](Record record) {
      read.after.emplace_back(record.payload.data() + record.payload.size(), record.readable_after);
      read.records.push_back(std::move(record));
    };
    while (true) {
      auto record = reader.Next();
      if (!record) {
        read.status = std::move(record).error();
        return read;
      }
      if (!*record) break;
      keep(**std::move(record));
    }
    auto rest = reader.TakeRest();
    if (!rest) {
      read.status = std::move(rest).error();
    } else if (*rest) {
      keep(**std::move(rest));
    }
    return read;
  }

  Read ReadAll(std::string bytes, std::vector<std::size_t> pieces = {SIZE_MAX}, Framing framing = Framing::kLines) {
    PiecewiseInput input(std::move(bytes), std::move(pieces));
    Read read = ReadAll(input, framing);
    EXPECT_TRUE(read.status) << read.status.error().message;
    return read;
  }

  static std::vector<std::string> Payloads(const Read& read) {
    std::vector<std::string> payloads;
    for (const Record& record : read.records) payloads.emplace_back(record.payload);
    return payloads;
  }
  static std::vector<std::int64_t> Offsets(const Read& read) {
    std::vector<std::int64_t> offsets;
    for (const Record& record : read.records) offsets.push_back(static_cast<std::int64_t>(record.place.offset));
    return offsets;
  }

  RecordLimits limits_;
  BlockPool pool_{PoolBytes(RecordLimits{})};
  FakeInbox inbox_;
  StopSignal stop_;
  RecordFeed feed_{inbox_, stop_};
};

TEST_F(RecordReaderTest, MakesARecordOfEachLine) {
  const Read read = ReadAll("{\"a\":1}\n{\"b\":2}\n");
  EXPECT_THAT(Payloads(read), ElementsAre("{\"a\":1}", "{\"b\":2}"));
  EXPECT_THAT(Offsets(read), ElementsAre(0, 8));
  EXPECT_EQ(read.records[0].place.stream, "wire.ndjson");
  EXPECT_FALSE(read.records[0].oversize);
}

TEST_F(RecordReaderTest, TakesALastLineWithoutANewline) {
  EXPECT_THAT(Payloads(ReadAll("one\ntwo")), ElementsAre("one", "two"));
}

TEST_F(RecordReaderTest, HasNoRecordsInNothing) { EXPECT_THAT(Payloads(ReadAll("")), IsEmpty()); }

TEST_F(RecordReaderTest, CountsAnEmptyLineAsAnEmptyRecord) {
  const Read read = ReadAll("one\n\n\r\ntwo\n");
  EXPECT_THAT(Payloads(read), ElementsAre("one", "", "", "two"));
  EXPECT_THAT(Offsets(read), ElementsAre(0, 4, 5, 7));
}

TEST_F(RecordReaderTest, StripsTheCarriageReturnOfAWindowsLineEnd) {
  EXPECT_THAT(Payloads(ReadAll("one\r\ntwo\rtwo\r\nlast\r")), ElementsAre("one", "two\rtwo", "last"));
}

TEST_F(RecordReaderTest, LeavesOutAByteOrderMarkAtTheBeginningOnly) {
  const Read read = ReadAll("\xEF\xBB\xBFone\n\xEF\xBB\xBFtwo\n", {1});
  EXPECT_THAT(Payloads(read), ElementsAre("one", "\xEF\xBB\xBFtwo"));
  EXPECT_THAT(Offsets(read), ElementsAre(3, 7));
}

TEST_F(RecordReaderTest, DoesNotTakeAMarkAfterAnEmptyFirstLineForTheBeginning) {
  EXPECT_THAT(Payloads(ReadAll("\n\xEF\xBB\xBFtwo\n", {1})), ElementsAre("", "\xEF\xBB\xBFtwo"));
}

TEST_F(RecordReaderTest, ReadsAPrettyPrintedDocumentAsOneRecord) {
  const Read read = ReadAll("{\n  \"a\": 1\n}\n\n", {3}, Framing::kValues);
  EXPECT_THAT(Payloads(read), ElementsAre("{\n  \"a\": 1\n}"));
}

TEST_F(RecordReaderTest, MakesAnEmptyRecordOfAnEmptyDocument) {
  EXPECT_THAT(Payloads(ReadAll("", {SIZE_MAX}, Framing::kValues)), ElementsAre(""));
  EXPECT_THAT(Payloads(ReadAll(" \n", {SIZE_MAX}, Framing::kValues)), ElementsAre(""));
  EXPECT_THAT(Payloads(ReadAll("[ ]\n", {SIZE_MAX}, Framing::kValues)), IsEmpty());
}

struct FramedCase {
  std::string bytes;
  std::vector<std::string> records;
};

// What people have in files that is not a record a line.
TEST_F(RecordReaderTest, FindsTheRecordsOfJsonOverSeveralLinesAndOfArrays) {
  const FramedCase cases[] = {
      {R"([{"a":1},{"b":2}])", {R"({"a":1})", R"({"b":2})"}},
      {"[\n  {\"a\": 1},\n  {\"b\": [1, {\"c\": 2}]}\n]\n", {"{\"a\": 1}", "{\"b\": [1, {\"c\": 2}]}"}},
      {"[]", {}},
      {" [ ] \n", {}},
      {"[{\"a\":1}\n,\n{\"b\":2}\n]", {"{\"a\":1}", "{\"b\":2}"}},
      {"[\r\n{\"a\":1},\r\n{\"b\":2}\r\n]\r\n", {"{\"a\":1}", "{\"b\":2}"}},
      {R"([{"a":1}][{"b":2}])", {R"({"a":1})", R"({"b":2})"}},
      {R"({"a":1}{"b":2})", {R"({"a":1})", R"({"b":2})"}},
      {R"({"a":1} {"b":2})", {R"({"a":1})", R"({"b":2})"}},
      {"{\n\"a\":1\n}\n{\n\"b\":2\n}\n", {"{\n\"a\":1\n}", "{\n\"b\":2\n}"}},
      {"\n\n{\n\"a\":1\n}", {"{\n\"a\":1\n}"}},
      {"\xEF\xBB\xBF[{\"a\":1}]", {"{\"a\":1}"}},
      {"\xEF\xBB\xBF{\n\"a\":1}", {"{\n\"a\":1}"}},
      {R"([{"a":"]},{[\""},{"b":"\\\\"}])", {R"({"a":"]},{[\""})", R"({"b":"\\\\"})"}},
      {"\x1E{\"a\":\n1}\n\x1E{\"b\":2}\n", {"{\"a\":\n1}", "{\"b\":2}"}},
      // elements that are no articles are records, too: each is a dead letter of its own
      {R"([1,"a,b]",null,[{"x":1}],{"a":1}])", {"1", R"("a,b]")", "null", R"([{"x":1}])", R"({"a":1})"}},
      {"[ 1 , true ]", {"1", "true"}},
      // what is broken costs itself only
      {"[{\"a\": \"unclosed},\n{\"b\":2}]", {"{\"a\": \"unclosed},\n", "{\"b\":2}"}},
      {"[{\"a\":1,\n{\"b\":2}]", {"{\"a\":1,", "{\"b\":2}"}},
      {"[{\"a\":1\n{\"b\":2}]", {"{\"a\":1", "{\"b\":2}"}},
      {"[{\"a\":[1},{\"b\":2}]", {"{\"a\":[1}", "{\"b\":2}"}},
      {"[{\"a\":1]\n{\"b\":\n2}", {"{\"a\":1", "{\"b\":\n2}"}},
      {"[{\"a\":1}}, {\"b\":2}]", {"{\"a\":1}", "}", "{\"b\":2}"}},
      {"{\n\"a\":1\n}\ngarbage {\n{\"b\":2}\n", {"{\n\"a\":1\n}", "garbage {", "{\"b\":2}"}},
      // and what is cut off is the last one
      {"[{\"a\":1},{\"b\":", {"{\"a\":1}", "{\"b\":"}},
      {"{\n\"a\":\n", {"{\n\"a\":"}},
  };
  for (const FramedCase& one : cases) {
    std::vector<std::string> expected;
    for (const std::string& record : one.records)
      expected.push_back(record.substr(0, record.find_last_not_of('\n') + 1));
    for (const std::size_t piece : {std::size_t{1}, std::size_t{2}, std::size_t{7}, SIZE_MAX}) {
      for (const Framing framing : {Framing::kValues, Framing::kAuto}) {
        if (framing == Framing::kAuto && one.bytes.starts_with('\x1E')) continue;
        const Read read = ReadAll(one.bytes, {piece}, framing);
        std::vector<std::string> payloads = Payloads(read);
        for (std::string& payload : payloads) payload.resize(payload.find_last_not_of('\n') + 1);
        EXPECT_EQ(payloads, expected) << one.bytes << " in pieces of " << piece;
        for (const Record& record : read.records) {
          const auto at = static_cast<std::size_t>(record.place.offset);
          EXPECT_EQ(one.bytes.compare(at, record.payload.size(), record.payload), 0) << one.bytes;
        }
      }
    }
  }
}

// Each used to be searched for among all that are open: hours for these two.
TEST(ValueScannerTest, DoesNotWalkThroughWhatIsOpenForABracketThatClosesNothing) {
  constexpr std::size_t kOpen = 60'000, kClosing = 50'000'000;
  std::string objects;
  for (std::size_t i = 0; i < kOpen; ++i) objects += "{\"a\":";
  const std::pair<std::string, char> cases[] = {{std::string(kOpen, '['), '}'}, {objects, ']'}};
  for (const auto& [open, closing] : cases) {
    ValueScanner scanner;
    const std::size_t begin = scanner.SkipToRecord(open);
    EXPECT_EQ(scanner.FindEnd(std::string_view(open).substr(begin)), std::nullopt);
    EXPECT_EQ(scanner.FindEnd(std::string(kClosing, closing)), std::nullopt);
    EXPECT_TRUE(scanner.in_record());
  }
}

TEST_F(RecordReaderTest, TakesLinesForLinesWhereItDecides) {
  const FramedCase cases[] = {
      {"", {}},
      {"\n", {""}},
      {"{\"a\":1}\n\n{\"b\":\n", {"{\"a\":1}", "", "{\"b\":"}},
      {"\n{\"a\":1}\n", {"", "{\"a\":1}"}},
      // a first line that is broken is one broken record
      {"{\"a\":\"cut off\n{\"b\":2}\n\n[1]\n", {"{\"a\":\"cut off", "{\"b\":2}", "", "[1]"}},
      {"{\"a\":1\n{\"b\":2}\n", {"{\"a\":1", "{\"b\":2}"}},
      {"{\"a\":1} garbage\n\n{\"b\":2}\n", {"{\"a\":1} garbage", "", "{\"b\":2}"}},
      {"{\"a\":1}}\n{\"b\":2}\n", {"{\"a\":1}}", "{\"b\":2}"}},
      {"{\"a\":1} \r\n{\"b\":2}", {"{\"a\":1} ", "{\"b\":2}"}},
      {"{\"a\":1}", {"{\"a\":1}"}},
      {"{\"a\":", {"{\"a\":"}},
      {"id,title\n1,x\n", {"id,title", "1,x"}},
      {"<rss>\n", {"<rss>"}},
      {"{", {"{"}},
      {"\xEF\xBB\xBF{\"a\":1}\n", {"{\"a\":1}"}},
  };
  for (const FramedCase& one : cases) {
    for (const std::size_t piece : {std::size_t{1}, SIZE_MAX}) {
      EXPECT_EQ(Payloads(ReadAll(one.bytes, {piece}, Framing::kAuto)), one.records) << one.bytes;
    }
  }
}

TEST_F(RecordReaderTest, DecidesByAFirstLineThatIsLongerThanABlock) {
  const std::string text(BlockPool::kBlockBytes + 100, 'x');
  const std::string line = "{\"a\":\"" + text + "\"}";
  EXPECT_THAT(Payloads(ReadAll("\n\n" + line + "\n{}\n", {SIZE_MAX}, Framing::kAuto)), ElementsAre("", "", line, "{}"));
  const std::string pretty = "{\"a\":\"" + text + "\",\n\"b\":1}";
  EXPECT_THAT(Payloads(ReadAll("\n\n" + pretty + "\n{}\n", {SIZE_MAX}, Framing::kAuto)), ElementsAre(pretty, "{}"));
  EXPECT_THAT(Payloads(ReadAll("[" + line + ",{}]", {SIZE_MAX}, Framing::kAuto)), ElementsAre(line, "{}"));
}

TEST_F(RecordReaderTest, ReadsNoMoreThanItMustToGiveTheFirstRecord) {
  PiecewiseInput input("{\"a\":1}\n{\"b\":2}\n", {8 + 1, SIZE_MAX});
  RecordReader reader(input, Framing::kAuto, {"wire", 0, 0}, limits_, pool_, feed_);
  const auto record = reader.Next();
  ASSERT_TRUE(record && *record);
  EXPECT_EQ(reader.read_offset(), 9U);
}

// An array of articles is no document that must be held whole.
class LongArray : public ByteInput {
 public:
  Result<std::size_t> Read(char* to, std::size_t size) override {
    if (rest_.empty() && left_ > 0) {
      piece_ = left_ == kElements ? "["
               : left_ == 1       ? "{}]"
                                  : R"({"title":"t","body":")" + std::string(1000, 'x') + "\"},";
      rest_ = piece_;
      --left_;
    }
    const std::size_t taken = std::min(size, rest_.size());
    std::copy_n(rest_.data(), taken, to);
    rest_.remove_prefix(taken);
    return taken;
  }
  static constexpr int kElements = 200'000;

 private:
  int left_ = kElements;
  std::string piece_;
  std::string_view rest_;
};

TEST_F(RecordReaderTest, HoldsNoMoreOfALongArrayThanABlock) {
  LongArray input;
  RecordReader reader(input, Framing::kAuto, {"wire", 0, 0}, limits_, pool_, feed_);
  int records = 0;
  for (auto record = reader.Next(); record && *record; record = reader.Next()) {
    ++records;
    ASSERT_LE(pool_.bytes_in_use(), 3 * BlockPool::kBlockBytes);
  }
  EXPECT_EQ(records, LongArray::kElements - 1);
  EXPECT_FALSE(reader.lacks_bracket());
}

TEST_F(RecordReaderTest, SaysThatAnArrayIsNotClosed) {
  PiecewiseInput input("[{\"a\":1},", {SIZE_MAX});
  RecordReader reader(input, Framing::kAuto, {"wire", 0, 0}, limits_, pool_, feed_);
  while (*reader.Next()) {
  }
  EXPECT_TRUE(reader.lacks_bracket());
}

TEST_F(RecordReaderTest, TellsOfAnElementOverTheLimitItsSizeAndReadsOn) {
  limits_.max_record_bytes = 10;
  const Read read = ReadAll("[{\"a\":1},{\"b\":\"0123456789\"},{\"c\":3}]", {3}, Framing::kAuto);
  EXPECT_THAT(Payloads(read), ElementsAre("{\"a\":1}", "{\"b\":\"0123456789\"}", "{\"c\":3}"));
  ASSERT_THAT(read.records, SizeIs(3));
  ASSERT_TRUE(read.records[1].oversize);
  EXPECT_EQ(read.records[1].oversize->bytes, 18U);
  EXPECT_FALSE(read.records[2].oversize);
}

TEST_F(RecordReaderTest, ReadsALineThatIsLongerThanManyBlocks) {
  const std::string line(5 * BlockPool::kBlockBytes + 17, 'x');
  const Read read = ReadAll("a\n" + line + "\nb\n");
  EXPECT_THAT(Payloads(read), ElementsAre("a", line, "b"));
  EXPECT_EQ(Offsets(read)[2], static_cast<std::int64_t>(line.size()) + 3);
}

TEST_F(RecordReaderTest, SharesOneBlockAmongTheRecordsInIt) {
  const Read read = ReadAll("one\ntwo\nthree\n");
  EXPECT_EQ(read.records[0].memory, read.records[2].memory);
  EXPECT_EQ(read.records[0].payload.data() + 4, read.records[1].payload.data());
}

// Against the plainest reading there is, with records kept to the end: none may change under its reader, nor may the
// bytes that a parser may look at behind it.
TEST_F(RecordReaderTest, ReadsTheSameHoweverTheBytesArrive) {
  std::mt19937 random(7);
  for (int round = 0; round < 300; ++round) {
    std::string bytes;
    std::vector<std::string> lines;
    for (std::size_t i = random() % 40; i > 0; --i) {
      const std::size_t length = random() % 10 == 0 ? random() % 300'000 : random() % 200;
      lines.emplace_back(length, static_cast<char>('a' + random() % 26));
      bytes += lines.back() + '\n';
    }
    std::vector<std::size_t> pieces;
    for (int i = 0; i < 20; ++i) pieces.push_back(1 + random() % (round % 2 == 0 ? 100 : 100'000));
    const Read read = ReadAll(bytes, pieces);
    ASSERT_EQ(Payloads(read), lines) << "round " << round;
    for (std::size_t i = 0; i < read.records.size(); ++i) {
      const Record& record = read.records[i];
      ASSERT_GE(record.readable_after, kReadableAfter);
      ASSERT_EQ(read.after[i], std::string(record.payload.data() + record.payload.size(), record.readable_after))
          << "round " << round << ": the bytes after record " << i << " changed";
      ASSERT_EQ(bytes.compare(static_cast<std::size_t>(record.place.offset), lines[i].size(), lines[i]), 0);
    }
  }
}

TEST_F(RecordReaderTest, TakesALineOfExactlyTheLimit) {
  limits_.max_record_bytes = 10;
  const Read read = ReadAll("0123456789\r\n0123456789\n");
  EXPECT_THAT(Payloads(read), ElementsAre("0123456789", "0123456789"));
  EXPECT_FALSE(read.records[0].oversize);
}

TEST_F(RecordReaderTest, TellsOfALineOverTheLimitItsSizeAndReadsOn) {
  limits_.max_record_bytes = 10;
  for (const std::size_t piece : {std::size_t{1}, std::size_t{7}, SIZE_MAX}) {
    const Read read = ReadAll("a\n0123456789X\nb\n" + std::string(5000, 'y'), {piece});
    EXPECT_THAT(Payloads(read), ElementsAre("a", "0123456789X", "b", std::string(5000, 'y'))) << piece;
    EXPECT_THAT(Offsets(read), ElementsAre(0, 2, 14, 16));
    ASSERT_TRUE(read.records[1].oversize);
    EXPECT_EQ(read.records[1].oversize->bytes, 11U);
    EXPECT_EQ(read.records[1].oversize->spill_path, "");
    EXPECT_FALSE(read.records[2].oversize);
    EXPECT_EQ(read.records[3].oversize->bytes, 5000U);
  }
}

TEST_F(RecordReaderTest, KeepsTheHeadOfALongRecordUpToAWholeCharacter) {
  limits_.max_record_bytes = 10;
  std::string line = "x";
  while (line.size() < 200'000) line += "ż";  // the 64 KiB end within one
  const Read read = ReadAll(line + "\n");
  ASSERT_THAT(read.records, SizeIs(1));
  EXPECT_EQ(read.records[0].payload, line.substr(0, (64 << 10) - 1));
}

TEST_F(RecordReaderTest, HoldsALongRecordNeitherInMemoryNorInItsBlocks) {
  limits_.max_record_bytes = 1 << 20;
  PiecewiseInput input(std::string(64 << 20, 'x') + "\nnext\n", {SIZE_MAX});
  RecordReader reader(input, Framing::kLines, {"wire", 0, 0}, limits_, pool_, feed_);
  const auto record = reader.Next();
  ASSERT_TRUE(record && *record);
  EXPECT_EQ((*record)->oversize->bytes, std::size_t{64} << 20);
  EXPECT_LT(pool_.bytes_in_use(), std::size_t{2} << 20);
  EXPECT_LE((*record)->payload.size(), std::size_t{64} << 10);
  const auto next = reader.Next();
  EXPECT_EQ((**next).payload, "next");
}

// A line without an end; in the middle of it the source is told to stop.
class EndlessInput : public ByteInput {
 public:
  explicit EndlessInput(StopSignal& stop) : stop_(stop) {}
  Result<std::size_t> Read(char* to, std::size_t size) override {
    std::fill_n(to, size, 'x');
    bytes_ += size;
    if (bytes_ > (64 << 20)) stop_.Raise();
    if (bytes_ > (1 << 30)) return Error{ErrorCode::kInternal, "the stop was not noticed"};
    return size;
  }

 private:
  StopSignal& stop_;
  std::size_t bytes_ = 0;
};

struct BeatingInbox : FakeInbox {
  void Beat() override { ++beats; }
  int beats = 0;
};

TEST_F(RecordReaderTest, NoticesAStopAndIsAliveInALineWithoutAnEnd) {
  limits_.max_record_bytes = 1 << 20;
  for (const Framing framing : {Framing::kLines, Framing::kValues}) {
    StopSignal stop;
    BeatingInbox inbox;
    RecordFeed feed(inbox, stop);
    EndlessInput input(stop);
    RecordReader reader(input, framing, {"wire", 0, 0}, limits_, pool_, feed);
    const auto record = reader.Next();
    ASSERT_TRUE(record) << record.error().message;
    EXPECT_FALSE(*record);
    EXPECT_GT(inbox.beats, 100);
    const auto rest = reader.TakeRest();
    EXPECT_TRUE(rest && !*rest) << "a part is not the record";
  }
}

TEST_F(RecordReaderTest, KeepsALongRecordWholeInTheSpillDirectory) {
  const TempDir dir;
  limits_.max_record_bytes = 100'000;
  limits_.spill_dir = dir.Path("not/yet/there");
  const std::string line = std::string(700'000, 'x') + "end";
  const Read read = ReadAll("a\n" + line + "\n" + line, {1000});
  ASSERT_THAT(read.records, SizeIs(3));
  for (const std::size_t i : {1, 2}) {
    const std::string& path = read.records[i].oversize->spill_path;
    EXPECT_EQ(dir.Read(std::filesystem::relative(path, dir.path()).string()), line);
    struct stat status {};
    ASSERT_EQ(stat(path.c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0777, 0600U);
  }
  EXPECT_THAT(read.records[1].oversize->spill_path, HasSubstr("wire.ndjson-2-"));
  EXPECT_NE(read.records[1].oversize->spill_path, read.records[2].oversize->spill_path);
}

TEST_F(RecordReaderTest, KeepsTheFirstBytesOfARecordThatIsFarTooLong) {
  const TempDir dir;
  limits_.max_record_bytes = 100;
  limits_.spill_dir = dir.path();
  for (const std::size_t piece : {7, 399, 400, 401, 100'000}) {
    const Read read = ReadAll("a\n" + std::string(1'000'000, 'x') + "\nb\n", {piece});
    ASSERT_THAT(read.records, SizeIs(3)) << "what follows is read";
    const Oversize& oversize = *read.records[1].oversize;
    EXPECT_EQ(oversize.bytes, 1'000'000U);
    EXPECT_EQ(oversize.spilled, kSpilledRecords * 100);
    EXPECT_EQ(std::filesystem::file_size(oversize.spill_path), oversize.spilled);
  }
}

TEST_F(RecordReaderTest, KeepsTheSameLongRecordOnceHoweverOftenItIsRead) {
  const TempDir dir;
  limits_.max_record_bytes = 100'000;
  limits_.spill_dir = dir.path();
  const std::string line(700'000, 'x');
  const Read once = ReadAll(line, {SIZE_MAX}), again = ReadAll(line, {333}), other = ReadAll(line + "y");
  EXPECT_EQ(once.records[0].oversize->spill_path, again.records[0].oversize->spill_path);
  EXPECT_NE(once.records[0].oversize->spill_path, other.records[0].oversize->spill_path);
  const auto files = std::filesystem::directory_iterator(dir.path());
  EXPECT_EQ(std::distance(begin(files), end(files)), 2);
}

TEST_F(RecordReaderTest, HasNoFileInTheSpillDirectoryThatAKillWouldLeave) {
  const TempDir dir;
  if (!UniqueFd(open(dir.path().c_str(), O_WRONLY | O_TMPFILE | O_CLOEXEC, 0600))) {
    GTEST_SKIP() << "this file system makes no files without a name";
  }
  const auto spill = SpillFile::Create(dir.path(), "wire.ndjson", 7);
  ASSERT_TRUE(spill) << spill.error().message;
  EXPECT_TRUE((*spill)->Append(std::string(500'000, 'x')));
  EXPECT_TRUE(std::filesystem::is_empty(dir.path()));
  const auto path = (*spill)->Finish();
  ASSERT_TRUE(path) << path.error().message;
  EXPECT_EQ(std::filesystem::file_size(*path), 500'000U);
}

TEST_F(RecordReaderTest, FailsWhereALongRecordCannotBeKept) {
  const TempDir dir;
  limits_.max_record_bytes = 100;
  limits_.spill_dir = dir.Write("a-file", "") + "/spill";
  PiecewiseInput input("fine\n" + std::string(500, 'x') + "\n", {SIZE_MAX});
  const Read read = ReadAll(input);
  EXPECT_THAT(Payloads(read), ElementsAre("fine"));
  ASSERT_FALSE(read.status);
  EXPECT_THAT(read.status.error().message, AllOf(HasSubstr("wire.ndjson at byte 5"), HasSubstr(limits_.spill_dir)));
}

TEST_F(RecordReaderTest, LeavesNoHalfOfALongRecordBehindWhenItsStreamFails) {
  const TempDir dir;
  limits_.max_record_bytes = 100;
  limits_.spill_dir = dir.path();
  PiecewiseInput input(std::string(500'000, 'x'), {1000});
  input.failure = Error{ErrorCode::kIo, "the disk is gone"};
  const Read read = ReadAll(input);
  ASSERT_FALSE(read.status);
  EXPECT_EQ(read.status.error().message, "the disk is gone");
  EXPECT_TRUE(std::filesystem::is_empty(dir.path()));
}

}  // namespace
}  // namespace wirewatch
