#include "connectors/file/line_read.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "tests/support/compress.h"
#include "tests/support/temp_dir.h"

namespace wirewatch {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class LineReadTest : public ::testing::Test {
 protected:
  Status Read(const std::string& name, std::string_view bytes) {
    lines_.clear();
    return ForEachLineInFile(dir_.Write(name, bytes), [&](std::string_view line) -> Status {
      lines_.emplace_back(line);
      return {};
    });
  }

  TempDir dir_;
  std::vector<std::string> lines_;
};

TEST_F(LineReadTest, GivesTheLinesAndNotTheOneThatIsBeingWritten) {
  EXPECT_TRUE(Read("plain", "one\n\nthree\nfo"));
  EXPECT_THAT(lines_, ElementsAre("one", "", "three"));
  EXPECT_TRUE(Read("empty", ""));
  EXPECT_THAT(lines_, IsEmpty());
}

TEST_F(LineReadTest, ReadsWhatWasCompressedWhateverItIsCalled) {
  for (const std::string& bytes : {Zstd("one\ntwo\n"), Gzip("one\ntwo\n"), Gzip("one\n") + Gzip("two\n")}) {
    EXPECT_TRUE(Read("alerts", bytes));
    EXPECT_THAT(lines_, ElementsAre("one", "two"));
  }
}

TEST_F(LineReadTest, SaysThatACompressedFileIsCutOff) {
  const std::string whole = Zstd("one\ntwo\n");
  const Status read = Read("alerts.zst", std::string_view(whole).substr(0, whole.size() - 3));
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().code, ErrorCode::kInvalid);
  EXPECT_THAT(read.error().message, AllOf(HasSubstr("alerts.zst"), HasSubstr("cut off")));
}

TEST_F(LineReadTest, HoldsNoLineWithoutABound) {
  const std::string bomb = Zstd(std::string(kMostLineReadBytes + (1 << 20), 'a'));
  ASSERT_LT(bomb.size(), std::size_t{1} << 20);
  const Status read = Read("bomb.zst", bomb);
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().code, ErrorCode::kTooLarge);
  EXPECT_THAT(read.error().message, HasSubstr("bomb.zst"));
}

TEST_F(LineReadTest, EndsWithTheFirstErrorOfTheOneWhoTakes) {
  int taken = 0;
  const Status read = ForEachLineInFile(dir_.Write("plain", "one\ntwo\n"), [&](std::string_view) -> Status {
    ++taken;
    return Error{ErrorCode::kInvalid, "enough"};
  });
  EXPECT_EQ(taken, 1);
  EXPECT_FALSE(read);
}

TEST_F(LineReadTest, NamesAFileThatIsNotThere) {
  const Status read = ForEachLineInFile(dir_.Path("none.ndjson"), [](std::string_view) -> Status { return {}; });
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().code, ErrorCode::kNotFound);
  EXPECT_THAT(read.error().message, HasSubstr("none.ndjson"));
}

}  // namespace
}  // namespace wirewatch
